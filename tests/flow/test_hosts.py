"""Plug-ins, forks and years of use cost the program nothing but their own counts."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.patience import PATIENCE

from aboveboard.adapters.dice import Dice
from aboveboard.adapters.memory import MemoryTransport
from aboveboard.adapters.thread_box import ThreadBox
from aboveboard.bootstrap.device import assemble
from aboveboard.model.consent import Mode
from aboveboard.model.provider import Offer
from aboveboard.model.report import Fate
from aboveboard.ports.device import Answer
from aboveboard.settings import DeviceSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.flow.conftest import Machine

    from aboveboard.device.telemetry import Telemetry


class Plugin:
    """Tells about one metric, in its own way."""

    plugin = ""

    def __init__(self, name: str, tells: Callable[[], object]) -> None:
        self.name = name
        self.tells = tells

    def offers(self) -> dict[str, Offer]:
        return {self.name: Offer(self.name, "What it is")}

    def value(self, _: str, /) -> object:
        return self.tells()


def fails() -> object:
    raise SystemExit


def test_a_plug_in_that_hangs_or_fails_costs_its_own_metric_alone(machine: Machine) -> None:
    hangs = threading.Event()
    telemetry = machine.start(box=ThreadBox, strict=False)
    telemetry.choose("on")
    telemetry.count("file.opened")
    telemetry.provide(Plugin("theme.dark", fails))
    telemetry.provide(Plugin("app.version", hangs.wait))
    telemetry.provide(Plugin("system.os", lambda: "linux"))

    telemetry.flush(now=True)
    hangs.set()

    said = {e["metric"] for report in machine.official.reports for e in report["entries"]}
    assert {"file.opened"} <= said <= {"file.opened", "system.os"}
    assert telemetry.misuse["provider"] >= 2


def test_a_child_sends_under_ids_of_its_own(machine: Machine) -> None:
    """What was shown before a fork is drawn in both processes: one of them must draw anew."""
    parent = machine.start()
    parent.choose("on")
    parent.count("file.opened")
    shown = parent.preview()

    parent.after_fork()
    parent.count("file.opened")

    assert [body for body in parent.preview() if body in shown] == []


def test_a_program_that_is_closed_twice_hands_over_once(machine: Machine) -> None:
    started: list[int] = []

    def detach() -> bool:
        started.append(1)
        return True

    telemetry = machine.start(detach=detach)
    telemetry.choose("on")
    telemetry.count("file.opened")
    telemetry.close()
    telemetry.close()
    assert started == [1]

    telemetry.after_fork()
    telemetry.close()
    assert started == [1, 1], "a child ends for itself"


@pytest.mark.parametrize("mode", [None, Mode.LOCAL, Mode.ON])
def test_a_store_stays_within_its_bound_however_long_it_is_used(
    machine: Machine, tmp_path: Path, mode: Mode | None
) -> None:
    bound, home = 250_000, tmp_path / "home"
    registry = replace(machine.registry, sends=type(machine.registry.sends).DAY)
    dice = Dice("years")

    def start() -> Telemetry:
        parts: dict[str, Any] = {
            "clock": machine.clock,
            "transport": MemoryTransport(lambda *_: Answer(201, b"{}")),
            "most_bytes": bound,
            "background": False,
        }
        return assemble(registry, DeviceSettings(str(home)), "2.1", **parts)

    if mode is not None:
        start().choose(mode)
    largest = 0
    for _ in range(60):
        with start() as telemetry:
            for _ in range(7):
                machine.clock.move(days=1)
                telemetry.count("file.opened", by=dice.whole(1, 9))
                telemetry.set("system.os", "linux")
                telemetry.count("menu.used", label="file")
                try:
                    1 / 0  # noqa: B018 it breaks
                except ZeroDivisionError as error:
                    telemetry.record_error(error)
            telemetry.flush(now=mode is Mode.ON)
        size = sum(path.stat().st_size for path in home.rglob("*") if path.is_file())
        largest = max(largest, size)

    assert largest > bound / 2
    assert largest < 2 * bound, "a write-ahead log and what is being counted come on top"
    with start() as telemetry:
        journal = telemetry.journal()
        if mode is Mode.ON:
            assert journal
            assert {row.fate for row in journal} == {Fate.DELIVERED}
            newest = max(row.day for row in journal)
            assert machine.clock.now().date() - newest <= timedelta(days=2)


def test_a_program_that_runs_on_sends_by_a_thread(machine: Machine) -> None:
    telemetry = machine.start(background=True, detach=lambda: False)
    telemetry.choose("on")
    telemetry.count("file.opened")
    telemetry.flush()
    machine.clock.move(days=12)
    telemetry.count("file.opened")
    _joined()
    machine.clock.move(days=3)
    telemetry.count("file.opened")
    _joined()

    assert [entry["value"] for entry in machine.official.entries("file.opened")] == [1]
    telemetry.after_fork()
    telemetry.close()


def test_a_program_in_which_nothing_may_leave_has_no_thread_at_once(machine: Machine) -> None:
    telemetry = machine.start(background=True)
    before = threading.active_count()

    telemetry.count("file.opened")

    assert threading.active_count() <= before  # one of another test may end meanwhile


def _joined() -> None:
    for thread in threading.enumerate():
        if thread.name == "aboveboard-sender":
            thread.join(PATIENCE)
