"""Enters: a connection. Leaves: a plain report goes to the collector without a task of its own.

The same as ``intake`` does, for the one request that a million installs send: a whole ``PUT`` on a
connection that stays. Whatever is unusual about a request goes the long way; a test sends both ways
what there is and compares the answers.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

from aboveboard.collector.receive import Request, too_large
from aboveboard.registry.names import APP_NAME, REPORT_ID
from aboveboard.web import replies
from aboveboard.web.bodies import announced
from aboveboard.web.guard import Guarded
from aboveboard.web.intake import PREFIX, WIRE, kinds

if TYPE_CHECKING:
    from aboveboard.model.verdict import Kept, Refused
    from aboveboard.web.intake import Intake

logger = logging.getLogger("aboveboard")

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
    """

    def __init__(self, *args: Any, intake: Intake, **named: Any) -> None:  # noqa: ANN401 uvicorn's
        super().__init__(*args, **named)
        self._acceptor, self._meters = intake.acceptor, intake.meters
        self._networks = intake.networks
        self._largest = intake.acceptor.limits.largest_body
        self._report: Any = _Report()
        self._is_short = False
        self._address = ("", "")
        self._usual: tuple[object, bytes] = (None, b"")

    def begin_request(self) -> None:
        """Take a report; leave all else to the application."""
        address = _ADDRESS.fullmatch(self.url)
        self._is_short = address is not None and self._is_plain()
        if address is None or not self._is_short:
            super().begin_request()
            return
        self._address = (address[1].decode(), address[2].decode())
        self._report.body = b""
        self._report.response_complete = False
        self.cycle = self._report
        if self._networks is not None and (refused := self._networks.judge(dict(self.scope), 1)):
            self._refuse(refused)

    def _is_plain(self) -> bool:
        """Whether a request is of the usual sort, and nobody here waits for an answer."""
        parser = self.parser
        return (
            parser.get_method() == b"PUT"
            and not self.is_answering()
            and parser.should_keep_alive()
            and parser.get_http_version() == "1.1"
            and not parser.should_upgrade()
            and not self.expect_100_continue
            and announced(self.headers) <= self._largest
        )

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
        request = Request(*self._address, bytes(self._report.body), *kinds(self.headers))
        try:
            answer = self._acceptor.submit(request, self._answer)
        except Exception:
            # The parser would take it for a mistake of the sender's, and the report would be lost.
            logger.exception("a report could not be taken")
            self._end(replies.FAILED)
        else:
            if answer is not None:
                self._answer(answer)

    def late(self, refused: Refused) -> None:
        """Answer a report that does not arrive."""
        if self._is_short:
            self.refuse(refused)
        else:
            super().late(refused)

    def _refuse(self, refused: Refused) -> None:
        """Refuse a report that the acceptor does not see."""
        self._acceptor.count(refused)
        self._answer(refused)

    def _answer(self, answer: Kept | Refused) -> None:
        """Answer a report, and go on with what came behind it."""
        self._meters.answer(answer, WIRE, self._address[0])
        if self.transport.is_closing():
            return
        self.transport.write(self._written(answer))
        self._report.response_complete = True
        self._ticks = 0
        if not self._report.keep_alive:
            self.transport.close()
        elif self.pipeline:
            self.on_response_complete()
        else:
            self.server_state.total_requests += 1

    def _end(self, answer: bytes) -> None:
        self._report.response_complete = True
        self.transport.write(answer)
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
