"""Enters: a file that is carried by hand. Leaves: its first line and the others, each a table."""

from __future__ import annotations

import json
from typing import Any

from aboveboard.registry.names import APP_NAME

FORMAT = 1
MOST_LINE = 512 * 1024
MOST_LINES = 100_000


def write_head(kind: str, app: str, **more: str) -> bytes:
    r"""Write the first line: what the file is.

    Example:
        >>> write_head("parcels", "editor")
        b'{"aboveboard":"parcels","format":1,"app":"editor"}\n'
    """
    return write_line({"aboveboard": kind, "format": FORMAT, "app": app, **more})


def write_line(content: dict[str, Any]) -> bytes:
    """Write one of the others."""
    return json.dumps(content, separators=(",", ":")).encode() + b"\n"


def read_lines(body: bytes, kind: str) -> tuple[dict[str, Any], list[dict[str, Any]]] | str:
    """Split a file into its first line and the others.

    Returns:
        Both, the app in the first one checked; or what is wrong, in a sentence.
    """
    rows = body.split(b"\n")
    if rows.pop() or not 0 < len(rows) <= MOST_LINES:
        return f"line {max(1, len(rows))}: this is no file of {kind}"
    tables: list[dict[str, Any]] = []
    for number, row in enumerate(rows, 1):
        table = _table(row)
        if table is None:
            return f"line {number}: this is no file of {kind}"
        tables.append(table)
    head, *others = tables
    app = head.get("app")
    if head.get("aboveboard") != kind or not isinstance(app, str) or not APP_NAME.fullmatch(app):
        return f"line 1: this is no file of {kind}"
    if head.get("format") != FORMAT:
        return "line 1: another version wrote this; update the older one"
    return head, others


def _table(row: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(row) if len(row) <= MOST_LINE else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
