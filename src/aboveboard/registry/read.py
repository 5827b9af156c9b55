"""Enters: the bytes of a registry file. Leaves: a Registry, or every problem of the file at once.

The format is TOML, described in ``docs/registry.md``.
"""

from __future__ import annotations

import contextlib
import json
import re
import tomllib
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from aboveboard.errors import Problem, RegistryError
from aboveboard.model.registry import Registry
from aboveboard.registry.canonical import content, digest, parts
from aboveboard.registry.fields import Fields
from aboveboard.registry.metrics import Around, read_allow
from aboveboard.registry.names import LANGUAGE
from aboveboard.registry.plugins import Table, read_metrics, read_plugins
from aboveboard.registry.product import (
    read_app,
    read_collector,
    read_committee,
    read_levels,
    read_sends,
    read_words,
)
from aboveboard.values import replace

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMAT = 1
MOST_BITS = 100_000
DAYS = frozenset({"expires", "on", "until"})
"""Keys that may hold a day; as a metric's version ``until`` never looks like one."""
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


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


def read_content(body: bytes) -> Registry:
    """Read what :func:`aboveboard.registry.canonical.content` wrote: a registry as it is delivered.

    It names no collector: who receives is the product's own file's word, which nobody can change
    from afar.

    Raises:
        RegistryError: with every problem.

    Example:
        >>> from aboveboard.registry.canonical import digest
        >>> try:
        ...     read_content(b'{"format":2}')
        ... except RegistryError as error:
        ...     print(error.problems[0].code)
        unknown_format
    """
    source = "delivered registry"
    try:
        table = json.loads(body, object_hook=_with_days)
    except (ValueError, RecursionError) as error:
        text = "it is no JSON."
        raise RegistryError(source, [Problem("not_json", "file", text, "Ask again.")]) from error
    problems: list[Problem] = []
    if not isinstance(table, dict):
        problems.append(Problem("not_json", "file", "it is no table.", "Ask again."))
        raise RegistryError(source, problems)
    plugins = table.pop("plugins", [])
    found = plugins if isinstance(plugins, list) else []
    brought = [(f"plugin {i}", each) for i, each in enumerate(found) if isinstance(each, dict)]
    if not isinstance(plugins, list) or len(brought) != len(plugins):
        problems.append(Problem("wrong_type", "plugins", "it is no list of tables.", "Ask again."))
    if brought:
        table["include"] = [name for name, _ in brought]
    registry = _registry(Fields(table, "", problems), _mark(table, brought), brought)
    if problems:
        raise RegistryError(source, problems)
    return registry


def _with_days(table: dict[str, object]) -> dict[str, object]:
    """JSON has no days; the keys that hold some are known."""
    for name in DAYS & set(table):
        text = table[name]
        if isinstance(text, str) and DAY.fullmatch(text):
            with contextlib.suppress(ValueError):
                table[name] = date.fromisoformat(text)
    return table


def includes(body: bytes) -> tuple[str, ...]:
    """Give the patterns of plug-in files that a registry file names, as far as it can be read.

    Example:
        >>> includes(b'include = ["plugins/*.toml"]')
        ('plugins/*.toml',)
    """
    if b"include" not in body:
        return ()  # most files include nothing, and reading one takes a while
    table = _table(body, [])
    named = table.get("include", []) if table is not None else []
    items = named if isinstance(named, list) else []
    return tuple(item for item in items if isinstance(item, str))


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


def _mark(table: Table, brought: Sequence[tuple[str, Table]]) -> tuple[bytes, dict[str, str]]:
    plugins = [found for _, found in brought]
    try:
        return content(table, plugins), parts(table, plugins)
    except (ValueError, RecursionError):
        return b"", {}  # such content is no registry; the fields say where


def _registry(
    fields: Fields, mark: tuple[bytes, dict[str, str]], brought: Sequence[tuple[str, Table]]
) -> Registry:
    if fields.number("format", 0, 1_000_000, 0) != FORMAT:
        text = f"this version of Aboveboard reads format {FORMAT}."
        fields.problem("unknown_format", "format", text, f"Write format = {FORMAT}, or update.")
    product = fields.sub("product")
    app = read_app(product)
    levels = read_levels(product)
    languages = product.words("languages", LANGUAGE, "languages such as en") or ("en",)
    registry = Registry(
        app=app,
        title=product.text("title", longest=60),
        homepage=product.link("homepage"),
        contact=product.text("contact"),
        policy=product.link("policy"),
        note=product.text("note", default=""),
        levels=levels,
        languages=languages,
        translations=read_words(product, languages, levels),
        installs=_optional(product, "installs", 10**10),
        most_bits=_optional(product, "most_bits", MOST_BITS),
        allow=read_allow(product),
        fingerprint=digest(mark[0]) if mark[0] else "",
        content=mark[0],
        sends=read_sends(product),
        asks_for_earlier=product.yes("asks_for_earlier"),
        raw_quarantine=product.yes("raw_quarantine"),
        parts=MappingProxyType(mark[1]),
        collector=read_collector(fields),
        committee=read_committee(fields),
    )
    around = Around(levels, languages, signed=registry.committee is not None)
    metrics = read_metrics(fields, around)
    plugins = read_plugins(fields, brought, metrics, around)
    product.no_more()
    fields.no_more()
    return replace(registry, metrics=MappingProxyType(metrics), plugins=plugins)


def _optional(product: Fields, name: str, most: int) -> int | None:
    return product.number(name, 1, most, 1) if product.has(name) else None
