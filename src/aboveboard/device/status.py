"""Enters: the consent in force and all that bears on it. Leaves: what a person is told of it.

Where a stronger rule overrides the person's own choice, both are said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.device.explain import said
from aboveboard.model.consent import Mode, Rule
from aboveboard.model.metric import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from aboveboard.device.growth import Growth
    from aboveboard.model.consent import Consent
    from aboveboard.model.registry import Registry

HERE = {
    Mode.OFF: "not counted",
    Mode.LOCAL: "counted here, not sent",
    Mode.ON: "counted and sent",
}


def status(  # noqa: PLR0913 all that a person is told comes from different places
    consent: Consent,
    registry: Registry,
    growth: Growth,
    *,
    destinations: Sequence[str] | None = None,
    next_report: date | None = None,
    remarks: Sequence[str] = (),
) -> list[str]:
    r"""Say what is in force.

    Args:
        consent: the one in force.
        registry: what may be counted.
        growth: what the person was not shown yet.
        destinations: where reports go; None for the registry's collector.
        next_report: the first day on which one may leave, or None if there is nothing to send.
        remarks: what was found around and does not count.

    Returns:
        Lines.

    Example:
        >>> from aboveboard.device.growth import NO_GROWTH
        >>> from aboveboard.model.consent import Consent
        >>> from aboveboard.registry.read import read
        >>> from aboveboard.testing import EXAMPLE_REGISTRY
        >>> undecided = Consent(Mode.LOCAL, Rule.UNDECIDED)
        >>> print("\n".join(status(undecided, read(EXAMPLE_REGISTRY), NO_GROWTH)))
        local: nobody has chosen yet, so everything stays on this machine
        your own choice: none yet
        usage: counted here, not sent (Which parts of the editor are used.)
        reports go: nowhere; no collector is named
        next report: none
    """
    return [
        consent.explain(),
        _own(consent),
        *_levels(consent, registry),
        *_news(consent, growth),
        *_where(registry, destinations),
        _next(consent, registry, next_report),
        *(f"not counted: {remark}" for remark in remarks),
    ]


def _own(consent: Consent) -> str:
    choice = consent.choice
    if choice is None:
        return "your own choice: none yet"
    text = f"your own choice: {said(choice.mode, choice.levels)}, of {choice.day.isoformat()}"
    overridden = consent.rule is not Rule.CHOICE
    return f"{text}; it is overridden, as said above" if overridden else text


def _levels(consent: Consent, registry: Registry) -> Iterator[str]:
    for level, words in registry.levels.items():
        new = _unseen(consent, registry, level)
        but = f", but for {_metrics(new)} that you were not shown yet" if new else ""
        yield f"{level}: {HERE[consent.of_level(level)]}{but} ({words})"


def _unseen(consent: Consent, registry: Registry, level: str) -> int:
    """Count the metrics that stay here although their level is sent."""
    if consent.of_level(level) is not Mode.ON:
        return 0
    found = (registry.metrics[name] for name in consent.unseen if name in registry.metrics)
    return sum(metric.level == level and metric.status is Status.APPROVED for metric in found)


def _metrics(number: int) -> str:
    return "1 metric" if number == 1 else f"{number} metrics"


def _news(consent: Consent, growth: Growth) -> Iterator[str]:
    if not consent.unseen or not growth.summary:
        return
    yield f"since you chose, {growth.summary}:"
    yield from (f"- {change}" for change in growth.changes)


def _where(registry: Registry, destinations: Sequence[str] | None) -> Iterator[str]:
    collector = registry.collector
    if destinations is not None:
        yield f"reports go: to {', '.join(destinations)}" if destinations else "reports go: nowhere"
    elif collector is None:
        yield "reports go: nowhere; no collector is named"
    else:
        sealed = "sealed, so that it alone can read them" if collector.keys else "not sealed"
        yield f"reports go: to {collector.url}, {sealed}"


def _next(consent: Consent, registry: Registry, next_report: date | None) -> str:
    if not consent.may_send or next_report is None:
        return "next report: none"
    return f"next report: on {next_report.isoformat()} or later, then every {registry.sends.value}"
