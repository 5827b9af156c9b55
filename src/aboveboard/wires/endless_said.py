"""Enters: a body of Endless OS, read. Leaves: what it said, each event known by what stays equal.

A machine that got no answer sends its events again, with fresh times of the request and therefore
another hash, and later perhaps in a larger request. What stays equal is an event's own time, to the
nanosecond. A count of a day has none: it is known by the first event that stands before it, which
is the first one again until an answer arrives, and where there is none, by the second at which the
machine's own clock began.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from datetime import UTC, date, datetime, time
from functools import lru_cache, partial
from typing import TYPE_CHECKING
from uuid import UUID

from aboveboard.model.said import Said
from aboveboard.wires.endless_image import read_image
from aboveboard.wires.endless_raw import read_event, write_event
from aboveboard.wires.gvariant import unwrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboveboard.wires.endless_bodies import Body, Event
    from aboveboard.wires.endless_catalogue import Catalogue

ID_BYTES = 16
DUAL_BOOT, LIVE = 1, 2
DAILY = "computer_information"
"""The event that a machine sends once a day at most: with it, once, comes what the request says."""
BAD_ID, BAD_PERIOD = "bad_event_id", "bad_period"
NOON = time(12, tzinfo=UTC)


class Teller:
    """Tells what bodies say.

    Args:
        app: the product that they are about.
        catalogue: the events that are known.
    """

    def __init__(self, app: str, catalogue: Catalogue) -> None:
        self._app = app
        self._catalogue = catalogue

    def tell(self, body: Body, form: str, received: float, discarded: Counter[str]) -> list[Said]:
        """Give what a body says.

        Args:
            body: a request.
            form: of it, for operators: ``metrics-3``.
            received: seconds since the epoch.
            discarded: counts what is dropped, by reason.
        """
        return list(self._messages(body, form, received, discarded))

    def _messages(
        self, body: Body, form: str, received: float, discarded: Counter[str]
    ) -> Iterator[Said]:
        machine = f"{form}\0{body.image}\0{body.flags}\0{sorted(body.site.items())}"
        first, times = _first(body), Counter[str]()
        for event in body.events:
            if len(event.id) != ID_BYTES:
                discarded[BAD_ID] += 1
                continue
            if (reason := self._catalogue.ignored.get(event.id)) is not None:
                discarded[reason] += 1
                continue
            at = _at(event, body)
            if at is None:
                discarded[BAD_PERIOD] += 1
                continue
            known = f"{machine}\0{event}"
            if event.at is None:
                times[known] += 1
                known = f"{known}\0{first}\0{times[known]}"
            yield from self._event(event, known, at, body, form, received)

    def again(self, text: str) -> Said | None:
        """Tell an event again that waited; None if it is none, or dropped on purpose by now."""
        found = read_event(text)
        if found is None or found[0].id in self._catalogue.ignored:
            return None
        event, at = found
        return self._said(event, "", at, "")

    def _event(  # noqa: PLR0913, PLR0917 what a message consists of
        self, event: Event, known: str, at: float, body: Body, form: str, received: float
    ) -> Iterator[Said]:
        said = self._said(event, known, at, form)
        yield said
        if said.event == DAILY:
            image = read_image(body.image, received)
            image["dual_boot"] = bool(body.flags & DUAL_BOOT)
            image["live"] = bool(body.flags & LIVE)
            image["site_label"] = "set" if any(body.site.values()) else ""
            image["os_version"] = event.system
            yield Said(self._app, "image", image, id=f"image\0{known}", at=at, version=form)

    def _said(self, event: Event, known: str, at: float, form: str) -> Said:
        found = self._catalogue.known.get(event.id)
        if found is not None:
            name, values = found.name, found.told(event)
        else:
            uuid = UUID(bytes=event.id)
            name = f"event_{uuid}".replace("-", "_")
            values = {"payload": event.payload and unwrapped(event.payload).value}
        raw = partial(write_event, event, at)
        return Said(self._app, name, values, id=known, at=at, version=form, raw=raw)


def _first(body: Body) -> str:
    """Give what the counts of days in a body are known by."""
    for event in body.events:
        if event.at is not None:
            return f"{event}"
    return f"{body.began}"


def _at(event: Event, body: Body) -> float | None:
    """Give the seconds since the epoch that an event counts for; None if its period is none."""
    return _noon_of(event.period) if event.at is None else body.when(event.at)


@lru_cache(64)
def _noon_of(period: str) -> float | None:
    """Give noon of a day, or of the last day of a month; most counts are of the same few."""
    try:
        day = date.fromisoformat(period)
    except ValueError:
        try:
            month = datetime.strptime(period, "%Y-%m").replace(tzinfo=UTC)
        except ValueError:
            return None
        # When a month begins is too long ago by the time that it is over and counted.
        day = month.date().replace(day=monthrange(month.year, month.month)[1])
    return datetime.combine(day, NOON).timestamp()
