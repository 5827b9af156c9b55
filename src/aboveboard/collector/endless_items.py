"""Enters: a record that a server of Endless OS pushed to a list. Leaves: what it says.

What cannot be read goes to the list ``errors-…``, byte for byte, as it does with azafea.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.collector.decoders import Messages
from aboveboard.model.verdict import Reason, Refused
from aboveboard.wires.endless import NOT_NORMAL
from aboveboard.wires.foreign import Understood
from aboveboard.wires.phone_home import ACTIVATION, GOOD, PING, read_record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aboveboard.collector.decoders import Decoder
    from aboveboard.wires.endless import EndlessWire
    from aboveboard.wires.phone_home import Form, PhoneHomeWire

STAMP_BYTES = 8
MICRO = 1_000_000


def endless_decoders(events: EndlessWire, census: PhoneHomeWire) -> Mapping[str, Decoder]:
    """Give what reads the records of azafea-metrics-proxy and eos-activation-server, by name."""
    return {
        "endless-2": _events(events, "2"),
        "endless-3": _events(events, "3"),
        "endless-activation": _census(census, ACTIVATION),
        "endless-ping": _census(census, PING),
    }


def _events(wire: EndlessWire, form: str) -> Decoder:
    """Read microseconds since the epoch, and a request's body behind them."""

    def decode(item: bytes) -> Messages | Refused:
        received = int.from_bytes(item[:STAMP_BYTES], "little") / MICRO
        understood = wire.understand(form, item[STAMP_BYTES:], received)
        if NOT_NORMAL in understood.discarded:
            return _unreadable("It is no body of a request in normal form.")
        return Messages(wire.name, understood)

    return decode


def _census(wire: PhoneHomeWire, form: Form) -> Decoder:
    def decode(item: bytes) -> Messages | Refused:
        said = read_record(wire, form, item)
        if said is None:
            return _unreadable("It is not of the form of its list.")
        return Messages(wire.name, Understood(GOOD, [said]))

    return decode


def _unreadable(detail: str) -> Refused:
    return Refused(Reason.UNREADABLE_ITEM, detail)
