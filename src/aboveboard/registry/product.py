"""Enters: the tables about a product. Leaves: its levels, words, collector and approvers, typed."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from aboveboard.model.registry import (
    Approver,
    CollectorAddress,
    Committee,
    ProductWords,
    Sends,
)
from aboveboard.registry.fields import Fields, is_link
from aboveboard.registry.names import APP_NAME, APPROVER_NAME, LEVEL_NAME, LOG_KEY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KEY_PREFIX = "x25519:"
SIGNATURE_KEY_PREFIX = "ed25519:"
KEY_BYTES = 32
MOST_ADDRESSES = 5
MOST_APPROVERS = 100


def read_app(product: Fields) -> str:
    """Read the product's identifier."""
    app = product.text("id", longest=40)
    if app and not APP_NAME.fullmatch(app):
        text = "it must be lower-case letters, digits and hyphens, beginning with a letter."
        product.problem("bad_name", "id", text, "Choose such a name.")
    return app


def read_levels(product: Fields) -> Mapping[str, str]:
    """Read the levels of consent, in plain words."""
    levels = product.sub("levels")
    words = {name: levels.text(name) for name in levels.table}
    for name in words:
        if not LEVEL_NAME.fullmatch(name):
            text = "a level's name is one lower-case word."
            levels.problem("bad_name", name, text, "Choose such a name.")
    return MappingProxyType(words)


def read_sends(product: Fields) -> Sends:
    """Read how often reports leave."""
    word = product.text("sends", default=Sends.WEEK.value)
    if word in list(Sends):
        return Sends(word)
    if word:
        text = "reports cannot be sent like that."
        product.problem("unknown_sends", "sends", text, f"Use {', '.join(Sends)}.")
    return Sends.WEEK


def read_words(
    product: Fields, languages: Sequence[str], levels: Mapping[str, str]
) -> Mapping[str, ProductWords]:
    """Read what a person reads of the product in other languages."""
    tables = product.sub("translations", required=False)
    found: dict[str, ProductWords] = {}
    for language in tables.table:
        table = tables.sub(language)
        if language not in languages:
            text = "the product does not name this language."
            tables.problem("unknown_language", language, text, "Add it to product.languages.")
        found[language] = _words(table, levels)
        table.no_more()
    return MappingProxyType(found)


def _words(table: Fields, levels: Mapping[str, str]) -> ProductWords:
    said = table.sub("levels")
    for level in sorted(set(said.table) - set(levels)):
        text = "the product names no such level."
        said.problem("unknown_level", level, text, "Remove it, or name the level.")
    told = {level: said.text(level) for level in levels}
    said.seen.update(said.table)
    return ProductWords(table.text("title", longest=60), MappingProxyType(told))


def read_collector(fields: Fields) -> CollectorAddress | None:
    """Read where reports go."""
    if not fields.has("collector"):
        return None
    table = fields.sub("collector", required=False)
    address = CollectorAddress(
        urls=_links(table, "url") or ("",),
        keys=_keys(table),
        log=_log_key(table),
        mirrors=_links(table, "mirrors") if table.has("mirrors") else (),
    )
    table.no_more()
    return address


def read_committee(fields: Fields) -> Committee | None:
    """Read who approves metrics by signature, and how many it takes."""
    if not fields.has("approval"):
        return None
    table = fields.sub("approval", required=False)
    people = table.sub("approvers")
    approvers = tuple(_approver(name, people.sub(name)) for name in people.table)
    if not table.has("needed"):
        table.problem("missing", "needed", "it is missing.", "Say how many must sign.")
    needed = table.number("needed", 1, MOST_APPROVERS, 1)
    if not 1 <= len(approvers) <= MOST_APPROVERS or needed > len(approvers):
        text = f"{needed} of {len(approvers)} can never sign."
        remedy = f"Name 1 to {MOST_APPROVERS} approvers, and ask for no more than there are."
        table.problem("impossible_approval", "needed", text, remedy)
    if len({approver.key for approver in approvers}) < len(approvers):
        text = "two approvers have the same key, and one hand would sign twice."
        table.problem("same_key", "approvers", text, "Give each their own.")
    table.no_more()
    return Committee(needed, approvers)


def _approver(name: str, table: Fields) -> Approver:
    if not APPROVER_NAME.fullmatch(name):
        text = "an approver's name is lower-case letters, digits and hyphens."
        table.problem("bad_name", "", text, "Choose such a name.")
    key = decode_key(table, table.text("key"), "key", SIGNATURE_KEY_PREFIX)
    until = table.day("until") if table.has("until") else None
    approver = Approver(name, table.text("title", longest=60), key or b"", until)
    table.no_more()
    return approver


def decode_key(table: Fields, text: str, name: str, prefix: str) -> bytes | None:
    """Decode a key of 32 bytes in base64 after its prefix."""
    import base64  # noqa: PLC0415 a registry without keys does not pay for it

    try:
        key = base64.b64decode(text.removeprefix(prefix), validate=True)
    except ValueError:
        key = b""
    if text and (len(key) != KEY_BYTES or not text.startswith(prefix)):
        remedy = "Copy the line that the key's maker printed."
        table.problem("bad_key", name, f"it is not {prefix} and 32 bytes in base64.", remedy)
        return None
    return key if text else None


def _links(table: Fields, name: str) -> tuple[str, ...]:
    links = tuple(link.rstrip("/") for link in _texts(table, name))
    if not all(is_link(link) for link in links):
        text = "it is no https address."
        table.problem("not_a_link", name, text, "Use https, or http on 127.0.0.1 alone.")
    if len(links) > MOST_ADDRESSES or len(set(links)) < len(links):
        text = f"there must be 1 to {MOST_ADDRESSES} different ones."
        table.problem("bad_list", name, text, "Correct the list.")
    return links


def _keys(table: Fields) -> tuple[bytes, ...]:
    texts = _texts(table, "key") if table.has("key") else ()
    keys = [decode_key(table, text, "key", KEY_PREFIX) for text in texts]
    return tuple(key for key in keys if key is not None)


def _texts(table: Fields, name: str) -> tuple[str, ...]:
    """Read one text, or a list of them."""
    value = table.table.get(name)
    if not isinstance(value, list):
        text = table.text(name)
        return (text,) if text else ()
    table.seen.add(name)
    texts = tuple(item for item in value if isinstance(item, str) and item)
    if not texts or len(texts) != len(value):
        text = "it must be one text, or a list of them."
        table.problem("bad_list", name, text, "Correct the list.")
    return texts


def _log_key(table: Fields) -> str:
    key = table.text("log") if table.has("log") else ""
    if key and not LOG_KEY.fullmatch(key):
        text = "it is no key of a log."
        table.problem("bad_key", "log", text, "Copy the line that `aboveboard key` prints.")
    return key
