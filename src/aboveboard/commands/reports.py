"""Enters: rows of the journal. Leaves: them by report, and what is said of each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aboveboard.model.report import COLLECTOR
from aboveboard.model.withdrawal import Taking
from aboveboard.wires import native

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aboveboard.device.telemetry import Telemetry
    from aboveboard.model.report import Delivery
    from aboveboard.model.withdrawal import Withdrawal

DIGITS = 8
"""So much of an id is shown, and enough to name a report by."""


def number_of(number: int, what: str) -> str:
    """Say how many.

    Example:
        >>> number_of(1, "report"), number_of(3, "report")
        ('1 report', '3 reports')
    """
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def by_report(deliveries: Iterable[Delivery]) -> dict[str, list[Delivery]]:
    """Put what belongs to one report together, in the order of the journal."""
    found: dict[str, list[Delivery]] = {}
    for delivery in deliveries:
        found.setdefault(delivery.report, []).append(delivery)
    return found


def named(word: str, reports: Iterable[str]) -> list[str]:
    """Give the reports whose ids begin so."""
    wanted = word.lower()
    return [report for report in dict.fromkeys(reports) if wanted and report.startswith(wanted)]


def metrics(delivery: Delivery) -> list[str]:
    """Give the metrics that a report tells something of."""
    entries = json.loads(delivery.body)["entries"]
    return list(dict.fromkeys(entry["metric"] for entry in entries))


def left(deliveries: Iterable[Delivery], withdrawals: Sequence[Withdrawal]) -> list[str]:
    """Give the reports that a collector may hold, and nobody asked back yet."""
    over = {each.report for each in withdrawals if each.taking is not Taking.REFUSED}
    sent = {each.report for each in deliveries if each.may_have_arrived}
    return sorted(sent - over)


def where(delivery: Delivery, app: str) -> str:
    """Say where a report went, or is to go."""
    if delivery.url:
        return delivery.url.removesuffix(native.path(app, delivery.report))
    return "the collector" if delivery.destination == COLLECTOR else delivery.destination


def destinations(telemetry: Telemetry) -> str:
    """Say where reports go from now on."""
    wishes, collector = telemetry.person.wishes, telemetry.registry.collector
    found = [wishes.address(each, collector) for each in wishes.destinations]
    places = [address.url for address in found if address is not None]
    return f"Reports go to {', '.join(places)}." if places else "Reports go nowhere."
