"""Enters: many reports in one request. Leaves: an answer for each of them, when all are true.

A line that cannot be kept spoils itself alone. Each report is kept, counted and answered as if it
had come by itself.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from aboveboard.collector.receive import NO_SUCH_APP, Request, Submission, kind_of, too_large
from aboveboard.collector.verify import NO_REGISTRY
from aboveboard.model.verdict import Reason, Refused
from aboveboard.registry.names import APP_NAME
from aboveboard.wires import native, ndjson
from aboveboard.wires.codecs import inflate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboveboard.collector.accept import Acceptor, Court
    from aboveboard.collector.receive import Limits
    from aboveboard.model.verdict import Accepted, Kept
    from aboveboard.wires.ndjson import SealedLine

LINES_AT_ONCE = 32
"""After as many lines others have their turn: a thousand reports take milliseconds."""


class Answered(NamedTuple):
    """What became of a report of a batch.

    Attributes:
        id: its id as a number, or None where it could not be read.
        answer: the same answer as it would have had alone.
    """

    id: int | None
    answer: Kept | Refused


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
    # Counted before they are split: millions of empty lines are many, too.
    many = body.count(b"\n") > 2 * limits.most_reports
    if many or len(lines := ndjson.lines(body)) > limits.most_reports:
        detail = f"One request may bring {limits.most_reports} reports."
        return Refused(Reason.TOO_MANY_REPORTS, detail)
    return lines


async def accept_all(acceptor: Acceptor, app: str, lines: list[bytes]) -> list[Answered]:
    """Accept the lines of a batch; come back when everything that is answered is true."""
    batch = _Batch(acceptor, app, len(lines))
    for first in range(0, len(lines), LINES_AT_ONCE):
        batch.take(first, lines[first : first + LINES_AT_ONCE])
        await asyncio.sleep(0)
    await batch.wait()
    return [answered for answered in batch.answers if answered is not None]


class _Batch:
    """A batch on its way.

    Attributes:
        answers: what is known by now, in the order of the lines.
    """

    def __init__(self, acceptor: Acceptor, app: str, size: int) -> None:
        self.answers: list[Answered | None] = [None] * size
        self._acceptor = acceptor
        self._app = app
        self._open = size
        self._all: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def wait(self) -> None:
        if self._open:
            await self._all

    def take(self, first: int, lines: list[bytes]) -> None:
        """Take lines that follow each other; their answers come now or later."""
        court = self._acceptor.court(self._app)
        places: list[int] = []
        accepted: list[Accepted] = []
        for place, line in enumerate(lines, first):
            if (found := self._judged(place, line, court)) is not None:
                places.append(place)
                accepted.append(found)
        if accepted:
            self._keep(places, accepted)

    def _keep(self, places: list[int], accepted: list[Accepted]) -> None:
        app, numbers = self._app, [each.id for each in accepted]
        if not self._acceptor.keep_many(app, accepted, partial(self._fill, places, numbers)):
            for place, each in zip(places, accepted, strict=True):
                told = partial(self._answer, place, each.id)
                if (answer := self._acceptor.keep(each, told)) is not None:
                    told(answer)

    def _judged(self, place: int, line: bytes, court: Court | None) -> Accepted | None:
        """Judge any line; answer it at once if it is refused."""
        submission = self._plain(line)
        if court is not None and isinstance(submission, Submission):
            usual = court.judge.glance(submission, *court[1:])
            if usual is not None:
                return usual
        if (sealed := ndjson.sealed(line)) is not None:
            submission = self._unsealed(sealed)
        if isinstance(submission, Refused):
            verdict: Accepted | Refused = submission
        else:
            verdict = NO_REGISTRY if court is None else court.judge.judge(submission, *court[1:])
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

    def _fill(self, places: list[int], numbers: list[int], found: Sequence[Kept | Refused]) -> None:
        for place, number, answer in zip(places, numbers, found, strict=True):
            self.answers[place] = Answered(number, answer)
        self._close(len(places))

    def _answer(self, place: int, number: int | None, answer: Kept | Refused) -> None:
        self.answers[place] = Answered(number, answer)
        self._close(1)

    def _close(self, many: int) -> None:
        self._open -= many
        if not self._open and not self._all.done():
            self._all.set_result(None)
