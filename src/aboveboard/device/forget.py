"""Enters: reports that left, a person's wish to have them back. Leaves: requests, and receipts.

A withdrawal needs nobody's consent and no waiting time, and it outlives a switch to ``off``: what
it needs it carries along, the token included. It only has its own gentle pause between two tries.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aboveboard.device.backoff import MOST_IN_A_ROW, over, pause
from aboveboard.device.receipt import examine
from aboveboard.device.send import content, words
from aboveboard.errors import SendError
from aboveboard.model.copy_place import copy_place
from aboveboard.model.report import COLLECTOR, Fate
from aboveboard.model.withdrawal import Proof, Taking, Withdrawal
from aboveboard.wires import native

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from aboveboard.model.registry import Registry
    from aboveboard.model.report import Delivery
    from aboveboard.ports.device import Answer, Outbox, Transport
    from aboveboard.ports.sending import WithdrawalQueue
    from aboveboard.ports.signatures import SignatureChecker
    from aboveboard.ports.surroundings import Chance, Clock

LATER = {405, 408, 425, 429}
"""405: a collector that cannot delete yet may learn it."""
UNKNOWN = 404
UNLINKED = 410


@dataclass(frozen=True, slots=True)
class TakingParts:
    """What taking back needs from outside."""

    queue: WithdrawalQueue
    outbox: Outbox
    transport: Transport
    checker: SignatureChecker
    clock: Clock
    chance: Chance


def ask(
    deliveries: Iterable[Delivery],
    token: Callable[[str], str],
    registry: Registry,
    day: date,
    queue: WithdrawalQueue,
) -> list[Withdrawal]:
    """Put the requests to delete some reports into the queue; nothing is sent yet.

    Args:
        deliveries: rows of the journal; those that never left, or were refused, are passed over.
            What still waits must have been struck before, or it would be sent again.
        token: gives a report's token; ``""`` for a report that has none.
        registry: names the collector and its log.
        day: today.
        queue: where they wait.

    Returns:
        The new requests, by report. What was asked for already is not asked for again.

    Raises:
        StoreError: they could not be kept; the person must know.
    """
    known = {each.key for each in queue.withdrawals() if each.taking is not Taking.REFUSED}
    asked: dict[tuple[str, str], Withdrawal] = {}
    for delivery in deliveries:
        secret = token(delivery.report) if delivery.may_have_arrived else ""
        urls = _urls(delivery, registry) if secret else ()
        if not urls:
            continue
        collector = registry.collector
        log = collector.log if collector is not None and urls[0] in collector.urls else ""
        made = Withdrawal(
            delivery.report, registry.app, urls, secret, log, day, delivery.destination
        )
        if made.key not in known:
            asked[made.key] = made
    found = [asked[key] for key in sorted(asked)]
    if found:
        queue.put(found)
    return found


def is_due(queue: WithdrawalQueue, clock: Clock) -> bool:
    """Tell whether a request waits whose pause is over.

    Raises:
        StoreError: the queue cannot be read.
    """
    now = int(clock.seconds())
    asked = (each for each in queue.withdrawals() if each.taking is Taking.ASKED)
    return any(over(each.due, now) for each in asked)


def take_back(
    parts: TakingParts, stop: Callable[[], bool] = lambda: False, *, hasty: bool = False
) -> list[Withdrawal]:
    """Send the requests that wait, whatever else may or may not be sent.

    Args:
        parts: what is needed from outside.
        stop: asked before each request; True ends it.
        hasty: whether a person wants it now, without the pause after a try.

    Returns:
        What became of each that was tried, by the reports' ids: an order that tells nothing.

    Raises:
        StoreError: what became of one could not be noted down.
    """
    now = int(parts.clock.seconds())
    missed: dict[str, int] = {}
    tried: list[Withdrawal] = []
    for waiting in parts.queue.withdrawals():
        base = waiting.urls[0]
        rests = missed.get(base, 0) >= MOST_IN_A_ROW
        if waiting.taking is not Taking.ASKED or rests or not (hasty or over(waiting.due, now)):
            continue
        if stop():
            break
        done = _try(waiting, parts)
        missed[base] = missed.get(base, 0) + 1 if done.taking is Taking.ASKED else 0
        parts.queue.put([done])
        if done.taking is Taking.DELETED:
            _note(done, parts.outbox)
        tried.append(done)
    return tried


def _urls(delivery: Delivery, registry: Registry) -> tuple[str, ...]:
    """Give the addresses of the collector that has a report, the one that took it first."""
    if copy_place(delivery.destination) is not None:
        return ()  # nobody there would understand
    official = registry.collector.urls if registry.collector is not None else ()
    path = native.path(registry.app, delivery.report)
    if delivery.url.endswith(path):
        taker = delivery.url.removesuffix(path)
        others = official if taker in official else ()
        return (taker, *(url for url in others if url != taker))
    return official if delivery.destination == COLLECTOR else (delivery.destination,)


def _try(withdrawal: Withdrawal, parts: TakingParts) -> Withdrawal:
    answer, said, url = _ask(withdrawal, parts.transport)
    tries = withdrawal.tries + 1
    later = pause(tries, parts.chance.draw(), answer.retry_after if answer is not None else None)
    done = replace(
        withdrawal,
        answer=said,
        tries=tries,
        due=int(parts.clock.seconds()) + later,
        url=url,
        at=parts.clock.now().isoformat(timespec="seconds"),
    )
    if answer is None:
        return done
    taking = _taking(answer.status)
    if taking is Taking.DELETED:
        receipt = content(answer).get("receipt")
        note = receipt if isinstance(receipt, str) else ""
        proof, day = examine(note, withdrawal, parts.checker)
        kept = note if proof is not Proof.NONE else ""
        done = replace(done, receipt=kept, proof=proof, deleted=day)
    return done if taking is Taking.ASKED else replace(done, taking=taking, token="", due=0)


def _ask(withdrawal: Withdrawal, transport: Transport) -> tuple[Answer | None, str, str]:
    """Ask at the first address that answers, and tell which was the last one asked."""
    headers = {"Authorization": f"Bearer {withdrawal.token}"}
    path = native.path(withdrawal.app, withdrawal.report)
    said = url = ""
    for base in withdrawal.urls:
        url = base + path
        try:
            answer = transport.delete(url, headers)
        except SendError as error:
            said = str(error)
            continue
        return answer, words(answer), url
    return None, said, url


def _taking(status: int) -> Taking:
    if status in _NOTHING_LEFT:
        return _NOTHING_LEFT[status]
    if 200 <= status < 300:  # noqa: PLR2004 the ranges of RFC 9110, section 15
        return Taking.DELETED
    if 400 <= status < 500 and status not in LATER:  # noqa: PLR2004 as above
        return Taking.REFUSED
    return Taking.ASKED


_NOTHING_LEFT = {UNKNOWN: Taking.UNKNOWN, UNLINKED: Taking.UNLINKED}


def _note(withdrawal: Withdrawal, outbox: Outbox) -> None:
    """Note down in the journal that a report is gone, where there still is one.

    What was answered when it left stays there; what was answered now is the withdrawal's own.
    """
    for delivery in outbox.deliveries():
        if (delivery.report, delivery.destination) == (withdrawal.report, withdrawal.destination):
            outbox.settle(replace(delivery, fate=Fate.TAKEN_BACK))
