"""Enters: a connection. Leaves: plain requests go to the collector without a task of their own.

The same as ``intake`` does, for the one request that a million installs send: a whole ``PUT``; and
as ``foreign`` does, for the whole requests of foreign wires, whose clients may speak HTTP/1.0 and
make a connection for each. One that comes plain and in one piece passes by the parser as well
(``plain``). Whatever is unusual about a request goes the long way; a test sends all ways what there
is and compares the answers.
"""

from __future__ import annotations

import logging
import re
from functools import partial
from typing import TYPE_CHECKING, Any

from aboveboard.collector.receive import Request, too_large
from aboveboard.registry.names import APP_NAME, REPORT_ID
from aboveboard.web import replies
from aboveboard.web.bodies import announced
from aboveboard.web.guard import Guarded
from aboveboard.web.intake import PREFIX, WIRE, kinds
from aboveboard.web.plain import plain_request

if TYPE_CHECKING:
    from aboveboard.model.verdict import Kept, Refused
    from aboveboard.web.foreign import ForeignWires
    from aboveboard.web.intake import Intake
    from aboveboard.wires.foreign import Answer, Wire

logger = logging.getLogger("aboveboard")
_METHODS = {b"GET", b"OPTIONS", b"POST", b"PUT"}
"""Those whose answers have the body that is said of them: with ``HEAD`` they would not."""
_VERSIONS = {"1.0", "1.1"}
_CLOSES = b"\r\nconnection: close"

_ADDRESS = re.compile(
    PREFIX.encode() + rb"(%b)/(%b)" % (APP_NAME.pattern.encode(), REPORT_ID.pattern.encode())
)


class _Report:
    """A report on its way: what uvicorn asks of a request of its own, and no more."""

    __slots__ = ("body", "disconnected", "keep_alive", "message_event", "response_complete")

    def __init__(self) -> None:
        self.body: bytes | bytearray = b""
        self.disconnected = False
        self.keep_alive = True
        self.message_event = self
        self.response_complete = True

    def set(self) -> None:
        """Be told that something came: nobody waits for a part of a report."""


class Shortcut(Guarded):
    """A connection on which reports take the short way.

    Args:
        intake: where reports go.
        foreign: where requests of foreign wires go; None where there are none.
    """

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 uvicorn's
        intake: Intake,
        foreign: ForeignWires | None = None,
        **named: Any,  # noqa: ANN401 uvicorn's
    ) -> None:
        super().__init__(*args, **named)
        self._foreign = None if foreign is None or foreign.asks_where_from else foreign
        self._wire: Wire | None = None
        self._place: dict[str, Any] = {}
        self._acceptor, self._meters = intake.acceptor, intake.meters
        self._networks = intake.networks
        self._largest_report = self._largest = intake.acceptor.limits.largest_body
        self._report: Any = _Report()
        self._is_short = False
        self._heads = intake.heads
        self._address = ("", "")
        self._usual: tuple[object, bytes] = (None, b"")

    def data_received(self, data: bytes) -> None:
        """Read a request at once, if it comes whole and plain and nothing else is under way."""
        is_free = not (self._reading or self._is_over or self._surplus or self.is_answering())
        plain = plain_request(data, self._heads) if is_free else None
        if plain is None or not self._aims(plain.method, plain.url, plain.head.length):
            super().data_received(data)
            return
        self._unset_keepalive_if_required()
        self._ticks = 0
        self.headers = plain.head.fields  # type: ignore[assignment] # it is read alone
        self._begin(stays=plain.stays)
        if not self._report.response_complete:
            self._pass_on(plain.body)

    def begin_request(self) -> None:
        """Take a report; leave all else to the application."""
        parser = self.parser
        length = announced(self.headers)
        self._is_short = self._is_plain() and self._aims(parser.get_method(), self.url, length)
        if not self._is_short:
            super().begin_request()
            return
        # Whoever speaks HTTP/1.0 hears the end of an answer by the end of the connection.
        self._begin(stays=parser.should_keep_alive() and parser.get_http_version() != "1.0")

    def _aims(self, method: bytes, url: bytes, length: int) -> bool:
        """Whether a request is a report, or of a foreign wire, and of the usual size."""
        address = _ADDRESS.fullmatch(url) if method == b"PUT" else None
        if address is not None:
            self._wire, self._largest = None, self._largest_report
            self._address = (address[1].decode(), address[2].decode())
        else:
            self._wire = self._wire_of(method, url)
            if self._wire is None or not self._is_small(self._wire, length):
                return False
            self._largest = self._wire.largest
        return length <= self._largest

    def _begin(self, *, stays: bool) -> None:
        """Begin a request."""
        self._is_short = True
        report = self._report
        report.body = b""
        report.response_complete = False
        report.keep_alive = stays
        self.cycle = report
        if self._networks is not None:
            place = {"client": self.client, "headers": self.headers}
            if refused := self._networks.judge(place, 1):
                self._refuse(refused)

    def _wire_of(self, method: bytes, url: bytes) -> Wire | None:
        """Give the foreign wire that a request is of, if its address is a plain one."""
        path, _, query = url.partition(b"?")
        if self._foreign is None or method not in _METHODS or not url.isascii():
            return None
        if b"%" in path or b"#" in url:
            return None
        self._place = {"method": method.decode(), "path": path.decode(), "query_string": query}
        return self._foreign.find(self._place["method"], self._place["path"])

    def _is_plain(self) -> bool:
        """Whether a request is of the usual sort, and nobody here waits for an answer."""
        parser = self.parser
        return (
            not self.is_answering()
            and parser.get_http_version() in _VERSIONS
            and not parser.should_upgrade()
            and not self.expect_100_continue
        )

    def _is_small(self, wire: Wire, length: int) -> bool:
        return self._foreign is not None and self._foreign.is_small(wire, length)

    def on_body(self, body: bytes) -> None:
        """Take a piece of a body."""
        if not self._is_short:
            super().on_body(body)
            return
        report = self._report
        self._body_bytes += len(body)
        if report.response_complete:
            return
        if not report.body:
            report.body = body
        else:
            report.body = bytearray(report.body) if type(report.body) is bytes else report.body
            report.body += body
        if len(report.body) > self._largest:
            self._refuse(too_large(self._largest))

    def on_message_complete(self) -> None:
        """Hand a report over that is whole."""
        if not self._is_short:
            super().on_message_complete()
            return
        self._reading = False
        if self._report.response_complete:
            return
        body, self._report.body = bytes(self._report.body), b""
        self._pass_on(body)

    def _pass_on(self, body: bytes) -> None:
        """Hand a body over, and answer for a mistake of ours."""
        try:
            answer = self._hand_over(body)
        except Exception:
            # The parser would take it for a mistake of the sender's, and the report would be lost.
            logger.exception("a report could not be taken")
            self._end(replies.FAILED)
        else:
            if answer is not None:
                self._answer(answer)

    def _hand_over(self, body: bytes) -> Kept | Refused | None:
        """Hand a request over; give its answer if it is a report's and there at once."""
        if self._wire is None or self._foreign is None:
            request = Request(*self._address, body, *kinds(self.headers))
            return self._acceptor.submit(request, self._answer)
        scope = {**self._place, "headers": self.headers}
        tell = partial(self._answer_foreign, self._foreign)
        self._foreign.begin(self._wire, scope, body, tell)
        return None

    def late(self, refused: Refused) -> None:
        """Answer a request that does not arrive."""
        if self._is_short and self._wire is not None:
            self._refuse(refused)
            self.transport.close()
        elif self._is_short:
            self.refuse(refused)
        else:
            super().late(refused)

    def _refuse(self, refused: Refused) -> None:
        """Refuse a request that nobody else sees."""
        if self._wire is not None and self._foreign is not None:
            scope = {**self._place, "headers": self.headers}
            answer = self._foreign.refuse(self._wire, refused, scope)
            self._answer_foreign(self._foreign, answer)
            return
        self._acceptor.count(refused)
        self._answer(refused)

    def _answer_foreign(self, foreign: ForeignWires, answer: Answer) -> None:
        """Answer a request of a foreign wire."""
        self._write(foreign.written(answer, self.server_state.default_headers))

    def _answer(self, answer: Kept | Refused) -> None:
        """Answer a report, and go on with what came behind it."""
        self._meters.answer(answer, WIRE, self._address[0])
        self._write(self._written(answer))

    def _write(self, answer: bytes) -> None:
        if self.transport.is_closing():
            return
        stays = self._report.keep_alive
        self.transport.write(answer if stays else _closing(answer))
        self._report.response_complete = True
        self._ticks = 0
        if not stays:
            self._close()
        elif self.pipeline:
            self.on_response_complete()
        else:
            self.server_state.total_requests += 1

    def _end(self, answer: bytes) -> None:
        self._report.response_complete = True
        self.transport.write(answer)
        self._close()

    def _close(self) -> None:
        """Close, and take no notice of what came behind."""
        self._is_over = True
        self.transport.close()

    def _written(self, answer: Kept | Refused) -> bytes:
        common = self.server_state.default_headers
        messages = replies.of_answer(answer)
        if messages is not replies.KEPT:
            return replies.written(messages, common)
        # The common headers hold the time, and are made anew every second.
        if self._usual[0] is not common:
            self._usual = (common, replies.written(messages, common))
        return self._usual[1]


def _closing(answer: bytes) -> bytes:
    r"""Say in a whole answer that the connection ends with it, if it does not say so yet.

    Example:
        >>> _closing(b"HTTP/1.1 204 No Content\r\n\r\n")
        b'HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n'
    """
    head, end, body = answer.partition(b"\r\n\r\n")
    return answer if _CLOSES in head else b"".join((head, _CLOSES, end, body))
