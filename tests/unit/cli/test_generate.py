from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from aboveboard.cli.main import run
from aboveboard.registry.generate.module import generate
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY

Printed = pytest.CaptureFixture[str]
MADE = generate(read(EXAMPLE_REGISTRY), "editor.toml")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "editor.toml"
    path.write_bytes(EXAMPLE_REGISTRY)
    return path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "metrics.py"


def test_the_module_is_printed(file: Path, capsys: Printed) -> None:
    assert run(["generate", str(file)]) == 0
    assert capsys.readouterr().out == MADE


def test_the_module_is_written_and_the_next_run_changes_nothing(
    file: Path, out: Path, capsys: Printed
) -> None:
    assert run(["generate", str(file), "--out", str(out)]) == 0
    assert out.read_bytes() == MADE.encode()
    before = out.stat()
    assert run(["generate", str(file), "--out", str(out)]) == 0
    assert (out.stat().st_mtime_ns, out.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    assert capsys.readouterr().out == f"{out} was written.\n{out} is what {file} says.\n"


def test_a_module_that_was_made_before_is_replaced(file: Path, out: Path) -> None:
    run(["generate", str(file), "--out", str(out)])
    file.write_bytes(EXAMPLE_REGISTRY.replace(b"file.opened", b"file.closed"))
    assert run(["generate", str(file), "--out", str(out)]) == 0
    assert "def closed(self)" in out.read_text(encoding="utf-8")


def test_somebody_s_own_work_is_left_alone(file: Path, out: Path, capsys: Printed) -> None:
    out.write_text("print('mine')\n", encoding="utf-8")
    assert run(["generate", str(file), "--out", str(out)]) == 1
    assert "was not made by this command" in capsys.readouterr().err
    assert run(["generate", str(file), "--out", str(file)]) == 1
    assert out.read_text(encoding="utf-8") == "print('mine')\n"
    assert file.read_bytes() == EXAMPLE_REGISTRY


@pytest.mark.parametrize(
    "there",
    [
        pytest.param(MADE, id="as-it-was-written"),
        pytest.param(MADE.replace("\n", "\r\n"), id="with-other-ends-of-lines"),
    ],
)
def test_a_check_is_content_with_what_would_be_written(
    file: Path, out: Path, there: str, capsys: Printed
) -> None:
    out.write_bytes(there.encode())
    assert run(["generate", str(file), "--out", str(out), "--check"]) == 0
    assert capsys.readouterr().out == f"{out} is what {file} says.\n"


@pytest.mark.parametrize(
    "there",
    [
        pytest.param(None, id="nothing"),
        pytest.param(MADE + "\n", id="something-else"),
        pytest.param("\udcff", id="no-text"),
    ],
)
def test_a_check_says_what_to_run_and_writes_nothing(
    tmp_path: Path, there: str | None, capsys: Printed
) -> None:
    file, out = tmp_path / "my editor.toml", tmp_path / "metrics.py"
    file.write_bytes(EXAMPLE_REGISTRY)
    if there is not None:
        out.write_bytes(there.encode(errors="surrogateescape"))
    assert run(["generate", str(file), "--out", str(out), "--check"]) == 1
    said, _, command = capsys.readouterr().err.strip().partition(" Run: aboveboard ")
    assert said == f"{out} is not what {file} says."
    assert out.exists() == (there is not None)
    out.unlink(missing_ok=True)
    assert run(shlex.split(command)) == 0
    assert run([*shlex.split(command), "--check"]) == 0


def test_a_check_needs_a_module_to_look_at(file: Path, capsys: Printed) -> None:
    assert run(["generate", str(file), "--check"]) == 2
    assert "--check needs --out" in capsys.readouterr().err


def test_a_file_with_problems_leaves_the_module_as_it_is(
    file: Path, out: Path, capsys: Printed
) -> None:
    run(["generate", str(file), "--out", str(out)])
    file.write_bytes(EXAMPLE_REGISTRY.replace(b"policy = ", b"polisy = "))
    assert run(["generate", str(file), "--out", str(out)]) == 1
    assert "[unknown_key]" in capsys.readouterr().err
    assert out.read_bytes() == MADE.encode()


@pytest.mark.parametrize(
    ("where", "words"),
    [
        pytest.param("", "cannot be read: Is a directory", id="a-folder"),
        pytest.param("none/metrics.py", "cannot be written: No such file", id="no-such-folder"),
    ],
)
def test_what_cannot_be_written_fails_with_the_reason(
    file: Path, tmp_path: Path, where: str, words: str, capsys: Printed
) -> None:
    assert run(["generate", str(file), "--out", str(tmp_path / where)]) == 1
    assert words in capsys.readouterr().err


def test_where_signatures_decide_what_nobody_signed_has_no_accessor(
    file: Path, capsys: Printed
) -> None:
    key = "A" * 43 + "="
    ana = f'[approval.approvers.ana]\ntitle = "Ana"\nkey = "ed25519:{key}"'
    file.write_bytes(EXAMPLE_REGISTRY + f"\n[approval]\nneeded = 1\n{ana}\n".encode())
    assert run(["generate", str(file)]) == 0
    assert "def opened" not in capsys.readouterr().out
