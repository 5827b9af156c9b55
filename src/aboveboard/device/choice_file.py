"""Enters: a choice. Leaves: the bytes of its file, which a person can read, and back again.

The file is the person's receipt: what they chose, when, for which registry, and the words that they
were shown, line by line.
"""

from __future__ import annotations

import json
from datetime import date
from types import MappingProxyType
from typing import Any

from aboveboard.model.consent import Choice, Mode

MOST_BYTES = 1024 * 1024
FORMAT = 2
KEYS = frozenset({"mode", "day", "registry", "number"})
"""What the first form had; the second one adds the rest."""
MORE_KEYS = frozenset({"format", "levels", "wording", "earlier"})


def write(choice: Choice) -> bytes:
    """Write a choice down.

    Example:
        >>> body = write(Choice(Mode.ON, date(2026, 11, 18), "f" * 64, levels={"usage": Mode.OFF}))
        >>> read(body).levels["usage"].value
        'off'
    """
    content = {
        "format": FORMAT,
        "mode": choice.mode.value,
        "levels": {level: mode.value for level, mode in sorted(choice.levels.items())},
        "day": choice.day.isoformat(),
        "number": choice.number,
        "registry": choice.registry,
        "earlier": choice.earlier,
        "wording": choice.wording.split("\n") if choice.wording else [],
    }
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()


def read(body: bytes) -> Choice:
    """Read a choice, also one that an earlier version wrote.

    Raises:
        ValueError: it is anything else; whoever reads it knows no choice then.
    """
    if len(body) > MOST_BYTES:
        message = "it is too long for a choice"
        raise ValueError(message)
    try:
        content = json.loads(body)
    except RecursionError as error:
        message = "it is nested too deeply for a choice"
        raise ValueError(message) from error
    _check("keys", isinstance(content, dict) and set(content) in (KEYS, KEYS | MORE_KEYS))
    _check("format", content.get("format", FORMAT) == FORMAT)
    return Choice(
        mode=Mode(_text(content, "mode")),
        day=date.fromisoformat(_text(content, "day")),
        registry=_text(content, "registry"),
        number=_number(content),
        levels=_levels(content.get("levels", {})),
        wording=_wording(content.get("wording", [])),
        earlier=_earlier(content.get("earlier", False)),
    )


def _text(content: dict[str, Any], name: str) -> str:
    _check(name, isinstance(content[name], str))
    return str(content[name])


def _number(content: dict[str, Any]) -> int:
    number = content["number"]
    _check("number", type(number) is int and number > 0)
    return int(number)


def _levels(said: object) -> MappingProxyType[str, Mode]:
    if not isinstance(said, dict):
        message = "levels: it is no table"
        raise ValueError(message)  # noqa: TRY004 one error for all that is no choice
    return MappingProxyType({level: Mode(mode) for level, mode in said.items()})


def _wording(said: object) -> str:
    _check("wording", isinstance(said, list) and all(isinstance(line, str) for line in said))
    return "\n".join(said) if isinstance(said, list) else ""


def _earlier(said: object) -> bool:
    _check("earlier", isinstance(said, bool))
    return said is True


def _check(name: str, right: bool) -> None:  # noqa: FBT001 what is checked is all there is to say
    if not right:
        message = f"{name}: it is not as a choice has it"
        raise ValueError(message)
