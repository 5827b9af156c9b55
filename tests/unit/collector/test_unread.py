from __future__ import annotations

import asyncio
import json
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aboveboard.adapters.hpke import HpkeOpener
from aboveboard.adapters.memory import SetClock
from aboveboard.collector.accept import Acceptor
from aboveboard.collector.log import GroupCommit
from aboveboard.collector.receive import Request
from aboveboard.collector.seen import SeenIds
from aboveboard.collector.unread import MOST_BODY, UNREADABLE, Unread
from aboveboard.errors import LogError
from aboveboard.model.registry import Registry
from aboveboard.model.verdict import Reason, Refused
from aboveboard.wires import native

ID = "0123456789abcdef0123456789abcdef"
NOW = datetime(2026, 11, 18, 12, 59, tzinfo=UTC)


def content(record: bytes | None) -> dict[str, Any]:
    assert record is not None
    found: dict[str, Any] = json.loads(record)
    return found


def refused(reason: Reason = Reason.NOT_A_REPORT) -> Refused:
    return Refused(reason, "It is not JSON.")


def test_a_body_is_kept_as_it_came_with_the_day_and_the_reason() -> None:
    record = Unread({"editor"}).record(Request("editor", ID, b"\xffmellon"), refused(), NOW)
    found = content(record)
    assert b64decode(found.pop("body")) == b"\xffmellon"
    assert found == {
        "kind": "unread",
        "app": "editor",
        "day": "2026-11-18",
        "reason": "not_a_report",
        "wire": "native",
    }


def test_of_a_large_body_the_beginning_is_kept_in_four_kilobytes() -> None:
    request = Request("editor", ID, b"x" * 100_000)
    body = content(Unread({"editor"}).record(request, refused(), NOW))["body"]
    assert (len(body), len(b64decode(body))) == (4096, MOST_BODY)


@pytest.mark.parametrize("reason", [*Reason])
def test_only_what_cannot_be_read_is_kept(reason: Reason) -> None:
    record = Unread({"editor"}).record(Request("editor", ID, b"x"), refused(reason), NOW)
    assert (record is not None) == (reason in UNREADABLE)


def test_nothing_is_kept_of_an_app_that_is_not_served_or_of_an_empty_body() -> None:
    unread = Unread({"editor"})
    assert unread.record(Request("viewer", ID, b"x"), refused(), NOW) is None
    assert unread.record(Request("editor", ID, b""), refused(), NOW) is None


def test_of_each_app_so_many_are_kept_in_an_hour() -> None:
    unread = Unread({"editor", "viewer"}, most_an_hour=2)

    def kept(app: str, now: datetime) -> bool:
        return unread.record(Request(app, ID, b"x"), refused(), now) is not None

    assert [kept("editor", NOW) for _ in range(3)] == [True, True, False]
    assert kept("viewer", NOW)
    assert kept("editor", NOW + timedelta(minutes=1))


def accept(
    unread: Unread | None, opener: HpkeOpener, registry: Registry, request: Request
) -> tuple[Any, list[bytes]]:
    kept: list[bytes] = []

    async def append(records: list[bytes]) -> None:
        kept.extend(records)

    registries = {"editor": registry}
    acceptor = Acceptor(
        registries, GroupCommit(append), SeenIds(), opener, SetClock(), unread=unread
    )
    return asyncio.run(acceptor.accept(request)), kept


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param({"body": b"mellon"}, "not_a_report", id="no-json"),
        pytest.param({"encoding": "gzip"}, "broken_compression", id="not-gzip"),
        pytest.param({"encoding": "rot13"}, "unknown_encoding", id="another-compression"),
        pytest.param({"media_type": native.SEALED_TYPE}, "cannot_open", id="no-seal"),
    ],
)
def test_an_unread_body_is_in_the_log_and_its_answer_is_what_it_was(
    change: dict[str, Any], reason: str, opener: HpkeOpener, registry: Registry
) -> None:
    request = Request(**{"app": "editor", "report_id": ID, "body": b"{}" * 30} | change)
    plain, nothing = accept(None, opener, registry, request)
    answer, kept = accept(Unread({"editor"}), opener, registry, request)
    assert (answer, nothing) == (plain, [])
    assert content(kept[0])["reason"] == reason == answer.reason.value


def test_a_log_that_fails_changes_nothing_for_the_sender(
    opener: HpkeOpener, registry: Registry
) -> None:
    async def append(records: list[bytes]) -> None:
        raise LogError(str(len(records)))

    unread = Unread({"editor"})
    acceptor = Acceptor(
        {"editor": registry}, GroupCommit(append), SeenIds(), opener, SetClock(), unread=unread
    )
    answer = asyncio.run(acceptor.accept(Request("editor", ID, b"mellon")))
    assert isinstance(answer, Refused)
    assert answer.reason is Reason.NOT_A_REPORT


def test_a_report_that_is_understood_is_no_unread_one(
    opener: HpkeOpener, registry: Registry, write: Callable[..., bytes]
) -> None:
    _, kept = accept(Unread({"editor"}), opener, registry, Request("editor", ID, write()))
    assert "kind" not in content(kept[0])
