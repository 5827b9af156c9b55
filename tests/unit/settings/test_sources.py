from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aboveboard.errors import Problem, SettingsError
from aboveboard.settings.collector import NAMES, SETTINGS, CollectorSettings, default_of, kind_of
from aboveboard.settings.shown import rows
from aboveboard.settings.sources import effective

HOME = {"HOME": "/home/ana"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "collector.toml"


def _sources(found: list[tuple[str, str, str]]) -> dict[str, tuple[str, str]]:
    return {name: (value, source) for name, value, source in found}


def test_a_later_source_weighs_more(file: Path) -> None:
    file.write_text('registry = "r"\nport = 1\nraw_days = 2\nworkers = 3\n', encoding="utf-8")
    env = HOME | {"ABOVEBOARD_COLLECTOR_RAW_DAYS": "5", "ABOVEBOARD_COLLECTOR_WORKERS": "6"}
    found = effective({"workers": "7", "host": None}, file, env)
    told = _sources(rows(found))
    assert told["backup_days"] == ("30", "default")
    assert told["port"] == ("1", str(file))
    assert told["raw_days"] == ("5", "ABOVEBOARD_COLLECTOR_RAW_DAYS")
    assert told["workers"] == ("7", "--workers")
    assert found.settings() == CollectorSettings(
        data=found.settings().data, registry=file.parent / "r", port=1, raw_days=5, workers=7
    )


def test_what_is_wrong_is_usual_when_the_rest_is_looked_at(file: Path) -> None:
    file.write_text('port = "x"\nworkers = 2\nstrore = "x"\n', encoding="utf-8")
    found = effective({"raw_days": "5"}, file, HOME)
    settings = found.usable()
    assert (settings.port, settings.workers, settings.registry) == (8790, 2, Path())
    assert found.given == {"workers", "raw_days"}  # well


def test_a_problem_is_told_with_who_said_it() -> None:
    found = effective({"wires": "segment"}, environment=HOME)
    for place, text in (("wires", "it is (--wires)."), ("port", "it is."), ("other", "it is.")):
        assert found.sourced(Problem("x", place, "it is.", "")).text == text


def test_the_file_is_found_by_option_variable_or_place(tmp_path: Path) -> None:
    usual = tmp_path / "aboveboard" / "collector.toml"
    usual.parent.mkdir()
    usual.touch()
    named = tmp_path / "named.toml"
    named.touch()
    env = {"XDG_CONFIG_HOME": str(tmp_path)}
    assert effective(environment=env).file == usual
    assert effective(environment=env | {"ABOVEBOARD_COLLECTOR_CONFIG": str(named)}).file == named
    assert effective(file=named, environment=env).file == named
    assert effective(environment=HOME).file is None


def test_every_problem_of_every_source_is_told_at_once(file: Path) -> None:
    file.write_text('strore = "x"\nport = "many"\n', encoding="utf-8")
    env = {"ABOVEBOARD_COLLECTOR_WORKERS": "0", "ABOVEBOARD_COLLECTOR_QUITE_ELSE": "1"}
    with pytest.raises(SettingsError) as caught:
        effective({"metrics": "all"}, file, env).settings()
    told = [(problem.code, problem.place) for problem in caught.value.problems]
    assert told == [
        ("missing", "registry"),
        ("unknown_setting", "strore"),
        ("unknown_setting", "quite_else"),
        ("wrong_value", "port"),
        ("wrong_value", "workers"),
        ("wrong_value", "metrics"),
    ]
    assert "Did you mean store?" in caught.value.problems[1].remedy
    assert "lists all settings" in caught.value.problems[2].remedy


def test_a_command_that_needs_no_registry_asks_for_none() -> None:
    assert effective(environment=HOME).settings(without_registry=True).registry == Path()


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        pytest.param(None, "no_file", "cannot be read: No such file", id="no-file"),
        pytest.param(b"password = horse", "no_toml", "at line 1, column 12", id="no-toml"),
        pytest.param(b"\xff", "no_toml", "not UTF-8", id="no-text"),
        pytest.param(b"x = " + b"[" * 5000, "no_toml", "is no TOML", id="endless-depth"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_without_its_content(
    file: Path, body: bytes | None, code: str, words: str
) -> None:
    if body is not None:
        file.write_bytes(body)
    [problem] = effective(file=file, environment=HOME).problems
    assert (problem.code, problem.place) == (code, "config")
    assert words in problem.text
    assert "horse" not in str(problem)


@given(st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_file_breaks_the_reading(file: Path, body: bytes) -> None:
    file.write_bytes(body)
    assert set(effective(file=file, environment=HOME).values) == set(NAMES)


def test_no_secret_of_any_source_is_told(file: Path) -> None:
    store = "postgresql://ana:horse@db/facts?sslpassword=horse"
    file.write_text(f'store = "{store}"\n', encoding="utf-8")
    env = {"ABOVEBOARD_COLLECTOR_STORE": "mysql://ana:horse@db/facts"}
    found = effective({"store": store}, file, env | HOME)
    assert _sources(rows(found))["store"] == ("postgresql://ana:***@db/facts?***", "--store")
    assert "horse" not in str(found.problems)
    assert len(found.problems) == 1


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_default_is_of_its_kind(setting: object) -> None:
    [each] = [each for each in fields(CollectorSettings) if each is setting]
    kind = kind_of(each)
    if each.name not in {"data", "registry", "backup_folder", "bulletins", "country_file"}:
        assert kind.read(default_of(each), Path()) == default_of(each)
