r"""Enters: hits of Universal Analytics, a line each. Leaves: what they said, and Google's picture.

MongooseIM before 6.1 reports so: lines like
``v=1&tid=UA-1&t=event&cid="7"&ec=cluster&ea=number_of_nodes&el=2``, 20 in a request, neither
escaped nor with a media type; Erlang's quotes around text are part of it. There is no secret.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from aboveboard.model.said import Said
from aboveboard.model.verdict import Refused
from aboveboard.wires import queries
from aboveboard.wires.codecs import inflate
from aboveboard.wires.foreign import GIF, SOONER_OR_LATER, Answer, Understood

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aboveboard.wires.foreign import Asked

BATCH = "/batch"
MOST_HITS = 20
MOST_BYTES = 16 * 1024
_PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\xff\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00"
    b"\x00\x02\x02D\x01\x00;"
)
PICTURE = Answer(200, _PIXEL, GIF)


class UniversalWire:
    """The batches of Universal Analytics.

    Args:
        apps: by tracking id.

    Example:
        >>> from aboveboard.wires.foreign import Asked
        >>> hit = b"v=1&tid=UA-1&t=event&cid=7&ec=hosts&ea=count&el=2"
        >>> wire = UniversalWire({"UA-1": "mongooseim"})
        >>> said = wire.read(Asked("POST", "/batch", body=hit)).said
        >>> said[0].event, dict(said[0].values), said[0].part
        ('hosts', {'count': '2'}, 'hosts/count')
    """

    name = "universal"
    largest = 64 * 1024

    def __init__(self, apps: Mapping[str, str]) -> None:
        self._apps = dict(apps)

    def takes(self, method: str, path: str) -> bool:
        """Whether a request is of this wire."""
        return method == "POST" and path == BATCH

    def read(self, asked: Asked) -> Understood:
        """Read a request; never raises."""
        plain = inflate(asked.body, asked.headers.get("content-encoding", ""), MOST_BYTES)
        if isinstance(plain, Refused):
            return Understood(PICTURE, discarded=Counter({plain.reason.value: 1}))
        hits = [line for line in plain.decode(errors="replace").split("\n") if line.strip()]
        said: list[Said] = []
        discarded: Counter[str] = Counter()
        for hit in hits[:MOST_HITS]:
            found = self._hit(hit, asked.headers.get("user-agent", ""))
            if isinstance(found, Said):
                said.append(found)
            else:
                discarded[found] += 1
        if len(hits) > MOST_HITS:
            discarded["too_many_hits"] = len(hits) - MOST_HITS
        return Understood(PICTURE, said, discarded)

    def too_large(self, asked: Asked) -> Answer:
        """Be silent, as ever."""
        del asked
        return PICTURE

    def later(self, asked: Asked) -> Answer:
        """Say that nothing was kept, to those who listen."""
        del asked
        return Answer(503, media_type="", headers=(("retry-after", str(SOONER_OR_LATER)),))

    def _hit(self, line: str, version: str) -> Said | str:
        """Read one line: what it says, or why it is left out."""
        pairs = _pairs(line)
        app = self._apps.get(pairs.get("tid", ""))
        if app is None:
            return "unknown_stream" if pairs.get("tid") else "no_stream"
        event, action = pairs.get("ec"), pairs.get("ea")
        if pairs.get("t") != "event" or not event or not action or not pairs.get("cid"):
            return "not_an_event"
        return Said(
            app,
            event,
            {action: pairs.get("el", "")},
            pairs["cid"],
            part=f"{event}/{action}",
            version=version,
        )


def _pairs(line: str) -> dict[str, str]:
    """Give the first value of each name, without the quotes that Erlang leaves around texts."""
    found: dict[str, str] = {}
    try:
        for name, value in queries.pairs(line.strip()):
            if value:
                found.setdefault(name, value.strip('"'))
    except ValueError:
        return {}
    return found
