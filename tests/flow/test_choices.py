"""What a person chose holds level by level, whatever the program's next versions bring."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest

from aboveboard.adapters.ed25519 import Ed25519Checker, Ed25519Signer
from aboveboard.adapters.memory_ledger import MemoryLedger
from aboveboard.adapters.memory_source import MemorySource
from aboveboard.collector.announce import announce
from aboveboard.device import backoff, timetable
from aboveboard.device.parts import LogParts
from aboveboard.device.telemetry import Telemetry
from aboveboard.model.consent import Leave, Mode, Rule
from aboveboard.model.renewal import Renewal
from aboveboard.model.report import Fate
from aboveboard.model.surroundings import Surroundings, Word
from aboveboard.registry.read import read
from aboveboard.registry.served import Served, content_of
from aboveboard.transparency.log import TransparencyLog

if TYPE_CHECKING:
    from tests.flow.conftest import Machine

Write = Callable[..., bytes]
OF_LEVEL = {"environment": "system.os", "usage": "file.opened", "errors": "program.broke"}
NEW = """
[metric."{name}"]
kind = "counter"
title = "Something new"
question = "What of it?"
decision = "What comes next."
owner = "Release manager"
review = "https://editor.example/reviews/2"
approved = {{ on = 2026-11-15, by = "The council", where = "https://editor.example/2" }}
expires = {{ never = "It is the base for every other number." }}
level = "usage"
"""
MORE = NEW.format(name="file.closed") + NEW.format(name="file.printed")


def use(telemetry: Telemetry) -> None:
    """Count something of every level."""
    telemetry.set("system.os", "linux")
    telemetry.count("file.opened")
    try:
        1 / 0  # noqa: B018 it breaks
    except ZeroDivisionError as error:
        telemetry.record_error(error)


def metrics(bodies: list[bytes]) -> list[str]:
    return sorted(e["metric"] for body in bodies for e in json.loads(body)["entries"])


def kept(machine: Machine) -> list[str]:
    return sorted({event.metric for event in machine.store.events()})


@pytest.mark.parametrize("modes", list(product(Mode, repeat=3)), ids="-".join)
def test_each_level_is_kept_and_sent_as_its_mode_says(
    machine: Machine, modes: tuple[Mode, ...]
) -> None:
    telemetry = machine.start()
    chosen = dict(zip(OF_LEVEL, modes, strict=True))
    telemetry.choose(modes[0], chosen)
    use(telemetry)

    shown = telemetry.preview()
    delivered = [done.body for done in telemetry.flush(now=True)]

    on = sorted(OF_LEVEL[level] for level, mode in chosen.items() if mode is Mode.ON)
    local = sorted(OF_LEVEL[level] for level, mode in chosen.items() if mode is Mode.LOCAL)
    assert metrics(delivered) == metrics(shown) == on
    assert [report["id"] for report in machine.official.reports] == [
        json.loads(body)["id"] for body in delivered
    ]
    assert kept(machine) == local


@pytest.mark.parametrize("level", OF_LEVEL)
def test_switching_one_level_off_erases_and_withholds_just_that_one(
    machine: Machine, level: str
) -> None:
    telemetry = machine.start()
    telemetry.choose("on")
    use(telemetry)
    machine.net.dead.add("https://collector.example")
    telemetry.flush(now=True)
    use(telemetry)
    telemetry.person.also("https://mine.example")
    others = sorted(set(OF_LEVEL.values()) - {OF_LEVEL[level]})

    telemetry.choose("on", {level: "off"})

    assert set(kept(machine)) <= set(others)
    waiting = [each.body for each in telemetry.person.outbox()]
    assert set(metrics(waiting)) == set(others)
    book = (machine.store.kept("errors") or b"").decode()
    assert ("ZeroDivision" in book) is False or level != "errors"
    struck = [each for each in telemetry.journal() if each.fate is Fate.STRUCK]
    assert all(not each.body or each.tries for each in struck)
    machine.net.dead.clear()
    machine.collector("https://mine.example")
    machine.clock.move(days=2)
    telemetry.flush(now=True)
    for collector in machine.net.collectors.values():
        assert collector.entries(OF_LEVEL[level]) == []
        assert all(collector.entries(other) for other in others)


def test_what_broke_before_its_level_was_switched_off_is_in_no_book(machine: Machine) -> None:
    telemetry = machine.start()
    telemetry.choose("on")
    use(telemetry)
    assert b"ZeroDivision" in (machine.store.kept("errors") or b"")

    telemetry.choose("on", {"errors": "off"})

    assert b"ZeroDivision" not in (machine.store.kept("errors") or b"")


def test_an_error_goes_by_what_another_process_has_chosen_meanwhile(machine: Machine) -> None:
    telemetry = machine.start()
    telemetry.choose("on")
    use(telemetry)
    machine.start().choose("on", {"errors": "off"})

    use(telemetry)

    assert b"ZeroDivision" not in (machine.store.kept("errors") or b"")
    assert "program.broke" not in metrics([done.body for done in telemetry.flush(now=True)])


def test_a_report_that_is_struck_everywhere_is_in_no_row_of_the_journal(machine: Machine) -> None:
    telemetry = machine.start()
    telemetry.choose("on")
    telemetry.person.also("https://mine.example")
    use(telemetry)
    machine.net.dead.add("https://collector.example")
    telemetry.flush(now=True)

    telemetry.choose("on", {"usage": "off"})

    struck = [each for each in telemetry.journal() if each.fate is Fate.STRUCK]
    assert [each.destination for each in struck] == ["collector", "https://mine.example"]
    assert {each.body for each in struck} == {b""}


def test_who_has_not_chosen_is_counted_for_here_and_marked_as_such(machine: Machine) -> None:
    telemetry = machine.start()
    use(telemetry)

    assert telemetry.flush(now=True) == []
    assert telemetry.consent.rule is Rule.UNDECIDED
    assert {event.leave for event in machine.store.events()} == {Leave.IF_ASKED}
    assert machine.net.asked == []


def test_a_level_that_there_is_not_is_told_to_the_program(machine: Machine) -> None:
    telemetry = machine.start()

    with pytest.raises(ValueError, match="there is no level 'plugins'"):
        telemetry.choose("on", {"plugins": "off"})

    assert telemetry.consent.choice is None


# A registry that grows.


def test_what_a_new_version_asks_for_stays_here_until_the_person_agreed(
    machine: Machine, write: Write
) -> None:
    first = machine.start()
    first.choose("on", {"errors": "local"}, wording="May it?")
    use(first)
    first.close()
    grown = read(write(MORE))
    telemetry = machine.start(grown)

    news = telemetry.news()
    assert news.summary == "2 things are new"
    assert news.unseen == {"file.closed", "file.printed"}
    assert "since you chose, 2 things are new:" in telemetry.person.status()
    telemetry.count("file.closed")
    telemetry.count("file.opened")
    assert metrics([done.body for done in telemetry.flush(now=True)]) == [
        "file.opened",
        "system.os",
    ]
    assert "file.closed" in kept(machine)

    machine.clock.move(days=1)
    agreed = telemetry.agree(wording="2 things are new: …")

    assert (agreed.state, len(agreed.changes)) == (Renewal.RENEWED, 2)
    choice = telemetry.consent.choice
    assert choice is not None
    assert (choice.registry, choice.mode, choice.wording) == (
        grown.fingerprint,
        Mode.ON,
        "2 things are new: …",
    )
    assert dict(choice.levels) == {"errors": Mode.LOCAL}
    assert choice.day == machine.clock.now().date()
    assert telemetry.news().summary == ""
    telemetry.count("file.closed", by=5)
    assert telemetry.flush(now=True)
    assert [entry["value"] for entry in machine.official.entries("file.closed")] == [5]


def test_a_registry_that_shrinks_asks_nothing(machine: Machine, write: Write) -> None:
    machine.start(read(write(MORE))).choose("on")
    telemetry = machine.start(read(write()))
    use(telemetry)

    assert telemetry.news().summary == ""
    assert telemetry.agree().state is not Renewal.RENEWED
    assert len(telemetry.flush(now=True)) == 3


@pytest.mark.parametrize("more", ["", MORE], ids=["nothing else", "more metrics"])
def test_another_collector_gets_nothing_before_the_person_agreed(
    machine: Machine, write: Write, more: str
) -> None:
    other = "https://other.example"
    first = machine.start()
    first.choose("on")
    use(first)
    machine.net.dead.add("https://collector.example")
    first.flush(now=True)
    use(first)
    first.close()
    assert first.person.outbox()
    collector = machine.collector(other)

    telemetry = machine.start(read(write(more, collector=f'url = "{other}"')))
    telemetry.count("file.opened")
    shown = telemetry.preview()
    telemetry.flush(now=True)
    machine.clock.move(days=30)
    telemetry.flush()

    assert shown == []
    assert collector.requests == []
    assert telemetry.person.outbox() == []
    assert telemetry.news().summary.endswith("new")

    telemetry.agree()
    telemetry.count("file.opened", by=3)
    telemetry.flush(now=True)
    assert [entry["value"] for entry in collector.entries("file.opened")] == [3]


def test_another_collector_is_news_before_anything_was_sent(machine: Machine, write: Write) -> None:
    machine.start().choose("on")
    telemetry = machine.start(read(write(collector='url = "https://other.example"')))

    assert telemetry.news().summary
    assert any("things are new" in line or "thing is" in line for line in telemetry.person.status())


def test_a_version_that_comes_through_the_log_waits_for_the_person(
    machine: Machine, write: Write
) -> None:
    signer = Ed25519Signer(bytes([9]) * 32)
    log = TransparencyLog(MemoryLedger(), signer, "collector.example/log")
    collector = f'url = "https://collector.example"\nlog = "{log.key}"'
    shipped, grown = write(collector=collector), write(MORE, collector=collector)
    for body in (shipped, grown):
        announce(log, [Served(read(body), content_of(body), b"")], machine.clock.now().date())
    logs = LogParts(lambda _: MemorySource(log), Ed25519Checker())
    machine.official.know(read(grown))
    telemetry = machine.start(read(shipped), logs=logs)
    telemetry.choose("on")

    found = telemetry.renew()

    assert (found.state, len(found.changes)) == (Renewal.WAITING, 2)
    assert telemetry.registry.fingerprint == read(shipped).fingerprint
    assert telemetry.agree(wording="Yes to both.").state is Renewal.RENEWED
    choice = telemetry.consent.choice
    assert choice is not None
    assert (choice.registry, choice.wording) == (read(grown).fingerprint, "Yes to both.")
    telemetry.count("file.closed")
    assert metrics([done.body for done in telemetry.flush(now=True)]) == ["file.closed"]
    again = machine.start(read(shipped), logs=logs)
    again.count("file.printed")
    assert metrics([done.body for done in again.flush(now=True)]) == ["file.printed"]


def test_who_never_chose_chooses_nothing_by_agreeing(machine: Machine) -> None:
    on = Surroundings(override="on")
    telemetry = machine.start(around=on)
    telemetry.agree()

    assert telemetry.consent.choice is None


# Rules around the choice.

AROUND: dict[str, dict[str, Any]] = {
    "switch": {"switch": Mode.LOCAL},
    "environment": {"override": "local"},
    "do-not-track": {"do_not_track": "1"},
    "policy": {"policy": Word(Mode.LOCAL, "/etc/aboveboard/policy.toml")},
    "project": {"project": Word(Mode.OFF, "/home/p/.aboveboard.toml")},
    "one-level-of-a-project": {"project": Word(Mode.LOCAL, "/p", {"usage": Mode.OFF})},
    "automation": {"automation": "CI"},
}


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
def test_where_a_stronger_rule_decides_nothing_leaves_and_the_status_says_so(
    machine: Machine, around: dict[str, Any]
) -> None:
    machine.start().choose("on")
    telemetry = machine.start(around=Surroundings(**around))
    use(telemetry)

    assert telemetry.flush(now=True) == []
    machine.clock.move(days=30)
    assert telemetry.flush() == []
    assert machine.net.asked == []
    status, rules = telemetry.person.status(), telemetry.person.explain()
    assert status[0] == telemetry.consent.explain()
    assert not status[0].startswith("on")
    assert "overridden" in status[1]
    assert "next report: none" in status
    (deciding,) = [line for line in rules if "(this decides)" in line]
    assert telemetry.mode.value in deciding
    assert any(line.startswith("7. ") and line.endswith("(overridden)") for line in rules)


def test_a_choice_that_cannot_be_read_is_told_by_every_word(machine: Machine) -> None:
    telemetry = machine.start(broken=True)

    assert telemetry.person.explain()[0] == telemetry.person.status()[0]
    assert telemetry.person.explain()[0].startswith("off: telemetry could not be opened here")


@pytest.mark.parametrize("withdrawn", ["local", "off"])
def test_nothing_of_before_a_withdrawal_is_shared_with_the_time_after_the_next_yes(
    machine: Machine, withdrawn: str
) -> None:
    telemetry = machine.start()
    telemetry.choose("on")
    use(telemetry)
    telemetry.flush()
    machine.net.dead.add("https://collector.example")
    telemetry.flush(now=True)
    use(telemetry)
    drawn = [telemetry.preview(), telemetry.preview(local=True), [machine.paper()]]
    table, rests = (machine.store.kept(place) for place in (timetable.PLACE, backoff.PLACE))
    moments = [each.due for each in telemetry.journal()]
    assert table
    assert rests

    telemetry.choose(withdrawn)
    machine.clock.move(minutes=1)
    telemetry.choose("on")

    assert not machine.store.kept(timetable.PLACE)
    assert not machine.store.kept(backoff.PLACE)
    assert machine.home["papers"].get("next") is None
    use(telemetry)
    after = [telemetry.preview(), telemetry.preview(local=True)]
    telemetry.flush()
    before = repr(drawn)
    for body in (json.loads(body) for bodies in after for body in bodies):
        assert body["id"] not in before
        assert body["withdrawal"] not in before
    now = timetable.read(machine.store.kept(timetable.PLACE), machine.registry.sends)
    then = timetable.read(table, machine.registry.sends)
    assert now is not None
    assert then is not None
    assert (now.at, now.wait) != (then.at, then.wait)
    assert not {each.due for each in telemetry.person.outbox()} & set(moments)
    latest = machine.paper()
    assert latest["left last"] == latest["waiting to leave"] == []


def test_a_no_lets_nobody_read_the_papers_of_before_also_under_a_stronger_rule(
    machine: Machine,
) -> None:
    telemetry = machine.start(around=Surroundings(override="on"))
    use(telemetry)
    telemetry.flush()
    assert machine.paper() is not None

    telemetry.choose("off")

    assert machine.paper() is None


def test_a_yes_from_elsewhere_is_noticed_by_a_program_that_counts_nothing(machine: Machine) -> None:
    telemetry = machine.start()
    telemetry.choose("off")
    machine.start().choose("on")
    machine.clock.move(minutes=2)

    telemetry.count("file.opened")

    assert metrics(telemetry.preview()) == ["file.opened"]
