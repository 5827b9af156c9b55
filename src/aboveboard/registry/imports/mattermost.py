"""Enters: the catalogue of what Mattermost sends, as tab-separated lines. Leaves: an Imported.

Each line has an event, a property of it, how the property is made (its kind), the type of its JSON
value and the setting that it comes from. A setting is reduced where it is read: its text never
leaves. What follows is the reducer of the registry, by the kind.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from aboveboard.model.metric import Kind, Reducer, Sensitivity
from aboveboard.registry.imports.draft import Draft
from aboveboard.registry.imports.imported import About, Imported, Seed, refused
from aboveboard.registry.imports.mattermost_values import Says, says_of
from aboveboard.registry.imports.wording import metric_name, part, plain, without_unit
from aboveboard.registry.names import METRIC_NAME, SOURCE

COLUMNS = ("event", "property", "kind", "json_type", "config_key", "default_const", "note")
FAMILIES: Mapping[tuple[str, str], tuple[str, str]] = {
    ("license", "feature_<name> (26 names)"): ("features", "the features that a licence may have"),
    ("config_plugin", "enable_<plugin_id>"): ("plugins_on", "the plug-ins that everybody can get"),
    ("warn_metrics", "<warn_metric_*>"): ("warnings_shown", "the warnings that there are"),
    ("config_feature_flags", "<FlagName>"): ("on", "the flags that there are"),
}
"""Properties that stand for many, each yes or no, to a name and what belongs into the list."""
ABOUT_CONTENT = frozenset({"activity", "groups"})
"""Events that count what people have made; the others are about the server."""
NUMBERS = frozenset({Kind.QUANTITY, Kind.COUNTER})


def import_mattermost(files: Sequence[tuple[str, str]], about: About, today: date) -> Imported:
    r"""Import a catalogue of properties.

    Args:
        files: what each is called, and its text: a line of column names, then one for each.
        about: what a person says of the product.
        today: the day of the import.

    Raises:
        RegistryError: a file is no such catalogue.

    Example:
        >>> head = "event\tproperty\tkind\tjson_type\tconfig_key\tdefault_const\tnote"
        >>> line = "config_sql\ttrace\traw\tbool\tSqlSettings.Trace\t\t"
        >>> text = f"{head}\n{line}"
        >>> done = import_mattermost([("catalog.tsv", text)], About("x", "X"), date(2026, 1, 1))
        >>> done.metrics["config_sql.trace"]["source"]
        'SqlSettings.Trace'
    """
    draft = Draft(about, today)
    for source, written in files:
        for line in _lines(source, written):
            _import(draft, line)
    return draft.finish()


def _lines(source: str, written: str) -> Iterator[dict[str, str]]:
    """Give each line by its columns; what it lacks is empty.

    Raises:
        RegistryError: there are no such columns.
    """
    reader = csv.DictReader(
        io.StringIO(written, newline=""),
        delimiter="\t",
        quoting=csv.QUOTE_NONE,
        restkey="",
        restval="",
    )
    remedy = f"Give tab-separated lines; the first one names {', '.join(COLUMNS)}."
    try:
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise refused(source, "wrong_shape", f"it has no column {missing[0]}.", remedy)
        yield from ({name: line[name].strip() for name in COLUMNS} for line in reader)
    except csv.Error as error:
        raise refused(source, "not_lines", f"it has no lines: {error}.", remedy) from error


def _import(draft: Draft, line: Mapping[str, str]) -> None:
    event, name = line["event"], line["property"]
    origin = f"{event}.{name}"
    if (event, name) in FAMILIES:
        short, what = FAMILIES[event, name]
        draft.add(_seed(origin, line, short, Says(Kind.NAMES, fill={"names": what})))
        return
    if "<" in name:
        reason = "it stands for many properties: name those that matter, each as a metric"
        draft.skip(origin, reason)
        return
    said = says_of(line)
    if not isinstance(said, Says):
        draft.skip(origin, said)
        return
    if said.dropped:
        draft.skip(f"{origin}: the value", said.dropped)
    draft.add(_seed(origin, line, name, said))


def _seed(origin: str, line: Mapping[str, str], name: str, said: Says) -> Seed:
    event = line["event"]
    numeric = said.kind in NUMBERS
    short, unit = without_unit(part(name)) if numeric else (part(name), "")
    wanted = metric_name(event, short)
    says = dict(said.says)
    if unit:
        says["unit"] = unit
    if said.reducer is not None and SOURCE.fullmatch(line["config_key"]):
        says |= {"reducer": said.reducer.value, "source": line["config_key"]}
    if wanted != origin and METRIC_NAME.fullmatch(origin):
        says["aliases"] = [origin]
    made = f"Mattermost's {origin}: {line['kind']}, {line['json_type']}"
    kept = f" of {line['config_key']}" if line["config_key"] else ""
    return Seed(
        origin=origin,
        name=wanted,
        kind=said.kind,
        about=plain(event.removeprefix("config_")),
        words=_words(short, said.reducer),
        notes=(f"{made}{kept}.", *([f"There: {line['note']}."] if line["note"] else [])),
        least=Sensitivity.CONTENT if event in ABOUT_CONTENT else Sensitivity.TECHNICAL,
        says=says,
        fill=said.fill,
    )


def _words(name: str, reducer: Reducer | None) -> str:
    """Say a property in words; its own name may tell how it is reduced.

    Example:
        >>> _words("isdefault_site_url", Reducer.IS_DEFAULT)
        'site URL as shipped'
    """
    for beginning in ("isdefault_", "is_default_", "isempty_", "isnotempty_"):
        name = name.removeprefix(beginning)
    ending = {Reducer.IS_DEFAULT: " as shipped", Reducer.IS_SET: " filled in"}
    return plain(name) + (ending.get(reducer, "") if reducer is not None else "")
