"""The example that reduces a configuration of 60 settings."""

from __future__ import annotations

import re
import runpy
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from aboveboard.adapters.registry_files import read_file
from aboveboard.model.metric import Kind, Reducer
from aboveboard.registry.checks import check
from aboveboard.registry.names import VERSION
from aboveboard.testing import strict

HERE = Path(__file__).parents[2] / "examples" / "configuration"
PROGRAM = runpy.run_path(str(HERE / "report.py"))
SETTINGS: dict[str, Any] = PROGRAM["load"](HERE / "parley.toml")
DEFAULTS: dict[str, Any] = PROGRAM["load"](HERE / "defaults.toml")
REGISTRY = read_file(HERE / "registry.toml")


@pytest.fixture(autouse=True)
def _strict() -> Iterator[None]:
    """Let errors out: a telemetry that holds one back only says less, and nobody knows why."""
    with strict():
        yield


def keys(table: dict[str, Any], before: str = "") -> Iterator[str]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from keys(value, f"{before}{key}.")
        else:
            yield f"{before}{key}"


def texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from texts(inner)
        case list():
            for inner in value:
                yield from texts(inner)
        case _:
            pass


def closed_words() -> set[str]:
    metrics = REGISTRY.metrics.values()
    return {word for metric in metrics for words in metric.lists.values() for word in words}


def test_the_registry_has_no_problem() -> None:
    assert check(REGISTRY, date(2026, 11, 25)) == []


def test_each_of_the_sixty_settings_is_reduced_or_never_looked_at() -> None:
    reduced = {metric.source for metric in REGISTRY.metrics.values()}
    named = [*reduced, *PROGRAM["NOT_REPORTED"]]
    assert len(named) == 60
    assert sorted(named) == sorted(keys(SETTINGS)) == sorted(keys(DEFAULTS))


def test_every_reducer_is_shown() -> None:
    metrics = REGISTRY.metrics.values()
    assert {metric.reducer for metric in metrics} == set(Reducer)
    assert Kind.NAMES in {metric.kind for metric in metrics}


def test_every_setting_gives_a_value() -> None:
    for settings in (SETTINGS, DEFAULTS, {}):
        said = PROGRAM["reported"](settings, DEFAULTS)
        assert set(said) == set(REGISTRY.metrics)


def test_no_text_of_the_configuration_is_reported_but_words_of_closed_lists() -> None:
    said = PROGRAM["reported"](SETTINGS, DEFAULTS)
    told = set(texts(said))
    assert told - closed_words() == {"5.2"}
    assert VERSION.fullmatch("5.2")
    written = set(texts(SETTINGS)) - closed_words()
    assert len(written) > 40
    assert not [text for text in written if text in repr(list(said.values()))]


def test_a_changed_setting_is_told_without_its_text() -> None:
    before = PROGRAM["reported"]({}, DEFAULTS)
    after = PROGRAM["reported"]({"mail": {"footer": "hunter2"}}, DEFAULTS)
    changed = {name: value for name, value in after.items() if value != before[name]}
    assert changed == {"mail.footer_unchanged": False}


def test_the_readme_shows_what_the_program_shows() -> None:
    page = (HERE / "README.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^```\n(Would be.*?)^```$", page, re.MULTILINE | re.DOTALL)
    lines = [line for line in shown.splitlines() if "…" not in line]
    assert set(lines) <= set(PROGRAM["lines"](SETTINGS, DEFAULTS))


@pytest.mark.parametrize("arguments", [[], [str(HERE / "defaults.toml")]], ids=["usual", "file"])
def test_the_program_shows_what_would_be_reported(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["report.py", *arguments])
    runpy.run_path(str(HERE / "report.py"), run_name="__main__")
    out = capsys.readouterr().out
    assert all(f"  {name} " in out for name in REGISTRY.metrics)
    assert all(f"  {name} " in out for name in PROGRAM["NOT_REPORTED"])
    assert "okonkwo" not in out.lower()
