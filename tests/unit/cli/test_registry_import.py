from __future__ import annotations

import contextlib
import json
import sys
from datetime import date
from pathlib import Path
from typing import TypeAlias

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aboveboard.adapters.registry_files import read_file
from aboveboard.cli.registry_check import check_file
from aboveboard.cli.registry_import import MOST_BYTES, OF_TEXT, OF_YAML, import_
from aboveboard.errors import AboveboardError, RegistryError, SetupError
from aboveboard.registry.read import read

Printed: TypeAlias = "pytest.CaptureFixture[str]"

GLEAN = """\
---
$schema: moz://mozilla.org/schemas/glean/metrics/2-0-0

bookmarks:
  made: &defaults
    type: counter
    description: |
      Bookmarks that were made.
    bugs: [https://bugs.browser.example/show/17]
    data_reviews: [https://bugs.browser.example/show/17#c4]
    notification_emails: [bookmarks@browser.example]
    expires: 2028-06-30
    data_sensitivity: [interaction]
  profile:
    <<: *defaults
    type: uuid
"""
GITLAB = """\
key_path: counts.kanban_boards
description: Boards that projects have
product_group: project_management
value_type: number
time_frame: all
milestone: 13.10
"""
BACKDROP = json.dumps(
    {
        "multisite": {"label": "Several sites in one", "project": "backdrop"},
        "webform_mail": {"label": "Mails", "description": "Yes or no.", "project": "webform"},
    }
)
ABOUT = ("--product-id", "product", "--title", "A product")


def _import(source: str, *words: str) -> None:
    import_.main([source, *words, *ABOUT], prog_name="import", standalone_mode=False)


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    path = tmp_path / "metrics.yaml"
    path.write_text(GLEAN, encoding="utf-8")
    return path


def test_a_file_is_written_and_what_is_left_is_told(
    catalogue: Path, tmp_path: Path, capsys: Printed
) -> None:
    out = tmp_path / "new" / "browser.toml"
    _import("glean", str(catalogue), "--out", str(out), "--contact", "The forum")
    assert capsys.readouterr().out.splitlines() == [
        f"{out.as_posix()}: 1 metric, proposed; nothing is measured until it is approved.",
        "Only people can write (4):",
        "  product.homepage: write where the product lives.",
        "  product.policy: write where its privacy policy can be read.",
        "  metric.bookmarks.made.question: write the question that it answers.",
        "  metric.bookmarks.made.decision: write what will be decided with the answer.",
        "Left out (1):",
        "  bookmarks.profile: it is an identity: it makes every report recognizable for ever",
    ]
    assert "# Bookmarks that were made.\n" in out.read_text(encoding="utf-8")
    assert list(read_file(out).metrics) == ["bookmarks.made"]
    assert {found.problem.place for found in check_file(out, date(2026, 11, 21))} == {
        "product.homepage",
        "product.policy",
        "metric.bookmarks.made.question",
        "metric.bookmarks.made.decision",
    }


def test_without_a_file_the_registry_is_printed_and_the_rest_goes_to_the_errors(
    catalogue: Path, capsys: Printed
) -> None:
    _import("glean", str(catalogue))
    printed = capsys.readouterr()
    assert list(read(printed.out.encode()).metrics) == ["bookmarks.made"]
    assert printed.err.startswith("product: 1 metric, proposed;")


def test_several_files_become_one(tmp_path: Path, capsys: Printed) -> None:
    files = []
    for name in ("boards", "lists"):
        path = tmp_path / f"{name}.yml"
        path.write_text(GITLAB.replace("kanban_boards", name), encoding="utf-8")
        files.append(str(path))
    _import("gitlab", *files)
    printed = capsys.readouterr()
    assert list(read(printed.out.encode()).metrics) == ["counts.boards", "counts.lists"]
    assert 'since = "13.10"' in printed.out
    assert printed.err.startswith("product: 2 metrics, all proposed;")


def test_plug_ins_get_files_of_their_own(tmp_path: Path, capsys: Printed) -> None:
    path, out = tmp_path / "info.json", tmp_path / "backdrop.toml"
    path.write_text(BACKDROP, encoding="utf-8")
    with pytest.raises(SetupError, match="say with --out where to write them"):
        _import("backdrop", str(path))
    _import("backdrop", str(path), "--out", str(out))
    assert "4 metrics" in capsys.readouterr().out
    registry = read_file(out)
    assert [plugin.id for plugin in registry.plugins] == ["webform"]
    assert "webform.mail" in registry.metrics


def test_a_file_that_is_there_stays(catalogue: Path, tmp_path: Path) -> None:
    out = tmp_path / "browser.toml"
    out.write_text("mine", encoding="utf-8")
    with pytest.raises(SetupError, match="is there already"):
        _import("glean", str(catalogue), "--out", str(out))
    assert out.read_text(encoding="utf-8") == "mine"


def test_nothing_is_written_if_a_plug_in_s_file_is_there(tmp_path: Path) -> None:
    path, out = tmp_path / "info.json", tmp_path / "backdrop.toml"
    path.write_text(BACKDROP, encoding="utf-8")
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "webform.toml").write_text("mine", encoding="utf-8")
    with pytest.raises(SetupError, match="is there already"):
        _import("backdrop", str(path), "--out", str(out))
    assert not out.exists()


def test_a_place_that_cannot_be_written_is_told(catalogue: Path) -> None:
    with pytest.raises(SetupError, match="cannot be written"):
        _import("glean", str(catalogue), "--out", str(catalogue / "below" / "x.toml"))


def test_a_catalogue_without_a_metric_writes_nothing_and_says_why(
    tmp_path: Path, capsys: Printed
) -> None:
    path, out = tmp_path / "events.json", tmp_path / "x.toml"
    path.write_text('[{"name": "NetworkId", "kind": "singular"}]', encoding="utf-8")
    with pytest.raises(SetupError, match="nothing in it became a metric"):
        _import("endless", str(path), "--out", str(out))
    assert not out.exists()
    assert "  NetworkId: it is an identity:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(b"a: [", "not_yaml", id="no-yaml"),
        pytest.param(b"- a", "wrong_shape", id="a-list"),
        pytest.param(b"", "wrong_shape", id="empty"),
        pytest.param(b"\xff", "not_utf8", id="no-text"),
        pytest.param(b"#" * (MOST_BYTES + 1), "too_large", id="large"),
    ],
)
def test_what_is_no_catalogue_has_a_code(tmp_path: Path, body: bytes, code: str) -> None:
    path = tmp_path / "metrics.yaml"
    path.write_bytes(body)
    with pytest.raises(RegistryError, match=rf"\[{code}\]"):
        _import("glean", str(path))


def test_a_mark_of_the_byte_order_is_no_part_of_the_text(catalogue: Path, capsys: Printed) -> None:
    catalogue.write_bytes(b"\xef\xbb\xbf" + catalogue.read_bytes())
    _import("glean", str(catalogue))
    assert "bookmarks.made" in capsys.readouterr().out


@pytest.mark.parametrize("path", ["nowhere.yaml", "."])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, path: str) -> None:
    with pytest.raises(SetupError, match="cannot be read"):
        _import("glean", f"{tmp_path}/{path}")


def test_without_pyyaml_it_says_what_to_install(
    catalogue: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "aboveboard.adapters.yaml_reader", raising=False)
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(SetupError, match=r"pip install 'aboveboard\[cli\]'"):
        _import("glean", str(catalogue))


@pytest.mark.parametrize("words", [(), ("glean",), ("other", "x")])
def test_words_that_are_missing_or_unknown_are_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(click.ClickException):
        import_.main([*words, *ABOUT], standalone_mode=False)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(source=st.sampled_from([*OF_YAML, *OF_TEXT]), body=st.binary(max_size=200))
def test_no_bytes_make_it_fail_but_with_its_own_errors(
    tmp_path: Path, source: str, body: bytes
) -> None:
    path = tmp_path / "any"
    path.write_bytes(body)
    with contextlib.suppress(AboveboardError):  # by chance, some are such a file
        _import(source, str(path))
