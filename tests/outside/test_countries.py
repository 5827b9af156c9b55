"""A real collector with a file of countries: what it publishes, and that it keeps no address."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.outside.conftest import ABOUT, FILE

from tests import mmdb

if TYPE_CHECKING:
    from pathlib import Path

    from tests.outside.conftest import Serve

SENDERS = {"198.51.100.7": "7", "198.51.100.8": "8", "203.0.113.9": "9", "192.0.2.1": "1"}
COUNTRY = f"""
[metric."sender.country"]
kind = "choice"
title = "Countries"
choices = ["DE", "FR", "europe"]
{ABOUT}
"""


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("registry")
    (folder / "editor.toml").write_text(FILE + COUNTRY, encoding="utf-8")
    return folder


def test_senders_come_from_large_countries_and_from_continents(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("maxminddb")
    europe = {"code": "EU"}
    known: dict[str, mmdb.Known] = {
        "198.51.100.0/24": {"country": {"iso_code": "DE"}, "continent": europe},
        "203.0.113.0/24": {"country": {"iso_code": "LI"}, "continent": europe},
    }
    file = tmp_path / "countries.mmdb"
    file.write_bytes(mmdb.written(known))
    monkeypatch.setenv("ABOVEBOARD_COLLECTOR_COUNTRY_FILE", str(file))
    monkeypatch.setenv("ABOVEBOARD_COLLECTOR_TRUSTED_PROXIES", "127.0.0.1")
    monkeypatch.setenv("ABOVEBOARD_COLLECTOR_GA4_STREAMS", "G-1:s=editor")
    collector = serve()
    for address, who in SENDERS.items():
        event = {"name": "system", "params": {"os": "linux"}}
        body = json.dumps({"client_id": who, "events": [event]}).encode()
        path = "/mp/collect?api_secret=s&measurement_id=G-1"
        for _ in range(2):
            answer = collector.ask("POST", path, body, {"X-Forwarded-For": address})
            assert answer.status == 204
    numbers = {each["metric"]: each["weeks"] for each in collector.numbers()["metrics"]}
    [week] = numbers["sender.country"]
    groups = {group["value"]: (group["count"], group["n"]) for group in week["groups"]}
    assert groups == {"DE": (2, 2), "europe": (1, 1)}
    [week] = numbers["system.os"]
    assert week["n"] == len(SENDERS)
    collector.running.leave()
    kept = b"".join(each.read_bytes() for each in collector.data.rglob("*") if each.is_file())
    assert not [address for address in SENDERS if address.encode() in kept]
