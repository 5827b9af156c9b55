"""Enters: the file that lists the events of Endless OS. Leaves: a catalogue, or its problems.

The file is data: ``registry/mappings/endless-events.toml``.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any
from uuid import UUID

from aboveboard.errors import Problem, RegistryError
from aboveboard.wires.endless_catalogue import Catalogue, Known, Piece
from aboveboard.wires.endless_values import HOWS, divided, multiplied
from aboveboard.wires.gvariant import reader
from aboveboard.wires.gvariant_types import NotAType

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT = 1
KINDS = ("singular", "aggregate", "sequence")
PAST, TESTS = "past_event", "test_event"
_TOP = frozenset({"format", "app", "event", "past", "tests"})
_KEYS = frozenset({"id", "kind", "payload", "says"})
_COUNT = "count"
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_TIMES = re.compile(r"([*/])([1-9][0-9]{0,12})")
_FORM = "PLACE or PLACE HOW"


def snake(name: str) -> str:
    """Write a name as the registry writes it.

    Example:
        >>> snake("CPUInfo"), snake("HackClubhouseNewsQuestLink"), snake("OSVersion")
        ('cpu_info', 'hack_clubhouse_news_quest_link', 'os_version')
    """
    return _WORDS.sub("_", name).lower()


def read_catalogue(content: bytes, source: str = "endless-events.toml") -> Catalogue:
    """Read a catalogue.

    Raises:
        RegistryError: with every problem of it.
    """
    try:
        table = tomllib.loads(content.decode())
    except ValueError as error:
        problem = Problem("not_toml", source, f"it cannot be read: {error}.", "Mend the line.")
        raise RegistryError(source, [problem]) from error
    problems: list[Problem] = []
    if table.get("format") != FORMAT:
        problems.append(_problem("wrong_value", "format", f"it must be {FORMAT}."))
    problems += [
        _problem("unknown_key", key, "there is no such key.") for key in table if key not in _TOP
    ]
    known: dict[bytes, Known] = {}
    for name, event in _table(table.get("event")).items():
        _read_event(name, _table(event), known, problems)
    ignored: dict[bytes, str] = {}
    for part, code in (("past", PAST), ("tests", TESTS)):
        for text in _table(table.get(part)):
            if (uuid := _uuid(text, f"{part}.{text}", problems)) is not None:
                ignored[uuid] = code
    if problems:
        raise RegistryError(source, problems)
    return Catalogue(known, ignored)


def _read_event(
    name: str, table: dict[str, Any], known: dict[bytes, Known], problems: list[Problem]
) -> None:
    place = f"event.{name}"
    problems += [
        _problem("unknown_key", f"{place}.{key}", "there is no such key.")
        for key in table
        if key not in _KEYS
    ]
    uuid = _uuid(table.get("id"), f"{place}.id", problems)
    kind, payloads = table.get("kind", KINDS[0]), table.get("payload", [])
    if kind not in KINDS:
        kinds = ", ".join(KINDS)
        problems.append(_problem("wrong_value", f"{place}.kind", f"it is none of {kinds}."))
    if not isinstance(payloads, list) or not all(map(_is_type, payloads)):
        problems.append(_problem("wrong_value", f"{place}.payload", "it lists types of GVariant."))
        payloads = []
    says = _says(_table(table.get("says")), f"{place}.says", problems)
    if uuid in known:
        problems.append(_problem("duplicate", f"{place}.id", "another event has it."))
    elif uuid is not None:
        known[uuid] = Known(snake(name), kind, frozenset(payloads), says)


def _says(
    table: dict[str, Any], place: str, problems: list[Problem]
) -> dict[str, Piece | Mapping[str, Piece]]:
    if not table:
        problems.append(_problem("missing", place, "it must be given."))
    says: dict[str, Piece | Mapping[str, Piece]] = {}
    for key, text in table.items():
        inner = text if isinstance(text, dict) else {"": text}
        pieces = {name: _piece(each) for name, each in inner.items()}
        found = {name: piece for name, piece in pieces.items() if piece is not None}
        if len(found) < len(pieces):
            problems.append(_problem("wrong_value", f"{place}.{key}", f"it is not {_FORM}."))
        else:
            says[key] = found if isinstance(text, dict) else found[""]
    return says


def _piece(text: object) -> Piece | None:
    place, _, how = str(text).partition(" ")
    if times := _TIMES.fullmatch(how):
        made = (divided if times[1] == "/" else multiplied)(int(times[2]))
    elif how in HOWS:
        made = HOWS[how]
    else:
        return None
    if place == _COUNT:
        return Piece(None, made)
    if place == ".":
        return Piece((), made)
    return Piece(tuple(int(part) if part.isdecimal() else part for part in place.split(".")), made)


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _uuid(text: object, place: str, problems: list[Problem]) -> bytes | None:
    try:
        return UUID(str(text)).bytes
    except ValueError:
        problems.append(_problem("wrong_value", place, "it is no UUID."))
        return None


def _is_type(text: object) -> bool:
    try:
        reader(str(text))
    except NotAType:
        return False
    return True


def _problem(code: str, place: str, text: str) -> Problem:
    return Problem(code, place, text, "Correct it.")
