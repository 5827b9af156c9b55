"""Enters: a collector's settings. Leaves: what drains a queue into it, if it was told to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.adapters.consumer_name import consumer_name
from aboveboard.adapters.system import SystemChance
from aboveboard.bootstrap.endless import endless, phone_home
from aboveboard.collector.decoders import DECODERS
from aboveboard.collector.drain import Drain
from aboveboard.collector.endless_items import endless_decoders
from aboveboard.errors import SetupError
from aboveboard.settings.pairs import listed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from aboveboard.collector.accept import Acceptor
    from aboveboard.collector.decoders import Messages
    from aboveboard.collector.foreign import Foreign
    from aboveboard.collector.meters import Meters
    from aboveboard.model.said import Said
    from aboveboard.model.verdict import Refused
    from aboveboard.settings.collector import CollectorSettings


def drain(
    settings: CollectorSettings, acceptor: Acceptor, foreign: Foreign, meters: Meters
) -> Drain | None:
    """Join what drains a queue; None if the collector has none in front of it.

    Raises:
        SetupError: the address cannot work, or the client of Redis is not installed.
    """
    if not settings.drain:
        return None
    apps = {settings.endless_app}
    foreign_lists = endless_decoders(endless(settings, apps), phone_home(settings, apps))
    known = {**DECODERS, **foreign_lists}
    decoders = {name: known[wire] for name, wire in map(listed, settings.drain_lists)}
    try:
        from aboveboard.adapters.redis_queue import RedisQueue  # noqa: PLC0415 an extra of its own
    except ModuleNotFoundError as error:  # pragma: no cover our own tests have it
        message = "draining a queue needs a client: pip install 'aboveboard[redis]'"
        raise SetupError(message) from error
    name, run = consumer_name(settings.data), SystemChance().report_id()
    queue = RedisQueue(settings.drain, list(decoders), name, run)
    return Drain(queue, decoders, acceptor.accept, keep=keeper(foreign.keep, meters))


def keeper(
    keep_said: Callable[[str, Sequence[Said]], Awaitable[Refused | None]], meters: Meters
) -> Callable[[Messages], Awaitable[Refused | None]]:
    """Make what keeps the messages of a foreign wire, and counts what was dropped of them."""

    async def keep(messages: Messages) -> Refused | None:
        wire, understood = messages
        refused = await keep_said(wire, understood.said)
        if refused is None:
            for code, times in understood.discarded.items():
                meters.message(wire, "", code, "", times)
        return refused

    return keep
