"""Enters: what somebody wrote for a setting. Leaves: its value, or what is wrong with it.

A kind knows the words of one type; ``collector.py`` names the kind of each setting.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

from aboveboard.settings.stores import is_store
from aboveboard.transparency.note import is_name

NUMBER = re.compile(r"[0-9]{1,18}\Z")
HIDDEN = "***"


class WrongError(Exception):
    """The value is none of this kind; the message ends a sentence that begins with its name."""


class Kind(Protocol):
    """What one setting may be."""

    def read(self, value: object, base: Path) -> object:
        """Read a value of a file, or the text of a variable or an option.

        Args:
            value: as it stands there.
            base: the folder that a relative path begins in.

        Raises:
            WrongError: it is none of this kind.
        """
        ...

    def check(self, value: object) -> None:
        """Look at a value that is of the right type.

        Raises:
            WrongError: it is out of bounds.
        """
        ...

    def shown(self, value: object) -> str:
        """Write a value for people; what is secret is hidden."""
        ...

    @property
    def words(self) -> str:
        """Say in a few words what may stand there."""
        ...


class _Plain:
    def check(self, value: object) -> None:
        """Find nothing."""

    def shown(self, value: object) -> str:
        """Write it as it is."""
        return "" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Number(_Plain):
    """A whole number within bounds."""

    least: int
    most: int

    def read(self, value: object, base: Path) -> int:  # noqa: ARG002 numbers lie nowhere
        """Read digits, or a number."""
        if isinstance(value, str) and NUMBER.match(value.strip()):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            message = f"must be a whole number, not {said(value)}"
            raise WrongError(message)
        self.check(value)
        return value

    def check(self, value: object) -> None:
        """Hold the bounds."""
        if not isinstance(value, int) or not self.least <= value <= self.most:
            message = f"must lie between {self.least} and {self.most}, not {value}"
            raise WrongError(message)

    @property
    def words(self) -> str:
        """Say the bounds."""
        return f"{self.least} to {self.most}"


@dataclass(frozen=True, slots=True)
class Text(_Plain):
    """Some text of one line."""

    words: str
    longest: int = 255

    def read(self, value: object, base: Path) -> str:  # noqa: ARG002 text lies nowhere
        """Read text."""
        if not isinstance(value, str):
            message = f"must be text, not {said(value)}"
            raise WrongError(message)
        self.check(value)
        return value

    def check(self, value: object) -> None:
        """Take a line that is not too long."""
        if len(str(value)) > self.longest or not str(value).isprintable():
            message = f"must be one line of at most {self.longest} characters"
            raise WrongError(message)


@dataclass(frozen=True, slots=True)
class Prefix(Text):
    """A path, or nothing."""

    def check(self, value: object) -> None:
        """Take a line that begins as a path does."""
        Text.check(self, value)
        if value and not str(value).startswith("/"):
            message = f"must begin with a slash, not as {said(value)} does"
            raise WrongError(message)


@dataclass(frozen=True, slots=True)
class LogName(Text):
    """What a transparency log may be called, or nothing."""

    def check(self, value: object) -> None:
        """Take a line without what separates names."""
        Text.check(self, value)
        if value and not is_name(str(value)):
            message = f"must be a name without spaces and plus signs, not {said(value)}"
            raise WrongError(message)


@dataclass(frozen=True, slots=True)
class Choice(_Plain):
    """One of some words."""

    among: tuple[str, ...]

    def read(self, value: object, base: Path) -> str:  # noqa: ARG002 words lie nowhere
        """Read a word."""
        self.check(value)
        return str(value)

    def check(self, value: object) -> None:
        """Know the word."""
        if value not in self.among:
            message = f"must be {self.words}, not {said(value)}"
            raise WrongError(message)

    @property
    def words(self) -> str:
        """List the words."""
        return " or ".join(filter(None, [", ".join(self.among[:-1]), self.among[-1]]))


@dataclass(frozen=True, slots=True)
class Folder(_Plain):
    """A folder; in a file, a relative one begins beside the file."""

    words: str = "a folder"

    def read(self, value: object, base: Path) -> Path:
        """Read a path."""
        if isinstance(value, Path):
            return value
        if not isinstance(value, str) or not value or "\0" in value:
            message = f"must be a path, not {said(value)}"
            raise WrongError(message)
        try:
            return base / Path(value).expanduser()
        except RuntimeError:
            message = "begins with ~, but the account has no home folder"
            raise WrongError(message) from None


@dataclass(frozen=True, slots=True)
class Address(_Plain):
    """A URL with one of some schemes; a password in it is hidden."""

    schemes: tuple[str, ...]

    def read(self, value: object, base: Path) -> str:  # noqa: ARG002 an address is whole
        """Read an address."""
        if not isinstance(value, str):
            message = f"must be an address, not {said(value)}"
            raise WrongError(message)
        self.check(value)
        return value

    def check(self, value: object) -> None:
        """Know the scheme; nothing of the address is repeated, it may hold a password."""
        try:
            scheme = urlsplit(str(value)).scheme
        except ValueError:
            scheme = "?"
        if value and scheme not in self.schemes:
            message = f"must be an address that begins with {self.words}"
            raise WrongError(message)

    def shown(self, value: object) -> str:
        """Write it without its password."""
        return without_password(str(value))

    @property
    def words(self) -> str:
        """List the schemes."""
        return " or ".join(f"{scheme}://" for scheme in self.schemes)


@dataclass(frozen=True, slots=True)
class Store(Address):
    """Where tables are."""

    def check(self, value: object) -> None:
        """Know the scheme; a folder begins with a slash."""
        Address.check(self, value)
        if not is_store(str(value)):
            message = "must be duckdb:/// and a folder, or postgresql:// and where it is"
            raise WrongError(message)


@dataclass(frozen=True, slots=True)
class PerApp(_Plain):
    """A number for each of some apps: a table, or ``app=number`` with commas between them."""

    of: Number

    def read(self, value: object, base: Path) -> dict[str, int]:
        """Read app and number of each."""
        if isinstance(value, str):
            pairs = [part.split("=", 1) for part in value.split(",") if part.strip()]
            if any(len(pair) != 2 for pair in pairs):  # noqa: PLR2004 an app and a number
                message = f"must be {self.words}, not {said(value)}"
                raise WrongError(message)
            value = {app.strip(): number for app, number in pairs}
        if not isinstance(value, dict):
            message = f"must be {self.words}, not {said(value)}"
            raise WrongError(message)
        return {str(app): self.of.read(number, base) for app, number in value.items()}

    def check(self, value: object) -> None:
        """Hold the bounds of each."""
        for number in value.values() if isinstance(value, dict) else ():
            self.of.check(number)

    def shown(self, value: object) -> str:
        """Write them in a row."""
        pairs = value.items() if isinstance(value, dict) else ()
        return ", ".join(f"{app}={number}" for app, number in pairs)

    @property
    def words(self) -> str:
        """Say the form and the bounds."""
        return f"APP=NUMBER for each app, {self.of.words}"


def said(value: object) -> str:
    """Write a value into a sentence, shortened.

    Example:
        >>> said("x" * 100)
        "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…"
    """
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:39]}…"  # noqa: PLR2004 a sentence stays readable


def without_password(url: str) -> str:
    """Hide what may be secret in an address: its password, and what stands behind a question mark.

    Example:
        >>> without_password("postgresql://ana:horse@db/facts?password=horse")
        'postgresql://ana:***@db/facts?***'
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return HIDDEN
    who, at, host = parts.netloc.rpartition("@")
    if ":" in who:
        who = f"{who.partition(':')[0]}:{HIDDEN}"
    query = HIDDEN if parts.query else ""
    return urlunsplit((parts.scheme, f"{who}{at}{host}", parts.path, query, ""))
