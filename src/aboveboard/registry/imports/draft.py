"""Enters: metrics as a catalogue tells them, one by one. Leaves: an Imported, and what is open.

It passes the checks except for what only people can write. That stands in the file where the checks
find it, and in the list of what is open. In the end the file is read and checked: what else is
found becomes open as well, so nothing that is wrong stays untold.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from aboveboard.errors import Problem, RegistryError
from aboveboard.model.metric import Metric, Sensitivity
from aboveboard.registry.checks import check
from aboveboard.registry.fields import Fields
from aboveboard.registry.imports.imported import About, Imported, Open, Seed, Skipped, Table
from aboveboard.registry.imports.tables import LEVELS, NOBODY_KNOWS, metric_table
from aboveboard.registry.imports.titles import choose_sensitivity, choose_title
from aboveboard.registry.metrics import Around, read_metric
from aboveboard.registry.read import read
from aboveboard.registry.rules.privacy import LOWEST_THRESHOLD
from aboveboard.registry.rules.words import words
from aboveboard.registry.write import write

SOON = timedelta(days=30)
USUAL_THRESHOLD = 10
LONGEST_LINE = 300


class Draft:
    """Collects the metrics of an import.

    Args:
        about: what a person says of the product.
        today: the day of the import.

    Raises:
        RegistryError: what the person says is no value of a registry.
    """

    def __init__(self, about: About, today: date) -> None:
        self._about = about
        self._today = today
        self._metrics: dict[str, Table] = {}
        self._plugins: dict[str, Table] = {}
        self._origins: dict[str, str] = {}
        self._levels: set[str] = set()
        self._titles: set[tuple[str, ...]] = set()
        self._open: dict[str, list[Open]] = {"product": []}
        self._skipped: list[Skipped] = []
        self._notes: dict[str, tuple[str, ...]] = {}
        self._product = self._told()
        _sound(about)

    def skip(self, name: str, reason: str) -> None:
        """Leave something out."""
        self._skipped.append(Skipped(_shown(name), _shown(reason)))

    def plugin(self, name: str, prefix: str, title: str) -> None:
        """Begin the file of a plug-in."""
        place = f"plugin.{name}"
        head = {"id": name, "title": title, "prefix": prefix}
        head |= {"homepage": f"{NOBODY_KNOWS}/homepage", "contact": "TODO: say whom to ask."}
        self._plugins[name] = {"format": 1, "plugin": head, "metric": {}}
        self._leave(place, "homepage", "where the module lives")
        self._leave(place, "contact", "whom to ask about what the module measures")

    def add(self, seed: Seed) -> None:
        """Add a metric, or leave it out if its name is taken or the registry cannot hold it."""
        if seed.name in self._origins:
            reason = f"its name would be {seed.name}, which {self._origins[seed.name]} has already"
            self.skip(seed.origin, reason)
            return
        table = metric_table(seed, self._about)
        place = f"metric.{seed.name}"
        problems: list[Problem] = []
        metric = read_metric(seed.name, Fields(table, place, problems), Around(LEVELS))
        if problems:
            where = problems[0].place.removeprefix(place).lstrip(".") or seed.name
            self.skip(seed.origin, f"a registry cannot hold it: {where}: {problems[0].text}")
            return
        self._origins[seed.name] = seed.origin
        table["title"] = self._title(seed, metric)
        self._close_to_people(seed, table, metric)
        self._left_to_people(seed, place, table)
        self._notes[seed.name] = seed.notes
        home: Any = self._plugins[seed.plugin]["metric"] if seed.plugin else self._metrics
        home[seed.name] = table

    def finish(self) -> Imported:
        """Read and check what came together.

        Raises:
            RegistryError: the product is none.
        """
        self._product["levels"] = {k: text for k, text in LEVELS.items() if k in self._levels}
        imported = Imported(
            self._product, self._metrics, (), tuple(self._skipped), self._notes, self._plugins
        )
        plugins = [(f"plugins/{name}", write(file)) for name, file in self._plugins.items()]
        body = write(imported.table).encode()
        registry = read(body, self._about.id, [(name, text.encode()) for name, text in plugins])
        for problem in check(registry, self._today):
            self._also(problem)
        found = tuple(each for places in self._open.values() for each in places)
        return replace(imported, open=found)

    def _told(self) -> Table:
        about = self._about
        homepage = about.homepage or f"{NOBODY_KNOWS}/homepage"
        unsaid = {
            "homepage": "where the product lives",
            "contact": "whom to ask about its telemetry, and how to reach them",
            "policy": "where its privacy policy can be read",
        }
        for name, what in unsaid.items():
            if not getattr(about, name):
                self._leave("product", name, what)
        told: Table = {
            "id": about.id,
            "title": about.title,
            "homepage": homepage,
            "contact": about.contact or "TODO: say whom to ask.",
            "policy": about.policy or homepage,
        }
        return told | ({} if about.installs is None else {"installs": about.installs})

    def _title(self, seed: Seed, metric: Metric) -> str:
        title = choose_title(seed, metric, self._about.title, self._titles)
        self._titles.add(tuple(words(title)))
        return title

    def _close_to_people(self, seed: Seed, table: Table, metric: Metric) -> None:
        """Set the sensitivity, and with it the level and the smallest group."""
        if seed.least is None:
            table["level"] = Sensitivity.INTERACTION.value
            del table["sensitivity"], table["threshold"]
        else:
            found = choose_sensitivity(metric, str(table["title"]), seed.least)
            table["level"] = table["sensitivity"] = found.value
            table["threshold"] = LOWEST_THRESHOLD[found]
            if LOWEST_THRESHOLD[found] <= USUAL_THRESHOLD:
                del table["threshold"]
        self._levels.add(str(table["level"]))

    def _left_to_people(self, seed: Seed, place: str, table: Table) -> None:
        self._leave(place, "question", "the question that it answers")
        self._leave(place, "decision", "what will be decided with the answer")
        if not (seed.owner or self._about.owner):
            self._leave(place, "owner", "the role or the address that answers for it")
        if not (seed.review or self._about.review):
            self._leave(place, "review", "a link to where it is discussed")
        if seed.expires is None:
            self._leave(place, "expires", seed.never)
        elif seed.expires <= self._today + SOON:
            self._leave(
                place, "expires", f"a later day, if it is still needed: it ends on {seed.expires}"
            )
        if seed.least is None:
            self._leave(place, "sensitivity", "how close it comes to a person")
        for key, what in seed.fill.items():
            self._leave(place, key, what)
        if "example" not in table:
            self._leave(place, "example", "a value that a report could say")

    def _leave(self, owner: str, key: str, what: str) -> None:
        self._open.setdefault(owner, []).append(Open(f"{owner}.{key}", f"write {what}."))

    def _also(self, problem: Problem) -> None:
        """Leave open what a check found, unless it is already."""
        owner = next((place for place in _around(problem.place) if place in self._open), "product")
        known = {place for place, _ in self._open[owner]}
        outer = problem.place.rpartition(".")[0]
        if problem.place not in known and (outer == owner or outer not in known):
            self._open[owner].append(Open(problem.place, f"{problem.text} {problem.remedy}"))


def _around(place: str) -> list[str]:
    """Give a place and all that it stands in, from the inside."""
    parts = place.split(".")
    return [".".join(parts[:end]) for end in range(len(parts), 0, -1)]


def _shown(text: str) -> str:
    """Make one printable line of what a stranger wrote."""
    line = " ".join(text.split())[:LONGEST_LINE]
    return "".join(letter if letter.isprintable() else "?" for letter in line)


def _sound(about: About) -> None:
    problems: list[Problem] = []
    fields = Fields({"owner": about.owner, "review": about.review}, "options", problems)
    if about.owner:
        fields.text("owner")
    if about.review:
        fields.link("review")
    if problems:
        raise RegistryError(about.id, problems)
