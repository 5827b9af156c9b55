from __future__ import annotations

import os
from pathlib import Path

import pytest

from aboveboard.adapters import tally_folder
from aboveboard.adapters.tally_folder import TallyFolder


@pytest.fixture
def folder(tmp_path: Path) -> TallyFolder:
    return TallyFolder(tmp_path)


def test_a_home_without_tallies_has_none(folder: TallyFolder, tmp_path: Path) -> None:
    folder.tidy()
    folder.wipe()

    assert folder.paths() == []
    assert folder.size() == 0
    assert list(tmp_path.iterdir()) == []


def test_what_was_changed_last_comes_last(folder: TallyFolder) -> None:
    tallies = [folder.create() for _ in range(3)]
    paths = folder.paths()
    for seconds, path in zip((5, 3, 4), paths, strict=True):
        os.utime(path, (seconds, seconds))

    assert folder.paths() == [paths[1], paths[2], paths[0]]
    assert folder.size() == 3 * 64 * 1024
    for tally in tallies:
        tally.close()


def test_only_what_nobody_has_is_owned(folder: TallyFolder) -> None:
    tallies = [folder.create() for _ in range(2)]
    paths = folder.paths()
    tallies[0].close()

    with folder.ended([*paths, str(Path(paths[0]).with_name("gone.tally"))]) as owned:
        assert owned == [paths[0]]
        with folder.ended(paths) as nothing:
            assert nothing == []
        folder.remove([*owned, paths[0]])

    assert folder.paths() == [paths[1]]
    tallies[1].close()


def test_what_cannot_be_removed_stays(folder: TallyFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    folder.create().close()
    with monkeypatch.context() as context:
        context.setattr(os, "unlink", refuse)
        folder.remove(folder.paths())
        folder.wipe()

    path = Path(*folder.paths())
    assert path.read_bytes() == bytes(64 * 1024)
    assert path.parent.name == tally_folder.LIVE


def test_what_goes_while_it_is_wiped_is_gone(
    folder: TallyFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = str(tmp_path / "live" / "0.tally")
    folder.create().close()
    monkeypatch.setattr(tally_folder, "named", lambda *_: [gone, *map(str, tmp_path.glob("*/*"))])

    folder.wipe()

    assert list(tmp_path.iterdir()) == []


def test_what_nobody_may_look_at_does_not_count_as_wiped(
    folder: TallyFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    folder.create().close()
    monkeypatch.setattr(os, "lstat", refuse)

    with pytest.raises(PermissionError):
        folder.wipe()
