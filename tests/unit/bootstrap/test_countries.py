from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from aboveboard.bootstrap.countries import countries
from aboveboard.collector.country import METRIC
from aboveboard.errors import SetupError
from aboveboard.registry.read import read
from aboveboard.settings.collector import CollectorSettings
from aboveboard.testing import EXAMPLE_REGISTRY

PLAIN = read(EXAMPLE_REGISTRY)
ASKS = replace(PLAIN, metrics={METRIC: next(iter(PLAIN.metrics.values()))})


def test_without_a_file_or_a_metric_nothing_is_looked_up(tmp_path: Path) -> None:
    settings = CollectorSettings(registry=tmp_path, data=tmp_path)
    nowhere = replace(settings, country_file=tmp_path / "none")
    assert countries(settings, {"editor": ASKS}) is None
    assert countries(nowhere, {"editor": PLAIN}) is None
    with pytest.raises(SetupError):
        countries(nowhere, {"editor": ASKS})


def test_products_that_ask_are_looked_up(tmp_path: Path) -> None:
    pytest.importorskip("maxminddb")
    from tests import mmdb  # noqa: PLC0415 of no use without the package

    file = tmp_path / "countries.mmdb"
    file.write_bytes(mmdb.written({"198.51.100.7": {"country": {"iso_code": "DE"}}}))
    settings = CollectorSettings(registry=tmp_path, data=tmp_path, country_file=file)
    found = countries(settings, {"editor": ASKS, "viewer": PLAIN})
    assert found is not None
    assert found.apps == {"editor"}
    assert found.name(bytes([198, 51, 100, 7])) == "DE"
