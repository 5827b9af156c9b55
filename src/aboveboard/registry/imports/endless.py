"""Enters: the catalogue of Endless OS events, as JSON. Leaves: an Imported, identities left out.

Each event has a name, a kind (singular, aggregate, sequence), the GVariant signature of its payload
and the columns that a server keeps of it. A column becomes a metric of its own: what arrived
together is told apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from aboveboard.model.metric import Kind, Sensitivity
from aboveboard.registry.imports.draft import Draft
from aboveboard.registry.imports.endless_columns import (
    SECONDS_OF_A_DAY,
    Says,
    column_says,
    unbounded,
)
from aboveboard.registry.imports.imported import About, Imported, Seed, refused
from aboveboard.registry.imports.shapes import inner, parse_json, text, texts
from aboveboard.registry.imports.tables import COUNTS
from aboveboard.registry.imports.wording import metric_name, part, plain

GROUPS = (
    "CompanionApp", "ControlCenter", "DesktopSearch", "DiscoveryFeed", "DiskSpace", "DualBoot",
    "HackClubhouse", "LiveUsb", "ParentalControls",
)  # fmt: skip
"""Beginnings of names that are a group; else it is the first word."""
TECHNICAL = frozenset({
    "cache", "checkpoint", "computer", "disk_space", "dual_boot", "image", "live_usb", "missing",
    "monitor", "network", "os", "program", "ram", "split", "startup", "updater", "underscan",
    "uptime", "windows",
})  # fmt: skip
"""Groups that are about the machine; the others are about what somebody does with it."""
LEFT_OUT = {
    "CPUInfo": "the exact processors tell machines apart, and nobody can list them all",
    "Location": "it says where somebody is",
    "LocationLabel": "it is free text about a place, and names whose machine this is",
    "NetworkId": "it is an identity: the same number for every machine behind one router",
}
"""Events whose payload is all they say, and may not be said."""
KNOWN = {
    "DailyUsers": Says(Kind.QUANTITY, {"buckets": [0, 1, 2, 3, 5, 10, 20]}),
    "Uptime": Says(Kind.SECONDS),
    "WindowsLicenseTables": Says(Kind.CHOICE, {"choices": ["none", "MSDM", "SLIC"]}),
}
"""Events whose kind their signature does not tell."""
DROPPED_OF_KNOWN = {
    "Uptime": ("number of boots", "a number that only grows tells one machine from all others")
}
TOLD_BY_ITS_LENGTH = "duration"
"""The column of a sequence that holds what the metric itself says."""
_NO_MONTHS = "there are no months here: the daily form is imported, and weeks are added up"


class Event(NamedTuple):
    """What the catalogue says of one event."""

    name: str
    signature: str
    kind: str
    doc: str
    columns: list[tuple[str, str]]


def import_endless(files: Sequence[tuple[str, str]], about: About, today: date) -> Imported:
    """Import a catalogue of events.

    Args:
        files: what each is called, and its text: JSON, a list of events.
        about: what a person says of the product.
        today: the day of the import.

    Raises:
        RegistryError: a file is no such catalogue.
    """
    draft = Draft(about, today)
    for source, written in files:
        events = parse_json(written, source)
        if not isinstance(events, list):
            wrong = "the file is no list of events."
            raise refused(source, "wrong_shape", wrong, "Give the catalogue of events.")
        for said in events:
            _import(draft, inner(said) or {})
    return draft.finish()


def _import(draft: Draft, said: Mapping[str, object]) -> None:
    event = Event(
        text(said, "name"),
        text(said, "payload_signature"),
        text(said, "kind"),
        text(said, "doc"),
        _columns(said),
    )
    reason = _left_out(event, said)
    if reason:
        draft.skip(event.name or "an event without a name", reason)
    elif event.name in KNOWN:
        if event.name in DROPPED_OF_KNOWN:
            name, why = DROPPED_OF_KNOWN[event.name]
            draft.skip(f"{event.name}: {name}", why)
        draft.add(_seed(event, "", KNOWN[event.name]))
    else:
        _import_columns(draft, event)


def _columns(said: Mapping[str, object]) -> list[tuple[str, str]]:
    """Give the newest columns, each with its type."""
    versions = inner(said.get("columns")) or {}
    newest = max(versions, default="")
    parts = (column.partition(":") for column in texts(versions, newest))
    return [(name, kind) for name, _, kind in parts if name != TOLD_BY_ITS_LENGTH]


def _left_out(event: Event, said: Mapping[str, object]) -> str:
    if not event.name:
        return "it has no name"
    if text(said, "status") == "test":
        return "only tests send it"
    if text(said, "superseded_by"):
        return "an event of the same meaning has taken its place"
    if event.kind not in {"singular", "aggregate", "sequence"}:
        return f"there is no kind of event {event.kind[:20]!r}"
    if event.kind == "aggregate" and "Monthly" in event.name:
        return _NO_MONTHS
    return LEFT_OUT.get(event.name, "")


def _import_columns(draft: Draft, event: Event) -> None:
    said = {name: column_says(event.name, name, kind) for name, kind in event.columns}
    kept = {name: each for name, each in said.items() if isinstance(each, Says)}
    dropped = {name: why for name, why in said.items() if isinstance(why, str)}
    if not event.columns and event.signature not in {"", "b"}:
        dropped[f"payload {event.signature}"] = unbounded("its parts")
    left = "the rest of it is kept" if kept else "that it happened is counted"
    for name, why in dropped.items():
        draft.skip(f"{event.name}: {name}", f"{why}; {left}")
    alone = Says(Kind.FLAG if event.signature == "b" else Kind.COUNTER)
    for name, each in (kept or {"": alone}).items():
        ending = f"_{name}" if len(kept) > 1 else ""
        draft.add(_seed(event, ending, _over_time(event, each)))


def _over_time(event: Event, said: Says) -> Says:
    """Turn counts into seconds where an event is about how long something was in use."""
    lasts = event.kind == "sequence" or event.doc.startswith("Seconds ")
    if lasts and said.kind is Kind.COUNTER:
        return Says(Kind.SECONDS)
    if lasts and said.kind is Kind.LABELLED:
        return Says(Kind.LABELLED, {"largest": SECONDS_OF_A_DAY, "unit": "seconds"}, said.fill)
    if event.kind == "aggregate" and said.kind is Kind.COUNTER:
        return Says(Kind.QUANTITY, {"buckets": COUNTS})
    return said


def _seed(event: Event, ending: str, said: Says) -> Seed:
    group, rest = _parted(event.name)
    technical = part(group) in TECHNICAL
    return Seed(
        origin=event.name,
        name=metric_name(part(group), f"{part(rest)}{ending}"),
        kind=said.kind,
        about=plain(group),
        words=plain(f"{part(rest)}{ending}"),
        notes=(
            f"Endless OS: {event.kind} {event.name}, {event.signature or 'no payload'}.",
            event.doc,
        ),
        least=Sensitivity.TECHNICAL if technical else Sensitivity.INTERACTION,
        says=said.says,
        fill=said.fill,
    )


def _parted(name: str) -> tuple[str, str]:
    """Part a name into its group and the rest.

    Example:
        >>> _parted("ParentalControlsChanged"), _parted("ImageVersion"), _parted("Uptime")
        (('ParentalControls', 'Changed'), ('Image', 'Version'), ('Uptime', 'used'))
    """
    for group in GROUPS:
        if name.startswith(group):
            return group, name.removeprefix(group) or "used"
    first = part(name).partition("_")[0]
    return name[: len(first)], name[len(first) :] or "used"
