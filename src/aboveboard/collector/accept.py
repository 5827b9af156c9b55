"""Enters: a request. Leaves: kept, repeated or refused, when it is true; it never raises.

Steps 7 to 9, joined. This is all that a web server needs to know of the collector.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from aboveboard.collector.receive import Limits, Request, Submission, receive
from aboveboard.collector.records import encode
from aboveboard.collector.verify import NO_REGISTRY, Judge
from aboveboard.model.verdict import Accepted, Kept, Reason, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
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
    TellMany: TypeAlias = Callable[["Sequence[Kept | Refused]"], None]

KEPT = "kept"
REPEATED = "repeated"
_NOTHING: frozenset[str] = frozenset()
_WHOLE, _WHOLE_AGAIN = Kept(repeated=False), Kept(repeated=True)
_NOT_KEPT = Refused(Reason.CANNOT_KEEP, "The collector cannot keep reports right now.")


class Court(NamedTuple):
    """What reports of an app are judged by, for a moment.

    Attributes:
        judge: knows the app's registry.
        today: the collector's day.
        answered: the app's metrics that ended because their question is answered.
    """

    judge: Judge
    today: date
    answered: frozenset[str]


class Many(NamedTuple):
    """Reports of an app that will be kept; the same place in each list is the same report.

    Attributes:
        ids: theirs as numbers.
        records: the bytes that are appended to the log.
        asides: how many of their entries were set aside.
    """

    ids: Sequence[int]
    records: Sequence[bytes]
    asides: Sequence[int]

    @classmethod
    def of(cls, accepted: Iterable[Accepted]) -> Many:
        """Make it of reports that were accepted one by one."""
        return cls(*zip(*((each.id, each.record, each.aside) for each in accepted), strict=True))


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
        self._in_flight: defaultdict[str, set[int]] = defaultdict(set)
        self._repeats: dict[tuple[str, int], list[tuple[int, Tell]]] = {}

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
        court = self.court(submission.app)
        return NO_REGISTRY if court is None else court.judge.judge(submission, *court[1:])

    def court(self, app: str) -> Court | None:
        """Give what the next reports of an app are judged by; None if the app is not served."""
        registry = self._registries.get(app)
        if registry is None:
            return None
        judge = self._judges.get(app)
        if judge is None or judge.registry is not registry:
            judge = self._judges[app] = Judge(registry, self.limits, self._versions.get(app))
        return Court(judge, self._day(), self.answered.get(app, _NOTHING))

    def keep(self, accepted: Accepted, tell: Tell) -> Kept | None:
        """Keep what was accepted, once.

        Args:
            accepted: what ``judge`` said.
            tell: is called once with the answer, when it is true; unless it is there at once.

        Returns:
            The answer, if it is there at once.
        """
        place = app, number = accepted.app, accepted.id
        # The original may still fail to reach the disk: a repeat must not hear better news.
        if number in self._in_flight[app]:
            self._repeats.setdefault(place, []).append((accepted.aside, tell))
            return None
        if place in self._seen:
            return self._kept(app, accepted.aside, repeated=True)
        self._in_flight[app].add(number)
        self._log.put(accepted.record, partial(self._written, accepted, tell))
        return None

    def keep_many(self, app: str, many: Many, tell: TellMany) -> bool:
        """Keep reports of an app at once, if each of them is new.

        Args:
            app: theirs.
            many: what ``judge`` said of them.
            tell: is called once with an answer for each, when all are true.

        Returns:
            Whether they are being kept; else nothing was done, and each may be kept by itself.
        """
        numbers = set(many.ids)
        flying = self._in_flight[app]
        repeated = len(numbers) < len(many.ids) or not flying.isdisjoint(numbers)
        if repeated or self._seen.knows_any(app, numbers):
            return False
        flying |= numbers
        told = partial(self._written_many, app, numbers, many.asides, tell)
        self._log.put_many(many.records, told)
        return True

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

    def _written(self, accepted: Accepted, tell: Tell, failure: LogError | None) -> None:
        """Tell all who sent a report what became of it."""
        app, number = accepted.app, accepted.id
        self._in_flight[app].remove(number)
        self.log_well = failure is None
        self._tell_repeats(app, (number,), failure)
        if failure is not None:
            tell(self.count(_NOT_KEPT))
            return
        self._seen.add(app, number)
        self.asides += accepted.aside
        tell(self._kept(app, accepted.aside, repeated=False))

    def _written_many(
        self,
        app: str,
        numbers: set[int],
        asides: Sequence[int],
        tell: TellMany,
        failure: LogError | None,
    ) -> None:
        """Tell who sent many reports what became of them, and who repeated one."""
        self._in_flight[app] -= numbers
        self.log_well = failure is None
        self._tell_repeats(app, numbers, failure)
        if failure is not None:
            self.outcomes[_NOT_KEPT.reason.value] += len(asides)
            tell([_NOT_KEPT] * len(asides))
            return
        self._seen.add_many(app, numbers)
        self.asides += sum(asides)
        self.outcomes[KEPT] += len(asides)
        whole = self._answer(app, 0, repeated=False)
        tell([self._answer(app, n, repeated=False) if n else whole for n in asides])

    def _tell_repeats(self, app: str, numbers: Iterable[int], failure: LogError | None) -> None:
        """Tell who repeated a report while it was on its way, after who sent it first."""
        if not self._repeats:
            return
        for number in numbers:
            for aside, tell in self._repeats.pop((app, number), ()):
                again = self._kept(app, aside, repeated=True) if failure is None else None
                # By themselves: what one of them does must not keep the others from hearing.
                asyncio.get_running_loop().call_soon(tell, again or self.count(_NOT_KEPT))

    def _kept(self, app: str, aside: int, *, repeated: bool) -> Kept:
        self.outcomes[REPEATED if repeated else KEPT] += 1
        return self._answer(app, aside, repeated=repeated)

    def _answer(self, app: str, aside: int, *, repeated: bool) -> Kept:
        answered = self.answered.get(app, _NOTHING)
        if aside or answered:
            return Kept(repeated, aside, answered)
        return _WHOLE_AGAIN if repeated else _WHOLE
