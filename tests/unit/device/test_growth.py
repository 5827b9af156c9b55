from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.device.growth import NO_GROWTH, Growth, growth, pack
from aboveboard.model.consent import Choice, Mode
from aboveboard.model.metric import Status
from aboveboard.model.registry import CollectorAddress, Registry
from aboveboard.registry.read import read

FILE = """
format = 1
[product]
id = "editor"
title = "An editor"
homepage = "https://editor.example"
contact = "Ana"
policy = "https://editor.example/privacy"
[product.levels]
usage = "Which parts are used."
system = "Where it runs."
[collector]
url = "https://telemetry.editor.example"
key = "x25519:B6N8vBQgk8i3VdwbEOhstCY3StFqpFPtC9/AsrhtHHw="
[metric."file.opened"]
kind = "counter"
{about}
level = "usage"
[metric."file.saved"]
kind = "counter"
{about}
level = "usage"
[metric."system.os"]
kind = "choice"
choices = ["linux", "macos"]
{about}
level = "system"
"""
ABOUT = """title = "Something"
question = "How much?"
decision = "What is tested."
owner = "Release manager"
review = "https://editor.example/reviews/1"
approved = { on = 2026-01-15, by = "The council", where = "https://editor.example/1" }
expires = 2027-12-31"""
TEXT = FILE.replace("{about}", ABOUT)
NEW = '\n[metric."file.closed"]\nkind = "counter"\nlevel = "usage"\n' + ABOUT
DAY = date(2026, 11, 18)
OLD = read(TEXT.encode())
AGREED = pack(OLD)
CHOICE = Choice(Mode.ON, DAY, OLD.fingerprint)
ALL = frozenset({"file.opened", "file.saved", "system.os"})
USAGE = frozenset({"file.opened", "file.saved"})


def grown(registry: Registry, agreed: bytes | None = AGREED, choice: Choice = CHOICE) -> Growth:
    return growth(agreed, choice, registry)


def changed(old: str, new: str) -> Registry:
    assert old in TEXT
    return read(TEXT.replace(old, new).encode())


def test_the_registry_that_was_agreed_to_has_nothing_new() -> None:
    assert grown(OLD) == NO_GROWTH
    assert NO_GROWTH.summary == ""


@pytest.mark.parametrize(
    ("registry", "unseen", "change"),
    [
        pytest.param(read((TEXT + NEW).encode()), {"file.closed"}, "New: Something", id="metric"),
        pytest.param(
            changed('["linux", "macos"]', '["linux", "macos", "windows"]'),
            {"system.os"},
            "Something: new choices: windows.",
            id="choice",
        ),
        pytest.param(
            changed("parts are used", "parts are used, and how"),
            USAGE,
            "The level usage now says",
            id="level-reworded",
        ),
        pytest.param(
            changed('title = "An editor"', 'title = "An editor"\nsends = "day"'),
            ALL,
            "Reports now leave every day instead of every week.",
            id="more-often",
        ),
        pytest.param(
            changed('title = "An editor"', 'title = "An editor"\nasks_for_earlier = true'),
            ALL,
            "The question is now about",
            id="earlier",
        ),
    ],
)
def test_what_is_new_stays_until_it_was_seen(
    registry: Registry, unseen: set[str], change: str
) -> None:
    found = grown(registry)
    assert found.unseen == unseen
    assert found.changes[0].startswith(change)
    assert len(found.widening) == len(found.changes) == 1
    assert found.summary == "1 thing is new"


def test_several_things_are_counted() -> None:
    more = TEXT.replace('["linux", "macos"]', '["linux", "windows"]') + NEW
    found = grown(read(more.encode()))
    assert found.unseen == {"file.closed", "system.os"}
    assert found.summary == "2 things are new"


@pytest.mark.parametrize(
    "registry",
    [
        pytest.param(changed('["linux", "macos"]', '["linux"]'), id="fewer-choices"),
        pytest.param(changed("2027-12-31", "2027-06-30"), id="shorter"),
        pytest.param(changed("Ana", "Ben"), id="contact"),
        pytest.param(
            changed('title = "An editor"', 'title = "An editor"\nsends = "month"'), id="less-often"
        ),
        pytest.param(read(TEXT.partition('[metric."file.saved"]')[0].encode()), id="fewer-metrics"),
        pytest.param(
            changed('system = "Where it runs."', 'system = "Where it runs."\nmore = "Much more."'),
            id="a-level-without-metrics",
        ),
    ],
)
def test_what_shrinks_or_stays_the_same_needs_no_question(registry: Registry) -> None:
    assert registry.fingerprint != OLD.fingerprint
    assert grown(registry) == NO_GROWTH


ADDRESS = CollectorAddress(("https://telemetry.editor.example",), OLD.collector.keys)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("collector", "change"),
    [
        pytest.param(
            replace(ADDRESS, urls=("https://elsewhere.example",)),
            "Reports now go to https://elsewhere.example instead of",
            id="address",
        ),
        pytest.param(replace(ADDRESS, keys=(b"k" * 32,)), "Reports are now sealed for", id="key"),
        pytest.param(replace(ADDRESS, keys=()), "Reports are no longer sealed", id="unsealed"),
    ],
)
def test_another_receiver_is_new_although_the_fingerprint_is_the_same(
    collector: CollectorAddress, change: str
) -> None:
    found = grown(replace(OLD, collector=collector))
    assert found.unseen == ALL
    assert found.changes[0].startswith(change)


def test_a_collector_where_there_was_none_is_new() -> None:
    alone = replace(OLD, collector=None)
    assert grown(OLD, pack(alone)).unseen == ALL
    assert grown(alone) == NO_GROWTH


def test_a_metric_that_is_signed_later_is_new_although_the_fingerprint_is_the_same() -> None:
    metrics = dict(OLD.metrics)
    metrics["system.os"] = replace(metrics["system.os"], status=Status.PROPOSED)
    unsigned = replace(OLD, metrics=MappingProxyType(metrics))
    assert grown(OLD, pack(unsigned)).unseen == {"system.os"}
    assert grown(unsigned) == NO_GROWTH


def test_a_metric_that_was_under_discussion_is_new_when_it_is_measured() -> None:
    proposed = read((TEXT + NEW + '\nstatus = "proposed"').encode())
    choice = Choice(Mode.ON, DAY, proposed.fingerprint)
    assert growth(pack(proposed), choice, read((TEXT + NEW).encode())).unseen == {"file.closed"}
    retired = read((TEXT + NEW + '\nstatus = "retired"').encode())
    assert growth(pack(proposed), choice, retired) == NO_GROWTH


def test_a_level_that_did_not_exist_is_not_covered() -> None:
    level = 'system = "Where it runs."'
    registry = changed(level, level + '\nerrors = "What breaks."')
    metrics = dict(registry.metrics)
    metrics["file.saved"] = replace(metrics["file.saved"], level="errors")
    found = grown(replace(registry, metrics=MappingProxyType(metrics)))
    assert found.unseen == {"file.saved"}


BROKEN = [
    pytest.param(None, id="nothing-kept"),
    pytest.param(b"", id="empty"),
    pytest.param(b"no line", id="no-line"),
    pytest.param(b"{}\n", id="no-terms"),
    pytest.param(b"[1]\n", id="a-list"),
    pytest.param(b"[" * 100_000 + b"\n", id="nested"),
    pytest.param(pack(replace(OLD, fingerprint="0" * 64)), id="another-registry"),
    pytest.param(AGREED.replace(b'"keys":["', b'"keys":["!'), id="no-key"),
]


@pytest.mark.parametrize("agreed", BROKEN)
def test_where_nobody_can_tell_what_was_agreed_everything_is_new(agreed: bytes | None) -> None:
    found = grown(read((TEXT + NEW).encode()), agreed)
    assert found.unseen == {*ALL, "file.closed"}
    assert found.changes == ("Nobody can tell any more what you agreed to on 2026-11-18.",)
    assert found.summary == "1 thing is new"
    assert grown(OLD, agreed) == NO_GROWTH


@pytest.mark.parametrize(
    "packed",
    [
        pytest.param(b"no zlib", id="no-zlib"),
        pytest.param(AGREED.partition(b"\n")[2][:40], id="cut"),
        pytest.param(pack(replace(OLD, content=b"{}")).partition(b"\n")[2], id="no-registry"),
        pytest.param(pack(read((TEXT + NEW).encode())).partition(b"\n")[2], id="another-registry"),
    ],
)
def test_a_content_that_is_not_the_agreed_one_counts_as_none(packed: bytes) -> None:
    agreed = AGREED.partition(b"\n")[0] + b"\n" + packed
    assert grown(read((TEXT + NEW).encode()), agreed).unseen == {*ALL, "file.closed"}


@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise(agreed: bytes) -> None:
    grown(OLD, agreed)
    grown(OLD, AGREED[:-20] + agreed, replace(CHOICE, registry=OLD.fingerprint))


LATE = """
import sys
from datetime import date
from aboveboard.device.growth import growth, pack
from aboveboard.model.consent import Choice, Mode
from aboveboard.model.registry import Registry
registry = Registry("editor", "", "", "", "", "f" * 64, content=b"{}")
assert growth(pack(registry), Choice(Mode.ON, date(2026, 11, 18), "f" * 64), registry).summary == ""
print(*[name for name in sys.modules if name.startswith("aboveboard.registry.")])
"""


def test_a_registry_as_it_was_loads_nothing_that_compares() -> None:
    done = subprocess.run([sys.executable, "-c", LATE], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["aboveboard.registry.canonical"]
