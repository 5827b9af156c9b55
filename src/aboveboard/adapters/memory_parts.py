"""Enters: some parts of a telemetry. Leaves: all of them, in memory where none was brought."""

from __future__ import annotations

from typing import Any

from aboveboard.adapters.direct_box import DirectBox
from aboveboard.adapters.late_check import LateChecker
from aboveboard.adapters.late_seal import LateSealer
from aboveboard.adapters.memory import CountingChance, MemoryTransport, SetClock
from aboveboard.adapters.memory_sending import MemoryLease, MemoryWishes, MemoryWithdrawals
from aboveboard.adapters.memory_store import MemoryEventStore, MemoryPapers
from aboveboard.device.parts import DeviceParts, SendingParts
from aboveboard.ports.device import Answer

KEPT = Answer(201, b'{"code":"kept"}')


def memory_parts(**brought: Any) -> DeviceParts:  # noqa: ANN401 the fields of DeviceParts
    """Make the parts of a telemetry that touches no disk and no network.

    Args:
        brought: parts of DeviceParts and SendingParts that are there already. Without a transport,
            a collector keeps everything.

    Example:
        >>> clock = SetClock()
        >>> memory_parts(clock=clock).clock is clock
        True
    """
    store = brought.get("store") or MemoryEventStore()
    sending: dict[str, Any] = {
        "wishes": MemoryWishes(),
        "withdrawals": MemoryWithdrawals(),
        "lease": MemoryLease(),
        "transport": MemoryTransport(lambda *_: KEPT),
        "sealer": LateSealer(),
        "checker": LateChecker(),
        "copies": None,
    }
    sending |= {name: brought.pop(name) for name in sending if name in brought}
    made: dict[str, Any] = {
        "store": store,
        "outbox": getattr(store, "outbox", None),
        "papers": MemoryPapers(),
        "clock": SetClock(),
        "chance": CountingChance(),
        "sending": lambda: SendingParts(**sending),
        "box": DirectBox,
        "background": False,
    }
    return DeviceParts(**(made | brought))
