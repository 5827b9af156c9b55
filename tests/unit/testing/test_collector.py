from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from aboveboard.adapters.hpke import HpkeOpener
from aboveboard.model.digest import hex_digest
from aboveboard.model.registry import CollectorAddress, Registry
from aboveboard.model.report import Fate
from aboveboard.ports.device import Answer
from aboveboard.testing import FakeCollector, MemoryTelemetry, SetClock, Silence, memory_telemetry
from aboveboard.wires import native

BASE = "https://collector.example"
TOKEN = "ab" * 32
KEY = bytes(range(32))


@pytest.fixture
def collector(registry: Registry) -> FakeCollector:
    return FakeCollector(registry)


@pytest.fixture
def telemetry(registry: Registry, collector: FakeCollector) -> MemoryTelemetry:
    return memory_telemetry(registry, transport=collector, mode="on")


def report(known: Registry, number: int = 1, /, **other: object) -> dict[str, object]:
    return {
        "format": 1,
        "id": f"{number:032x}",
        "app": "editor",
        "period": "2026-W47",
        "registry": known.fingerprint,
        "withdrawal": hex_digest(bytes.fromhex(TOKEN)),
        "entries": [{"metric": "file.opened", "day": "2026-11-18", "value": 3}],
        **other,
    }


def put(collector: FakeCollector, content: dict[str, object]) -> tuple[int, str]:
    url = BASE + native.path(str(content["app"]), str(content["id"]))
    return told(collector.put(url, json.dumps(content).encode(), {}))


def delete(collector: FakeCollector, number: int, authorization: str | None) -> tuple[int, str]:
    headers = {} if authorization is None else {"Authorization": authorization}
    return told(collector.delete(BASE + native.path("editor", f"{number:032x}"), headers))


def told(answer: Answer) -> tuple[int, str]:
    return answer.status, json.loads(answer.body)["code"]


def test_it_remembers_what_a_telemetry_sends(
    telemetry: MemoryTelemetry, collector: FakeCollector
) -> None:
    telemetry.count("file.opened", by=2)
    telemetry.set("system.os", "linux")
    deliveries = telemetry.flush(now=True)

    assert [delivery.answer for delivery in deliveries] == ["201 kept", "201 kept"]
    assert [json.loads(delivery.body) for delivery in deliveries] == collector.reports
    assert collector.entries("file.opened") == [
        {"metric": "file.opened", "day": "2026-11-18", "value": 2}
    ]
    assert collector.entries("theme.dark") == []
    assert [asked.method for asked in collector.requests] == ["PUT", "PUT"]
    assert collector.requests[0].url.startswith(f"{BASE}/reports/editor/")
    assert collector.requests[0].headers["content-encoding"] == "gzip"


def test_the_same_id_again_is_counted_once(registry: Registry, collector: FakeCollector) -> None:
    other = report(registry, entries=[{"metric": "system.os", "value": "linux"}])

    assert put(collector, report(registry)) == (201, "kept")
    assert put(collector, other) == (200, "repeated")
    assert len(collector.reports) == 1
    assert collector.entries("system.os") == []


def test_it_sets_aside_what_the_registry_does_not_allow(
    registry: Registry, collector: FakeCollector
) -> None:
    entries = [{"metric": "user.name", "value": "x"}, {"metric": "system.os", "value": "linux"}]

    assert put(collector, report(registry, entries=entries)) == (201, "kept")
    assert collector.set_aside == [("user.name", "unknown_metric")]
    assert collector.facts == [("system.os", "linux", None, 1)]


def test_it_refuses_what_a_real_one_refuses(registry: Registry, collector: FakeCollector) -> None:
    assert put(collector, report(registry, app="viewer")) == (404, "unknown_app")
    assert put(collector, report(registry, format=2)) == (400, "not_a_report")
    assert put(collector, report(registry, registry="0" * 64)) == (422, "unknown_registry")
    assert collector.reports == []


def test_it_takes_another_version_and_another_app_once_it_knows_them(
    registry: Registry, collector: FakeCollector
) -> None:
    collector.know(replace(registry, fingerprint="0" * 64))
    collector.know(replace(registry, app="viewer"))

    assert put(collector, report(registry, registry="0" * 64)) == (201, "kept")
    assert put(collector, report(registry, 2)) == (201, "kept")
    assert put(collector, report(registry, 3, app="viewer")) == (201, "kept")
    assert [known.app for known in collector.registries] == ["editor", "viewer"]


def test_without_a_clock_it_takes_any_period_and_with_one_it_does_not(
    registry: Registry, collector: FakeCollector
) -> None:
    dated = FakeCollector(registry, clock=SetClock())
    entries = [{"metric": "system.os", "value": "linux"}]
    early = report(registry, period="2020-W01", entries=entries)
    late = report(registry, 2, period="2040-W01", entries=entries)

    assert put(collector, early) == put(collector, late) == (201, "kept")
    assert put(dated, early) == (422, "period_too_old")
    assert put(dated, late) == (422, "period_in_future")


@pytest.mark.parametrize("path", ["", "/reports/editor", "/reports/editor/1/2", "/apps/editor/1"])
def test_another_address_is_none(collector: FakeCollector, path: str) -> None:
    assert told(collector.put(BASE + path, b"{}", {})) == (404, "no_such_address")


def test_it_opens_what_was_sealed_for_it(registry: Registry) -> None:
    address = CollectorAddress((BASE,), (HpkeOpener([KEY]).public_keys[0],))
    collector = FakeCollector(registry, private_keys=[KEY])
    telemetry = memory_telemetry(
        replace(registry, collector=address), transport=collector, mode="on"
    )
    telemetry.count("file.opened")
    telemetry.flush(now=True)

    assert [entry["value"] for entry in collector.entries("file.opened")] == [1]
    assert b"file.opened" not in collector.requests[0].body


def test_what_was_sealed_for_somebody_else_stays_sealed(registry: Registry) -> None:
    address = CollectorAddress((BASE,), (HpkeOpener([KEY]).public_keys[0],))
    telemetry = memory_telemetry(replace(registry, collector=address), mode="on")
    telemetry.count("file.opened")

    assert [delivery.answer for delivery in telemetry.flush(now=True)] == ["400 cannot_open"]


def test_without_the_extra_nothing_sealed_can_be_opened(
    collector: FakeCollector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "aboveboard.adapters.hpke", None)
    url = BASE + native.path("editor", "0" * 32)
    answer = collector.put(url, b"x" * 50, {"Content-Type": native.SEALED_TYPE})

    assert told(answer) == (400, "cannot_open")
    assert b"aboveboard[seal]" in answer.body


def test_it_answers_the_next_requests_as_it_was_told(
    telemetry: MemoryTelemetry, collector: FakeCollector
) -> None:
    collector.will_answer(503, "cannot_keep", retry_after=60)
    collector.will_answer(400, times=2)
    telemetry.count("file.opened")

    assert [delivery.answer for delivery in telemetry.flush(now=True)] == ["503 cannot_keep"]
    assert collector.requests[0].reply == Answer(503, b'{"code":"cannot_keep"}', 60)
    assert collector.reports == []
    assert collector.put("https://x.example", b"", {}).status == 400
    assert collector.put("https://x.example", b"", {}).status == 400
    assert collector.put("https://x.example", b"", {}).status == 404


def test_an_answer_may_be_replaced_on_its_way_although_the_report_is_kept(
    registry: Registry, collector: FakeCollector
) -> None:
    collector.will_answer(502, "bad_gateway", keeping=True)

    assert put(collector, report(registry)) == (502, "bad_gateway")
    assert put(collector, report(registry)) == (200, "repeated")


@pytest.mark.parametrize("keeping", [pytest.param(True, id="kept"), pytest.param(False, id="lost")])
@pytest.mark.parametrize("silence", list(Silence), ids=list(Silence))
def test_where_no_answer_comes_the_report_waits_and_is_counted_once(
    telemetry: MemoryTelemetry, collector: FakeCollector, silence: Silence, *, keeping: bool
) -> None:
    will = {
        Silence.HANG: collector.will_hang,
        Silence.DRIP: collector.will_drip,
        Silence.CLOSE: collector.will_close,
    }
    will[silence](keeping=keeping)
    telemetry.count("file.opened")
    (waits,) = telemetry.flush(now=True)

    assert (waits.fate, collector.requests[0].reply) == (Fate.WAITING, silence)
    assert waits.answer.startswith("not reached")
    assert len(collector.reports) == keeping

    put(collector, json.loads(waits.body))
    assert len(collector.reports) == 1
    assert collector.requests[-1].reply == Answer(*AGAIN[keeping])


AGAIN = {
    True: (200, b'{"code":"repeated","aside":0}'),
    False: (201, b'{"code":"kept","aside":0}'),
}


def test_a_report_is_taken_back_by_its_token(registry: Registry, collector: FakeCollector) -> None:
    put(collector, report(registry))
    put(collector, report(registry, 2))

    assert delete(collector, 1, f"Bearer {TOKEN}") == (200, "deleted")
    assert [kept["id"] for kept in collector.reports] == [f"{2:032x}"]
    assert collector.requests[-1].headers == {"authorization": f"Bearer {TOKEN}"}


NO_TOKENS = [None, "", TOKEN, f"Basic {TOKEN}", "Bearer ", "Bearer no-token", f"Bearer {TOKEN[2:]}"]


@pytest.mark.parametrize(
    ("shown", "answer"),
    [
        *((shown, (401, "no_token")) for shown in NO_TOKENS),
        (f"Bearer {'cd' * 32}", (403, "wrong_token")),
    ],
)
def test_no_other_token_takes_it_back(
    registry: Registry, collector: FakeCollector, shown: str | None, answer: tuple[int, str]
) -> None:
    put(collector, report(registry))

    assert delete(collector, 1, shown) == answer
    assert len(collector.reports) == 1


def test_a_report_without_a_token_cannot_be_taken_back(
    registry: Registry, collector: FakeCollector
) -> None:
    put(collector, report(registry, withdrawal=None))

    assert delete(collector, 1, f"Bearer {TOKEN}") == (403, "wrong_token")


def test_what_is_gone_stays_gone_and_the_same_request_is_answered_again(
    registry: Registry, collector: FakeCollector
) -> None:
    assert delete(collector, 1, f"Bearer {TOKEN}") == (404, "unknown_report")
    put(collector, report(registry))
    delete(collector, 1, f"Bearer {TOKEN}")

    assert delete(collector, 1, f"Bearer {TOKEN}") == (200, "deleted")
    assert delete(collector, 1, f"Bearer {'cd' * 32}") == (403, "wrong_token")
    assert put(collector, report(registry)) == (200, "repeated")
    assert collector.reports == []


def test_a_device_hears_which_questions_are_answered(
    telemetry: MemoryTelemetry, collector: FakeCollector
) -> None:
    collector.answered.add("theme.dark")
    telemetry.count("file.opened")
    telemetry.flush(now=True)

    assert isinstance(collector.requests[0].reply, Answer)
    assert json.loads(collector.requests[0].reply.body)["answered"] == ["theme.dark"]


def test_two_weeks_are_two_reports(registry: Registry) -> None:
    clock = SetClock()
    collector = FakeCollector(registry, clock=clock)
    telemetry = memory_telemetry(registry, clock, collector, mode="on")
    for _ in range(2):
        telemetry.count("file.opened")
        clock.move(timedelta(weeks=1))
        telemetry.flush()

    assert [kept["period"] for kept in collector.reports] == ["2026-W47", "2026-W48"]
