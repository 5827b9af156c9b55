"""Enters: what a catalogue says of a metric. Leaves: its table, with marks where people must write.

The marks are texts that the checks find; an example is made up within the metric's bounds.
"""

from __future__ import annotations

from aboveboard.model.metric import Kind, Sensitivity
from aboveboard.registry.imports.imported import About, Seed, Table

NOBODY_KNOWS = "https://example.invalid/TODO"
UNFILLED = "TODO write the words that may be said"
"""Stands in a list that only people can fill; so many words are no choice, the checks say."""
LEVELS = {
    Sensitivity.TECHNICAL.value: "Which version runs, with which settings, on what, and how well.",
    Sensitivity.INTERACTION.value: "Which parts of the program are used, and how often.",
    Sensitivity.CONTENT.value: "How much of what people made or keep is there, never what it says.",
    Sensitivity.SENSITIVE.value: "What is about the people who use it, such as their language.",
}
COUNTS = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
MANY = [0, 1, 10, 100, 1000, 10_000, 100_000, 1_000_000]
TIMES = [0, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000]
"""Milliseconds."""
SIZES = [0, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000]
_PLAIN: dict[Kind, bool | int] = {Kind.FLAG: True, Kind.SECONDS: 600}
_ORDER = (
    "kind", "title", "question", "decision", "owner", "review", "status", "expires", "level",
    "sensitivity", "threshold", "example", "unit", "period", "reducer", "source", "choices",
    "precision", "largest", "buckets", "labels", "names", "since", "until", "aliases", "allow",
    "extras",
)  # fmt: skip


def metric_table(seed: Seed, about: About) -> Table:
    """Make the table of a metric; title, level and sensitivity are still to be chosen."""
    table: Table = {
        "kind": seed.kind.value,
        "title": "A title",
        "question": "TODO: what does it answer?",
        "decision": "TODO: say what will be decided with the answer.",
        "owner": seed.owner or about.owner or "TODO: name who answers for it.",
        "review": seed.review or about.review or NOBODY_KNOWS,
        "status": "proposed",
        "expires": seed.expires or {"never": f"TODO: write {seed.never}."},
        "level": Sensitivity.INTERACTION.value,
        "sensitivity": Sensitivity.SENSITIVE.value,
        "threshold": 1,
        **seed.says,
    }
    for key in seed.fill:
        _fill(table, key)
    said = example(seed.kind, table)
    if said is not None:
        table["example"] = said
    return {key: table[key] for key in _ORDER if key in table}


def _fill(table: Table, key: str) -> None:
    outer, _, name = key.partition(".")
    if not name:
        table[outer] = [UNFILLED]
    else:
        lists = table.get(outer)
        table[outer] = {**(lists if isinstance(lists, dict) else {}), name: [UNFILLED]}


def example(kind: Kind, table: Table) -> bool | int | str | None:
    """Make up a value that a report could say, or None where a list is not filled yet.

    Example:
        >>> example(Kind.CHOICE, {"choices": ["linux", "macos"]}), example(Kind.FLAG, {})
        ('linux', True)
    """
    match kind, table:
        case Kind.EVENT, {"extras": dict(lists)}:
            said = {name: _first(words) for name, words in sorted(lists.items())}
            return None if None in said.values() else ",".join(f"{k}={v}" for k, v in said.items())
        case _, {"choices": words} | {"labels": words} | {"names": words}:
            return _first(words)
        case _, {"buckets": [*_, int(last)]}:
            return last // 10
        case Kind.VERSION, _:
            return "8" if table.get("precision") == 1 else "8.2"
        case _:
            return _PLAIN.get(kind, 3)


def _first(words: object) -> str | None:
    word = words[0] if isinstance(words, list) and words else UNFILLED
    return None if word == UNFILLED else str(word)
