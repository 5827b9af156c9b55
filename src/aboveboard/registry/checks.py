"""Enters: a registry that could be read, and today. Leaves: every problem that a check found.

Whether the file can be read at all is ``read.py``'s question; whether it is good enough for people
is asked here. Each check is one small function in ``rules/``; a file switches one off by its code,
with a reason: ``allow = { code = "reason" }``, for a metric or for the whole product.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType

from aboveboard.errors import Problem
from aboveboard.model.registry import Registry
from aboveboard.registry.rules.amounts import AMOUNT_CHECKS
from aboveboard.registry.rules.check import Check, Context
from aboveboard.registry.rules.days import DAYS
from aboveboard.registry.rules.naming import NAMING
from aboveboard.registry.rules.people import PEOPLE
from aboveboard.registry.rules.privacy import PRIVACY
from aboveboard.registry.rules.product import PRODUCT
from aboveboard.registry.rules.reasons import REASONS
from aboveboard.registry.rules.together import TOGETHER
from aboveboard.registry.rules.wording import WORDING

UNKNOWN_ALLOW = Check(
    "unknown_allow",
    "A switch names no check",
    "A slip of the pen would look as if somebody had thought about it.",
    "Use the code of a check; docs/registry-checks.md lists them.",
)
UNNEEDED_ALLOW = Check(
    "unneeded_allow",
    "A switch is not needed",
    "It would hide the next real problem of its kind.",
    "Remove it.",
)
THEMES = {
    "Reasons": REASONS,
    "Closeness to a person": PRIVACY,
    "What travels together": TOGETHER,
    "Numbers": AMOUNT_CHECKS,
    "Days and versions": DAYS,
    "Names and titles": NAMING,
    "Wording": WORDING,
    "People and places": PEOPLE,
    "The product": PRODUCT,
    "The switches themselves": (UNKNOWN_ALLOW, UNNEEDED_ALLOW),
}
CHECKS: Mapping[str, Check] = MappingProxyType(
    {check.code: check for checks in THEMES.values() for check in checks}
)
"""Every check by its code."""


def check(registry: Registry, today: date) -> list[Problem]:
    """Run every check.

    Returns:
        All problems, in the order of the file: the product's, then those of each metric.
    """
    problems: list[tuple[str, Problem]] = []
    needed: set[tuple[str, str]] = set()
    context = Context(registry, today)
    for rule in CHECKS.values():
        for metric, finding in rule.run(context) if rule.run is not None else ():
            owner = metric.name if metric is not None else ""
            if metric is not None and rule.code in metric.allow:
                needed.add((metric.name, rule.code))
            elif rule.code in registry.allow:
                needed.add(("", rule.code))
            else:
                problems.append((owner, _problem(rule, finding.place, finding.text)))
    problems += _switches(registry, needed)
    order = {name: place for place, name in enumerate(("", *registry.metrics))}
    return [problem for _, problem in sorted(problems, key=lambda found: order[found[0]])]


def _switches(registry: Registry, needed: set[tuple[str, str]]) -> Iterator[tuple[str, Problem]]:
    places = {"": ("product", registry.allow)}
    places |= {m.name: (f"metric.{m.name}", m.allow) for m in registry.metrics.values()}
    for owner, (place, allow) in places.items():
        for code in allow:
            where = f"{place}.allow.{code}"
            if code not in CHECKS or CHECKS[code].run is None:
                yield owner, _problem(UNKNOWN_ALLOW, where, "there is no such check to switch off.")
            elif (owner, code) not in needed:
                yield (
                    owner,
                    _problem(UNNEEDED_ALLOW, where, "there is nothing that it switches off."),
                )


def _problem(rule: Check, place: str, text: str) -> Problem:
    return Problem(rule.code, place, text, rule.remedy)
