"""Step 3. Enters: events and the consent in force. Leaves: kept counts, marked as they may go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.model.consent import Mode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboveboard.model.consent import Choice, Consent
    from aboveboard.model.event import Event
    from aboveboard.ports import EventStore


def keep(events: Sequence[Event], consent: Consent, store: EventStore) -> None:
    """Keep events as the consent allows that was in force when they were recorded."""
    if events and consent.may_record:
        store.add(events, sendable=consent.may_send)


def choose(choice: Choice, before: Consent, store: EventStore) -> None:
    """Keep a person's choice, and make what there is follow it.

    Unless it was on and stays on, nothing recorded until now may leave any more: what was counted
    before a yes is not part of it, and what waits after a no is withdrawn. What a stronger rule
    says does not matter here: the choice outlives this process, the rule may not.

    Args:
        choice: what the person chose.
        before: the consent that was in force.
        store: where things are kept.
    """
    store.choose(choice)
    if choice.mode is Mode.OFF:
        store.erase()
    elif not (before.may_send and choice.mode is Mode.ON):
        store.withhold()
