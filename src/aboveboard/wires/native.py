"""Enters: a report. Leaves: its exact bytes on the native wire, version 1 (``docs/wire.md``).

Reading them is the collector's business and stands in ``native_reader``, so that a program that
only counts needs nothing beyond the standard library.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aboveboard.model.digest import digest

if TYPE_CHECKING:
    from aboveboard.model.broke import Broke
    from aboveboard.model.report import Entry, Report

FORMAT = 1
MOST_ENTRIES = 1000
"""The most entries that one report may have."""
JSON_TYPE = "application/json"
SEALED_TYPE = "application/vnd.aboveboard.sealed"
NDJSON_TYPE = "application/x-ndjson"
KEY_ID_BYTES = 8
PLAIN_JSON = b"\x00"
PLAIN_GZIP = b"\x01"


def path(app: str, report_id: str) -> str:
    """Give the address of a report below a collector's base address.

    Example:
        >>> path("editor", "0" * 32)
        '/reports/editor/00000000000000000000000000000000'
    """
    return f"/reports/{app}/{report_id}"


def write(report: Report) -> bytes:
    """Write a report as the JSON that is shown, kept in the journal and sent.

    Compact, keys in a fixed order, UTF-8 without escapes: one report has one form.

    Example:
        >>> from datetime import date
        >>> from aboveboard.model.period import Week
        >>> from aboveboard.model.report import Entry, Report
        >>> entries = (Entry("command.sql", 3, date(2026, 11, 21)), Entry("system.os", "linux"))
        >>> report = Report("0" * 32, "editor", Week(2026, 47), "f" * 64, entries)
        >>> write(report).decode()[:72]
        '{"format":1,"id":"00000000000000000000000000000000","app":"editor","peri'
    """
    content = {
        "format": FORMAT,
        "id": report.id,
        "app": report.app,
        "period": str(report.week),
        "registry": report.registry,
        **({"withdrawal": report.withdrawal} if report.withdrawal else {}),
        "entries": [_entry(entry) for entry in report.entries],
    }
    return compact(content)


def compact(content: object) -> bytes:
    """Write JSON as it travels: without white space, in UTF-8."""
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()


def _entry(entry: Entry) -> dict[str, object]:
    content: dict[str, object] = {"metric": entry.metric}
    if entry.day is not None:
        content["day"] = entry.day.isoformat()
    content["value"] = entry.value
    if entry.detail:
        content["detail"] = {broke.fingerprint: _detail(broke) for broke in entry.detail}
    return content


def _detail(broke: Broke) -> dict[str, object]:
    content: dict[str, object] = {"type": broke.types, "frames": broke.frames}
    if broke.message:
        content["message"] = broke.message
    return content


def compress(body: bytes) -> bytes:
    """Compress a body with gzip, without the time and name that gzip files usually tell."""
    import gzip  # noqa: PLC0415 a program that does not send does not need it

    return gzip.compress(body, compresslevel=9, mtime=0)


def key_id(public_key: bytes) -> bytes:
    """Give the eight bytes that name a collector's key on the wire: the head of its SHA-256."""
    return digest(public_key)[:KEY_ID_BYTES]


def seal_info(app: str, report_id: str) -> bytes:
    r"""Give what a seal is bound to, so that it opens at its own address only.

    Source: the ``info`` parameter of RFC 9180, section 5.1.

    Example:
        >>> seal_info("editor", "00")
        b'aboveboard report 1\x00editor\x0000'
    """
    return b"\x00".join((b"aboveboard report 1", app.encode(), report_id.encode()))


def sealed_plain(body: bytes) -> bytes:
    """Give what is sealed: one byte that tells the compression, then the shorter form."""
    packed = compress(body)
    return PLAIN_GZIP + packed if len(packed) < len(body) else PLAIN_JSON + body


def sealed_body(public_key: bytes, sealed: bytes) -> bytes:
    """Put the key's name before the sealed bytes (RFC 9180 ``enc``, then the ciphertext)."""
    return key_id(public_key) + sealed
