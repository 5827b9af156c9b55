from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from aboveboard.adapters.hpke import HpkeSealer
from aboveboard.adapters.system import SystemClock
from aboveboard.bootstrap.collector import Collector, collector
from aboveboard.collector.receive import Request
from aboveboard.errors import FactsError, RegistryError, SetupError
from aboveboard.model.period import Week
from aboveboard.model.verdict import Kept, Reason, Refused
from aboveboard.ports.collector import LogPosition
from aboveboard.registry.read import read
from aboveboard.settings.collector import CollectorSettings
from aboveboard.testing import EXAMPLE_REGISTRY
from aboveboard.wires import native

ID = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def settings(tmp_path: Path) -> CollectorSettings:
    (tmp_path / "registry").mkdir()
    (tmp_path / "registry" / "editor.toml").write_bytes(EXAMPLE_REGISTRY)
    return CollectorSettings(data=tmp_path / "data", registry=tmp_path / "registry")


@contextmanager
def running(settings: CollectorSettings) -> Iterator[Collector]:
    parts = collector(settings)
    try:
        yield parts
    finally:
        parts.facts.close()
        parts.log.close()


def today() -> date:
    return SystemClock().now().date()


def report(week: Week) -> bytes:
    content = {
        "format": 1,
        "id": ID,
        "app": "editor",
        "period": str(week),
        "registry": read(EXAMPLE_REGISTRY).fingerprint,
        "entries": [{"metric": "file.opened", "day": week.first.isoformat(), "value": 3}],
    }
    return json.dumps(content).encode()


def put(parts: Collector, request: Request) -> Kept | Refused:
    return asyncio.run(parts.acceptor.accept(request))


def test_a_report_goes_through_all_parts_to_its_number(settings: CollectorSettings) -> None:
    with running(settings) as parts:
        request = Request("editor", ID, report(Week.of(today())))
        assert put(parts, request) == Kept(repeated=False)
        assert parts.follower.step()
        assert [(registry.app, reports) for registry, reports in parts.publisher.apps()] == [
            ("editor", 1)
        ]
        assert parts.facts.totals("editor")[0].count == 3


def test_a_report_sealed_for_the_key_that_is_handed_out_is_opened(
    settings: CollectorSettings,
) -> None:
    with running(settings) as parts:
        public = parts.public_keys[0]
        info = native.seal_info("editor", ID)
        plain = native.sealed_plain(report(Week.of(today())))
        body = native.sealed_body(public, HpkeSealer().seal(plain, public, info))
        assert put(parts, Request("editor", ID, body, native.SEALED_TYPE)) == Kept(repeated=False)


def test_a_report_is_known_again_after_a_restart_and_the_key_is_the_same(
    settings: CollectorSettings,
) -> None:
    request = Request("editor", ID, report(Week.of(today())))
    with running(settings) as parts:
        keys = parts.public_keys
        assert put(parts, request) == Kept(repeated=False)
    with running(settings) as parts:
        assert parts.public_keys == keys
        assert put(parts, request) == Kept(repeated=True)
        assert len(parts.log.read(LogPosition(), 10_000).records) == 1


def test_what_was_acknowledged_but_not_loaded_is_loaded_after_a_restart(
    settings: CollectorSettings,
) -> None:
    with running(settings) as parts:
        put(parts, Request("editor", ID, report(Week.of(today()))))
    with running(settings) as parts:
        assert parts.facts.apps() == {}
        assert parts.follower.step()
        assert parts.facts.apps() == {"editor": 1}


def test_the_settings_limits_hold(settings: CollectorSettings) -> None:
    small = CollectorSettings(
        data=settings.data,
        registry=settings.registry,
        largest_body=1024,
        largest_inflated=1024,
        oldest_weeks=1,
    )
    with running(small) as parts:
        large = put(parts, Request("editor", ID, b" " * 1025))
        assert isinstance(large, Refused)
        assert large.reason is Reason.TOO_LARGE
        old = put(parts, Request("editor", ID, report(Week.of(today().replace(year=2020, day=1)))))
        assert isinstance(old, Refused)
        assert old.reason is Reason.PERIOD_TOO_OLD


def test_a_folder_without_a_registry_is_a_setup_error(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="there is no registry file"):
        collector(CollectorSettings(data=tmp_path / "data", registry=tmp_path))


def test_a_registry_with_problems_is_a_registry_error(settings: CollectorSettings) -> None:
    (settings.registry / "editor.toml").write_bytes(b"format = 2")
    with pytest.raises(RegistryError):
        collector(settings)


def test_tables_that_cannot_be_opened_are_a_facts_error(settings: CollectorSettings) -> None:
    settings.data.mkdir()
    (settings.data / "facts").write_bytes(b"")
    with pytest.raises(FactsError):
        collector(settings)


def test_a_key_file_that_holds_no_key_is_a_setup_error(settings: CollectorSettings) -> None:
    (settings.data / "keys").mkdir(parents=True)
    (settings.data / "keys" / "0001.x25519").write_bytes(b"")
    with pytest.raises(SetupError):
        collector(settings)
