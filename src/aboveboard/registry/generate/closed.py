"""Enters: a metric with closed lists. Leaves: the types of their words, and a class of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboveboard.model.metric import Kind
from aboveboard.registry.bound_fields import MOST_CHOICES
from aboveboard.registry.generate.forms import BY_VERSION, NAME, OPEN, Form, Method
from aboveboard.registry.generate.layout import bracketed
from aboveboard.registry.generate.spelling import KEYWORDS, camel, spell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboveboard.model.metric import Metric
    from aboveboard.registry.generate.spelling import Pool

MOST_WORDS = MOST_CHOICES + 1
"""Words of a list that are written out, ``other`` among them; only names are ever more."""
_SUFFIX = {"choices": "Word", "labels": "Label", "names": "Name"}
_EXTRA = "extras."


@dataclass(frozen=True, slots=True)
class Words:
    """A closed list as a type.

    Attributes:
        extra: what an event says with it; ``""`` if it is no event's.
        type: what the type is called.
        words: its words, ``other`` last.
    """

    extra: str
    type: str
    words: tuple[str, ...]


def lists(metric: Metric, pool: Pool) -> list[Words]:
    """Give a metric's closed lists, their types called by its name.

    Extras come by their names: their order in the file says nothing, to the fingerprint neither.
    """
    found = []
    for place, words in sorted(metric.lists.items()):
        extra = place.removeprefix(_EXTRA) if place.startswith(_EXTRA) else ""
        suffix = camel(extra) if extra else _SUFFIX[place]
        found.append(Words(extra, pool.take(f"{camel(metric.name)}{suffix}"), words))
    return found


def alias(words: Words) -> list[str]:
    """Write the type of a list's words; of a very long list it is any text.

    Example:
        >>> alias(Words("", "SystemOsWord", ("linux", "other")))
        ['SystemOsWord = Literal["linux", "other"]']
    """
    if len(words.words) > MOST_WORDS:
        why = f"# {len(words.words) - 1} words are too many to write out; the registry has them."
        return [why, f"{words.type} = str"]
    literals = [json.dumps(word, ensure_ascii=False) for word in words.words]
    return bracketed(0, f"{words.type} = Literal[", literals, "]")


def form(metric: Metric, found: Sequence[Words], pool: Pool) -> Form:
    """Give the class of a metric: its kind's, or where a list is closed its own."""
    name = pool.take(f"{camel(metric.name)}{camel(metric.kind)}") if found else ""
    kind = found[0].type if found else ""
    match metric.kind:
        case Kind.CHOICE:
            call = Method("set", (f"word: {kind}",), "Say which.", "set", (NAME, "word"))
            return Form(name, f"Which of ``{kind}`` it is.", (call,))
        case Kind.LABELLED if not found:
            return BY_VERSION
        case Kind.LABELLED:
            takes = (f"label: {kind}", "by: int = 1")
            gives = (NAME, "by", "label=label")
            call = Method("add", takes, "Add one to a label, or ``by``.", "count", gives)
            return Form(name, f"How often something happened, by ``{kind}``.", (call,))
        case Kind.NAMES:
            text = "Say which are there."
            call = Method("set", (f"names: Iterable[{kind}]",), text, "names", (NAME, "names"))
            return Form(name, f"Which of ``{kind}`` are there.", (call,), OPEN[Kind.NAMES].name)
        case Kind.EVENT:
            return Form(name, f"How often ``{metric.name}`` happened, and how.", (_event(found),))
        case _:
            return OPEN[metric.kind]


def _event(found: Sequence[Words]) -> Method:
    """Let an event say its extras as keywords."""
    spelt = spell((words.extra for words in found), KEYWORDS | {"self"})
    takes = [f"{spelt[words.extra]}: {words.type}" for words in found]
    plain = [f"{extra}={name}" for extra, name in spelt.items() if extra not in KEYWORDS]
    others = [f'"{extra}": {name}' for extra, name in spelt.items() if extra in KEYWORDS]
    rest = [f"**{{{', '.join(others)}}}"] if others else []
    return Method("add", ("*", *takes), "Count it once.", "event", (NAME, *plain, *rest))
