"""Enters: a request. Leaves: kept, repeated or refused, when it is true; it never raises.

Steps 7 to 9, joined. This is all that a web server needs to know of the collector.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

from aboveboard.collector.receive import Limits, Request, Submission, receive
from aboveboard.collector.records import encode
from aboveboard.collector.verify import NO_REGISTRY, Judge
from aboveboard.model.verdict import Accepted, Kept, Reason, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from aboveboard.collector.log import GroupCommit
    from aboveboard.collector.records import Gone
    from aboveboard.collector.seen import SeenIds
    from aboveboard.collector.unread import Unread
    from aboveboard.errors import LogError
    from aboveboard.model.registry import Registry
    from aboveboard.ports.collector import Opener
    from aboveboard.ports.surroundings import Clock

    Tell: TypeAlias = Callable[["Kept | Refused"], None]

KEPT = "kept"
REPEATED = "repeated"
_NOTHING: frozenset[str] = frozenset()
_WHOLE, _WHOLE_AGAIN = Kept(repeated=False), Kept(repeated=True)
_NOT_KEPT = Refused(Reason.CANNOT_KEEP, "The collector cannot keep reports right now.")


class Acceptor:
    """Takes requests and answers when their reports are on disk.

    Attributes:
        outcomes: how many requests ended how, by ``kept``, ``repeated`` or the refusal's code.
        asides: how many entries were set aside, whatever became of the rest of their reports.
        log_well: whether the last attempt to write the log succeeded.
        answered: app to its metrics that ended because their question is answered.
    """

    def __init__(  # noqa: PLR0913, PLR0917 three steps are joined here
        self,
        registries: Mapping[str, Registry],
        log: GroupCommit,
        seen: SeenIds,
        opener: Opener,
        clock: Clock,
        limits: Limits | None = None,
        versions: Mapping[str, frozenset[str]] | None = None,
        unread: Unread | None = None,
    ) -> None:
        self.outcomes: Counter[str] = Counter()
        self.asides = 0
        self.log_well = True
        self.limits = limits or Limits()
        self._registries = registries
        self._versions = versions or {}
        self._unread = unread
        self.answered: dict[str, frozenset[str]] = {}
        self._log = log
        self._seen = seen
        self._opener = opener
        self._clock = clock
        self._judges: dict[str, Judge] = {}
        self._second = -1
        self._today: date = clock.now().date()
        self._in_flight: dict[tuple[str, int], list[tuple[int, Tell]]] = {}

    async def accept(self, request: Request) -> Kept | Refused:
        """Accept a request: the answer is true when it comes."""
        answer: asyncio.Future[Kept | Refused] = asyncio.get_running_loop().create_future()

        def tell(found: Kept | Refused) -> None:
            if not answer.done():
                answer.set_result(found)

        return self.submit(request, tell) or await answer

    def submit(self, request: Request, tell: Tell) -> Kept | Refused | None:
        """Take a request, for a caller who need not wait.

        Args:
            request: what came.
            tell: is called once with the answer, when it is true; unless it is there at once.

        Returns:
            The answer, if it is there at once.
        """
        submission = receive(request, self.limits, self._opener)
        if isinstance(submission, Refused):
            self.put_aside(request, submission)
            return self.count(submission)
        verdict = self.judge(submission)
        if isinstance(verdict, Refused):
            self.put_aside(request, verdict)
            return self.count(verdict)
        return self.keep(verdict, tell)

    def unpack(self, request: Request) -> Submission | Refused:
        """Bring a request within limits, without judging what it says."""
        return receive(request, self.limits, self._opener)

    def judge(self, submission: Submission) -> Accepted | Refused:
        """Check what a submission says, without keeping it."""
        app = submission.app
        registry = self._registries.get(app)
        if registry is None:
            return NO_REGISTRY
        judge = self._judges.get(app)
        if judge is None or judge.registry is not registry:
            judge = self._judges[app] = Judge(registry, self.limits, self._versions.get(app))
        return judge.judge(submission, self._day(), self.answered.get(app, _NOTHING))

    def keep(self, accepted: Accepted, tell: Tell) -> Kept | None:
        """Keep what was accepted, once.

        Args:
            accepted: what ``judge`` said.
            tell: is called once with the answer, when it is true; unless it is there at once.

        Returns:
            The answer, if it is there at once.
        """
        place = (accepted.app, accepted.id)
        # The original may still fail to reach the disk: a repeat must not hear better news.
        if (original := self._in_flight.get(place)) is not None:
            original.append((accepted.aside, tell))
            return None
        if place in self._seen:
            return self._kept(accepted.app, accepted.aside, repeated=True)
        self._in_flight[place] = [(accepted.aside, tell)]

        def told(failure: LogError | None) -> None:
            self._written(place, failure)

        self._log.put(accepted.record, told)
        return None

    def knows(self, app: str, number: int) -> bool:
        """Whether a record with an id is on disk, as far as this process remembers."""
        return (app, number) in self._seen

    def count(self, refused: Refused) -> Refused:
        """Count a refusal, also one that was found before a whole request was there."""
        self.outcomes[refused.reason.value] += 1
        return refused

    async def keep_gone(self, gone: Gone) -> None:
        """Keep word that a report was taken back; a copy that comes later is not kept any more.

        Raises:
            LogError: it is not on disk.
        """
        await self._log.append(encode(gone))
        self._seen.add(gone.app, int(gone.id, 16))

    def put_aside(self, request: Request, refused: Refused) -> None:
        """Keep a body that nobody can read; whether that works changes nothing for its sender."""
        if self._unread is not None:
            record = self._unread.record(request, refused, self._clock.now())
            if record is not None:
                self._log.put(record, lambda _: None)

    def _day(self) -> date:
        # What day it is in the machine's zone is not asked more than once a second.
        if (second := int(self._clock.seconds())) != self._second:
            self._second, self._today = second, self._clock.now().date()
        return self._today

    def _written(self, place: tuple[str, int], failure: LogError | None) -> None:
        """Tell all who sent a report what became of it."""
        waiting = self._in_flight.pop(place)
        self.log_well = failure is None
        if failure is not None:
            for _, tell in waiting:
                tell(self.count(_NOT_KEPT))
            return
        app, number = place
        self._seen.add(app, number)
        self.asides += waiting[0][0]
        for nth, (aside, tell) in enumerate(waiting):
            tell(self._kept(app, aside, repeated=nth > 0))

    def _kept(self, app: str, aside: int, *, repeated: bool) -> Kept:
        self.outcomes[REPEATED if repeated else KEPT] += 1
        answered = self.answered.get(app, _NOTHING)
        if aside or answered:
            return Kept(repeated, aside, answered)
        return _WHOLE_AGAIN if repeated else _WHOLE
