from __future__ import annotations

from dataclasses import replace

from aboveboard.model.registry import CollectorAddress
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY, with_collector


def test_only_the_collector_is_another(file: bytes) -> None:
    before, after = read(file), read(with_collector(file, "http://127.0.0.1:8790"))

    assert after.collector == CollectorAddress(("http://127.0.0.1:8790",))
    assert after.fingerprint == before.fingerprint
    assert replace(after, collector=before.collector, parts=before.parts) == before


def test_a_collector_may_be_given_to_a_file_that_names_none() -> None:
    collector = read(
        with_collector(EXAMPLE_REGISTRY, "https://a.example", bytes(range(32)))
    ).collector

    assert collector == CollectorAddress(("https://a.example",), (bytes(range(32)),))
