"""Enters: a property that Mattermost sends. Leaves: its kind, reducer and bounds, or why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aboveboard.model.metric import Kind, Reducer
from aboveboard.registry.imports.tables import COUNTS, MANY, SIZES
from aboveboard.registry.imports.wording import part, without_unit

IDENTITIES: Mapping[str, str] = {
    "license.customer_id": "it is an identity: it names the customer",
    "license.license_id": "it is an identity: no other install has this licence",
    "permissions_team_schemes.scheme_id": "it is an identity: no other install has this scheme",
}
MOMENTS = frozenset(
    {
        "license.issued",
        "license.start",
        "license.expire",
        "config_message_export.default_export_from_timestamp",
    }
)
"""Points in time, to the millisecond or the second."""
FREE = frozenset(
    {
        "config_data_retention.deletion_job_start_time",
        "config_localization.available_locales",
        "config_message_export.daily_run_time",
        "config_plugin.chimera_oauth_proxy_url",
    }
)
"""Settings whose text nobody has closed, though it is sent as it is."""
PER_DAY = frozenset({"activity.posts_previous_day", "activity.bot_posts_previous_day"})
"""Numbers of what happened on a day; the others say how many there are."""
LISTED: Mapping[str, list[str]] = {
    "server.database_type": ["postgres", "mysql"],
    "server.operating_system": ["linux", "darwin", "windows", "freebsd"],
    "config_sql.driver_name": ["postgres", "mysql"],
}
"""Closed lists that the documentation of the wire tells."""
YES_OR_NO = frozenset({"server.edition"})
"""Texts that are ``true`` or ``false``."""
BY_UNIT: Mapping[str, list[int]] = {"milliseconds": [*MANY, 10_000_000], "bytes": SIZES}


@dataclass(frozen=True, slots=True)
class Says:
    """What becomes of a property.

    Attributes:
        kind: its kind.
        says: its bounds.
        fill: lists that only people can fill, to what belongs into them.
        reducer: how the setting is reduced, or None where the program does it.
        dropped: why only that much is left of it; ``""`` if nothing is lost.
    """

    kind: Kind
    says: Mapping[str, object] = field(default_factory=dict)
    fill: Mapping[str, str] = field(default_factory=dict)
    reducer: Reducer | None = None
    dropped: str = ""


_REDUCED = {
    "is_default": Says(Kind.FLAG, reducer=Reducer.IS_DEFAULT),
    "bool": Says(Kind.FLAG, reducer=Reducer.IS_DEFAULT),
    "is_set": Says(Kind.FLAG, reducer=Reducer.IS_SET),
    "is_not_empty": Says(Kind.FLAG, reducer=Reducer.IS_SET),
    "count": Says(Kind.QUANTITY, {"buckets": COUNTS}, reducer=Reducer.COUNT_OF),
    "derived": Says(Kind.FLAG),
}
"""Kinds that tell all by themselves."""


def says_of(line: Mapping[str, str]) -> Says | str:
    """Say what becomes of a property, or why it is left out.

    Example:
        >>> says_of({"event": "activity", "property": "teams", "kind": "value", "json_type": "int"})
        ... # doctest: +ELLIPSIS
        Says(kind=<Kind.QUANTITY: 'quantity'>, says={'buckets': [0, 1, 10, 100, ...
    """
    name, kind = f"{line['event']}.{line['property']}", line["kind"]
    if name in IDENTITIES:
        return IDENTITIES[name]
    if name in MOMENTS:
        return "a moment that precise tells one install from all others"
    if kind in _REDUCED:
        return _REDUCED[kind]
    if kind not in {"raw", "value"}:
        return f"there is no kind {kind[:20]!r}"
    return _by_type(name, line["json_type"], raw=kind == "raw")


def _by_type(name: str, form: str, *, raw: bool) -> Says | str:
    if form in {"bool", "PluginSettings"} or name in YES_OR_NO:
        return Says(Kind.FLAG, reducer=Reducer.FLAG if raw and form == "bool" else None)
    if part(name.rpartition(".")[2]).endswith("version"):
        precision = {"precision": 1} if form == "int" else {}
        return Says(Kind.VERSION, precision, reducer=Reducer.VERSION if raw else None)
    if form in {"int", "int64"}:
        return _number(name, raw=raw)
    if form == "string":
        return _text(name, raw=raw)
    if form.startswith("string (space-joined"):
        return Says(Kind.NAMES, fill={"names": "the permissions that there are"})
    return f"there is no type {form[:20]!r}"


def _number(name: str, *, raw: bool) -> Says:
    if name in PER_DAY:
        return Says(Kind.COUNTER)
    unit = without_unit(name.rpartition(".")[2])[1] or (
        "bytes" if name == "config_file.max_file_size" else ""
    )
    buckets = {"buckets": BY_UNIT.get(unit, MANY)}
    says = {**buckets, "unit": unit} if unit else buckets
    return Says(Kind.QUANTITY, says, reducer=Reducer.BUCKET if raw else None)


def _text(name: str, *, raw: bool) -> Says:
    if name in FREE:
        why = "its text is free, so only whether it is as shipped is kept"
        return Says(Kind.FLAG, reducer=Reducer.IS_DEFAULT, dropped=why)
    reducer = Reducer.ONE_OF if raw else None
    if name in LISTED:
        return Says(Kind.CHOICE, {"choices": LISTED[name]}, reducer=reducer)
    fill = {"choices": "the words that it may be; the catalogue does not list them"}
    return Says(Kind.CHOICE, fill=fill, reducer=reducer)
