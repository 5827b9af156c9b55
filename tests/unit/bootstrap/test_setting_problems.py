from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest

from aboveboard.adapters.registry_files import read_file, shipped_folder
from aboveboard.bootstrap.collector import collector
from aboveboard.bootstrap.setting_problems import setting_problems
from aboveboard.errors import SettingsError
from aboveboard.registry.read import read
from aboveboard.settings.collector import NAMES, CollectorSettings
from aboveboard.testing import EXAMPLE_REGISTRY

EDITOR = read(EXAMPLE_REGISTRY)
APPS = {"editor": EDITOR}


@pytest.fixture
def usual(tmp_path: Path) -> CollectorSettings:
    return CollectorSettings(data=tmp_path / "data", registry=tmp_path)


@pytest.fixture
def wrong(usual: CollectorSettings) -> CollectorSettings:
    """Name what is not there in each setting that names anything, with most wires off."""
    return replace(
        usual,
        wires=("segment",),
        segment_keys=("K=nope",),
        otlp_keys=("K=nope",),
        sentry_keys=("K=nope",),
        sentry_code=("code=nope",),
        ga4_streams=("G-1:x=nope", "UA-1=nope"),
        backdrop_projects=("q=nope",),
        raw_quarantine=("nope",),
        endless_app="nope",
        country_file=Path("/no/such/file"),
        bulletins=Path("/no/such/folder"),
    )


def told(settings: CollectorSettings, **given: object) -> list[tuple[str, str]]:
    found = setting_problems(settings, APPS, **given)  # type: ignore[arg-type]
    return [(problem.place, problem.code) for problem in found]


def test_settings_that_name_nothing_are_well(usual: CollectorSettings) -> None:
    assert told(usual) == []
    assert told(replace(usual, segment_keys=("K=editor", "OLD=-"), sentry_code=("c=editor",))) == []


def test_everything_that_is_not_there_is_told_at_once(wrong: CollectorSettings) -> None:
    assert sorted(told(wrong)) == [
        ("backdrop_projects", "unknown_app"),
        ("bulletins", "no_folder"),
        ("country_file", "no_countries"),
        ("endless_app", "unknown_app"),
        ("ga4_streams", "unknown_app"),
        ("ga4_streams", "unknown_app"),
        ("otlp_keys", "unknown_app"),
        ("raw_quarantine", "unknown_app"),
        ("segment_keys", "unknown_app"),
        ("sentry_code", "unknown_app"),
        ("sentry_keys", "unknown_app"),
    ]
    assert all(problem.remedy for problem in setting_problems(wrong, APPS))


def test_without_registries_the_rest_is_told(wrong: CollectorSettings) -> None:
    found = {problem.place for problem in setting_problems(wrong, None)}
    assert found == {"bulletins", "country_file"}


def test_a_collector_does_not_start_with_them(wrong: CollectorSettings) -> None:
    (wrong.registry / "editor.toml").write_bytes(EXAMPLE_REGISTRY)
    with pytest.raises(SettingsError) as caught:
        collector(wrong)
    assert len(caught.value.problems) == 11
    assert {problem.place for problem in caught.value.problems} <= set(NAMES)
    assert not wrong.data.exists()


def test_the_usual_app_of_a_wire_need_not_be_there_unless_somebody_asks_for_it(
    usual: CollectorSettings,
) -> None:
    assert told(usual, given=()) == []
    assert told(usual, given=("endless_app",)) == [("endless_app", "unknown_app")]
    assert told(usual, given=("backdrop_projects",)) == [("backdrop_projects", "unknown_app")]


def test_a_project_without_a_metric_is_told(usual: CollectorSettings) -> None:
    assert told(replace(usual, backdrop_projects=("file=editor",))) == []
    settings = replace(usual, backdrop_projects=("nothing=editor",))
    assert told(settings) == [("backdrop_projects", "unknown_project")]


def test_values_wait_only_where_the_product_lets_them(usual: CollectorSettings) -> None:
    asked = replace(usual, raw_quarantine=("editor",))
    assert told(asked) == [("raw_quarantine", "not_allowed")]
    lets = {"editor": replace(EDITOR, raw_quarantine=True)}
    assert setting_problems(asked, lets) == []


def test_the_shipped_registry_of_endless_lets_them(usual: CollectorSettings) -> None:
    shipped = {"endless": read_file(shipped_folder() / "endless.toml")}
    assert setting_problems(replace(usual, raw_quarantine=("endless",)), shipped) == []


def test_files_that_are_there_are_well(usual: CollectorSettings, tmp_path: Path) -> None:
    pytest.importorskip("maxminddb")
    from tests import mmdb  # noqa: PLC0415 of no use without the package

    file = tmp_path / "countries.mmdb"
    file.write_bytes(mmdb.written({"198.51.100.7": {"country": {"iso_code": "DE"}}}))
    assert told(replace(usual, country_file=file, bulletins=tmp_path)) == []
    file.write_bytes(b"none")
    assert told(replace(usual, country_file=file)) == [("country_file", "no_countries")]


def test_each_notice_with_a_problem_is_told(usual: CollectorSettings, tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text("x = 1", encoding="utf-8")
    (tmp_path / "two.toml").write_text("x", encoding="utf-8")
    found = setting_problems(replace(usual, bulletins=tmp_path), APPS)
    assert {problem.place for problem in found} == {"bulletins"}
    assert found[0].text == "one.toml: x: a notice has no such key."
    assert found[-1].text == "two.toml: it cannot be read as TOML."


def test_a_queue_needs_a_list(usual: CollectorSettings) -> None:
    wrong = replace(usual, drain="redis://localhost", drain_lists=())
    assert told(wrong) == [("drain_lists", "missing")]


def test_records_of_endless_are_not_drained_to_be_dropped(usual: CollectorSettings) -> None:
    drained = replace(usual, drain="redis://localhost", drain_lists=("a", "b=endless-3"))
    assert told(drained) == [("endless_app", "unknown_app")]
    assert told(replace(drained, drain_lists=("a",))) == []


def test_a_library_that_is_missing_is_told(
    usual: CollectorSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = replace(usual, drain="redis://localhost", store="postgresql://localhost/x")
    assert told(asked) == []
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert told(asked) == [("store", "not_installed"), ("drain", "not_installed")]
