from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from aboveboard.cli.registry_approver import approver
from aboveboard.errors import SetupError


class Terminal(io.BytesIO):
    """What somebody types at a terminal."""

    def isatty(self) -> bool:
        return True


def call(*words: object, typed: str | None = None) -> Result:
    """Run the command; ``typed`` means that somebody is there."""
    stream = Terminal(typed.encode()) if typed is not None else None
    return CliRunner().invoke(approver, [str(word) for word in words], input=stream)


def test_a_key_is_made_and_its_lines_are_printed(tmp_path: Path) -> None:
    path = tmp_path / "ana.pem"
    made = call(path, "--title", 'Ana "A"', "--no-passphrase")
    assert made.exit_code == 0
    assert re.fullmatch(
        r'\[approval\.approvers\.ana\]\ntitle = "Ana \\"A\\""\nkey = "ed25519:[\w+/]{43}="\n',
        made.stdout,
    )
    assert made.stderr == f"{path} holds the private key: keep it, and keep it secret.\n"


def test_a_passphrase_is_asked_twice(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    made = call(path, "--name", "ana", typed="secret\nsecret\n")
    assert made.exit_code == 0
    assert '[approval.approvers.ana]\ntitle = "ana"\n' in made.stdout
    assert b"ENCRYPTED" in path.read_bytes()


def test_where_nobody_is_there_a_passphrase_cannot_be_given(tmp_path: Path) -> None:
    made = call(tmp_path / "ana.pem")
    assert isinstance(made.exception, SetupError)
    assert "--no-passphrase" in str(made.exception)
    assert list(tmp_path.glob("*.pem")) == []


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["Ana.pem"], id="file"),
        pytest.param(["ana.pem", "--name", "Ana B"], id="name"),
        pytest.param(["ana.pem", "--title", "x" * 61], id="long-title"),
        pytest.param(["ana.pem", "--title", "a\tb"], id="odd-title"),
    ],
)
def test_what_a_registry_could_not_hold_is_refused(tmp_path: Path, words: list[str]) -> None:
    made = call(tmp_path / words[0], *words[1:], "--no-passphrase")
    assert made.exit_code == 2
    assert list(tmp_path.glob("*.pem")) == []
