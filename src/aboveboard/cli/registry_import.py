"""Enters: a catalogue of another system. Leaves: a registry file, and what people must write."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from aboveboard.adapters.system import SystemClock
from aboveboard.errors import SetupError
from aboveboard.registry.imports.backdrop import import_backdrop
from aboveboard.registry.imports.endless import import_endless
from aboveboard.registry.imports.gitlab import import_gitlab
from aboveboard.registry.imports.glean import import_glean
from aboveboard.registry.imports.imported import About, Imported, refused
from aboveboard.registry.imports.mattermost import import_mattermost
from aboveboard.registry.write import write

MOST_BYTES = 4_000_000
OF_YAML: Mapping[str, Callable[[Sequence[tuple[str, object]], About, date], Imported]] = {
    "glean": import_glean,
    "gitlab": import_gitlab,
}
OF_TEXT: Mapping[str, Callable[[Sequence[tuple[str, str]], About, date], Imported]] = {
    "backdrop": import_backdrop,
    "endless": import_endless,
    "mattermost": import_mattermost,
}


@click.command("import", short_help="Make a registry file of another system's catalogue.")
@click.argument("source", type=click.Choice([*OF_YAML, *OF_TEXT]))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@click.option("--product-id", "id", required=True, help="The product's identifier, such as editor.")
@click.option("--title", required=True, help="The product's name for people.")
@click.option("--homepage", default="", help="Where the product lives.")
@click.option("--contact", default="", help="Whom to ask about its telemetry.")
@click.option("--policy", default="", help="Where its privacy policy can be read.")
@click.option("--owner", default="", help="Who answers for a metric, where FILE does not say.")
@click.option("--review", default="", help="Where the import is discussed.")
@click.option(
    "--installs", type=click.IntRange(1, 10**10), help="How many installs are expected to answer."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="The file to write, which must not be there yet; without it, it is printed.",
)
def import_(
    source: str,
    files: tuple[Path, ...],
    out: Path | None,
    **said: Any,  # noqa: ANN401 what else the options say of the product
) -> None:
    """Make a registry file of another system's catalogue.

    SOURCE is glean (metrics.yaml), gitlab (metric definitions), backdrop (an export of
    hook_telemetry_info as JSON), endless (the catalogue of events as JSON) or mattermost (the
    catalogue of properties as tab-separated lines). Every metric is proposed: nothing is measured
    until people have written what is still open and somebody has approved it.
    """
    imported = _imported(source, files, About(**said), SystemClock().now().date())
    if out is None and imported.plugins:
        message = "plug-ins need files of their own: say with --out where to write them"
        raise SetupError(message)
    if _metrics(imported) == 0:
        click.echo("\n".join(_report(imported, "nothing")), err=True)
        message = "nothing in it became a metric, so no file is written"
        raise SetupError(message)
    if out is None:
        click.echo(write(imported.table, imported.notes), nl=False)
    else:
        _write(_texts(imported, out))
    name = click.format_filename(out.as_posix()) if out is not None else said["id"]
    click.echo("\n".join(_report(imported, name)), err=out is None)


def _imported(source: str, files: Sequence[Path], about: About, today: date) -> Imported:
    texts = [(path.name, _text(path)) for path in files]
    if source in OF_TEXT:
        return OF_TEXT[source](texts, about, today)
    parse = _parser()
    return OF_YAML[source]([(name, parse(text, name)) for name, text in texts], about, today)


def _parser() -> Callable[[str, str], object]:
    """Give what reads YAML.

    Raises:
        SetupError: PyYAML is not installed.
    """
    try:
        from aboveboard.adapters.yaml_reader import parse_yaml  # noqa: PLC0415 an extra part
    except ImportError as error:
        message = "reading YAML needs PyYAML: pip install 'aboveboard[cli]'"
        raise SetupError(message) from error
    return parse_yaml


def _text(path: Path) -> str:
    """Read a file.

    Raises:
        SetupError: it cannot be read.
        RegistryError: it is too large, or no text.
    """
    try:
        with path.open("rb") as file:
            body = file.read(MOST_BYTES + 1)
    except OSError as error:
        message = f"{str(path)!r} cannot be read: {error.strerror}"
        raise SetupError(message) from error
    if len(body) > MOST_BYTES:
        text = f"it is larger than {MOST_BYTES} bytes."
        raise refused(path.name, "too_large", text, "Import it in parts.")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refused(
            path.name, "not_utf8", "it is not UTF-8 text.", "Save it as UTF-8."
        ) from error


def _texts(imported: Imported, out: Path) -> dict[Path, str]:
    texts = {out: write(imported.table, imported.notes)}
    for name, table in imported.plugins.items():
        texts[out.parent / "plugins" / f"{name}.toml"] = write(table, imported.notes)
    return texts


def _write(texts: Mapping[Path, str]) -> None:
    """Write new files; none is written if one of them is there already.

    Raises:
        SetupError: one is there, or cannot be written.
    """
    there = next((path for path in texts if path.exists()), None)
    if there is not None:
        message = f"{str(there)!r} is there already: name another file, or remove it"
        raise SetupError(message)
    for path, text in texts.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except OSError as error:
            message = f"{str(path)!r} cannot be written: {error.strerror}"
            raise SetupError(message) from error


def _metrics(imported: Imported) -> int:
    return len(imported.notes)


def _report(imported: Imported, name: str) -> Iterator[str]:
    number = _metrics(imported)
    noun = "metric, proposed" if number == 1 else "metrics, all proposed"
    yield f"{name}: {number} {noun}; nothing is measured until it is approved."
    yield f"Only people can write ({len(imported.open)}):"
    yield from (f"  {place}: {text}" for place, text in imported.open)
    yield f"Left out ({len(imported.skipped)}):"
    yield from (f"  {what}: {reason}" for what, reason in imported.skipped)
