"""Enters: the owner's request. Leaves: what came on each wire, and what became of it.

Two pages: all wires, and what was understood of the requests that a developer tagged. They are for
whoever may read ``/metrics``; nothing on them was said by one sender alone, unless it has a tag.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aboveboard.analysis.wire_words import ANSWERS, meaning
from aboveboard.collector.tagged import tag_of
from aboveboard.errors import FactsError
from aboveboard.web.answers import HEADERS
from aboveboard.web.intake import send_json
from aboveboard.web.writing import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, MutableMapping, Sequence

    from aboveboard.collector.meters import Meters
    from aboveboard.collector.tagged import Note
    from aboveboard.ports.collector import FactStore
    from aboveboard.web.intake import Send

WIRES = "/wires"
MOST_NAMES = 50
ASIDES = f"""
select app, metric, reason, cast(sum(entries) as bigint) as entries, max(day) as last from asides
group by app, metric, reason order by entries desc, app, metric, reason limit {MOST_NAMES}
"""  # noqa: S608 ours


@dataclass(frozen=True, slots=True)
class WireRow:
    """What came on one wire since the start.

    Attributes:
        name: the wire's.
        answers: code to how many requests were answered with it.
        messages: app, client, code, and of how many messages or entries it is true.
    """

    name: str
    answers: list[tuple[str, int]]
    messages: list[tuple[str, str, str, int]]


def is_wire_page(path: str) -> bool:
    """Whether an address is one of these pages."""
    return path == WIRES or path.startswith(f"{WIRES}/")


class WirePages:
    """Shows the wires.

    Args:
        wires: the names of those that are switched on.
        meters: gives what all processes counted together.
        notes: gives what is noted of tagged requests.
        facts: has what was set aside.
        asset: gives the address of one of our own files.
    """

    def __init__(
        self,
        wires: Sequence[str],
        meters: Callable[[], Meters],
        notes: Callable[[], Iterable[Note]],
        facts: FactStore,
        asset: Callable[[str], str],
    ) -> None:
        self._wires = wires
        self._meters = meters
        self._notes = notes
        self._facts = facts
        self._writer = Writer(asset)

    async def __call__(self, scope: MutableMapping[str, Any], send: Send) -> None:
        """Answer one request below ``/wires``."""
        tag = str(scope["path"]).removeprefix(WIRES).removeprefix("/")
        if tag and not tag_of(tag):
            content = {"code": "no_such_address", "detail": "No tag looks like that."}
            await send_json(send, 404, content)
            return
        page = await asyncio.to_thread(self.tagged, tag) if tag else await self._all()
        await _send_page(send, page.encode())

    async def _all(self) -> str:
        return await asyncio.to_thread(self.wires)

    def wires(self) -> str:
        """Write the page of all wires."""
        meters = self._meters()
        names = [*dict.fromkeys(["native", *self._wires, *(each[1] for each in meters.answers)])]
        try:
            asides = self._facts.query(ASIDES, MOST_NAMES).rows
        except FactsError:
            asides = ()
        tags = sorted({note.tag for note in self._notes()})
        rows = [row(name, meters) for name in names]
        return self._writer.page(
            "wires", rows=rows, asides=asides, tags=tags, meaning=meaning, answers=ANSWERS
        )

    def tagged(self, tag: str) -> str:
        """Write the page of one tag."""
        notes = [
            (datetime.fromtimestamp(note.at, UTC).strftime("%H:%M:%S"), note)
            for note in sorted(self._notes(), key=lambda note: note.at, reverse=True)
            if note.tag == tag
        ]
        return self._writer.page("wire_tag", tag=tag, notes=notes, meaning=meaning)


def row(name: str, meters: Meters) -> WireRow:
    """Gather what came on one wire."""
    answers: Counter[str] = Counter()
    for (code, wire, _), count in meters.answers.items():
        if wire == name:
            answers[code] += count
    messages: dict[tuple[str, str, str], int] = defaultdict(int)
    for (code, wire, app, version), count in meters.messages.items():
        if wire == name:
            messages[app, version, code] += count
    ordered = sorted(messages.items(), key=lambda each: (each[0][0], each[0][1], -each[1]))
    return WireRow(
        name,
        sorted(answers.items(), key=lambda each: (-each[1], each[0])),
        [(*labels, count) for labels, count in ordered],
    )


async def _send_page(send: Send, body: bytes) -> None:
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", b"%d" % len(body)),
        (b"cache-control", b"no-store"),
        *((name.lower().encode(), value.encode()) for name, value in HEADERS.items()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
