"""Enters: a request, and what it said. Leaves: from which country, coarsely, where that is asked.

A registry asks for it by a metric ``sender.country``, and the operator gives a file that knows it.
Without both, no address is read here. What is found goes into the message; the address does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aboveboard.collector.country import EVENT, PROPERTY
from aboveboard.model.said import Said
from aboveboard.web.networks import Origins

if TYPE_CHECKING:
    from collections.abc import Iterable, MutableMapping, Sequence

    from aboveboard.collector.country import KnownCountries


class Senders:
    """Adds to messages from which country they came.

    Args:
        known: finds countries; None where nobody asks.
        trusted: the web servers in front of us.
    """

    def __init__(self, known: KnownCountries | None, trusted: Iterable[str] = ()) -> None:
        self._known = known
        self._origins = Origins(trusted)

    @property
    def asks(self) -> bool:
        """Whether anybody asks."""
        return self._known is not None

    def also(self, scope: MutableMapping[str, Any], messages: Sequence[Said]) -> Sequence[Said]:
        """Give the messages of a request, and for each of their senders one more."""
        if self._known is None:
            return messages
        senders = {(said.app, said.who): said for said in messages if said.app in self._known.apps}
        name = self._known.name(self._origins.packed(scope)) if senders else ""
        if not name:
            return messages
        values = {PROPERTY: name}
        return [*messages, *(Said(app, EVENT, values, who) for app, who in senders)]
