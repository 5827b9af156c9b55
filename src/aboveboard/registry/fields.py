"""Enters: one table of a registry file. Leaves: its fields, typed; what is wrong is noted down."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar

from aboveboard.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")
_LINK = re.compile(
    r"https://[^\s/@]+(/\S*)?|http://(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?(/\S*)?"
)


class Fields:
    """Reads a table field by field and collects every problem instead of stopping at the first.

    A field that is missing or wrong gives its fallback, so that reading can go on; the caller looks
    at ``problems`` in the end and throws the result away if there are any.

    Example:
        >>> problems = []
        >>> fields = Fields({"title": 3, "colour": "red"}, "product", problems)
        >>> fields.text("title"), fields.text("homepage")
        ('', '')
        >>> fields.no_more()
        >>> [problem.code for problem in problems]
        ['wrong_type', 'missing', 'unknown_key']
    """

    def __init__(self, table: Mapping[str, object], place: str, problems: list[Problem]) -> None:
        self.table = table
        self.place = place
        self.problems = problems
        self.seen: set[str] = set()

    def problem(self, code: str, name: str, text: str, remedy: str) -> None:
        """Note down a problem of the field ``name``."""
        place = ".".join(part for part in (self.place, name) if part) or "file"
        self.problems.append(Problem(code, place, text, remedy))

    def has(self, name: str) -> bool:
        """Whether the field is there."""
        return name in self.table

    def text(self, name: str, *, longest: int = 300, default: str | None = None) -> str:
        """Read a line of text of 1 to ``longest`` characters."""
        value = self._take(name, str, "text", default)
        if value is None:
            return default or ""
        clean = value.strip()
        if not clean:
            self.problem("empty", name, "there is nothing in it.", "Write a sentence.")
        elif len(clean) > longest or not clean.isprintable():
            text = f"it must be one printable line of at most {longest} characters."
            self.problem("too_long", name, text, "Shorten it.")
        return clean

    def link(self, name: str) -> str:
        """Read an address that starts with ``https://`` (or ``http://`` on the loopback)."""
        value = self.text(name)
        if value and not is_link(value):
            self.problem("not_a_link", name, "it is no https address.", "Give a public address.")
        return value

    def number(self, name: str, lowest: int, highest: int, default: int) -> int:
        """Read a whole number between two bounds, both included."""
        value = self._take(name, int, "a whole number", default)
        if value is None:
            return default
        if not lowest <= value <= highest:
            text = f"it must lie between {lowest} and {highest}."
            self.problem("out_of_bounds", name, text, "Choose a number between them.")
        return value

    def day(self, name: str) -> date:
        """Read a day, written without quotes: ``2026-11-21``."""
        value = self._take(name, date, "a day such as 2026-11-21, without quotes", None)
        return value if value is not None else date.min

    def items(self, name: str) -> list[object]:
        """Read a list."""
        value = self._take(name, list, "a list", None)
        return value if value is not None else []

    def fraction(self, name: str, lowest: float, highest: float) -> float | None:
        """Read a number between two bounds that may be left out."""
        if not self.has(name):
            return None
        value = self._take(name, float, "a number such as 0.05", None)
        if value is not None and not lowest <= value <= highest:
            text = f"it must lie between {lowest} and {highest}."
            self.problem("out_of_bounds", name, text, "Choose a number between them.")
        return value

    def yes(self, name: str) -> bool:
        """Read a yes or no that may be left out, for no."""
        self.seen.add(name)
        value = self.table.get(name, False)
        if not isinstance(value, bool):
            text = "it is neither true nor false."
            self.problem("wrong_type", name, text, "Write true, or remove it.")
        return value is True

    def words(self, name: str, shape: re.Pattern[str], what: str) -> tuple[str, ...]:
        """Read a list of different words of a shape; it may be left out."""
        items = self.items(name) if self.has(name) else []
        words = tuple(item for item in items if isinstance(item, str) and shape.fullmatch(item))
        if len(words) != len(items) or len(set(words)) != len(words):
            text = f"it must be a list of different {what}."
            self.problem("bad_list", name, text, "Correct the list.")
        return words

    def sub(self, name: str, *, required: bool = True) -> Fields:
        """Read a table inside this one."""
        value = self._take(name, dict, "a table", None if required else {})
        place = f"{self.place}.{name}" if self.place else name
        return Fields(value if value is not None else {}, place, self.problems)

    def no_more(self) -> None:
        """Note down every field that nobody asked for."""
        for name in self.table:
            if name not in self.seen:
                text = "this key means nothing here."
                self.problem("unknown_key", name, text, "Correct its name or remove it.")

    def _take(self, name: str, kind: type[T], what: str, default: T | None) -> T | None:
        self.seen.add(name)
        if name not in self.table:
            if default is None:
                self.problem("missing", name, "it is missing.", f"Add {what}.")
            return None
        value = self.table[name]
        if not isinstance(value, kind) or isinstance(value, bool | datetime):
            self.problem("wrong_type", name, f"it is not {what}.", f"Write {what}.")
            return None
        return value


def is_link(text: str) -> bool:
    """Whether a text is an https address, or http on this machine alone.

    Example:
        >>> is_link("http://127.0.0.1:8790/x"), is_link("http://localhost:80@elsewhere.example")
        (True, False)
    """
    return _LINK.fullmatch(text) is not None
