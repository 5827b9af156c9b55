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

    def submit(self, request: Request, tell: Tell) -> Refused | Kept | None:
        """Take a request, for a caller who need not wait.

        Args:
            request: what came.
            tell: is called once with the answer, when it is true; unless it is there at once.

        Returns:
            The answer, if it is there at once.
        """
        submission = receive(request, self.limits, self._opener)
        if isinstance(submission, Refused):
            self._put_aside(request, submission)
            return self.count(submission)
        answer = self.submit_plain(submission, tell)
        if isinstance(answer, Refused):
            self._put_aside(request, answer)
        return answer

    def submit_plain(self, submission: Submission, tell: Tell) -> Refused | Kept | None:
        """Take a submission, as ``submit`` takes a request."""
        judge = self._judge(submission.app)
        if judge is None:
            return self.count(NO_REGISTRY)
        answered = self.answered.get(submission.app, _NOTHING)
        verdict = judge.judge(submission, self._day(), answered)
        if isinstance(verdict, Refused):
            return self.count(verdict)
        return self._keep_once(verdict, tell)

    def count(self, answer: Kept | Refused) -> Kept | Refused:
        """Count an answer, also one that was found before a whole request was there."""
        if isinstance(answer, Refused):
            self.outcomes[answer.reason.value] += 1
        else:
            self.outcomes[REPEATED if answer.repeated else KEPT] += 1
        return answer

    async def keep_gone(self, gone: Gone) -> None:
        """Keep word that a report was taken back; a copy that comes later is not kept any more.

        Raises:
            LogError: it is not on disk.
        """
        await self._log.append(encode(gone))
        self._seen.add(gone.app, int(gone.id, 16))

    def _put_aside(self, request: Request, refused: Refused) -> None:
        """Keep a body that nobody can read; whether that works changes nothing for its sender."""
        if self._unread is not None:
            record = self._unread.record(request, refused, self._clock.now())
            if record is not None:
                self._log.put(record, lambda _: None)

    def _judge(self, app: str) -> Judge | None:
        registry = self._registries.get(app)
        if registry is None:
            return None
        judge = self._judges.get(app)
        if judge is None or judge.registry is not registry:
            judge = self._judges[app] = Judge(registry, self.limits, self._versions.get(app))
        return judge

    def _day(self) -> date:
        # What day it is in the machine's zone is not asked more than once a second.
        if (second := int(self._clock.seconds())) != self._second:
            self._second, self._today = second, self._clock.now().date()
        return self._today

    def _keep_once(self, accepted: Accepted, tell: Tell) -> Kept | None:
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
        return Kept(repeated, aside, self.answered.get(app, _NOTHING))
