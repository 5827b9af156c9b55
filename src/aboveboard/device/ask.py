"""Enters: the consent in force, who asked lately, today. Leaves: whether a question is due.

All programs of an account share one memory of their questions, so that a person is asked little,
however many programs there are.
"""

from __future__ import annotations

import enum
from datetime import timedelta
from typing import TYPE_CHECKING

from aboveboard.model.consent import Mode, Rule
from aboveboard.model.digest import hex_digest
from aboveboard.model.metric import Status

if TYPE_CHECKING:
    from datetime import date

    from aboveboard.model.asked import AskedBook
    from aboveboard.model.consent import Consent
    from aboveboard.model.registry import Registry

DAYS_OF_ONE_APP = 30
"""So long a program waits after a question, answered or not, before it asks another."""
DAYS_OF_ALL = 1
"""So long every program waits after the question of any."""
AHEAD = timedelta(days=1)
"""A day further ahead was noted by a clock that was wrong; a time zone makes less than a day."""


class Due(enum.StrEnum):
    """Whether a question is due, or why it is not."""

    DUE = "due"
    """Ask now."""
    DECIDED = "decided"
    """The person has chosen, and has seen all that it is about."""
    OVERRIDDEN = "overridden"
    """A stronger rule decides: an answer would change nothing now."""
    NOBODY_RECEIVES = "nobody_receives"
    """The registry names no collector: there is nothing to agree to."""
    NOTHING_TO_SHOW = "nothing_to_show"
    """Nothing was counted yet that a question could show."""
    FIRST_DAY = "first_day"
    """The program is used for the first day; people should know it before they decide."""
    ANSWERED = "answered"
    """They were asked about just this registry and answered."""
    ASKED_LATELY = "asked_lately"
    """This program asked within the last 30 days."""
    OTHERS_ASKED = "others_asked"
    """Some program asked today, or another is asking just now."""


def due(
    consent: Consent,
    registry: Registry,
    book: AskedBook,
    today: date,
    first_day: date | None,
) -> Due:
    """Tell whether a question is due.

    Args:
        consent: the one in force, with what is unseen.
        registry: what the question is about.
        book: who asked on this account.
        today: the day.
        first_day: the first day of which anything is kept here, or None.
    """
    reason = _about(consent, registry) or _known(consent, first_day, today)
    if reason is not None:
        return reason
    asked = book.apps.get(registry.app)
    if asked is not None and asked.answered == mark(registry):
        return Due.ANSWERED
    return within_limits(book, registry.app, today)


def mark(registry: Registry) -> str:
    """Name what a question is about: what is measured, and who receives it."""
    collector = registry.collector
    if collector is None:
        return registry.fingerprint
    who = [registry.fingerprint, *collector.urls, *(key.hex() for key in collector.keys)]
    return hex_digest("\n".join(who).encode())


def within_limits(book: AskedBook, app: str, today: date) -> Due:
    """Tell whether one more question is polite: DUE, ASKED_LATELY or OTHERS_ASKED."""
    days = {name: asked.day for name, asked in book.apps.items() if asked.day <= today + AHEAD}
    if app in days and today - days[app] < timedelta(days=DAYS_OF_ONE_APP):
        return Due.ASKED_LATELY
    if any(today - day < timedelta(days=DAYS_OF_ALL) for day in days.values()):
        return Due.OTHERS_ASKED
    return Due.DUE


def _about(consent: Consent, registry: Registry) -> Due | None:
    """Tell why there is nothing to ask."""
    if consent.rule not in {Rule.UNDECIDED, Rule.CHOICE}:
        return Due.OVERRIDDEN
    if registry.collector is None:
        return Due.NOBODY_RECEIVES
    if consent.rule is Rule.CHOICE and not asks_more(consent, registry):
        return Due.DECIDED
    return None


def asks_more(consent: Consent, registry: Registry) -> bool:
    """Whether a metric is new of a level that the person agreed to; a no is not asked again."""
    new = (registry.metrics[name] for name in consent.unseen if name in registry.metrics)
    return any(
        metric.status is Status.APPROVED and consent.of_level(metric.level) is Mode.ON
        for metric in new
    )


def _known(consent: Consent, first_day: date | None, today: date) -> Due | None:
    """Tell why the person cannot know yet what they would be asked about."""
    if consent.choice is not None:
        return Due.FIRST_DAY if consent.choice.day >= today else None
    if first_day is None:
        return Due.NOTHING_TO_SHOW
    return Due.FIRST_DAY if first_day >= today else None
