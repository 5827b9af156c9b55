"""Enters: a report's id and the token that takes it back. Leaves: a receipt, when it is true.

The token proves the right to it, so nobody needs an identity. What takes the report out of the log
and the tables is a record of the log as well: it survives a crash, and a reload of everything.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from aboveboard.collector.records import Gone
from aboveboard.errors import FactsError, LogError
from aboveboard.model.verdict import Reason, Refused, TakenBack
from aboveboard.registry.names import APP_NAME, REPORT_ID
from aboveboard.transparency import note
from aboveboard.wires.receipts import text

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Awaitable, Callable, Sequence

    from aboveboard.ports.collector import FactStore, KeptLog, KnownReport, LogPosition
    from aboveboard.ports.signatures import Signer
    from aboveboard.ports.surroundings import Clock

PROMISED_DAYS = 7
"""Within how many days a report goes that cannot go while its owner waits."""
MOST_AT_ONCE = 64
"""More wait outside: each of them asks the tables again and again."""
_BEARER = re.compile(r"bearer +([0-9a-f]{64}) *", re.ASCII | re.IGNORECASE)

_NO_APP = Refused(Reason.UNKNOWN_APP, "No app has such a name.")
_NO_ID = Refused(Reason.BAD_REPORT_ID, "A report's id is 32 lower-case hexadecimal digits.")
_NO_TOKEN = Refused(
    Reason.NO_TOKEN, "The token is missing: Authorization: Bearer and 64 hexadecimal digits."
)
_WRONG_TOKEN = Refused(Reason.WRONG_TOKEN, "That is not the token of this report.")
_UNKNOWN = Refused(Reason.UNKNOWN_REPORT, "This collector has no such report.")
_SUMS = Refused(
    Reason.NO_LONGER_LINKED,
    "All that is left of this report is its part in sums, and nothing tells which part that is.",
)
_LATER = Refused(Reason.CANNOT_LOOK_UP, "The collector cannot look the report up right now.")
_FULL = Refused(Reason.CANNOT_KEEP, "The collector cannot keep the request right now.")


@dataclass(frozen=True, slots=True)
class ReceiptSigner:
    """Signs receipts with the key of the collector's transparency log.

    Attributes:
        name: of that key.
        signer: has it.
        backup_days: for how many days backups are kept; 0 if there are none.
    """

    name: str
    signer: Signer
    backup_days: int

    def receipt(self, app: str, report_id: str, day: date) -> str:
        """Sign that a report is deleted, or will be by a day."""
        # A day more: a backup goes when its successor is made, which may be some hours later.
        days = self.backup_days + 1 if self.backup_days else 0
        until = day + timedelta(days=days) if days else None
        said = text(app, report_id, day, until)
        return note.sign(said, self.name, self.signer).decode()


@dataclass(frozen=True, slots=True)
class Patience:
    """How long somebody is kept waiting.

    Attributes:
        seconds: until the report is found, and then again until it is gone.
        pause: between two looks.
    """

    seconds: float = 5.0
    pause: float = 0.1


class Withdrawals:
    """Takes reports back.

    Args:
        facts: knows where reports are, and whether they are gone.
        logs: every log of the collector.
        keep: keeps word in one of them that a report is gone, and comes back when it is on disk.
        receipts: signs them.
        clock: tells the day.
        outcomes: counts the answers by their codes.
        patience: how long somebody waits.
    """

    def __init__(  # noqa: PLR0913, PLR0917 it reaches from the web to the tables and back
        self,
        facts: FactStore,
        logs: Sequence[KeptLog],
        keep: Callable[[Gone], Awaitable[None]],
        receipts: ReceiptSigner,
        clock: Clock,
        outcomes: Counter[str],
        patience: Patience | None = None,
    ) -> None:
        self._facts = facts
        self._logs = logs
        self._keep = keep
        self._receipts = receipts
        self._clock = clock
        self._outcomes = outcomes
        self._patience = patience or Patience()
        self._under_way = 0

    async def take_back(self, app: str, report_id: str, shown: str) -> TakenBack | Refused:
        """Take a report back; it never raises.

        Args:
            app: whose report it is.
            report_id: the report's.
            shown: the header ``Authorization``.
        """
        self._under_way += 1
        try:
            answer = await self._answer(app, report_id, shown)
        except FactsError:
            answer = _LATER
        except LogError:
            answer = _FULL
        finally:
            self._under_way -= 1
        code = answer.code if isinstance(answer, TakenBack) else answer.reason.value
        self._outcomes[code] += 1
        return answer

    async def _answer(self, app: str, report_id: str, shown: str) -> TakenBack | Refused:
        digest = _digest(app, report_id, shown)
        if isinstance(digest, Refused):
            return digest
        known = await self._look_up(app, report_id)
        if isinstance(known, Refused):
            return known
        if (refused := _judge(known, digest)) is not None:
            return refused
        if known.gone is None:
            today = self._clock.now().date().isoformat()
            await self._keep(Gone(report_id, app, known.week, today, digest))
        return await self._wait(app, report_id)

    async def _look_up(self, app: str, report_id: str) -> KnownReport | Refused:
        """Look in the tables, again until they hold all that the logs hold now."""
        if self._under_way > MOST_AT_ONCE:
            return _LATER
        marks = await asyncio.to_thread(self._marks)
        end = self._end()
        while True:
            # In this order: what is loaded between the two questions is found by the second.
            all_loaded = await asyncio.to_thread(_passed, marks, self._facts)
            known = await asyncio.to_thread(self._facts.report, app, report_id)
            if known is not None:
                return known
            if all_loaded:
                return _UNKNOWN
            if not await self._pause(end):
                return _LATER

    async def _wait(self, app: str, report_id: str) -> TakenBack | Refused:
        """Wait until a report is gone, but not for ever."""
        end = self._end()
        while True:
            known = await asyncio.to_thread(self._facts.report, app, report_id)
            if known is not None and known.gone is not None and not known.waits:
                return TakenBack(self._receipts.receipt(app, report_id, known.gone))
            if known is not None and known.gone is None and not known.linked:
                return _SUMS  # its segment was let go of just now
            if not await self._pause(end):
                promised = self._clock.now().date() + timedelta(days=PROMISED_DAYS)
                return TakenBack(self._receipts.receipt(app, report_id, promised), done=False)

    def _marks(self) -> list[_Mark]:
        found = []
        for log in self._logs:
            start = self._facts.position(log.name)
            found.append(_Mark(log, start, log.behind(start)))
        return found

    def _end(self) -> float:
        return asyncio.get_running_loop().time() + self._patience.seconds

    async def _pause(self, end: float) -> bool:
        """Wait a little; tell whether there is time for another look."""
        if asyncio.get_running_loop().time() >= end:
            return False
        await asyncio.sleep(self._patience.pause)
        return True


@dataclass(frozen=True, slots=True)
class _Mark:
    """How far a log reached at a moment: so many bytes after the place that was loaded then."""

    log: KeptLog
    start: LogPosition
    length: int


def _digest(app: str, report_id: str, shown: str) -> str | Refused:
    """Check the shapes of a request; give its token's hash."""
    if not APP_NAME.fullmatch(app):
        return _NO_APP
    if not REPORT_ID.fullmatch(report_id):
        return _NO_ID
    token = _BEARER.fullmatch(shown)
    return _NO_TOKEN if token is None else hashlib.sha256(bytes.fromhex(token[1])).hexdigest()


def _judge(known: KnownReport, digest: str) -> Refused | None:
    """Tell why somebody must not, or cannot, have a report taken back."""
    if known.gone is None and not known.linked:
        return _SUMS
    same = hmac.compare_digest(digest, known.token or "")
    return None if same else _WRONG_TOKEN


def _passed(marks: list[_Mark], facts: FactStore) -> bool:
    """Tell whether everything up to some marks is loaded, however much came after them."""
    return all(
        mark.log.behind(mark.start) - mark.log.behind(facts.position(mark.log.name)) >= mark.length
        for mark in marks
    )
