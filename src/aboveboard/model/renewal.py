"""Enters: what a log shows of a registry. Leaves: what a device made of it, as a value."""

from __future__ import annotations

import enum

from aboveboard.values import dataclass


class Renewal(enum.StrEnum):
    """What came of looking for a newer registry. The text never changes once released."""

    NO_LOG = "no_log"
    """The registry names no transparency log: it only changes with the product."""
    NOT_ASKED = "not_asked"
    """Nothing may leave this machine, so nobody was asked."""
    NOT_REACHED = "not_reached"
    """The log did not answer; it is asked again."""
    CURRENT = "current"
    """The log has nothing newer."""
    RENEWED = "renewed"
    """A newer version is in force: it measures no more than people agreed to."""
    WAITING = "waiting"
    """A newer version measures more; it waits until the person has agreed to it."""
    NOT_LISTED = "not_listed"
    """The log has never shown the registry of this product: nothing is sent there."""
    DOUBTED = "doubted"
    """The log, or a mirror of it, shows something that cannot be true; the old one stays."""
    REFUSED = "refused"
    """What the log shows is no registry of this product that its approvers signed."""


@dataclass(frozen=True, slots=True)
class Renewed:
    """What came of it.

    Attributes:
        state: what it is.
        text: why, in a sentence for people.
        changes: what the newer version says differently, a sentence each.
    """

    state: Renewal
    text: str = ""
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivered:
    """A registry as it came through the log, all checked.

    Attributes:
        index: its place in the log.
        content: its canonical content.
        approvals: the signed approvals; empty if there are none.
    """

    index: int
    content: bytes
    approvals: bytes = b""


@dataclass(frozen=True, slots=True)
class LogMemory:
    """What a device remembers of a collector's log.

    Attributes:
        log: the key that it believes.
        note: the newest checkpoint that it saw; it never goes back behind it.
        listed: the fingerprint that it saw in the log, so that it may send.
        shipped: the fingerprint of the product's own file when the rest was learnt.
        accepted: the newer registry that is in force instead, or None.
        waiting: one that waits until the person has agreed to it, or None.
    """

    log: str
    note: bytes = b""
    listed: str = ""
    shipped: str = ""
    accepted: Delivered | None = None
    waiting: Delivered | None = None
