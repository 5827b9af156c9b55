"""Enters: foreign data. Leaves: its tables, texts and lists, typed; what is no table is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

from aboveboard.registry.fields import is_link
from aboveboard.registry.imports.imported import refused

LONGEST = 300


def parse_json(text: str, source: str) -> object:
    """Read JSON.

    Raises:
        RegistryError: it is none.
    """
    try:
        content: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise refused(source, "not_json", f"it is no JSON: {why}.", "Export it again.") from error
    return content


def table(value: object, source: str, what: str) -> dict[str, object]:
    """Give a value that must be a table, with its keys as texts.

    Raises:
        RegistryError: it is none.
    """
    if not isinstance(value, Mapping):
        text = f"{what} is no table."
        raise refused(source, "wrong_shape", text, "Give the file that the other system reads.")
    return {str(key): inner for key, inner in value.items()}


def inner(value: object) -> dict[str, object] | None:
    """Give a value as a table, or None."""
    return {str(k): v for k, v in value.items()} if isinstance(value, Mapping) else None


def text(said: Mapping[str, object], key: str) -> str:
    r"""Give a line of text, cut to what a registry holds; ``""`` if there is none.

    Example:
        >>> text({"a": " two\n lines ", "b": 3, "c": ["x"]}, "a")
        'two lines'
    """
    value = said.get(key)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    clean = " ".join(str(value).split())[:LONGEST]
    return "".join(letter for letter in clean if letter.isprintable()).strip()


def texts(said: Mapping[str, object], key: str) -> list[str]:
    """Give the texts of a list, or the one text that stands in its place."""
    value = said.get(key)
    items = value if isinstance(value, list) else [value]
    found = (text({"": item}, "") for item in items)
    return [item for item in found if item]


def number(said: Mapping[str, object], key: str) -> int | None:
    """Give a whole number from 0 on, also one that is written as a text, or None."""
    digits = text(said, key)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else None  # noqa: PLR2004 it fits any bound


def day(written: str) -> date | None:
    """Give a day in ISO form, or None.

    Example:
        >>> day("2027-06-30"), day("20270630"), day("never")
        (datetime.date(2027, 6, 30), None, None)
    """
    try:
        found = date.fromisoformat(written)
    except ValueError:
        return None
    return found if found.isoformat() == written else None


def first_link(links: list[str]) -> str:
    """Give the first address that leads to a page and not to a front page."""
    return next((link for link in links if is_link(link) and link.rstrip("/").count("/") > 2), "")  # noqa: PLR2004 of the scheme
