from __future__ import annotations

import stat
from pathlib import Path

import pytest

from aboveboard.adapters.registry_writer import replace_file, write_approvals_of
from aboveboard.adapters.signed_registries import approvals_of, approvals_path
from aboveboard.errors import SetupError
from aboveboard.registry.approvals import Approvals


def test_what_is_written_stands_beside_the_registry(tmp_path: Path) -> None:
    path = tmp_path / "editor.toml"
    write_approvals_of(path, Approvals("editor"))
    assert [file.name for file in tmp_path.iterdir()] == ["editor.approvals.json"]
    assert stat.S_IMODE(approvals_path(path).stat().st_mode) == 0o644
    assert approvals_of(path) == Approvals("editor")


def test_a_file_keeps_its_rights_and_its_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_bytes(b"old")
    real.chmod(0o640)
    link.symlink_to(real)
    replace_file(link, b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_what_cannot_be_written_is_told_and_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(SetupError, match="cannot be written: Is a directory"):
        replace_file(tmp_path / "folder", b"new")
    with pytest.raises(SetupError, match="cannot be written: No such file"):
        replace_file(tmp_path / "none" / "file", b"new")
    assert [file.name for file in tmp_path.iterdir()] == ["folder"]
