"""Enters: a request. Leaves: kept, repeated or refused, when it is true; it never raises.

Steps 7 to 9, joined. This is all that a web server needs to know of the collector.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from aboveboard.collector.receive import Limits, Request, receive
from aboveboard.collector.records import encode
from aboveboard.collector.verify import Known, verify
from aboveboard.errors import LogError
from aboveboard.model.verdict import Accepted, Kept, Reason, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aboveboard.collector.log import GroupCommit
    from aboveboard.collector.records import Gone
    from aboveboard.collector.seen import SeenIds
    from aboveboard.collector.unread import Unread
    from aboveboard.model.registry import Registry
    from aboveboard.ports.collector import Opener
    from aboveboard.ports.surroundings import Clock

KEPT = "kept"
REPEATED = "repeated"


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
        self._in_flight: dict[tuple[str, int], asyncio.Task[bool]] = {}

    async def accept(self, request: Request) -> Kept | Refused:
        """Accept a request: the answer is true when it comes."""
        return self.count(await self._accept(request))

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

    async def _accept(self, request: Request) -> Kept | Refused:
        submission = receive(request, self.limits, self._opener)
        if isinstance(submission, Refused):
            return await self._put_aside(request, submission)
        today = self._clock.now().date()
        app = submission.app
        known = Known(self._versions.get(app), self.answered.get(app, frozenset()))
        verdict = verify(submission, self._registries, today, self.limits, known)
        if isinstance(verdict, Refused):
            return await self._put_aside(request, verdict)
        kept = await self._keep_once(verdict)
        if known.answered and isinstance(kept, Kept):
            return replace(kept, answered=known.answered)
        return kept

    async def _put_aside(self, request: Request, refused: Refused) -> Refused:
        """Keep a body that nobody can read; whether that works changes nothing for its sender."""
        if self._unread is not None:
            record = self._unread.record(request, refused, self._clock.now())
            if record is not None:
                with contextlib.suppress(LogError):
                    await self._log.append(record)
        return refused

    async def _keep_once(self, accepted: Accepted) -> Kept | Refused:
        place = (accepted.app, accepted.id)
        if place in self._seen:
            return Kept(repeated=True, aside=accepted.aside)
        original = self._in_flight.get(place)
        # The original may still fail to reach the disk: a repeat must not hear better news. And
        # whoever waits may go away: the writing and its bookkeeping are a task of their own.
        writing = original or self._begin(place, accepted)
        if not await asyncio.shield(writing):
            return Refused(Reason.CANNOT_KEEP, "The collector cannot keep reports right now.")
        return Kept(repeated=original is not None, aside=accepted.aside)

    def _begin(self, place: tuple[str, int], accepted: Accepted) -> asyncio.Task[bool]:
        writing = asyncio.get_running_loop().create_task(self._write(accepted))
        self._in_flight[place] = writing
        writing.add_done_callback(lambda _: self._in_flight.pop(place))
        return writing

    async def _write(self, accepted: Accepted) -> bool:
        try:
            await self._log.append(accepted.record)
        except LogError:
            self.log_well = False
            return False
        self.log_well = True
        self.asides += accepted.aside
        self._seen.add(accepted.app, accepted.id)
        return True
