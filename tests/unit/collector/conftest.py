"""What the tests of steps 7 to 9 share: a registry of every kind, and reports for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from aboveboard.adapters.hpke import HpkeOpener, HpkeSealer, new_private_key
from aboveboard.collector.receive import Request
from aboveboard.model.registry import Registry
from aboveboard.registry.read import read
from aboveboard.wires import native

ID = "0123456789abcdef0123456789abcdef"
HEAD = """
format = 1
[product]
id = "editor"
title = "Editor"
homepage = "https://editor.example"
contact = "The maintainers"
policy = "https://editor.example/privacy"
[product.levels]
usage = "What is used."
"""
METRIC = """
[metric."{name}"]
kind = "{kind}"
title = "A title"
question = "A question?"
decision = "A decision."
owner = "Release manager"
review = "https://editor.example/reviews/1"
approved = {{ on = 2026-01-15, by = "The council", where = "https://editor.example/1" }}
expires = {expires}
level = "usage"
{bounds}
"""
NEVER = '{ never = "It is the base for the rest." }'
METRICS = [
    ("file.opened", "counter", NEVER, "largest = 1000"),
    ("old.button", "counter", "2026-11-17", ""),
    ("dark.mode", "flag", NEVER, ""),
    ("old.flag", "flag", "2026-11-15", ""),
    ("system.os", "choice", NEVER, 'choices = ["linux", "macos"]'),
    ("app.version", "version", NEVER, "precision = 2"),
    ("start.duration", "timing", NEVER, "buckets = [0, 100, 1000]"),
    ("app.broke", "error", NEVER, ""),
    ("app.failed", "error", NEVER, 'message_level = "usage"'),
]


@pytest.fixture(scope="session")
def registry() -> Registry:
    metrics = (
        METRIC.format(name=name, kind=kind, expires=expires, bounds=bounds)
        for name, kind, expires, bounds in METRICS
    )
    return read((HEAD + "".join(metrics)).encode())


@pytest.fixture(scope="session")
def opener() -> HpkeOpener:
    return HpkeOpener([new_private_key(), new_private_key()])


@pytest.fixture(scope="session")
def write() -> Callable[..., bytes]:
    """Give a writer of reports: some entries, and what differs from a usual report."""

    def written(*entries: dict[str, Any], **changes: object) -> bytes:
        content = {
            "format": 1,
            "id": ID,
            "app": "editor",
            "period": "2026-W47",
            "registry": "f" * 64,
            "entries": entries or [{"metric": "dark.mode", "value": True}],
        }
        return json.dumps(content | changes).encode()

    return written


@pytest.fixture(scope="session")
def sealed(opener: HpkeOpener) -> Callable[..., Request]:
    """Give a sealer of plain texts for the newest or another key."""

    def seal(plain: bytes, app: str = "editor", report_id: str = ID, key: int = 0) -> Request:
        public = opener.public_keys[key]
        parcel = HpkeSealer().seal(plain, public, native.seal_info(app, report_id))
        return Request(app, report_id, native.sealed_body(public, parcel), native.SEALED_TYPE)

    return seal
