"""Enters: an ASGI request of a foreign wire. Leaves: its answer, when what it said is on disk.

The sender's address is read in ``networks`` alone, where a rate is set or somebody asks for
countries. Of the headers a wire sees none that tells where a request came from; of the user agent
it sees the first word.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import replace
from functools import lru_cache
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING

from aboveboard.collector.tagged import tag_of
from aboveboard.model.verdict import Reason, Refused
from aboveboard.web import replies
from aboveboard.web.bodies import announced, body_of, judge, pieces_of
from aboveboard.web.plain import MOST_REMEMBERED
from aboveboard.web.senders import Senders
from aboveboard.wires.foreign import SOONER_OR_LATER, Answer, Asked, Streaming, Understood

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from aboveboard.collector.foreign import Foreign
    from aboveboard.collector.meters import Meters
    from aboveboard.ports.surroundings import Clock
    from aboveboard.web.intake import Message, Receive, Scope, Send
    from aboveboard.web.networks import Networks
    from aboveboard.web.replies import Header
    from aboveboard.wires.foreign import Reading, Wire

logger = logging.getLogger("aboveboard")
KEPT = "kept"
ANSWERED = "answered"
REFUSED = "refused"
"""The codes under which an answer is counted where there is nothing to keep."""
FAILED = "wire_failed"
"""The code under which a message is counted that a mistake of ours kept from being read."""
WRONG = 400
TAG_HEADER = "x-debug-id"
"""What a developer tags requests with, to look at what becomes of them."""
AGENT = "user-agent"
LONGEST_VERSION = 60
MOST_PLACES = 256
"""Methods and paths whose wire is remembered; strangers may ask for any number of them."""
LONGEST_PLACE = 64
AT_ONCE = 1024 * 1024
"""Bytes of a body that lies in memory before it is read, where its wire can read it as it comes."""
ROOM = 256 * 1024 * 1024
"""Bytes of memory that bodies may take which are read as they come, all together."""
_NO_ROOM = Refused(Reason.TOO_BUSY, "Too many large bodies come right now.", SOONER_OR_LATER)
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
        self._streaming = {wire.name: wire for wire in wires if isinstance(wire, Streaming)}
        self._room = ROOM
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

    def is_small(self, wire: Wire, length: int) -> bool:
        """Whether a body of a length, 0 where none is told, may lie in memory before it is read."""
        return wire.name not in self._streaming or 0 < length <= AT_ONCE

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
            tell(self._finish(wire, request, understood, refused))

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

    def refuse(self, wire: Wire, refused: Refused, scope: Scope) -> Answer:
        """Count a request that the wire does not see, and give its answer.

        Args:
            wire: its wire.
            refused: why.
            scope: its method, path, query and headers.
        """
        request = asked(scope, b"", self._clock.seconds())
        self._meters.answer(refused, wire.name, "")
        self._discard(wire, request, Understood(_NOTHING, (), Counter([refused.reason.value])))
        large = refused.reason is Reason.TOO_LARGE
        return wire.too_large(request) if large else wire.later(request)

    async def _answer(self, wire: Wire, scope: Scope, receive: Receive) -> Answer:
        request = asked(scope, b"", self._clock.seconds())
        understood = await self._understood(wire, request, scope, receive)
        if isinstance(understood, Refused):
            return self.refuse(wire, understood, scope)
        said = self._senders.also(scope, understood.said)
        refused = await self._foreign.keep(wire.name, said, _tag(request))
        return self._finish(wire, request, understood, refused)

    async def _understood(
        self, wire: Wire, request: Asked, scope: Scope, receive: Receive
    ) -> Understood | Refused:
        """Read a request; one with a large body while that comes, where its wire can."""
        if self.is_small(wire, announced(scope["headers"])):
            body = await body_of(scope, receive, wire.largest, self._networks)
            if isinstance(body, Refused):
                return body
            whole = replace(request, body=body, received=self._clock.seconds())
            return self._read(wire, whole)
        if (unwelcome := judge(scope, wire.largest, self._networks)) is not None:
            return unwelcome
        reading = self._streaming[wire.name].reading(request)
        if reading.memory > self._room:
            return _NO_ROOM
        self._room -= reading.memory
        try:
            return await self._read_on(wire, request, reading, scope, receive)
        finally:
            self._room += reading.memory

    async def _read_on(
        self, wire: Wire, request: Asked, reading: Reading, scope: Scope, receive: Receive
    ) -> Understood | Refused:
        try:
            refused = await pieces_of(scope, receive, wire.largest, reading.feed)
            return refused or reading.end()
        except Exception as error:  # noqa: BLE001 as in _read
            return _failed(wire, request, error)

    def _finish(
        self, wire: Wire, request: Asked, understood: Understood, refused: Refused | None
    ) -> Answer:
        """Count what became of a request, and give its answer."""
        if understood.discarded:
            self._discard(wire, request, understood)
        if refused is not None:
            self._meters.answer(refused, wire.name, _app(understood))
            return wire.later(request)
        status = understood.answer.status
        code = KEPT if understood.said else ANSWERED if status < WRONG else REFUSED
        self._meters.count(code, wire.name, _app(understood))
        return understood.answer

    def _discard(self, wire: Wire, request: Asked, understood: Understood) -> None:
        """Count what was dropped, and note it down for whoever looks."""
        app, client = _app(understood), _client(understood, request)
        for code, times in understood.discarded.items():
            self._meters.message(wire.name, app, code, client, times)
        if tag := _tag(request):
            self._foreign.tagged.discarded(tag, wire.name, app, understood.discarded)

    @staticmethod
    def _read(wire: Wire, request: Asked) -> Understood:
        try:
            return wire.read(request)
        except Exception as error:  # noqa: BLE001 a mistake of ours must not become the client's
            return _failed(wire, request, error)


_NOTHING = Answer(HTTPStatus.NO_CONTENT)


def _failed(wire: Wire, request: Asked, error: Exception) -> Understood:
    # Its text could hold some of the request.
    logger.warning("the wire %s failed: %s", wire.name, type(error).__name__)
    return Understood(wire.later(request), (), Counter([FAILED]))


def _app(understood: Understood) -> str:
    return understood.app or (understood.said[0].app if understood.said else "")


def _client(understood: Understood, request: Asked) -> str:
    told = understood.client or (understood.said[0].version if understood.said else "")
    return told or request.headers.get(AGENT, "")


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


def _headers(headers: Iterable[tuple[bytes, bytes]]) -> Mapping[str, str]:
    # A tuple is a head that many clients send, and tells nobody's own.
    return _known_headers(headers) if type(headers) is tuple else _texts(headers)


@lru_cache(MOST_REMEMBERED)
def _known_headers(headers: tuple[tuple[bytes, bytes], ...]) -> Mapping[str, str]:
    return MappingProxyType(_texts(headers))


def _texts(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
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
