"""Enters: the registry that a product ships. Leaves: the one in force, renewed through its log.

``renew.py`` proves; here it is remembered, and decided what becomes of a newer version: what
measures no more than people agreed to takes force, the rest waits for them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from aboveboard.device import log_memory
from aboveboard.device.renew import Follower, Shown, fetch, is_signed, look, read_delivered
from aboveboard.errors import SealError, SendError
from aboveboard.model.renewal import Renewal, Renewed
from aboveboard.registry.difference import difference
from aboveboard.registry.difference_words import words
from aboveboard.transparency.note import read_key
from aboveboard.transparency.watch import Doubt, Seen, advance

if TYPE_CHECKING:
    from aboveboard.device.parts import LogParts
    from aboveboard.model.registry import Registry
    from aboveboard.model.renewal import LogMemory
    from aboveboard.ports.device import EventStore

LOG_PATH = "/log"


class LogRegistrar:
    """Keeps one product's registry up to date, where the registry names a log.

    Args:
        shipped: the product's own registry, as its signatures have it.
        store: remembers; may raise StoreError in every call.
        parts: what is needed from outside; None where no log can be asked.
    """

    def __init__(self, shipped: Registry, store: EventStore, parts: LogParts | None) -> None:
        self._shipped = shipped
        self._store = store
        self._parts = parts

    def in_force(self) -> Registry:
        """Give the registry that holds: the shipped one, or a newer one that was accepted."""
        return self._current(self._memory())

    def may_send(self) -> Renewed:
        """Tell whether the collector's log has the registry in force; only then reports go there.

        A product that somebody rebuilt with another registry has none there, whatever it is called.

        Returns:
            CURRENT if it has; anything else means no.
        """
        memory = self._memory()
        mark = self._current(memory).fingerprint
        if memory.listed == mark:
            return Renewed(Renewal.CURRENT)
        try:
            found = self._look(self._follower(), memory, mark)
        except (SendError, SealError) as error:
            return Renewed(Renewal.NOT_REACHED, str(error))
        if isinstance(found, Renewed):
            return found
        self._keep(replace(memory, note=found.seen.note, listed=mark))
        return Renewed(Renewal.CURRENT)

    def renew(self) -> Renewed:
        """Look for a newer version."""
        try:
            return self._renew(self._memory(), self._follower())
        except (SendError, SealError) as error:
            return Renewed(Renewal.NOT_REACHED, str(error))

    def _renew(self, memory: LogMemory, follower: Follower) -> Renewed:
        now = self._current(memory)
        ours = self._look(follower, memory, now.fingerprint)
        if isinstance(ours, Renewed):
            return ours
        memory = replace(memory, note=ours.seen.note)
        newest = self._look(follower, memory, "")
        if isinstance(newest, Renewed):
            return newest
        memory = replace(memory, note=newest.seen.note)
        self._keep(memory)
        # An old version is no newer one, whatever the log calls its newest: the places decide.
        if newest.entry.fingerprint == now.fingerprint or newest.index <= ours.index:
            return Renewed(Renewal.CURRENT, "The log has nothing newer.")
        return self._take(memory, now, follower, newest)

    def waiting(self) -> tuple[str, ...]:
        """Tell what the version that waits says differently; the network is not asked."""
        memory = self._memory()
        if memory.waiting is None or self._parts is None:
            return ()
        try:
            new = read_delivered(self._shipped, memory.waiting, self._parts.checker)
        except SealError:
            return ()
        return () if isinstance(new, str) else tuple(words(difference(self._current(memory), new)))

    def agree(self) -> Renewed:
        """Let the version that waits take force: the person has seen it and agreed."""
        memory = self._memory()
        if memory.waiting is None:
            return Renewed(Renewal.CURRENT, "Nothing waits for an agreement.")
        self._keep(replace(memory, accepted=memory.waiting, waiting=None, listed=""))
        return Renewed(Renewal.RENEWED, "The newer registry is in force.")

    def _take(self, memory: LogMemory, now: Registry, follower: Follower, shown: Shown) -> Renewed:
        found = fetch(follower, shown)
        if isinstance(found, Doubt):
            return Renewed(Renewal.DOUBTED, found.text)
        new = read_delivered(self._shipped, found, follower.checker)
        if isinstance(new, str):
            return Renewed(Renewal.REFUSED, new)
        if not is_signed(now, found, follower.checker):
            text = "Those who approve this product's metrics have not signed what came."
            return Renewed(Renewal.REFUSED, text)
        changed = difference(now, new)
        told = tuple(words(changed))
        if changed.needs_consent:
            self._keep(replace(memory, waiting=found))
            return Renewed(Renewal.WAITING, "A newer registry asks for more.", told)
        self._keep(replace(memory, accepted=found, waiting=None, listed=new.fingerprint))
        return Renewed(Renewal.RENEWED, "A newer registry is in force.", told)

    def _look(self, follower: Follower, memory: LogMemory, fingerprint: str) -> Shown | Renewed:
        kept = advance(None, memory.note, (), follower.key, follower.checker)
        seen = kept if isinstance(kept, Seen) else None
        found = look(follower, seen, self._shipped.app, fingerprint)
        if found is None:
            text = "The collector's log has never shown this registry: it was made by others."
            return Renewed(Renewal.NOT_LISTED, text)
        return Renewed(Renewal.DOUBTED, found.text) if isinstance(found, Doubt) else found

    def _follower(self) -> Follower:
        collector, parts = self._shipped.collector, self._parts
        key = read_key(collector.log) if collector is not None else None
        if collector is None or key is None or parts is None:
            message = "there is no way to the collector's log here"
            raise SendError(message)
        mirrors = [parts.open(url) for url in collector.mirrors]
        return Follower(parts.open(collector.url + LOG_PATH), mirrors, key, parts.checker)

    def _current(self, memory: LogMemory) -> Registry:
        if memory.accepted is None or self._parts is None:
            return self._shipped
        found = read_delivered(self._shipped, memory.accepted, self._parts.checker)
        return self._shipped if isinstance(found, str) else found

    def _memory(self) -> LogMemory:
        return log_memory.read(self._store.kept(log_memory.PLACE), self._shipped)

    def _keep(self, memory: LogMemory) -> None:
        self._store.keep(log_memory.PLACE, log_memory.write(memory))
