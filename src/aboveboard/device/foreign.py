"""Enters: an object of somebody else. Leaves: what it answers in our types, or what went wrong.

Whatever touches the object runs in a time box, so that nothing that it does reaches the host.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Generic, Protocol, TypeAlias, TypeVar

from aboveboard.device.time_box import Done, Lost
from aboveboard.model.provider import Offer, Telling
from aboveboard.registry.names import METRIC_NAME
from aboveboard.registry.plain import text_of

if TYPE_CHECKING:
    from aboveboard.device.time_box import Run

T = TypeVar("T")
U = TypeVar("U")
Values: TypeAlias = "dict[str, object]"
Alter: TypeAlias = "Callable[[Values], Mapping[str, object]]"
"""Is given what the providers said, by metric, and gives back what may be told of it."""

MOST_OFFERS = 2000


class Provider(Protocol):
    """What a plug-in, or the product itself, fulfils; an object or a module."""

    @property
    def plugin(self) -> str:
        """The plug-in's id in the registry; ``""`` for the product's own."""
        ...

    def offers(self) -> Mapping[str, Offer]:
        """Say which metrics it can tell."""
        ...

    def value(self, name: str, /) -> object:
        """Give the value of one of them as it is now; None if there is nothing to tell."""
        ...


class Foreign(Generic[T]):
    """An object of somebody else, which is never called again once it did not answer in time.

    Attributes:
        name: its name for people.
    """

    def __init__(self, thing: T, name: str = "") -> None:
        self.name = name
        self._thing = thing
        self._abandoned = False

    def call(self, run: Run, work: Callable[[T], U]) -> Done[U] | Telling:
        """Do something with it."""
        if self._abandoned:
            return Telling.ABANDONED
        found = run(partial(work, self._thing))
        if found is Lost.HUNG:
            self._abandoned = True
            return Telling.HUNG
        return Telling.FAILED if found is Lost.FAILED else found


def offers_of(provider: Provider) -> tuple[str, list[tuple[str, Offer | None]]] | None:
    """Give a provider's plug-in and what it offers; None for nonsense, as a whole or for one.

    What is no name of a metric becomes ``""``: it may be anything.
    """
    plugin, offers = text_of(provider.plugin), provider.offers()
    if plugin is None or not isinstance(offers, Mapping):
        return None
    items = islice(offers.items(), MOST_OFFERS)
    return plugin, [(_name(key), offer if type(offer) is Offer else None) for key, offer in items]


def value_of(name: str, provider: Provider) -> object:
    """Give a provider's value of a metric."""
    return provider.value(name)


def altered(values: Values, step: Alter) -> Values | None:
    """Give what an alter step leaves of some values; None for nonsense."""
    left: object = step(dict(values))
    if not isinstance(left, Mapping):
        return None
    return {_name(key): value for key, value in left.items()}


def _name(key: object) -> str:
    name = text_of(key) or ""
    return name if METRIC_NAME.fullmatch(name) else ""
