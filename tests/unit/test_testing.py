from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

import aboveboard
from aboveboard.adapters.memory import MemoryTransport, SetClock
from aboveboard.device.telemetry import Telemetry
from aboveboard.errors import MisuseError, RegistryError, SetupError
from aboveboard.model.report import Fate
from aboveboard.ports import Answer
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY, memory_telemetry, strict

MISUSE = [
    pytest.param(lambda t: t.count("file.opend"), id="unknown-name"),
    pytest.param(lambda t: t.set("file.opened", value=True), id="wrong-kind"),
    pytest.param(lambda t: t.count("file.opened", by=0), id="out-of-bounds"),
]
Call = Callable[[Telemetry], None]


@pytest.fixture(autouse=True)
def no_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no rule of the machine that runs the tests decide."""
    monkeypatch.delenv("ABOVEBOARD", raising=False)
    monkeypatch.delenv("DO_NOT_TRACK", raising=False)


def start(home: Path) -> Telemetry:
    return aboveboard.open("editor", registry=EXAMPLE_REGISTRY, home=home)


@pytest.mark.parametrize("call", MISUSE)
def test_what_is_opened_inside_raises_on_misuse(tmp_path: Path, call: Call) -> None:
    with strict():
        telemetry = start(tmp_path)

    with pytest.raises(MisuseError):
        call(telemetry)


@pytest.mark.parametrize("call", MISUSE)
def test_what_is_opened_outside_never_does(tmp_path: Path, call: Call) -> None:
    with strict():
        pass
    telemetry = start(tmp_path)

    with strict():
        call(telemetry)

    assert sum(telemetry.misuse.values()) == 1


def test_strictness_ends_with_its_block_also_if_the_block_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), strict():
        raise ZeroDivisionError

    start(tmp_path).count("file.opend")


def test_strict_blocks_may_be_nested(tmp_path: Path) -> None:
    with strict():
        with strict():
            pass
        telemetry = start(tmp_path)

    with pytest.raises(MisuseError):
        telemetry.count("file.opend")


def test_inside_a_registry_with_problems_raises(tmp_path: Path) -> None:
    with strict(), pytest.raises(RegistryError):
        aboveboard.open("editor", registry=b"format = 2", home=tmp_path)


def test_inside_a_registry_of_another_app_raises(tmp_path: Path) -> None:
    with strict(), pytest.raises(SetupError, match="'editor', not of 'writer'"):
        aboveboard.open("writer", registry=EXAMPLE_REGISTRY, home=tmp_path)


def test_the_example_registry_is_well() -> None:
    assert list(read(EXAMPLE_REGISTRY).metrics) == ["file.opened"]


def test_a_telemetry_in_memory_counts_shows_and_delivers() -> None:
    telemetry = memory_telemetry()
    telemetry.choose("on")
    telemetry.count("command.sql")

    (shown,) = telemetry.preview()
    (delivery,) = telemetry.flush(now=True)

    assert [entry["metric"] for entry in json.loads(shown)["entries"]] == ["command.sql"]
    assert delivery.body == shown
    # The registry of our own command line names no collector.
    assert delivery.fate is Fate.WAITING


def test_a_telemetry_in_memory_takes_a_registry_a_clock_and_a_transport() -> None:
    address = b'[collector]\nurl = "https://collector.example"\n'
    clock = SetClock()
    transport = MemoryTransport(lambda *_: Answer(404, b'{"code":"unknown_app"}'))
    telemetry = memory_telemetry(read(EXAMPLE_REGISTRY + address), clock, transport)
    telemetry.choose("on")
    telemetry.count("file.opened")
    clock.move(timedelta(weeks=1))

    (delivery,) = telemetry.flush()

    assert (delivery.fate, delivery.answer) == (Fate.REFUSED, "404 unknown_app")
    assert len(transport.sent) == 1


def test_the_collector_in_memory_accepts_everything() -> None:
    address = b'[collector]\nurl = "https://collector.example"\n'
    telemetry = memory_telemetry(read(EXAMPLE_REGISTRY + address))
    telemetry.choose("on")
    telemetry.count("file.opened")

    assert [each.answer for each in telemetry.flush(now=True)] == ["201 kept"]


def test_a_telemetry_in_memory_is_strict_unless_told_otherwise() -> None:
    with pytest.raises(MisuseError):
        memory_telemetry().count("command.sqll")

    memory_telemetry(strict=False).count("command.sqll")
