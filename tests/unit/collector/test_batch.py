from __future__ import annotations

import asyncio
import base64
import gzip
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.adapters.hpke import HpkeOpener
from aboveboard.adapters.memory import MemoryLog, SetClock
from aboveboard.collector.accept import Acceptor
from aboveboard.collector.batch import Answers, accept_all, split
from aboveboard.collector.log import GroupCommit
from aboveboard.collector.receive import Limits, Request
from aboveboard.collector.seen import SeenIds
from aboveboard.collector.unread import Unread
from aboveboard.errors import LogError
from aboveboard.model.registry import Registry
from aboveboard.model.verdict import Kept, Reason, Refused
from aboveboard.wires import native

Write = Callable[..., bytes]
LIMITS = Limits(
    largest_inflated=2000, largest_batch=3000, largest_batch_inflated=5000, most_reports=3
)
NDJSON = native.NDJSON_TYPE


def make(
    registry: Registry,
    opener: HpkeOpener,
    log: MemoryLog | None = None,
    unread: Unread | None = None,
) -> Acceptor:
    kept = log or MemoryLog()

    async def append(records: list[bytes]) -> None:
        kept.append(records)

    commit = GroupCommit(append)
    known = {"editor": registry}
    return Acceptor(known, commit, SeenIds(), opener, SetClock(), LIMITS, unread=unread)


def codes(answers: Answers) -> list[str]:
    return [
        answer.reason.value if isinstance(answer, Refused) else str(answer.repeated)
        for answer in answers.answers
    ]


def accept(acceptor: Acceptor, *lines: bytes) -> Answers:
    return asyncio.run(accept_all(acceptor, "editor", list(lines)))


def test_each_line_is_answered_in_order_and_a_bad_one_spoils_itself_alone(
    registry: Registry, opener: HpkeOpener, write: Write
) -> None:
    log = MemoryLog()
    acceptor = make(registry, opener, log)
    first, second = write(id="1" * 32), write({"metric": "made.up", "value": 1}, id="2" * 32)
    wrong = write(id="3" * 32, app="viewer")
    answers = accept(acceptor, first, b"mellon", second, first, wrong)
    one = int("1" * 32, 16)
    assert answers.ids == [one, None, int("2" * 32, 16), one, None]
    assert answers.answers[0] == Kept(repeated=False)
    assert answers.answers[2] == Kept(repeated=False, aside=1)
    assert answers.answers[3] == Kept(repeated=True)
    assert codes(answers) == ["False", "not_a_report", "False", "True", "address_mismatch"]
    assert len(log.records) == 2
    assert acceptor.outcomes == {
        "kept": 2,
        "repeated": 1,
        "not_a_report": 1,
        "address_mismatch": 1,
    }


def test_every_line_of_a_long_batch_has_its_own_answer(
    registry: Registry, opener: HpkeOpener, write: Write
) -> None:
    lines = [write(id=f"{n:032x}") for n in range(100)]
    lines[40], lines[50] = b"mellon", write({"metric": "made.up", "value": 1}, id=f"{50:032x}")
    log = MemoryLog()
    answers = accept(make(registry, opener, log), *lines)
    assert answers.ids == [n if n != 40 else None for n in range(100)]
    expected = {40: "not_a_report"}
    assert codes(answers) == [expected.get(n, "False") for n in range(100)]
    assert [n for n, answer in enumerate(answers.answers) if answer == Kept(False, 1)] == [50]  # noqa: FBT003 as it is shown
    assert sorted(int(json.loads(record)["id"], 16) for record in log.records) == [
        n for n in range(100) if n != 40
    ]


def test_lines_that_nobody_can_read_are_kept_as_they_came(
    registry: Registry, opener: HpkeOpener, write: Write
) -> None:
    log = MemoryLog()
    acceptor = make(registry, opener, log, Unread({"editor"}))
    sealed = json.dumps({"id": "f" * 32, "sealed": base64.b64encode(b"mellon").decode()}).encode()
    accept(acceptor, b"mellon", write(id="1" * 32), sealed, write(app="viewer"))
    unread = [record for record in map(json.loads, log.records) if record.get("kind") == "unread"]
    assert [(each["reason"], base64.b64decode(each["body"])) for each in unread] == [
        ("not_a_report", b"mellon"),
        ("cannot_open", sealed),
    ]


def test_what_was_kept_in_an_earlier_request_is_repeated_at_once(
    registry: Registry, opener: HpkeOpener, write: Write
) -> None:
    acceptor = make(registry, opener)
    assert codes(accept(acceptor, write())) == ["False"]
    assert codes(accept(acceptor, write())) == ["True"]
    assert accept(acceptor) == Answers([], [])


def test_an_id_that_is_none_is_refused_in_a_batch_too(
    registry: Registry, opener: HpkeOpener, write: Write
) -> None:
    acceptor = make(registry, opener)
    assert codes(accept(acceptor, write(id="7"), write(id="0x" + "f" * 30))) == ["not_a_report"] * 2


def test_a_sealed_line_is_opened_for_its_own_id_alone(
    registry: Registry, opener: HpkeOpener, write: Write, sealed: Callable[..., Request]
) -> None:
    plain = native.sealed_plain(write())
    body = base64.b64encode(sealed(plain).body).decode()
    right = json.dumps({"id": "0123456789abcdef" * 2, "sealed": body}).encode()
    wrong = json.dumps({"id": "f" * 32, "sealed": body}).encode()
    log = MemoryLog()
    answers = accept(make(registry, opener, log), wrong, right)
    assert codes(answers) == ["cannot_open", "False"]
    assert answers.ids == [int("f" * 32, 16), int("0123456789abcdef" * 2, 16)]
    (alone,) = log.records
    assert json.loads(alone)["id"] == "0123456789abcdef" * 2


def test_a_line_may_be_no_longer_than_a_report(
    registry: Registry, opener: HpkeOpener, write: Write
) -> None:
    most = LIMITS.largest_inflated
    line = write()
    longest, longer = (line[:-1] + b" " * (most + n - len(line)) + b"}" for n in (0, 1))
    found = accept(make(registry, opener), longest + b"\r\n", longer)
    assert codes(found) == ["False", "too_large_inflated"]


def test_nobody_hears_that_it_is_kept_where_it_is_not(
    registry: Registry, opener: HpkeOpener, write: Write
) -> None:
    async def full(records: list[bytes]) -> None:
        message = f"no space for {len(records)}"
        raise LogError(message)

    acceptor = Acceptor({"editor": registry}, GroupCommit(full), SeenIds(), opener, SetClock())
    lines = [write(id=f"{n:032x}") for n in range(70)]
    assert codes(accept(acceptor, *lines)) == ["cannot_keep"] * 70


def test_one_who_stops_waiting_for_a_batch_harms_nobody(
    registry: Registry, opener: HpkeOpener, write: Write
) -> None:
    go_on = asyncio.Event()

    async def append(records: list[bytes]) -> None:
        await go_on.wait()
        del records

    async def run() -> Answers:
        acceptor = Acceptor(
            {"editor": registry}, GroupCommit(append), SeenIds(), opener, SetClock()
        )
        waiting = asyncio.ensure_future(accept_all(acceptor, "editor", [write()]))
        for _ in range(5):
            await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.sleep(0)
        go_on.set()
        return await accept_all(acceptor, "editor", [write()])

    assert codes(asyncio.run(run())) == ["True"]


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        pytest.param(Request("!", "", b"{}", NDJSON), Reason.UNKNOWN_APP, id="app"),
        pytest.param(Request("editor", "", b" " * 3001, NDJSON), Reason.TOO_LARGE, id="large"),
        pytest.param(
            Request("editor", "", b"{}", native.JSON_TYPE), Reason.UNKNOWN_MEDIA_TYPE, id="type"
        ),
        pytest.param(
            Request("editor", "", b"{}", NDJSON, "gzip"), Reason.BROKEN_COMPRESSION, id="gzip"
        ),
        pytest.param(
            Request("editor", "", gzip.compress(b" " * 5001), NDJSON, "gzip"),
            Reason.TOO_LARGE_INFLATED,
            id="bomb",
        ),
        pytest.param(Request("editor", "", b"1\n" * 4, NDJSON), Reason.TOO_MANY_REPORTS, id="many"),
        pytest.param(Request("editor", "", b"\n" * 7, NDJSON), Reason.TOO_MANY_REPORTS, id="ends"),
    ],
)
def test_a_batch_beyond_its_limits_is_refused_as_a_whole(request_: Request, reason: Reason) -> None:
    found = split(request_, LIMITS)
    assert isinstance(found, Refused)
    assert found.reason is reason


def test_a_batch_is_its_lines() -> None:
    body = gzip.compress(b"1\r\n\n2\n3")
    assert split(Request("editor", "", body, f"{NDJSON}; x=1", "gzip"), LIMITS) == [
        b"1\r\n",
        b"2\n",
        b"3",
    ]


@given(
    body=st.binary(max_size=300), encoding=st.sampled_from(["", "gzip", "deflate", "br", "zstd"])
)
def test_no_bytes_of_a_batch_make_the_collector_raise(
    body: bytes, encoding: str, registry: Registry, opener: HpkeOpener
) -> None:
    acceptor = make(registry, opener)
    lines = split(Request("editor", "", body, NDJSON, encoding), LIMITS)
    if not isinstance(lines, Refused):
        answers = accept(acceptor, *lines)
        assert codes(answers) == ["not_a_report"] * len(lines)


def test_a_repeat_of_what_is_on_its_way_in_another_batch_waits_for_it(
    registry: Registry, opener: HpkeOpener, write: Write
) -> None:
    lines = [write(id=f"{n:032x}") for n in range(3)]

    async def run(fails: bool) -> list[list[str]]:  # noqa: FBT001 what the disk does
        go_on = asyncio.Event()

        async def append(records: list[bytes]) -> None:
            await go_on.wait()
            if fails:
                message = f"no space for {len(records)}"
                raise LogError(message)

        commit = GroupCommit(append)
        acceptor = Acceptor({"editor": registry}, commit, SeenIds(), opener, SetClock())
        sent = (lines[:2], lines[1:], [lines[0]])
        waiting = [asyncio.ensure_future(accept_all(acceptor, "editor", each)) for each in sent]
        for _ in range(9):
            await asyncio.sleep(0)
        assert not any(each.done() for each in waiting)
        go_on.set()
        found = [codes(each) for each in await asyncio.gather(*waiting)]
        assert sum(acceptor.outcomes.values()) == 5
        return found

    assert asyncio.run(run(fails=False)) == [["False", "False"], ["True", "False"], ["True"]]
    assert asyncio.run(run(fails=True)) == [
        ["cannot_keep"] * 2,
        ["cannot_keep"] * 2,
        ["cannot_keep"],
    ]


def test_an_app_that_is_not_served_is_refused_line_by_line(
    registry: Registry, opener: HpkeOpener, write: Write
) -> None:
    acceptor = make(registry, opener)
    answers = asyncio.run(accept_all(acceptor, "viewer", [write(), b"mellon"]))
    assert codes(answers) == ["unknown_app"] * 2


def test_what_is_set_aside_is_counted_for_each_report_of_a_batch(
    registry: Registry, opener: HpkeOpener, write: Write
) -> None:
    acceptor = make(registry, opener)
    acceptor.answered = {"editor": frozenset({"old.flag"})}
    odd = write({"metric": "made.up", "value": 1}, id="2" * 32)
    answers = accept(acceptor, write(id="1" * 32), odd).answers
    gone = frozenset({"old.flag"})
    assert answers == [
        Kept(repeated=False, answered=gone),
        Kept(repeated=False, aside=1, answered=gone),
    ]
    assert acceptor.asides == 1
