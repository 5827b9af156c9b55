from __future__ import annotations

from pathlib import Path

import pytest

from aboveboard.bootstrap.collector import collector
from aboveboard.errors import SetupError
from aboveboard.settings.collector import CollectorSettings
from aboveboard.testing import EXAMPLE_REGISTRY


def made(tmp_path: Path, drain: str, *lists: str) -> object:
    (tmp_path / "registry").mkdir()
    (tmp_path / "registry" / "editor.toml").write_bytes(EXAMPLE_REGISTRY)
    settings = CollectorSettings(
        data=tmp_path / "data", registry=tmp_path / "registry", drain=drain, drain_lists=lists
    )
    assert "secret" not in repr(settings)
    parts = collector(settings)
    parts.facts.close()
    parts.log.close()
    return parts.drain


def test_a_collector_drains_nothing_unless_it_is_told_to(tmp_path: Path) -> None:
    assert made(tmp_path, "", "reports") is None


def test_lists_may_name_their_wire_or_not(tmp_path: Path) -> None:
    url = "redis://:secret@localhost:6379/0"
    assert made(tmp_path, url, "reports", "a=b=native") is not None


@pytest.mark.parametrize("name", ["reports=klingon", "=native", "", "reports="])
def test_a_list_without_a_name_or_with_an_unknown_wire_is_refused(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(SetupError, match=r"wires: endless-2, .*, native"):
        made(tmp_path, "redis://localhost", name)


def test_a_queue_without_a_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="needs the name of a list"):
        made(tmp_path, "redis://localhost")


def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="redis://"):
        made(tmp_path, "localhost:6379", "reports")
