"""Enters: what somebody proposes to measure. Leaves: the metric's table, to stand in a file."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Said: TypeAlias = "str | int | float | bool | date | list[str] | list[int] | dict[str, list[str]]"


def table(name: str, fields: Mapping[str, Said | dict[str, str]]) -> str:
    """Write a metric's table as TOML.

    Example:
        >>> print(table("file.opened", {"kind": "counter", "largest": 50}), end="")
        [metric."file.opened"]
        kind = "counter"
        largest = 50
    """
    lines = [f"{key} = {_value(value)}" for key, value in fields.items()]
    return "\n".join([f"[metric.{_text(name)}]", *lines]) + "\n"


def appended(body: bytes, written: str) -> bytes:
    r"""Put a table at the end of a file whose bytes stay what they are.

    Example:
        >>> appended(b"format = 1", "[x]\n")
        b'format = 1\n\n[x]\n'
    """
    end = "\r\n" if b"\r\n" in body else "\n"
    gap = end if body.endswith(b"\n") else 2 * end
    return body + (gap + written.replace("\n", end)).encode()


def _value(value: Said | dict[str, str]) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _text(value)
        case date():
            return value.isoformat()
        case list():
            return f"[{', '.join(_value(item) for item in value)}]"
        case dict():
            inside = ", ".join(f"{_text(key)} = {_value(item)}" for key, item in value.items())
            return f"{{ {inside} }}"
        case _:
            return str(value)


def _text(text: str) -> str:
    """Write a basic string; what JSON escapes TOML 1.0 escapes alike, but for one control."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
