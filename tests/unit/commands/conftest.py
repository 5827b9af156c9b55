from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from aboveboard.adapters.memory import SetClock
from aboveboard.commands import add_argparse
from aboveboard.device.telemetry import Telemetry
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY, FakeCollector, memory_telemetry, with_collector

HERE = "https://telemetry.editor.example"
MORE = """
[metric."file.saved"]
kind = "counter"
title = "Files saved"
question = "How much is the editor used?"
decision = "How many weeks a release candidate is tested."
owner = "Release manager"
review = "https://editor.example/reviews/1"
approved = { on = 2026-01-15, by = "The editor's council", where = "https://editor.example/1" }
expires = { never = "It is the base for every other number." }
level = "usage"
correlates_with = ["file.opened"]
"""
LEVELS = EXAMPLE_REGISTRY.replace(
    b'editor are used."', b'editor are used."\nerrors = "Where it broke."'
).replace(b'[metric."file.opened"]', b'[metric."file.opened"]\ncorrelates_with = ["file.saved"]')
FILE = with_collector(LEVELS + MORE.encode(), HERE)


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended, and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


Run = Callable[..., Said]


@pytest.fixture(autouse=True)
def vienna(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the person sit in Vienna, an hour east of where the clock was made."""
    with monkeypatch.context() as there:
        there.setenv("TZ", "Europe/Vienna")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def collector(clock: SetClock) -> FakeCollector:
    return FakeCollector(read(FILE), clock=clock)


@pytest.fixture
def telemetry(clock: SetClock, collector: FakeCollector) -> Telemetry:
    return memory_telemetry(read(FILE), clock, collector)


@pytest.fixture
def run_with(capsys: pytest.CaptureFixture[str]) -> Callable[[Telemetry], Run]:
    """Give a function that gives a function that runs commands of a telemetry."""

    def run_of(telemetry: Telemetry) -> Run:
        parser = argparse.ArgumentParser(prog="editor")
        add_argparse(parser.add_subparsers(), lambda: telemetry)

        def run(*words: str) -> Said:
            capsys.readouterr()
            asked: Any = parser.parse_args(["telemetry", *words])
            status = asked.func(asked)
            written = capsys.readouterr()
            return Said(status, written.out, written.err)

        return run

    return run_of


@pytest.fixture
def run(run_with: Callable[[Telemetry], Run], telemetry: Telemetry) -> Run:
    return run_with(telemetry)
