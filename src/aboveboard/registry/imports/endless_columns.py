"""Enters: a column of an Endless OS event. Leaves: the kind and bounds that it gets, or why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from aboveboard.model.metric import Kind
from aboveboard.registry.imports.tables import COUNTS, SIZES, TIMES

SECONDS_OF_A_DAY = 24 * 3600
MEBIBYTES = [0, 1024, 2048, 4096, 8192, 16384, 32768, 65536]
GIBIBYTES = [0, 16, 32, 64, 128, 256, 512, 1024, 2048]


@dataclass(frozen=True, slots=True)
class Says:
    """The kind, the bounds, and the lists that only people can fill."""

    kind: Kind
    says: Mapping[str, object] = field(default_factory=dict)
    fill: Mapping[str, str] = field(default_factory=dict)


CLOSED: Mapping[str, str] = {
    "achievement_id": "the achievements that there are",
    "app": "the ids of the apps that matter",
    "app_id": "the ids of the apps that matter",
    "app_name": "the apps that matter",
    "booted_ref": "the branches that there are",
    "character": "the characters that there are",
    "component": "the components that can fail",
    "hardware_product": "the models that matter",
    "hardware_vendor": "the makers that matter",
    "name": "the panels, or the types of media, that there are",
    "ostree_branch": "the branches that there are",
    "page": "the pages that there are",
    "pathway": "the pathways that there are",
    "product": "the models that matter",
    "quest": "the quests that there are",
    "reason": "the reasons that there are",
    "replacement_app_id": "the ids of the apps that matter",
    "skillset": "the sets of skills that there are",
    "target_ref": "the branches that there are",
    "type": "the types that there are",
    "vendor": "the makers that matter",
}
"""Texts that come from a list which somebody knows."""
DROPPED: Mapping[str, str] = {
    "achievement_name": "it says the same as its id",
    "app_filter": "it lists what somebody may not run",
    "argv": "the words of a command line are free text: they hold names of people and files",
    "error_message": "it is free text: it holds names of people and files",
    "logged_in_user_id": "it is an identity",
    "oars_filter": "it is a table without bounds about what a child may see",
}
"""Why a column is dropped whatever its type."""
UNITS: Mapping[tuple[str, str], tuple[str, list[int]]] = {
    ("RAMSize", "total"): ("mebibytes", MEBIBYTES),
    ("ComputerInformation", "total_ram"): ("mebibytes", MEBIBYTES),
    ("ComputerInformation", "total_disk"): ("gibibytes", GIBIBYTES),
    ("ComputerInformation", "used_disk"): ("gibibytes", GIBIBYTES),
    ("ComputerInformation", "free_disk"): ("gibibytes", GIBIBYTES),
    **{
        (event, column): ("gibibytes", GIBIBYTES)
        for event in ("DiskSpaceExtra", "DiskSpaceSysroot")
        for column in ("total", "used", "free")
    },
    ("SplitFlatpakRepoStats", "size_apps"): ("bytes", SIZES),
    ("SplitFlatpakRepoStats", "size_runtimes"): ("bytes", SIZES),
    ("CacheHasInvalidElements", "number_of_bytes_read"): ("bytes", SIZES),
}
"""Numbers of which the catalogue says what they count."""
TIMED = frozenset({"StartupFinished"})
"""Events whose numbers are times; Endless counts microseconds, a timing milliseconds."""


def column_says(event: str, column: str, kind: str) -> Says | str:
    """Say what becomes of a column, or why it is dropped.

    Example:
        >>> column_says("LinuxPackageOpened", "argv", "ARRAY").split(":")[0]
        'the words of a command line are free text'
        >>> column_says("OSVersion", "version", "Unicode").kind
        <Kind.VERSION: 'version'>
    """
    if column in DROPPED:
        return DROPPED[column]
    if column == "pathways":
        return Says(Kind.NAMES, fill={"names": "the pathways that there are"})
    of_type = _OF_TYPE.get(kind)
    return of_type(event, column) if of_type is not None else unbounded("it")


def unbounded(what: str) -> str:
    """Say that nobody has bounded something."""
    return f"nobody says what {what} may be, so nothing bounds it"


def _number(event: str, column: str) -> Says:
    if event in TIMED:
        return Says(Kind.TIMING, {"buckets": TIMES})
    unit, buckets = UNITS.get((event, column), ("", COUNTS))
    return Says(Kind.QUANTITY, {"buckets": buckets} | ({"unit": unit} if unit else {}))


def _text(_: str, column: str) -> Says | str:
    if column.rpartition("_")[2] == "version":
        return Says(Kind.VERSION)
    if column == "image_id":
        return Says(Kind.CHOICE, fill={"choices": "the images that are still in use"})
    if column in CLOSED:
        return Says(Kind.LABELLED, fill={"labels": CLOSED[column]})
    return "it is free text, as far as the catalogue says"


_OF_TYPE: Mapping[str, Callable[[str, str], Says | str]] = {
    "Boolean": lambda _, __: Says(Kind.FLAG),
    "Interval": lambda _, __: Says(Kind.TIMING, {"buckets": TIMES}),
    "Integer": _number,
    "BigInteger": _number,
    "Unicode": _text,
}
"""A column's type to what says its kind."""
