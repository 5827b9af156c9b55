"""Enters: what a Sentry client says that it did not send. Leaves: how much, by reason."""

from __future__ import annotations

from collections import Counter
from typing import Any

from aboveboard.wires.objects import amount

REASONS = frozenset(
    {
        "backpressure",
        "before_send",
        "buffer_overflow",
        "cache_overflow",
        "event_processor",
        "ignored",
        "insufficient_data",
        "internal_sdk_error",
        "invalid",
        "network_error",
        "no_parent_span",
        "queue_overflow",
        "ratelimit_backoff",
        "sample_rate",
        "send_error",
        "too_big",
    }
)
MOST_GROUPS = 100
LARGEST = 1_000_000
OTHER = "lost_other"
BAD_REPORT = "bad_client_report"


def losses(report: dict[str, Any] | None) -> Counter[str]:
    """Count what a client lost.

    Example:
        >>> losses({"discarded_events": [
        ...     {"reason": "queue_overflow", "category": "error", "quantity": 3},
        ...     {"reason": "my own", "category": "error", "quantity": 1}]})
        Counter({'lost_queue_overflow': 3, 'lost_other': 1})
    """
    groups = report.get("discarded_events") if report is not None else None
    if not isinstance(groups, list):
        return Counter([BAD_REPORT])
    found: Counter[str] = Counter()
    for group in groups[:MOST_GROUPS]:
        if isinstance(group, dict):
            reason = group.get("reason")
            known = isinstance(reason, str) and reason in REASONS
            code = f"lost_{reason}" if known else OTHER
            found[code] += amount(group.get("quantity"), LARGEST)
    return +found
