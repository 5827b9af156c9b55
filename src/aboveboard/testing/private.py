"""Enters: texts that must never leave. Leaves: nothing, or where one of them stands after all."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from aboveboard.adapters.memory import MemoryTransport
from aboveboard.testing.collector import FakeCollector
from aboveboard.testing.memory import MemoryTelemetry
from aboveboard.testing.opened import Opened

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aboveboard.device.telemetry import Telemetry
    from aboveboard.testing.counts import Source

AROUND = 30
HASHES = ("md5", "sha1", "sha256")
MOST_BYTES = 8 * 1024 * 1024


def assert_nothing_private(source: Source, *secrets: str, files: Path | str | None = None) -> None:
    """Fail if one of some texts is in anything that was kept, shown or sent.

    Each is looked for in any case, and also as it looks escaped, in base64, in hexadecimal, and as
    its hash, which anybody can find who has a list of guesses.

    Args:
        source: a telemetry, what :func:`aboveboard.testing.instead` gave, or a collector.
        secrets: the texts: a name, an address, a path, what somebody typed.
        files: a folder whose files, and their names, are looked through as well.

    Raises:
        AssertionError: one was found; it tells where.
        ValueError: there is nothing to look for.

    Example:
        >>> from aboveboard.testing import memory_telemetry
        >>> telemetry = memory_telemetry(strict=False)
        >>> telemetry.set("system.os", "ana@example.org")
        >>> assert_nothing_private(telemetry, "ana@example.org")
    """
    if not secrets or not all(secret.strip() for secret in secrets):
        message = "name the texts that must not be found; an empty one is everywhere"
        raise ValueError(message)
    found = [
        f"  {secret!r} stands in {where}{how}: …{_around(content, at)}…"
        for where, body in _places(source, files)
        for content in [body.decode("utf-8", "replace")]
        for secret in secrets
        for how, at in _finds(content, secret)
    ]
    if found:
        raise AssertionError("\n".join(["something private was found", *found]))


def _places(source: Source, files: Path | str | None) -> Iterator[tuple[str, bytes]]:
    match source:
        case FakeCollector():
            yield from _received(source)
        case Opened():
            for telemetry in source.telemetries:
                yield from _told(telemetry)
            yield from _received(source.collector)
        case _:
            yield from _told(source)
            yield from _carried(source)
    folder = Path(files) if files is not None else None
    for path in sorted(folder.rglob("*")) if folder is not None else ():
        yield "the name of a file", str(path.relative_to(folder or path)).encode()
        if path.is_file():
            yield f"the file {path.name}", path.read_bytes()


def _told(telemetry: Telemetry) -> Iterator[tuple[str, bytes]]:
    for body in telemetry.preview(local=True):
        yield "the local copy", body
    for body in telemetry.preview():
        yield "the preview", body
    for delivery in telemetry.journal():
        words = f"{delivery.answer}\n{delivery.url}\n{delivery.destination}\n"
        yield "the journal", words.encode() + delivery.body


def _carried(telemetry: Telemetry) -> Iterator[tuple[str, bytes]]:
    transport = telemetry.transport if isinstance(telemetry, MemoryTelemetry) else None
    if isinstance(transport, FakeCollector):
        yield from _received(transport)
    elif isinstance(transport, MemoryTransport):
        for url, body, headers in transport.sent:
            yield from _request(url, headers, body)


def _received(collector: FakeCollector) -> Iterator[tuple[str, bytes]]:
    for asked in collector.requests:
        yield from _request(asked.url, asked.headers, asked.body)
    for report in collector.reports:
        yield "a report", json.dumps(report, ensure_ascii=False).encode()


def _request(url: str, headers: Mapping[str, str], body: bytes) -> Iterator[tuple[str, bytes]]:
    told = [url, *(f"{name}: {value}" for name, value in headers.items())]
    yield "the head of a request", "\n".join(told).encode()
    yield "a request", body
    machine = zlib.decompressobj(wbits=31)
    try:
        yield "a request", machine.decompress(body, MOST_BYTES)
    except zlib.error:
        return  # not compressed, or sealed: what was sealed stands in the journal


def _finds(content: str, secret: str) -> Iterator[tuple[str, int]]:
    lower = content.lower()
    for how, spelling in _spellings(secret).items():
        at = lower.find(spelling.lower())
        if at >= 0:
            yield how, at


def _spellings(secret: str) -> dict[str, str]:
    """Give the ways in which a text may stand somewhere, the plain one first."""
    raw = secret.encode()
    ways = {
        "": secret,
        ", escaped": json.dumps(secret)[1:-1],
        ", escaped for an address": quote(secret, safe=""),
        ", in base64": base64.b64encode(raw).decode().rstrip("="),
        ", in hexadecimal": raw.hex(),
        **{f", as its {name}": _hash(name, raw) for name in HASHES},
    }
    first: dict[str, str] = {}
    for how, spelling in ways.items():
        first.setdefault(spelling, how)
    return {how: spelling for spelling, how in first.items()}


def _hash(name: str, raw: bytes) -> str:
    return hashlib.new(name, raw, usedforsecurity=False).hexdigest()


def _around(content: str, at: int) -> str:
    return content[max(0, at - AROUND) : at + 2 * AROUND]
