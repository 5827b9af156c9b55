from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.testing import CliRunner

from aboveboard.cli.options import data_option

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@data_option("collector")
def _where(data: Path) -> None:
    click.echo(data)


def test_the_usual_folder_is_the_persons_own(home: Path) -> None:
    told = CliRunner().invoke(_where).output.strip()
    assert told.startswith(str(home))
    assert told.endswith("collector")
    assert not (home / ".local").exists()


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = CliRunner().invoke(_where, ["--data", str(tmp_path / "file")])
    assert result.exit_code == 2
    assert "is a file" in result.output


def test_the_help_says_where_without_naming_anybody(home: Path) -> None:
    text = CliRunner().invoke(_where, ["--help"]).output
    assert "collector in your data folder" in " ".join(text.split())
    assert str(home) not in text
