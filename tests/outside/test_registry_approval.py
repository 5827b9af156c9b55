from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.outside.conftest import Run

MEMBERS = ("ana", "ben", "cleo", "dora", "emil")
WHERE = ("--where", "https://editor.example/minutes/1", "--yes")


class Signed:
    """A registry whose committee of five decides by majority, on disk."""

    def __init__(self, run: Run, folder: Path, product: str) -> None:
        self.run = run
        self.path = folder / "editor.toml"
        self.keys = folder
        lines = [
            product,
            '[collector]\nurl = "https://collector.example"\n[approval]\nneeded = 3\n',
        ]
        for name in MEMBERS:
            made = run(
                "registry", "approver", str(self.key(name)), "--title", name.title(),
                "--no-passphrase",
            )  # fmt: skip
            assert made.returncode == 0, made.stderr
            lines.append(made.stdout)
        self.path.write_text("".join(lines), encoding="utf-8")

    def key(self, name: str) -> Path:
        return self.keys / f"{name}.pem"

    def sign(self, name: str, *words: str) -> str:
        key = str(self.key(name))
        done = self.run("registry", "sign", str(self.path), *words, "--key", key, *WHERE)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def verify(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self.run("registry", "verify", str(self.path), *words)


@pytest.fixture
def signed(run: Run, tmp_path: Path, registry: Path) -> Signed:
    return Signed(run, tmp_path, (registry / "editor.toml").read_text(encoding="utf-8"))


def test_a_committee_decides_by_majority(signed: Signed, run: Run) -> None:
    assert signed.verify().returncode == 1
    assert "file.opened: 1 of 3 needed\n" in signed.sign("ana")
    assert "file.opened: 2 of 3 needed\n" in signed.sign("ben")
    printed = signed.sign("cleo")
    assert "file.opened: 3 of 3 needed: approved\n" in printed
    assert printed.endswith("Reports may go to https://collector.example.\n")
    done = signed.verify()
    assert done.returncode == 0, done.stdout
    assert "2 approved" in done.stdout
    shown = run("registry", "status", str(signed.path))
    assert "An editor for tests: 3 of 5 must sign." in shown.stdout
    assert shown.stdout.count("approved") == 4


def test_a_changed_word_is_told_with_its_line(signed: Signed) -> None:
    for name in MEMBERS:
        signed.sign(name)
    text = signed.path.read_text(encoding="utf-8")
    signed.path.write_text(text.replace('"Files opened"', '"Files read"'), encoding="utf-8")
    done = signed.verify("--format", "json")
    (found,) = json.loads(done.stdout)["problems"]
    assert (found["code"], found["place"]) == ("changed_since", "metric.file.opened")
    assert text.splitlines()[found["line"] - 1] == '[metric."file.opened"]'
    assert (
        "file.opened: 3 of 3 needed: retired\n"
        in [signed.sign(name, "file.opened", "--retire") for name in MEMBERS[:3]][-1]
    )
    assert signed.verify().returncode == 0


def test_a_proposal_waits_for_signatures(signed: Signed, run: Run) -> None:
    for name in MEMBERS[:3]:
        signed.sign(name)
    before = signed.path.read_bytes()
    done = run(
        "registry", "propose", str(signed.path), "theme.dark",
        "--kind", "flag", "--title", "Dark theme", "--question", "Is the dark theme used?",
        "--decision", "Which theme is the default.", "--owner", "Release manager",
        "--review", "https://editor.example/reviews/2", "--expires", "2028-12-31",
        "--level", "usage",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert signed.path.read_bytes().startswith(before)
    assert signed.verify().returncode == 0
    assert "theme.dark: 1 of 3 needed\n" in signed.sign("ana")


def test_a_person_at_a_terminal_is_asked(signed: Signed, command: str, tmp_path: Path) -> None:
    key = tmp_path / "fay.pem"
    made = _talk(
        [command, "registry", "approver", str(key)],
        [("Passphrase for the key: ", "secret"), ("The same again: ", "secret")],
    )
    start = made.index("[approval.approvers.fay]")
    with signed.path.open("a", encoding="utf-8") as stream:
        stream.write(made[start : made.index('="', start) + 2].replace("\r", "") + "\n")
    words = [command, "registry", "sign", str(signed.path), "product", "--key", str(key), *WHERE]
    said = _talk(words[:-1], [("Passphrase of the key: ", "secret"), ("as fay? [y/N]: ", "y")])
    assert "secret" not in said
    assert "product: 1 of 3 needed" in said


def _talk(words: list[str], answers: Iterable[tuple[str, str]]) -> str:
    """Run a command at a terminal of its own; wait for each question before it is answered."""
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        words, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    said = ""
    try:
        for question, answer in answers:
            said += _read(ours, question)
            os.write(ours, f"{answer}\n".encode())
        said += _read(ours, None)
        assert process.wait(PATIENCE) == 0, said
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    return said


def _read(terminal: int, question: str | None) -> str:
    """Read until a question was put, or to the end."""
    said = b""
    end = time.monotonic() + PATIENCE
    with contextlib.suppress(OSError):  # how a terminal ends on Linux
        while question is None or not said.endswith(question.encode()):
            assert select.select([terminal], [], [], max(0, end - time.monotonic()))[0], said
            part = os.read(terminal, 4096)
            if not part:
                break
            said += part
    return said.decode()
