from __future__ import annotations

from pathlib import Path

import pytest

from aboveboard.bootstrap.ready import ready
from aboveboard.errors import RegistryError, SettingsError
from aboveboard.settings.collector import WIRES
from aboveboard.settings.sources import Effective, effective
from aboveboard.testing import EXAMPLE_REGISTRY


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "editor.toml").write_bytes(EXAMPLE_REGISTRY)
    return tmp_path


def found(folder: Path, **options: str) -> Effective:
    given = {"registry": str(folder), **options}
    return effective(given, environment={"HOME": str(folder)})


def problems(said: Effective) -> list[tuple[str, str]]:
    with pytest.raises(SettingsError) as caught:
        ready(said)
    return [(problem.place, problem.code) for problem in caught.value.problems]


def test_settings_that_are_well_come_with_their_registries(folder: Path) -> None:
    settings, served = ready(found(folder, segment_keys="K=editor"))
    assert settings.segment_keys == ("K=editor",)
    assert list(served) == ["editor"]


def test_what_no_setting_may_be_and_what_is_not_there_is_told_together_with_its_source(
    folder: Path,
) -> None:
    said = found(folder, port="x", wires="foo", segment_keys="K=nope", otlp_keys="K")
    with pytest.raises(SettingsError) as caught:
        ready(said)
    assert [str(problem).partition(" [")[0] for problem in caught.value.problems] == [
        "port: port must be a whole number, not 'x' (--port).",
        f"wires: wires holds 'foo'; there are {', '.join(WIRES)} (--wires).",
        "otlp_keys: otlp_keys must hold keys, each KEY=APP, unlike entry 1 (--otlp-keys).",
        "segment_keys: entry 1 of segment_keys names an app that has no registry (--segment-keys).",
    ]


def test_an_app_that_is_the_usual_one_is_told_if_somebody_gave_it(folder: Path) -> None:
    assert problems(found(folder, endless_app="endless")) == [("endless_app", "unknown_app")]


def test_without_a_registry_the_remedy_says_how_to_get_one(tmp_path: Path) -> None:
    said = found(tmp_path, country_file="/no/such/file")
    with pytest.raises(SettingsError, match="registry shipped --copy registry"):
        ready(said)
    assert problems(said) == [("registry", "no_registry"), ("country_file", "no_countries")]
    nothing = effective({"bulletins": "/none"}, environment={"HOME": str(tmp_path)})
    assert problems(nothing) == [("registry", "missing"), ("bulletins", "no_folder")]


def test_registries_that_cannot_stand_together_are_told(folder: Path) -> None:
    (folder / "second.toml").write_bytes(EXAMPLE_REGISTRY)
    with pytest.raises(SettingsError, match=r"both name the app editor .*registry check"):
        ready(found(folder))


def test_a_registry_file_with_problems_is_told_alone_or_behind_those_of_the_settings(
    tmp_path: Path,
) -> None:
    (tmp_path / "bad.toml").write_bytes(EXAMPLE_REGISTRY + b"[odd]")
    with pytest.raises(RegistryError) as caught:
        ready(found(tmp_path))
    [problem] = caught.value.problems
    said = found(tmp_path, country_file="/no/such/file")
    assert problems(said) == [
        ("country_file", "no_countries"),
        (f"bad.toml: {problem.place}", problem.code),
    ]
