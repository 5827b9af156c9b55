"""Enters: what a person wants of delivery. Leaves: a value that says where reports go, and when."""

from __future__ import annotations

from dataclasses import dataclass

from aboveboard.model.registry import CollectorAddress
from aboveboard.model.report import COLLECTOR

DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person has reports sent.

    Attributes:
        url: the base address, without a slash at the end.
        key: the X25519 key that they are sealed for (32 bytes), or None for TLS alone.
    """

    url: str
    key: bytes | None = None

    def address(self) -> CollectorAddress:
        """Give it as the address of a collector."""
        return CollectorAddress((self.url,), (self.key,) if self.key is not None else ())


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person wants of the delivery of one program's reports.

    Attributes:
        redirect: where reports go instead of the collector that the registry names.
        also: where copies go as well.
        wait_days: how many days a report waits before it leaves for the first time.

    Example:
        >>> wishes = Wishes(also=(Place("https://mine.example"),), wait_days=7)
        >>> wishes.destinations
        ('collector', 'https://mine.example')
    """

    redirect: Place | None = None
    also: tuple[Place, ...] = ()
    wait_days: int = 0

    @property
    def destinations(self) -> tuple[str, ...]:
        """The names of all destinations that a new report has."""
        return (COLLECTOR, *(place.url for place in self.also))

    def address(
        self, destination: str, collector: CollectorAddress | None
    ) -> CollectorAddress | None:
        """Give the address of a destination, or None if there is none any longer.

        Args:
            destination: ``collector``, or the address of a copy.
            collector: the one that the registry names.
        """
        if destination == COLLECTOR:
            return self.redirect.address() if self.redirect is not None else collector
        return next((place.address() for place in self.also if place.url == destination), None)

    def leaves_at(self, due: int, tries: int) -> int:
        """Give the moment before which a report does not leave, in seconds since 1970.

        The waiting time counts from the moment at which it would have left; a report that has
        been tried already does not wait again.
        """
        return due + (self.wait_days * DAY_SECONDS if not tries else 0)
