"""Enters: a registry, an app's version. Leaves: the paper that says whose home this is, and back.

It stands in each home in which something is kept, for the person who looks at all of them. Any
program of the account may have written it: whoever reads it believes nothing but its form.
"""

from __future__ import annotations

import contextlib
import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from aboveboard.errors import StoreError
from aboveboard.registry.names import APP_NAME
from aboveboard.values import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aboveboard.device.parts import DeviceParts
    from aboveboard.model.registry import Registry

PAPER = "about.json"
FORMAT = 1
MOST_BYTES = 256 * 1024
_TEXTS = ("title", "homepage", "contact", "policy", "version", "fingerprint")


@dataclass(frozen=True, slots=True)
class About:
    """What a home says of the app that counts in it.

    Attributes:
        app: its id.
        title: its name for people.
        homepage: where it lives.
        contact: whom to ask about its telemetry.
        policy: where its privacy policy can be read.
        version: of the app; ``""`` if it did not say.
        fingerprint: of its registry.
        levels: level name to what it covers.
    """

    app: str
    title: str = ""
    homepage: str = ""
    contact: str = ""
    policy: str = ""
    version: str = ""
    fingerprint: str = ""
    levels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def introduce(registry: Registry, parts: DeviceParts) -> None:
    """Let a home say whose it is, and where it lies if that is an unusual place.

    As well as that can be: the app counts on if it cannot.
    """
    if parts.home is None:
        return
    body = write(registry, parts.home.version)
    with contextlib.suppress(StoreError):
        if parts.papers.get(PAPER) != body:
            parts.papers.put(PAPER, body)
        if parts.home.place is not None:
            parts.home.place().note()


def withdraw(parts: DeviceParts) -> None:
    """Let a home say nothing of itself any more.

    Raises:
        StoreError: it still does.
    """
    parts.papers.clear()
    if parts.home is not None and parts.home.place is not None:
        parts.home.place().forget()


def write(registry: Registry, version: str) -> bytes:
    """Write down what an app is.

    Example:
        >>> from aboveboard.registry.read import read as read_registry
        >>> from aboveboard.testing import EXAMPLE_REGISTRY
        >>> about = read(write(read_registry(EXAMPLE_REGISTRY), "2.1"))
        >>> about.app, about.version
        ('editor', '2.1')
    """
    content: dict[str, object] = {"format": FORMAT, "app": registry.app}
    said = (registry.title, registry.homepage, registry.contact, registry.policy, version)
    content |= dict(zip(_TEXTS, (*said, registry.fingerprint), strict=True))
    content["levels"] = dict(registry.levels)
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def read(body: bytes) -> About:
    """Read it; no line of it can move a terminal's cursor.

    Raises:
        ValueError: it is anything else.
    """
    content = _content(body)
    app, levels = content.get("app"), content.get("levels")
    texts = [content.get(name) for name in _TEXTS]
    right = content.get("format") == FORMAT and isinstance(app, str) and APP_NAME.fullmatch(app)
    if not right or not isinstance(levels, dict) or not _are_texts([*texts, *levels.values()]):
        message = "it is not what an app says of itself"
        raise ValueError(message)
    shown = MappingProxyType({_line(name): _line(words) for name, words in levels.items()})
    said = dict(zip(_TEXTS, map(_line, texts), strict=True))
    return About(app=str(app), **said, levels=shown)


def _content(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body) if len(body) <= MOST_BYTES else None
    except RecursionError:
        found = None
    return found if isinstance(found, dict) else {}


def _are_texts(values: list[object]) -> bool:
    return all(isinstance(value, str) for value in values)


def _line(text: object) -> str:
    return "".join(each if each.isprintable() else " " for each in str(text))
