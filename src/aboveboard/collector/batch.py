"""Enters: many reports in one request. Leaves: an answer for each of them, when all are true.

A line that cannot be kept spoils itself alone. Each report is kept, counted and answered as if it
had come by itself.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, cast

from aboveboard.collector.accept import Many
from aboveboard.collector.receive import NO_SUCH_APP, Request, Submission, kind_of, too_large
from aboveboard.collector.verify import NO_REGISTRY, Glances
from aboveboard.model.verdict import Accepted, Reason, Refused
from aboveboard.registry.names import APP_NAME
from aboveboard.wires import native, ndjson
from aboveboard.wires.codecs import inflate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboveboard.collector.accept import Acceptor, Court
    from aboveboard.collector.receive import Limits
    from aboveboard.model.verdict import Kept
    from aboveboard.wires.ndjson import SealedLine

LINES_AT_ONCE = 64
"""After as many lines others have their turn: a thousand reports take milliseconds."""
_NOT_YET = Refused(Reason.CANNOT_KEEP, "Nobody knows yet.")


class Answers(NamedTuple):
    """What became of the reports of a batch, in the order of its lines.

    Attributes:
        ids: theirs as numbers; None where one could not be read.
        answers: the same as each would have had alone.
    """

    ids: Sequence[int | None]
    answers: Sequence[Kept | Refused]


def split(request: Request, limits: Limits) -> list[bytes] | Refused:
    """Bring a batch within limits, and give its lines.

    Args:
        request: its ``report_id`` is not looked at.
        limits: for the batch as a whole.
    """
    if not APP_NAME.fullmatch(request.app):
        return NO_SUCH_APP
    if len(request.body) > limits.largest_batch:
        return too_large(limits.largest_batch)
    if kind_of(request.media_type) != native.NDJSON_TYPE:
        return Refused(Reason.UNKNOWN_MEDIA_TYPE, f"Content-Type must be {native.NDJSON_TYPE}.")
    body = inflate(request.body, request.encoding, limits.largest_batch_inflated)
    if isinstance(body, Refused):
        return body
    # Millions of empty lines are many, too.
    lines = ndjson.lines(body, 2 * limits.most_reports)
    if lines is None or len(lines) > limits.most_reports:
        detail = f"One request may bring {limits.most_reports} reports."
        return Refused(Reason.TOO_MANY_REPORTS, detail)
    return lines


async def accept_all(acceptor: Acceptor, app: str, lines: list[bytes]) -> Answers:
    """Accept the lines of a batch; come back when everything that is answered is true."""
    batch = _Batch(acceptor, app, len(lines))
    for first in range(0, len(lines), LINES_AT_ONCE):
        batch.take(first, lines[first : first + LINES_AT_ONCE])
        await asyncio.sleep(0)
    return await batch.answers()


class _Batch:
    """A batch on its way; what is known of its reports by now, in the order of the lines."""

    def __init__(self, acceptor: Acceptor, app: str, size: int) -> None:
        self._acceptor = acceptor
        self._app = app
        self._ids: list[int | None] = [None] * size
        self._answers: list[Kept | Refused] = [_NOT_YET] * size
        self._open = size
        self._all: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def answers(self) -> Answers:
        """Wait until all are known."""
        if self._open:
            await self._all
        return Answers(self._ids, self._answers)

    def take(self, first: int, lines: list[bytes]) -> None:
        """Take lines that follow each other; their answers come now or later."""
        court = self._acceptor.court(self._app)
        ids, records = self._glance(lines, court)
        places = range(first, first + len(lines))
        if None not in ids:  # as with most batches
            self._keep(places, Many(cast("list[int]", ids), records, [0] * len(lines)))
            return
        kept: list[int] = []
        accepted: list[Accepted] = []
        for place, line, number, record in zip(places, lines, ids, records, strict=True):
            if number is None:
                one = self._judge(place, line, court)
            else:
                one = Accepted(self._app, number, record)
            if one is not None:
                kept.append(place)
                accepted.append(one)
        if accepted:
            self._keep(kept, Many.of(accepted))

    def _glance(self, lines: list[bytes], court: Court | None) -> Glances:
        if court is None or max(map(len, lines)) > self._acceptor.limits.largest_inflated:
            return Glances([None] * len(lines), [b""] * len(lines))
        return court.judge.glance_many(lines, *court[1:])

    def _keep(self, places: Sequence[int], many: Many) -> None:
        app = self._app
        if self._acceptor.keep_many(app, many, partial(self._fill, places, many.ids)):
            return
        for place, number, record, aside in zip(
            places, many.ids, many.records, many.asides, strict=True
        ):
            told = partial(self._answer, place, number)
            one = Accepted(app, number, record, aside)
            if (answer := self._acceptor.keep(one, told)) is not None:
                told(answer)

    def _judge(self, place: int, line: bytes, court: Court | None) -> Accepted | None:
        """Judge a line that is no usual report; answer it at once if it is refused."""
        line = line.strip()
        sealed = ndjson.sealed(line)
        submission = self._plain(line) if sealed is None else self._unsealed(sealed)
        if isinstance(submission, Refused):
            verdict: Accepted | Refused = submission
        elif court is None:
            verdict = NO_REGISTRY
        else:
            # What was sealed is looked at for the first time, and most of it is usual.
            judge = court.judge.judge_any if sealed is None else court.judge.judge
            verdict = judge(submission, *court[1:])
        if isinstance(verdict, Refused):
            self._refuse(place, line, sealed, verdict)
            return None
        return verdict

    def _plain(self, line: bytes) -> Submission | Refused:
        limits = self._acceptor.limits
        if len(line) > limits.largest_inflated:
            detail = f"More than {limits.largest_inflated} bytes in one line."
            return Refused(Reason.TOO_LARGE_INFLATED, detail)
        return Submission(self._app, "", line)

    def _unsealed(self, sealed: SealedLine) -> Submission | Refused:
        request = Request(self._app, sealed.id, sealed.body, native.SEALED_TYPE)
        return self._acceptor.unpack(request)

    def _refuse(self, place: int, line: bytes, sealed: SealedLine | None, refused: Refused) -> None:
        self._acceptor.put_aside(Request(self._app, "", line), refused)
        number = None if sealed is None else int(sealed.id, 16)
        self._answer(place, number, self._acceptor.count(refused))

    def _fill(
        self, places: Sequence[int], ids: Sequence[int], answers: Sequence[Kept | Refused]
    ) -> None:
        first, last = places[0], places[-1] + 1
        if last - first == len(places):  # as with most batches
            self._ids[first:last], self._answers[first:last] = ids, answers
        else:
            for place, number, answer in zip(places, ids, answers, strict=True):
                self._ids[place], self._answers[place] = number, answer
        self._close(len(places))

    def _answer(self, place: int, number: int | None, answer: Kept | Refused) -> None:
        self._ids[place], self._answers[place] = number, answer
        self._close(1)

    def _close(self, many: int) -> None:
        self._open -= many
        if not self._open and not self._all.done():
            self._all.set_result(None)
