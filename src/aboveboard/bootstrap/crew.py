"""Enters: a collector's settings and registries. Leaves: its workers, and what they say."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aboveboard.adapters.worker_processes import WorkerProcesses
from aboveboard.bootstrap import words
from aboveboard.bootstrap.logs import worker_names
from aboveboard.bootstrap.measured import add, told
from aboveboard.collector.meters import Meters

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

    from aboveboard.collector.tagged import Note
    from aboveboard.model.registry import Registry
    from aboveboard.settings.collector import CollectorSettings

MODULE = "aboveboard.web.worker"


@dataclass(frozen=True, slots=True)
class CrewState:
    """What is known of all workers together.

    Attributes:
        wanted: how many there should be.
        running: how many there are.
        restarts: how often one was started again.
        outcomes: how many requests ended how, also of workers that ended.
        asides: how many entries were set aside.
        log_well: whether each could write its log the last time.
        cut_bytes: how many bytes of torn tails they put aside.
        meters: what they measured, also those that ended.
        notes: what they noted of requests with a tag.
    """

    wanted: int
    running: int
    restarts: int
    outcomes: Counter[str]
    asides: int
    log_well: bool
    cut_bytes: int
    meters: Meters
    notes: list[Note] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """Whether all are there."""
        return self.running == self.wanted


class Crew:
    """The workers of a collector; none if a single process does everything.

    Args:
        settings: the collector's.
        registries: what it serves.
        versions: app to the fingerprints of all registries that its reports may be made with.
        answered: app to its metrics that ended because their question is answered; it changes.
        counts: the descriptor of the memory in which all count what networks send, if any do.
    """

    def __init__(
        self,
        settings: CollectorSettings,
        registries: Mapping[str, Registry],
        versions: Mapping[str, frozenset[str]],
        answered: Mapping[str, frozenset[str]],
        counts: int | None = None,
    ) -> None:
        self._settings = settings
        self._registries = {app: each.fingerprint for app, each in registries.items()}
        self._versions = dict(versions)
        self._answered = answered
        self._counts = counts
        self._listener = -1
        self._past = [words.Said()]
        self._past_measured = Meters()
        self._adding = threading.Lock()
        self._processes = WorkerProcesses(
            MODULE,
            worker_names(settings.workers),
            self._order,
            self._news,
            words.line(words.News(end=True)),
            self._last_words,
        )

    def start(self, listener: socket.socket) -> None:
        """Start the workers; come back when they take reports, or after half a minute."""
        self._listener = listener.fileno()
        self._processes.start([self._listener, *([] if self._counts is None else [self._counts])])

    def stop(self) -> None:
        """End the workers in good order."""
        self._processes.stop()

    def state(self) -> CrewState:
        """Tell what is known of all workers together."""
        each = self._processes.each
        with self._adding:
            present = [words.said(one.said) for one in each if one.said]
            past = list(self._past)
            meters = Meters()
            for measured in (told(self._past_measured), *(said.measured for said in present)):
                add(meters, measured)
        return CrewState(
            wanted=len(each),
            running=sum(one.running for one in each),
            restarts=sum(one.restarts for one in each),
            outcomes=sum((Counter(said.outcomes) for said in past + present), Counter()),
            asides=sum(said.asides for said in past + present),
            log_well=all(said.log_well for said in present),
            cut_bytes=sum(said.cut_bytes for said in past + present),
            meters=meters,
            notes=[note for said in present for note in said.notes],
        )

    def _order(self, name: str) -> bytes:
        return words.line(
            words.Order(
                name,
                self._listener,
                self._settings,
                self._registries,
                self._versions,
                dict(self._answered),
                self._counts,
            )
        )

    def _news(self) -> bytes:
        return words.line(words.News(dict(self._answered)))

    def _last_words(self, told: bytes) -> None:
        said = words.said(told)
        with self._adding:
            add(self._past_measured, said.measured)
            (past,) = self._past
            outcomes = Counter(past.outcomes) + Counter(said.outcomes)
            self._past = [
                words.Said(
                    dict(outcomes),
                    past.asides + said.asides,
                    cut_bytes=past.cut_bytes + said.cut_bytes,
                )
            ]
