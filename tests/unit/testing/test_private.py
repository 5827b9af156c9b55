from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import pytest

import aboveboard
from aboveboard.adapters.memory import MemoryTransport
from aboveboard.model.registry import Registry
from aboveboard.ports.device import Answer
from aboveboard.testing import (
    FakeCollector,
    assert_nothing_private,
    instead,
    memory_telemetry,
)
from aboveboard.wires import native

PRIVATE = "Ana Müller <ana@example.org>"
PLACE = f"https://collector.example{native.path('editor', '0' * 32)}"


def leaky(registry: Registry, secret: str) -> FakeCollector:
    """Give a collector to which somebody's own program has sent what it must not."""
    collector = FakeCollector(registry)
    entries = [{"metric": "system.os", "value": secret}]
    collector.put(PLACE, native.compress(json.dumps({"entries": entries}).encode()), {})
    return collector


def test_what_a_device_reduces_is_found_nowhere(file: bytes, tmp_path: Path) -> None:
    with aboveboard.open("editor", registry=file, home=tmp_path) as telemetry:
        telemetry.choose("on")
        telemetry.set("system.os", PRIVATE)
        telemetry.set("app.version", PRIVATE)
        telemetry.count("menu.used", label=PRIVATE)
        telemetry.event("file.saved", how=PRIVATE, ok=PRIVATE)
        telemetry.names("system.fonts", [PRIVATE])
        telemetry.count(PRIVATE)

        assert_nothing_private(telemetry, PRIVATE, "ana@example.org", files=tmp_path)


SPELLINGS = [
    pytest.param(PRIVATE, "", id="plain"),
    pytest.param(PRIVATE.upper(), "", id="in-another-case"),
    pytest.param(base64.b64encode(PRIVATE.encode()).decode(), ", in base64", id="base64"),
    pytest.param(PRIVATE.encode().hex(), ", in hexadecimal", id="hexadecimal"),
    pytest.param(hashlib.sha256(PRIVATE.encode()).hexdigest(), ", as its sha256", id="sha256"),
    pytest.param(
        "Ana%20M%C3%BCller%20%3Cana%40example.org%3E", ", escaped for an address", id="url"
    ),
]


@pytest.mark.parametrize(("spelling", "how"), SPELLINGS)
def test_it_is_found_however_it_is_spelt(tmp_path: Path, spelling: str, how: str) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "state").write_text(f"before {spelling} after", encoding="utf-8")
    with pytest.raises(AssertionError) as caught:
        assert_nothing_private(memory_telemetry(), "other", PRIVATE, files=tmp_path)

    head, line = str(caught.value).splitlines()
    assert head == "something private was found"
    assert line.startswith(f"  {PRIVATE!r} stands in the file state{how}: …before ")


def test_it_is_found_escaped_in_a_compressed_request(registry: Registry) -> None:
    with pytest.raises(AssertionError, match="stands in a request, escaped"):
        assert_nothing_private(leaky(registry, PRIVATE), PRIVATE)


def test_it_is_found_in_the_name_of_a_file(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "ana@example.org").mkdir()
    with pytest.raises(AssertionError, match=r"stands in the name of a file: …ana@example\.org…"):
        assert_nothing_private(memory_telemetry(registry), "ana@example.org", files=str(tmp_path))


def test_it_is_found_in_what_a_sealed_report_held(registry: Registry) -> None:
    collector = FakeCollector(registry)
    content = {
        "format": 1,
        "id": "0" * 32,
        "app": "editor",
        "period": "2026-W47",
        "registry": registry.fingerprint,
        "entries": [{"metric": "system.os", "value": PRIVATE}],
    }
    assert collector.put(PLACE, json.dumps(content).encode(), {}).status == 201

    with pytest.raises(AssertionError, match="stands in a report: …"):
        assert_nothing_private(collector, PRIVATE)


def test_it_is_found_in_the_head_of_a_request(registry: Registry) -> None:
    collector = FakeCollector(registry)
    collector.put(f"{PLACE}?who=ana", b"{}", {"Cookie": "someone"})

    for secret in ("who=ana", "cookie: someone"):
        with pytest.raises(AssertionError, match="stands in the head of a request"):
            assert_nothing_private(collector, secret)


@pytest.mark.parametrize("found", ["the local copy", "the preview", "the journal"])
def test_it_is_found_in_what_is_shown(registry: Registry, found: str) -> None:
    telemetry = memory_telemetry(registry, mode="on")
    telemetry.set("system.os", "linux")
    if found == "the journal":
        telemetry.flush(now=True)

    with pytest.raises(AssertionError, match=f"'linux' stands in {found}: "):
        assert_nothing_private(telemetry, "linux")


def test_it_is_found_in_what_a_telemetry_in_memory_has_sent(registry: Registry) -> None:
    for transport in (FakeCollector(registry), MemoryTransport(lambda *_: Answer(201, b"{}"))):
        telemetry = memory_telemetry(registry, transport=transport, mode="on")
        telemetry.count("file.opened")
        telemetry.flush(now=True)

        with pytest.raises(AssertionError, match="stands in a request: "):
            assert_nothing_private(telemetry, '"file.opened"')


def test_it_is_found_in_everything_that_was_opened(file: bytes) -> None:
    with instead(mode="on") as opened, aboveboard.open("editor", registry=file) as telemetry:
        telemetry.set("system.os", "linux")
        telemetry.flush(now=True)

    assert_nothing_private(opened, PRIVATE)
    with pytest.raises(AssertionError, match="stands in the journal") as caught:
        assert_nothing_private(opened, "linux")
    assert "stands in a request" in str(caught.value)


@pytest.mark.parametrize("secrets", [(), ("",), ("ana", "  ")])
def test_an_empty_secret_is_an_error(secrets: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="name the texts"):
        assert_nothing_private(memory_telemetry(), *secrets)
