"""Enters: what somebody wrote for a setting of several texts. Leaves: them, or what is wrong."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboveboard.settings.kinds import WrongError, said
from aboveboard.settings.pairs import UNIVERSAL, listed, pair, stream

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Several:
    """Some texts, with commas between them or as a list."""

    words: str

    def read(self, value: object, base: Path) -> tuple[str, ...]:  # noqa: ARG002 they lie nowhere
        """Read them."""
        parts = value.split(",") if isinstance(value, str) else value
        if not isinstance(parts, list | tuple):
            message = f"must be a list of {self.words}, not {said(value)}"
            raise WrongError(message)
        names = tuple(str(part).strip() for part in parts if str(part).strip())
        self.check(names)
        return names

    def check(self, value: object) -> None:
        """Take any."""

    def shown(self, value: object) -> str:
        """Write them in a row."""
        return ", ".join(value) if isinstance(value, tuple) else ""


@dataclass(frozen=True, slots=True)
class Among(Several):
    """Some of a few words."""

    among: tuple[str, ...] = ()

    def check(self, value: object) -> None:
        """Know each word."""
        unknown = [name for name in _texts(value) if name not in self.among]
        if unknown:
            message = f"holds {', '.join(map(said, unknown))}; there are {', '.join(self.among)}"
            raise WrongError(message)


@dataclass(frozen=True, slots=True)
class Formed(Several):
    """Some texts of one form."""

    def check(self, value: object) -> None:
        """Know the form; of what has another one the place is told alone, it may be secret."""
        texts = enumerate(_texts(value), 1)
        wrong = [str(place) for place, text in texts if not self.is_form(text)]
        if wrong:
            noun = "entry" if len(wrong) == 1 else "entries"
            message = f"must hold {self.words}, unlike {noun} {', '.join(wrong)}"
            raise WrongError(message)

    def is_form(self, text: str) -> bool:
        """Whether a text gives an app to a name."""
        return all(pair(text))


@dataclass(frozen=True, slots=True)
class Paths(Formed):
    """Paths of a web server."""

    def is_form(self, text: str) -> bool:
        """Whether a text begins as a path does."""
        return text.startswith("/")


@dataclass(frozen=True, slots=True)
class Lists(Formed):
    """Lists of a queue, each with what its records are."""

    among: tuple[str, ...] = ()

    def is_form(self, text: str) -> bool:
        """Whether a text names a list, and records that are known."""
        name, wire = listed(text)
        return bool(name) and wire in self.among


@dataclass(frozen=True, slots=True)
class Secrets(Formed):
    """Some texts that are secret, each of which gives an app to a name."""

    def shown(self, value: object) -> str:
        """Tell how many there are."""
        return f"{len(value)} hidden" if isinstance(value, tuple) and value else ""


@dataclass(frozen=True, slots=True)
class Streams(Secrets):
    """Streams of Google Analytics; only those of the old form have no secret."""

    def is_form(self, text: str) -> bool:
        """Whether a text names a stream, its secret and an app."""
        name, secret, app = stream(text)
        return bool(name and app and (secret or name.startswith(UNIVERSAL)))


@dataclass(frozen=True, slots=True)
class Networks(Several):
    """Addresses and networks."""

    words: str = "addresses or networks such as 10.0.0.0/8"

    def check(self, value: object) -> None:
        """Understand each."""
        for name in value if isinstance(value, tuple) else ():
            try:
                ipaddress.ip_network(name, strict=False)
            except ValueError:
                message = f"must hold {self.words}, not {said(name)}"
                raise WrongError(message) from None


def _texts(value: object) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()
