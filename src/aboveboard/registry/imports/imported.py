"""Enters: nothing. Leaves: what an import is given besides a catalogue, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, TypeAlias

from aboveboard.errors import Problem, RegistryError
from aboveboard.model.metric import Kind, Sensitivity

Table: TypeAlias = "dict[str, object]"


@dataclass(frozen=True, slots=True)
class About:
    """What a person says of the product; what is left empty stays open.

    Attributes:
        id: the product's identifier.
        title: its name for people.
        homepage: where it lives.
        contact: whom to ask about its telemetry.
        policy: where its privacy policy can be read.
        owner: who answers for each metric, where the catalogue does not say.
        review: where the import is discussed, for each metric where the catalogue does not say.
        installs: how many installs are expected, or None.
    """

    id: str
    title: str
    homepage: str = ""
    contact: str = ""
    policy: str = ""
    owner: str = ""
    review: str = ""
    installs: int | None = None


@dataclass(frozen=True, slots=True)
class Seed:
    """What a catalogue says of one metric, in the words of the registry.

    Attributes:
        origin: what it is called in the catalogue.
        name: the name that it gets.
        kind: what its value looks like.
        about: what stands before its title, such as the group's name.
        words: what it is about, in plain words.
        heading: a title that the catalogue brings, tried first.
        notes: lines for the people who finish the file.
        least: how close it comes to a person at least, or None if nobody can say.
        says: its bounds and further keys of its table.
        fill: lists that only people can fill, by their keys, to what belongs into each.
        owner: who answers for it; ``""`` if the catalogue does not say.
        review: where it was discussed; ``""`` if the catalogue does not say.
        expires: its last day, or None if the catalogue names none.
        never: what is to be written about its end, where there is no last day.
        plugin: the plug-in that it belongs to; ``""`` for the product's own.
    """

    origin: str
    name: str
    kind: Kind
    about: str
    words: str
    heading: str = ""
    notes: tuple[str, ...] = ()
    least: Sensitivity | None = Sensitivity.TECHNICAL
    says: Mapping[str, object] = field(default_factory=dict)
    fill: Mapping[str, str] = field(default_factory=dict)
    owner: str = ""
    review: str = ""
    expires: date | None = None
    never: str = "its last day, or why it is measured for ever"
    plugin: str = ""


class Open(NamedTuple):
    """One thing that only people can write.

    Attributes:
        place: where it belongs, as a dotted path of the file's keys.
        text: what is to be written.
    """

    place: str
    text: str


class Skipped(NamedTuple):
    """Something that does not become a metric, or a part that is dropped.

    Attributes:
        name: what it is called in the catalogue.
        reason: why.
    """

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Imported:
    """A registry file that people can finish.

    Attributes:
        product: the table ``[product]``.
        metrics: name to table, all proposed; plug-ins' metrics are in their own files.
        open: what only people can write, in the order of the file.
        skipped: what was left out, in the order of the catalogue.
        notes: metric to the lines that stand below its heading as comments.
        plugins: id to the table of a plug-in's own file.
    """

    product: Table
    metrics: Mapping[str, Table]
    open: tuple[Open, ...]
    skipped: tuple[Skipped, ...]
    notes: Mapping[str, tuple[str, ...]]
    plugins: Mapping[str, Table] = field(default_factory=dict)

    @property
    def table(self) -> Table:
        """The product's whole file."""
        files = [f"plugins/{name}.toml" for name in self.plugins]
        included: Table = {"include": files} if files else {}
        return {"format": 1, **included, "product": self.product, "metric": dict(self.metrics)}


def refused(source: str, code: str, text: str, remedy: str) -> RegistryError:
    """Give the error of a catalogue that cannot be read."""
    return RegistryError(source, [Problem(code, "file", text, remedy)])
