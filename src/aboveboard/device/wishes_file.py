"""Enters: what a person wants of delivery. Leaves: the bytes it is kept as, and back again.

There is no tolerance here: a file that says something else than it could say may have meant "send
it elsewhere" or "wait", and sending in spite of it would be worse than not sending.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from aboveboard.errors import StoreError
from aboveboard.model.copy_place import copy_place
from aboveboard.model.wishes import Place, Wishes
from aboveboard.registry.fields import Fields, is_link
from aboveboard.registry.product import KEY_PREFIX, decode_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aboveboard.errors import Problem

FORMAT = 1
MOST_DAYS = 90
MOST_URL = 300


def write(wishes: Wishes) -> bytes:
    r"""Write wishes down.

    Example:
        >>> write(Wishes(redirect=Place("https://mine.example"), wait_days=7))
        b'{"format":1,"redirect":{"url":"https://mine.example"},"also":[],"wait_days":7}\n'
    """
    content: dict[str, object] = {"format": FORMAT}
    if wishes.redirect is not None:
        content["redirect"] = _written(wishes.redirect)
    content["also"] = [_written(place) for place in wishes.also]
    content["wait_days"] = wishes.wait_days
    return json.dumps(content, separators=(",", ":")).encode() + b"\n"


def read(body: bytes | None) -> Wishes:
    """Read them; None, for no file, is nothing special.

    Raises:
        StoreError: it is not what ``write`` writes.

    Example:
        >>> read(None)
        Wishes(redirect=None, also=(), wait_days=0)
    """
    if body is None:
        return Wishes()
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _unreadable() from error
    if not isinstance(content, dict):
        raise _unreadable()
    problems: list[Problem] = []
    wishes = _wishes(Fields(content, "", problems))
    if problems:
        raise _unreadable()
    return wishes


def place(url: str, key: str = "") -> Place:
    """Read an address and perhaps a key, as a person gives them.

    Raises:
        ValueError: they are none; the message says what would be.

    Example:
        >>> place("https://mine.example/")
        Place(url='https://mine.example', key=None)
    """
    return _told(_place, url, key)


def also_place(url: str, key: str = "") -> Place:
    """Read where a copy goes: as ``place``, or on another wire, as ``ga4:G-ABC123``.

    Raises:
        ValueError: it is none; the message says what would be.

    Example:
        >>> also_place("segment:https://mine.example/")
        Place(url='segment:https://mine.example', key=None)
    """
    return _told(_also, url, key)


def _told(read: Callable[[Fields], Place], url: str, key: str) -> Place:
    problems: list[Problem] = []
    found = read(Fields({"url": url} | ({"key": key} if key else {}), "", problems))
    if problems:
        raise ValueError(str(problems[0]))
    return found


def checked(wishes: Wishes) -> Wishes:
    """Give wishes back if they can be fulfilled together.

    Raises:
        ValueError: they cannot; the message says why.
    """
    problems: list[Problem] = []
    content = json.loads(write(wishes))
    _wishes(Fields(content, "", problems))
    if problems:
        raise ValueError(str(problems[0]))
    return wishes


def _wishes(fields: Fields) -> Wishes:
    fields.number("format", FORMAT, FORMAT, 0)
    redirect = _place(fields.sub("redirect")) if fields.has("redirect") else None
    listed = fields.items("also")
    also = tuple(_also(Fields(_table(item), "also", fields.problems)) for item in listed)
    urls = [found.url for found in (*also, *((redirect,) if redirect else ()))]
    if len(set(urls)) < len(urls):
        text = "the same address stands there twice."
        fields.problem("bad_list", "also", text, "Name each address once.")
    wishes = Wishes(redirect, also, fields.number("wait_days", 0, MOST_DAYS, 0))
    fields.no_more()
    return wishes


def _also(table: Fields) -> Place:
    """Read a place for copies, which may be on another wire."""
    found = copy_place(str(table.table.get("url", "")).rstrip("/"))
    if found is None or table.has("key") or not _is_base(found.base):
        return _place(table)
    url = table.text("url", longest=MOST_URL).rstrip("/")
    table.no_more()
    return Place(url)


def _is_base(url: str) -> bool:
    return is_link(url) and "?" not in url and "#" not in url


def _place(table: Fields) -> Place:
    url = table.text("url", longest=MOST_URL).rstrip("/")
    if url and not _is_base(url):
        text = "it is no https address of a collector."
        table.problem("not_a_link", "url", text, "Use https, or http on 127.0.0.1 alone.")
    key = decode_key(table, table.text("key"), "key", KEY_PREFIX) if table.has("key") else None
    table.no_more()
    return Place(url, key)


def _table(item: object) -> Mapping[str, object]:
    return item if isinstance(item, dict) else {"url": item}


def _unreadable() -> StoreError:
    return StoreError("what was wished of delivery cannot be read; set it anew")


def _written(place: Place) -> dict[str, str]:
    content = {"url": place.url}
    if place.key is not None:
        content["key"] = KEY_PREFIX + base64.b64encode(place.key).decode()
    return content
