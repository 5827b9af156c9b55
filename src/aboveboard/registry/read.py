"""Enters: the bytes of a registry file. Leaves: a Registry, or every problem of the file at once.

The format is TOML, described in ``docs/registry.md``.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import tomllib
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from aboveboard.errors import Problem, RegistryError
from aboveboard.model.metric import CollectorAddress, Registry
from aboveboard.registry.fields import Fields, is_link
from aboveboard.registry.metrics import read_allow
from aboveboard.registry.names import APP_NAME, LANGUAGE, LEVEL_NAME
from aboveboard.registry.plugins import Table, read_metrics, read_plugins

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FORMAT = 1
KEY_PREFIX = "x25519:"
KEY_BYTES = 32


def read(
    body: bytes, source: str = "registry", plugins: Sequence[tuple[str, bytes]] = ()
) -> Registry:
    """Read a registry file.

    Args:
        body: its bytes, UTF-8 TOML.
        source: what it is called in error messages.
        plugins: the files of contributed modules, each with what it is called. Whoever has files
            finds them by the patterns of the key ``include``.

    Raises:
        RegistryError: with every problem of the file, each with a code, a place and a remedy.

    Example:
        >>> try:
        ...     read(b"format = 2", "editor.toml")
        ... except RegistryError as error:
        ...     print(len(error.problems), error.problems[0].code)
        9 unknown_format
    """
    problems: list[Problem] = []
    table = _table(body, problems)
    if table is None:
        raise RegistryError(source, problems)
    brought = [
        (name, found)
        for name, body in plugins
        if (found := _table(body, problems, name)) is not None
    ]
    registry = _registry(Fields(table, "", problems), _mark(table, brought), brought)
    if problems:
        raise RegistryError(source, problems)
    return registry


def includes(body: bytes) -> tuple[str, ...]:
    """Give the patterns of plug-in files that a registry file names, as far as it can be read.

    Example:
        >>> includes(b'include = ["plugins/*.toml"]')
        ('plugins/*.toml',)
    """
    table = _table(body, [])
    named = table.get("include", []) if table is not None else []
    items = named if isinstance(named, list) else []
    return tuple(item for item in items if isinstance(item, str))


def fingerprint(table: Mapping[str, object], plugins: Sequence[Mapping[str, object]] = ()) -> str:
    """Give the name under which both ends speak of a registry's content.

    SHA-256 over the content as compact JSON with sorted keys, so that comments, order and white
    space do not change it, without the table ``collector``: who receives is not what is measured,
    and a person may redirect the one without changing the other. Plug-ins count as a list under
    the key ``plugins``, sorted by their ids.

    Example:
        >>> fingerprint({"format": 1}) == fingerprint({"format": 1, "collector": {"url": "x"}})
        True
    """
    left_out = {"collector", "include"}
    content = {name: value for name, value in table.items() if name not in left_out}
    if plugins:
        content["plugins"] = sorted(plugins, key=lambda plugin: str(plugin.get("plugin")))
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), default=_day_text)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _day_text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _table(body: bytes, problems: list[Problem], place: str = "file") -> dict[str, object] | None:
    try:
        return tomllib.loads(body.decode("utf-8"))
    except UnicodeDecodeError:
        problems.append(Problem("not_utf8", place, "it is not UTF-8 text.", "Save it as UTF-8."))
    except tomllib.TOMLDecodeError as error:
        problems.append(Problem("not_toml", place, f"it is not TOML: {error}.", "Correct it."))
    except (ValueError, RecursionError):
        text = "a number in it is too long, or it is nested too deeply."
        problems.append(Problem("not_toml", place, text, "Correct it."))
    return None


def _mark(table: Table, brought: Sequence[tuple[str, Table]]) -> str:
    try:
        return fingerprint(table, [found for _, found in brought])
    except (ValueError, RecursionError):
        return ""  # such content is no registry; the fields say where


def _registry(fields: Fields, mark: str, brought: Sequence[tuple[str, Table]]) -> Registry:
    if fields.number("format", 0, 1_000_000, 0) != FORMAT:
        text = f"this version of Aboveboard reads format {FORMAT}."
        fields.problem("unknown_format", "format", text, f"Write format = {FORMAT}, or update.")
    product = fields.sub("product")
    registry = Registry(
        app=_app(product),
        title=product.text("title", longest=60),
        homepage=product.link("homepage"),
        contact=product.text("contact"),
        policy=product.link("policy"),
        note=product.text("note", default=""),
        levels=_levels(product),
        languages=product.words("languages", LANGUAGE, "languages such as en") or ("en",),
        installs=product.number("installs", 1, 10**10, 1) if product.has("installs") else None,
        allow=read_allow(product),
        fingerprint=mark,
        collector=_collector(fields),
    )
    metrics = read_metrics(fields, registry.levels, registry.languages)
    plugins = read_plugins(fields, brought, metrics, registry.levels, registry.languages)
    product.no_more()
    fields.no_more()
    return replace(registry, metrics=MappingProxyType(metrics), plugins=plugins)


def _app(product: Fields) -> str:
    app = product.text("id", longest=40)
    if app and not APP_NAME.fullmatch(app):
        text = "it must be lower-case letters, digits and hyphens, beginning with a letter."
        product.problem("bad_name", "id", text, "Choose such a name.")
    return app


def _levels(product: Fields) -> MappingProxyType[str, str]:
    levels = product.sub("levels")
    words = {name: levels.text(name) for name in levels.table}
    for name in words:
        if not LEVEL_NAME.fullmatch(name):
            text = "a level's name is one lower-case word."
            levels.problem("bad_name", name, text, "Choose such a name.")
    return MappingProxyType(words)


def _collector(fields: Fields) -> CollectorAddress | None:
    if not fields.has("collector"):
        return None
    table = fields.sub("collector", required=False)
    url = table.text("url").rstrip("/")
    if url and not is_link(url):
        text = "it is no https address."
        table.problem("not_a_link", "url", text, "Use https, or http on 127.0.0.1 alone.")
    key = _key(table) if table.has("key") else None
    table.no_more()
    return CollectorAddress(url, key)


def _key(table: Fields) -> bytes:
    text = table.text("key")
    try:
        key = base64.b64decode(text.removeprefix(KEY_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not text.startswith(KEY_PREFIX) or len(key) != KEY_BYTES:
        what = f"it is not {KEY_PREFIX}… with {KEY_BYTES} bytes in base64."
        table.problem("bad_key", "key", what, "Copy what `aboveboard key` prints.")
    return key
