"""Enters: what bootstrap has made. Leaves: the parts of a telemetry, in one value."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from aboveboard.errors import SetupError
from aboveboard.model.surroundings import Surroundings
from aboveboard.values import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager

    from aboveboard.device.copies import CopyParts
    from aboveboard.device.dialog import Dialog
    from aboveboard.device.error_parts import ErrorParts
    from aboveboard.device.foreign import Provider
    from aboveboard.device.time_box import TimeBox
    from aboveboard.ports.asking import AskedMemory
    from aboveboard.ports.device import EventStore, HomePlace, Outbox, Papers, Sealer, Transport
    from aboveboard.ports.sending import Lease, WishesStore, WithdrawalQueue
    from aboveboard.ports.signatures import SignatureChecker
    from aboveboard.ports.surroundings import Chance, Clock
    from aboveboard.transparency.source import RegistrySource

MOST_BYTES = 10_000_000
LEAST_BOUND, LARGEST_BOUND = 1_000_000, 100_000_000
"""Between these a program may say itself how much is kept."""
MOST_DAYS = 400


@dataclass(frozen=True, slots=True)
class SendingParts:
    """What sending needs from outside; made when something is sent, or somebody looks.

    Attributes:
        wishes: what the person wants of delivery.
        withdrawals: what is to be taken back.
        lease: lets one of several send.
        transport: carries bytes.
        sealer: closes them.
        checker: checks signatures.
        copies: carries copies on other wires, or None: then they wait.
    """

    wishes: WishesStore
    withdrawals: WithdrawalQueue
    lease: Lease
    transport: Transport
    sealer: Sealer
    checker: SignatureChecker
    copies: CopyParts | None = None


@dataclass(frozen=True, slots=True)
class AskingParts:
    """What asking needs from outside; made when somebody may be asked.

    Attributes:
        asked: remembers when this account was asked last.
        dialog: asks the person where they sit.
        language: theirs, such as ``de-AT``; ``""`` if it is not known.
    """

    asked: AskedMemory
    dialog: Dialog | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class LogParts:
    """What is needed from outside to look into logs.

    Attributes:
        open: opens the log at an address.
        checker: checks signatures.
    """

    open: Callable[[str], RegistrySource]
    checker: SignatureChecker


@dataclass(frozen=True, slots=True)
class HomeParts:
    """What a home says of itself to the person who looks at all homes of the account.

    Attributes:
        version: the app's version; ``""`` if it did not say.
        place: makes what tells where the home lies, or None where it is looked for anyway.
    """

    version: str = ""
    place: Callable[[], HomePlace] | None = None


@dataclass(frozen=True, slots=True)
class DeviceParts:
    """What a telemetry is made of.

    Attributes:
        store: keeps counts and the choice.
        outbox: keeps reports.
        papers: small files that a person may read.
        clock: the time.
        chance: what nobody can foresee.
        sending: makes what sending needs.
        asking: makes what asking needs, or None: then nobody is asked.
        logs: opens transparency logs, or None.
        errors: looks at errors, or None.
        box: makes what plug-ins run in; without one nobody is asked.
        find: finds the plug-ins of a program that are installed.
        owed: tells whether a report is to be taken back now, whatever the mode.
        since: tells since when counts lie here that nobody put in order, or None.
        detach: starts a sender that outlives this process and tells whether it could, or None.
        unforked: lets nobody fork the process while a block imports what it needs late.
        ready: imports all that sending takes.
        background: whether a thread may send for a program that runs on.
        around: what is said about the mode around the person's own choice.
        home: what the home says of itself, or None: then it says nothing.
        most_bytes: how large the store may become.
        most_days: how long counts and the journal are kept.
        strict: whether misuse raises.
        broken: whether the registry could not be used: then nothing is counted.
    """

    store: EventStore
    outbox: Outbox
    papers: Papers
    clock: Clock
    chance: Chance
    sending: Callable[[], SendingParts]
    asking: Callable[[], AskingParts] | None = None
    logs: LogParts | None = None
    errors: ErrorParts | None = None
    box: Callable[[], TimeBox] | None = None
    find: Callable[[str], Iterable[tuple[str, Provider]]] | None = None
    owed: Callable[[], bool] = lambda: False
    since: Callable[[], float | None] = lambda: None
    detach: Callable[[], bool] | None = None
    unforked: Callable[[], AbstractContextManager[None]] = nullcontext
    ready: Callable[[], None] = lambda: None
    background: bool = True
    around: Surroundings = field(default_factory=Surroundings)
    home: HomeParts | None = None
    most_bytes: int = MOST_BYTES
    most_days: int = MOST_DAYS
    strict: bool = False
    broken: bool = False


def checked_bytes(most_bytes: int) -> int:
    """Give how large a store may become, as a program said it.

    Raises:
        SetupError: it is no whole number of bytes, or one out of bounds.

    Example:
        >>> checked_bytes(2_000_000)
        2000000
    """
    whole = type(most_bytes) is int  # True would be one byte
    if not whole or not LEAST_BOUND <= most_bytes <= LARGEST_BOUND:
        message = f"most_bytes is not a whole number from {LEAST_BOUND:,} to {LARGEST_BOUND:,}"
        raise SetupError(message)
    return most_bytes
