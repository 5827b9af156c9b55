"""Step 3. Enters: a choice, and the consent before it. Leaves: what is kept follows the choice."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

from aboveboard.errors import StoreError
from aboveboard.model.consent import Choice, Leave, Mode
from aboveboard.model.report import Fate, taken_back
from aboveboard.values import replace
from aboveboard.wires.native import compact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from aboveboard.model.consent import Consent
    from aboveboard.model.registry import Registry
    from aboveboard.model.report import Answered, Delivery
    from aboveboard.model.withdrawal import Withdrawal
    from aboveboard.ports.device import EventStore, Outbox


def choose(  # noqa: PLR0913, PLR0917 each is needed, and the last one by few
    choice: Choice,
    before: Consent,
    registry: Registry,
    store: EventStore,
    outbox: Outbox,
    asked: Callable[[], Iterable[Withdrawal]] = tuple,
) -> None:
    """Keep a person's choice, and make what there is follow it.

    Unless it was on and stays on, nothing recorded until now may leave any more: what was counted
    before a yes is not part of it, unless the question was about that too; and what waits after a
    no is withdrawn. What a stronger rule says does not matter here: the choice outlives this
    process, the rule may not.

    Args:
        choice: what the person chose.
        before: the consent that was in force.
        registry: names the metrics of each level.
        store: where counts are kept.
        outbox: where reports wait.
        asked: gives what was asked back; only called if something left.
    """
    store.choose(choice)
    if is_off(choice):
        erase(store, outbox, asked)
        return
    if choice.earlier and registry.asks_for_earlier:
        store.release()
    levels = {metric.level for metric in registry.metrics.values()}
    if choice.mode is not Mode.ON and not _others(choice, choice.mode):
        store.withhold()
        return
    gone = _metrics(registry, {level for level in levels if choice.of_level(level) is Mode.OFF})
    stays = frozenset(
        metric.name
        for metric in registry.metrics.values()
        if not still_leaves(choice, metric.level, before.leave(metric))
    )
    if stays == frozenset(registry.metrics) and not choice.earlier:
        store.withhold()
    elif stays:
        store.withhold(stays)
        strike(outbox, stays)
    if gone:
        store.erase(gone)


def is_off(choice: Choice | None) -> bool:
    """Whether a person wants nothing counted at all, so that nothing is to lie here."""
    return choice is not None and choice.mode is Mode.OFF and not _others(choice, Mode.OFF)


def erase(
    store: EventStore, outbox: Outbox, asked: Callable[[], Iterable[Withdrawal]] = tuple
) -> None:
    """Delete everything but the reports that can still be taken back.

    Args:
        store: where counts are kept.
        outbox: where reports are.
        asked: gives what was asked back; only called if something left.
    """
    store.erase(answered=_answered(outbox, asked))


def lie_here(
    choice: Choice | None, outbox: Outbox, asked: Callable[[], Iterable[Withdrawal]]
) -> set[str]:
    """Give the reports that were taken back and are to lie here no longer: the person said off.

    Args:
        choice: what the person chose.
        outbox: where reports are.
        asked: gives what was asked back; only called if it matters.

    Raises:
        StoreError: it cannot be read.
    """
    return taken_back(outbox.deliveries(), _over(asked())) if is_off(choice) else set()


def _answered(outbox: Outbox, asked: Callable[[], Iterable[Withdrawal]]) -> Answered:
    with contextlib.suppress(StoreError):  # whoever cannot look erases what there is all the same
        if any(each.may_have_arrived for each in outbox.deliveries()):
            return _over(asked())
    return frozenset()


def _over(asked: Iterable[Withdrawal]) -> Answered:
    return frozenset((each.report, each.destination) for each in asked if each.is_over)


def strike(outbox: Outbox, metrics: frozenset[str]) -> None:
    """Take some metrics out of every report that waits; one with nothing else does not leave."""
    for report, rows in _by_report(outbox.deliveries(Fate.WAITING)).items():
        content = json.loads(rows[0].body)
        left = [entry for entry in content["entries"] if entry["metric"] not in metrics]
        if len(left) == len(content["entries"]):
            continue
        body = compact(content | {"entries": left}) if left else None
        if not outbox.strike(report, body):
            _stop(outbox, rows)


def take_out(outbox: Outbox, waiting: Iterable[Delivery]) -> None:
    """Let reports that wait leave for nobody any more."""
    for report, rows in _by_report(waiting).items():
        if not outbox.strike(report):
            _stop(outbox, rows)


def _by_report(deliveries: Iterable[Delivery]) -> dict[str, list[Delivery]]:
    found: dict[str, list[Delivery]] = {}
    for delivery in deliveries:
        found.setdefault(delivery.report, []).append(delivery)
    return found


def _stop(outbox: Outbox, rows: Iterable[Delivery]) -> None:
    """Somebody has the report already, so that it stays as it is; but nobody else gets it."""
    for waits in rows:
        outbox.settle(replace(waits, fate=Fate.STRUCK, answer=""))


def still_leaves(choice: Choice, level: str, leave: Leave) -> bool:
    """Tell whether what was recorded so far of a level may leave by a choice, too."""
    if choice.of_level(level) is not Mode.ON:
        return False
    return leave is Leave.YES or (choice.earlier and leave is Leave.IF_ASKED)


def _others(choice: Choice, mode: Mode) -> bool:
    return any(other is not mode for other in choice.levels.values())


def _metrics(registry: Registry, levels: set[str]) -> frozenset[str]:
    return frozenset(name for name, metric in registry.metrics.items() if metric.level in levels)
