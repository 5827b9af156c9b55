from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aboveboard.adapters.memory_parts import memory_parts
from aboveboard.adapters.memory_sending import MemoryLease
from aboveboard.device.telemetry import Telemetry
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY, FakeCollector, with_collector

Run = Callable[..., Any]
KEY = "x25519:B6N8vBQgk8i3VdwbEOhstCY3StFqpFPtC9/AsrhtHHw="


def test_what_could_be_sent_is_sent(
    run: Run, telemetry: Telemetry, collector: FakeCollector
) -> None:
    telemetry.choose("on")
    assert run("send-now").out == "Nothing to send.\n"
    telemetry.count("file.opened")
    said = run("send-now")
    assert said.status == 0
    assert said.out == "00000000  delivered: 201 kept  to https://telemetry.editor.example\n"
    assert len(collector.reports) == 1


def test_without_a_yes_nothing_is_sent_and_that_is_said(
    run: Run, telemetry: Telemetry, collector: FakeCollector
) -> None:
    telemetry.count("file.opened")
    said = run("send-now")
    assert (said.status, said.out) == (1, "")
    assert said.err.splitlines() == [
        "editor telemetry: nothing may leave this machine",
        "  local: nobody has chosen yet, so everything stays on this machine",
        "  `editor telemetry explain` says who decides.",
    ]
    assert collector.requests == []


def test_what_did_not_arrive_is_said(
    run: Run, telemetry: Telemetry, collector: FakeCollector
) -> None:
    telemetry.choose("on")
    telemetry.count("file.opened")
    collector.will_close()
    said = run("send-now")
    assert said.status == 1
    assert "waiting: not reached" in said.out
    assert "not every report was delivered" in said.err


def test_what_another_process_is_sending_waits(
    run_with: Callable[[Telemetry], Run], collector: FakeCollector
) -> None:
    lease = MemoryLease()
    registry = read(with_collector(EXAMPLE_REGISTRY, "https://telemetry.editor.example"))
    telemetry = Telemetry(registry, memory_parts(transport=collector, lease=lease))
    run = run_with(telemetry)
    telemetry.choose("on")
    telemetry.count("file.opened")
    collector.will_answer(503, "cannot_keep")
    run("send-now")
    with lease.claim():
        said = run("send-now")
    assert said.out.startswith("Nothing was sent: reports wait")


def test_reports_go_to_a_collector_of_ones_own(
    run: Run, telemetry: Telemetry, collector: FakeCollector
) -> None:
    assert run("redirect", "https://mine.example/").out == "Reports go to https://mine.example.\n"
    telemetry.choose("on")
    telemetry.count("file.opened")
    run("send-now")
    assert [asked.url.partition("/reports")[0] for asked in collector.requests] == [
        "https://mine.example"
    ]
    assert run("redirect", "--off").out == "Reports go to https://telemetry.editor.example.\n"
    run("redirect", "https://mine.example", "--key", KEY)
    assert telemetry.person.wishes.redirect is not None
    assert telemetry.person.wishes.redirect.key is not None


def test_it_must_be_said_where_to(run: Run) -> None:
    for words in (["redirect"], ["redirect", "https://mine.example", "--off"]):
        said = run(*words)
        assert (said.status, said.out) == (2, "")
        assert "Give an address, or --off." in said.err


def test_an_address_that_is_none_changes_nothing(run: Run, telemetry: Telemetry) -> None:
    for words in (
        ["redirect", "http://elsewhere.example"],
        ["also", "ftp://mine.example"],
        ["also", "https://mine.example", "--key", "nonsense"],
    ):
        said = run(*words)
        assert (said.status, said.out) == (2, "")
        assert "Addresses look like https://mine.example." in said.err
    assert telemetry.person.wishes.also == ()


def test_copies_go_elsewhere_too(run: Run, telemetry: Telemetry) -> None:
    run("also", "https://mine.example")
    both = "Reports go to https://telemetry.editor.example, https://mine.example.\n"
    assert run("also", "https://mine.example", "--key", KEY).out == both
    telemetry.choose("on")
    telemetry.count("file.opened")
    assert len(run("send-now").lines) == 2
    said = run("also", "https://mine.example", "--off")
    assert (said.status, said.out) == (0, "Reports go to https://telemetry.editor.example.\n")
    said = run("also", "https://mine.example", "--off")
    assert (said.status, "no copy is sent there" in said.err) == (2, True)


def test_a_program_without_a_collector_says_that_reports_go_nowhere(
    run_with: Callable[[Telemetry], Run],
) -> None:
    run = run_with(Telemetry(read(EXAMPLE_REGISTRY), memory_parts()))
    assert run("redirect", "--off").out == "Reports go nowhere.\n"
