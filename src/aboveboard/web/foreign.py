"""Enters: an ASGI request of a foreign wire. Leaves: its answer, when what it said is on disk.

The sender's address is read in ``networks`` alone, where a rate is set or somebody asks for
countries. Of the headers a wire sees none that tells where a request came from; of the user agent
it sees the first word.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING

from aboveboard.collector.tagged import tag_of
from aboveboard.model.verdict import Reason, Refused
from aboveboard.web import replies
from aboveboard.web.bodies import body_of
from aboveboard.web.senders import Senders
from aboveboard.wires.foreign import Answer, Asked, Understood

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from aboveboard.collector.foreign import Foreign
    from aboveboard.collector.meters import Meters
    from aboveboard.ports.surroundings import Clock
    from aboveboard.web.intake import Message, Receive, Scope, Send
    from aboveboard.web.networks import Networks
    from aboveboard.web.replies import Header
    from aboveboard.wires.foreign import Wire

logger = logging.getLogger("aboveboard")
KEPT = "kept"
ANSWERED = "answered"
REFUSED = "refused"
"""The codes under which an answer is counted where there is nothing to keep."""
WRONG = 400
TAG_HEADER = "x-debug-id"
"""What a developer tags requests with, to look at what becomes of them."""
AGENT = "user-agent"
LONGEST_VERSION = 60
MOST_PLACES = 256
"""Methods and paths whose wire is remembered; strangers may ask for any number of them."""
LONGEST_PLACE = 64
MOST_HEADS = 64
"""Heads of answers that are remembered; a page may have any origin."""
DROPPED = frozenset(
    {
        b"cookie",
        b"forwarded",
        b"from",
        b"referer",
        b"via",
        b"x-forwarded-for",
        b"x-real-ip",
    }
)
"""Headers that may tell who or where somebody is; no wire sees them."""


class ForeignWires:
    """The foreign wires as one ASGI application.

    Args:
        wires: those that are switched on; the first that takes a request has it.
        foreign: keeps what they understood.
        meters: count the answers.
        networks: counts how much each network sends; None where no rate is set.
        clock: tells when a request came.
        senders: adds from which country, where somebody asks.
    """

    def __init__(  # noqa: PLR0913, PLR0917 what surrounds the wires is joined here
        self,
        wires: Sequence[Wire],
        foreign: Foreign,
        meters: Meters,
        networks: Networks | None,
        clock: Clock,
        senders: Senders | None = None,
    ) -> None:
        self._wires = wires
        self._foreign = foreign
        self._meters = meters
        self._networks = networks
        self._clock = clock
        self._senders = senders or Senders(None)
        self._places: dict[tuple[str, str], Wire] = {}
        self._common: list[Header] = []
        self._heads: dict[tuple[int, str, tuple[tuple[str, str], ...], int], bytes] = {}

    def takes(self, scope: Scope) -> bool:
        """Whether a request is of a foreign wire."""
        return self.find(scope["method"], scope["path"]) is not None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request that :meth:`takes` took."""
        wire = self.find(scope["method"], scope["path"])
        if wire is None:
            message = "the request is of no foreign wire"
            raise ValueError(message)
        for each in written(await self._answer(wire, scope, receive)):
            await send(each)

    def find(self, method: str, path: str) -> Wire | None:
        """Give the wire that a request is of, by its method and decoded path."""
        place = method, path
        found = self._places.get(place)
        if found is None:
            found = next((wire for wire in self._wires if wire.takes(method, path)), None)
            if found is not None and len(path) <= LONGEST_PLACE:
                if len(self._places) >= MOST_PLACES:
                    self._places.clear()
                self._places[place] = found
        return found

    @property
    def asks_where_from(self) -> bool:
        """Whether anything but the request itself is looked at."""
        return self._senders.asks

    def begin(self, wire: Wire, scope: Scope, body: bytes, tell: Callable[[Answer], None]) -> None:
        """Answer a request that is there whole, without a task of its own.

        Args:
            wire: its wire.
            scope: its method, path, query and headers.
            body: the whole of it.
            tell: is called once with the answer, when it is true; that may be at once.
        """
        request = asked(scope, body, self._clock.seconds())
        tag = _tag(request)
        understood = self._read(wire, request)

        def told(refused: Refused | None) -> None:
            tell(self._finish(wire, understood, tag, refused))

        self._foreign.begin(wire.name, understood.said, tag, told)

    def written(self, answer: Answer, common: list[Header]) -> bytes:
        """Write an answer out; what stands before the bodies of most is the same for a second.

        Args:
            answer: the answer.
            common: the headers that each answer has; they are made anew when the time changes.
        """
        if self._common is not common or len(self._heads) >= MOST_HEADS:
            self._common, self._heads = common, {}
        key = (answer.status, answer.media_type, tuple(answer.headers), len(answer.body))
        head = self._heads.get(key)
        if head is None:
            whole = replies.written(written(answer), common)
            head = self._heads[key] = whole[: len(whole) - len(answer.body)]
        return head + answer.body

    def refuse(self, wire: Wire, refused: Refused) -> Answer:
        """Count a request that the wire does not see, and give its answer."""
        self._meters.answer(refused, wire.name, "")
        return wire.too_large() if refused.reason is Reason.TOO_LARGE else wire.later()

    async def _answer(self, wire: Wire, scope: Scope, receive: Receive) -> Answer:
        body = await body_of(scope, receive, wire.largest, self._networks)
        if isinstance(body, Refused):
            return self.refuse(wire, body)
        request = asked(scope, body, self._clock.seconds())
        tag = _tag(request)
        understood = self._read(wire, request)
        said = self._senders.also(scope, understood.said)
        refused = await self._foreign.keep(wire.name, said, tag)
        return self._finish(wire, understood, tag, refused)

    def _finish(
        self, wire: Wire, understood: Understood, tag: str, refused: Refused | None
    ) -> Answer:
        """Count what became of a request, and give its answer."""
        app = understood.app or (understood.said[0].app if understood.said else "")
        for code, times in understood.discarded.items():
            self._meters.message(wire.name, app, code, "", times)
        if tag:
            self._foreign.tagged.discarded(tag, wire.name, app, understood.discarded)
        if refused is not None:
            self._meters.answer(refused, wire.name, app)
            return wire.later()
        status = understood.answer.status
        code = KEPT if understood.said else ANSWERED if status < WRONG else REFUSED
        self._meters.count(code, wire.name, app)
        return understood.answer

    @staticmethod
    def _read(wire: Wire, request: Asked) -> Understood:
        try:
            return wire.read(request)
        except Exception as error:  # noqa: BLE001 a mistake of ours must not become the client's
            # Its text could hold some of the request.
            logger.warning("the wire %s failed: %s", wire.name, type(error).__name__)
            return Understood(wire.later())


def _tag(request: Asked) -> str:
    told = request.headers.get(TAG_HEADER)
    return tag_of(told) if told else ""


def asked(scope: Scope, body: bytes, received: float) -> Asked:
    """Make of a request what a wire may see of it."""
    return Asked(
        scope["method"],
        scope["path"],
        scope.get("query_string", b"").decode("latin-1"),
        _headers(scope["headers"]),
        body,
        received,
    )


def _headers(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    found = {}
    for name, value in headers:
        if name not in DROPPED:
            found[name.decode("latin-1")] = value.decode("latin-1")
    if agent := found.get(AGENT):
        found[AGENT] = agent.partition(" ")[0][:LONGEST_VERSION]
    return found


def written(answer: Answer) -> tuple[Message, Message]:
    """Give the messages of ASGI that an answer consists of."""
    extra = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    start, body = replies.messages(answer.status, answer.body, extra, answer.media_type)
    left_out = set() if answer.media_type else {b"content-type"}
    if answer.status == HTTPStatus.NO_CONTENT:
        left_out.add(b"content-length")  # RFC 9110, section 8.6
    start["headers"] = [each for each in start["headers"] if each[0] not in left_out]
    return start, body
