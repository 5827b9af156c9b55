from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from aboveboard.adapters.word_files import PROJECT_FILE, Found, policy_word, project_word
from aboveboard.model.consent import Mode
from aboveboard.model.surroundings import Word

ME = os.getuid()
NOBODY = 65_534


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    """Give a policy file in a folder that is safe if we are who runs the machine."""
    folder = tmp_path / "etc"
    folder.mkdir(mode=0o755)
    file = folder / "policy.toml"
    file.write_text('mode = "local"\n[levels]\nusage = "off"\n')
    file.chmod(0o644)
    return file


def word(path: Path, owner: int = ME) -> Found:
    return policy_word(path, "editor", owner)


# The policy.


def test_a_policy_says_its_word_and_where_it_stands(policy: Path) -> None:
    assert word(policy) == Found(Word(Mode.LOCAL, str(policy), {"usage": Mode.OFF}))


def test_a_machine_without_a_policy_has_none(tmp_path: Path) -> None:
    assert policy_word(None, "editor") == Found()
    assert word(tmp_path / "policy.toml") == Found()
    assert word(tmp_path / "a\0b") == Found()


def test_a_policy_that_says_nothing_about_an_app_has_no_word_for_it(policy: Path) -> None:
    policy.write_text('[apps.viewer]\nmode = "off"\n')
    assert word(policy) == Found()


@pytest.mark.parametrize("wrong", ["file", "folder"])
@pytest.mark.parametrize("mode", [0o020, 0o002], ids=["group", "others"])
def test_a_policy_that_users_can_change_does_not_count_and_it_is_said(
    policy: Path, wrong: str, mode: int
) -> None:
    place = policy if wrong == "file" else policy.parent
    place.chmod(stat.S_IMODE(place.stat().st_mode) | mode)
    found = word(policy)
    assert found.word is None
    assert found.remark == (
        f"{policy}, because others than whoever runs this machine can change it"
    )


def test_a_policy_of_somebody_else_does_not_count(policy: Path) -> None:
    assert word(policy, owner=ME + 1).word is None
    assert word(policy, owner=ME + 1).remark != ""


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"mode = ", id="no-toml"),
        pytest.param(b"\xff\xfe", id="no-text"),
        pytest.param(b'mdoe = "on"', id="a-slip-of-the-pen"),
    ],
)
def test_a_policy_that_cannot_be_understood_means_off(policy: Path, body: bytes) -> None:
    policy.write_bytes(body)
    found = word(policy).word
    assert found is not None
    assert found.mode is Mode.OFF
    assert found.source.startswith(f"{policy}, which cannot be understood (")


def test_a_policy_that_cannot_be_read_means_off(policy: Path, tmp_path: Path) -> None:
    policy.unlink()
    policy.mkdir(mode=0o755)
    assert word(policy) == Found(Word(Mode.OFF, f"{policy}, which cannot be read"))
    pipe = tmp_path / "etc" / "pipe.toml"
    os.mkfifo(pipe, 0o644)
    assert word(pipe) == Found(Word(Mode.OFF, f"{pipe}, which cannot be read"))


def test_a_policy_that_this_account_may_not_read_means_off(
    policy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> int:
        raise PermissionError

    monkeypatch.setattr(os, "open", gone)
    assert word(policy) == Found(Word(Mode.OFF, f"{policy}, which cannot be read"))


def test_a_disk_that_fails_means_off(policy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "read", broken)
    assert word(policy) == Found(Word(Mode.OFF, f"{policy}, which cannot be read"))


def test_a_policy_file_of_several_links_is_judged_by_what_it_leads_to(policy: Path) -> None:
    linked = policy.parent / "linked.toml"
    linked.symlink_to(policy)
    assert word(linked).word is not None
    policy.chmod(0o666)
    assert word(linked).word is None


def test_where_modes_say_little_it_is_tried_whether_the_file_can_be_changed(policy: Path) -> None:
    """As on Windows: the policy counts where this process may not write it."""
    policy.chmod(0o666)
    assert policy_word(policy, "editor", modes=False).remark != ""
    policy.unlink()
    policy.mkdir()
    found = policy_word(policy, "editor", modes=False)
    assert found == Found(Word(Mode.OFF, f"{policy}, which cannot be read"))


def test_a_path_cannot_wipe_the_screen(policy: Path) -> None:
    strange = policy.parent / "\x1b[2J.toml"
    policy.rename(strange)
    found = word(strange).word
    assert found is not None
    assert found.source.endswith("?[2J.toml")


# The project.


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "home" / "project" / "src" / "deep"
    folder.mkdir(parents=True)
    return folder


def found_in(start: Path, top: Path | None = None) -> Word | None:
    return project_word(top, "editor", start)


def put(folder: Path, mode: str = "local") -> str:
    file = folder / PROJECT_FILE
    file.write_text(f'mode = "{mode}"\n')
    return str(file)


def test_the_file_of_the_project_is_found_above_the_working_directory(project: Path) -> None:
    source = put(project.parents[1])
    assert found_in(project) == Word(Mode.LOCAL, source)


def test_a_program_that_runs_nowhere_in_particular_has_no_project() -> None:
    assert found_in(Path("/")) is None


def test_the_nearest_file_counts(project: Path) -> None:
    put(project.parents[1], "off")
    source = put(project.parent, "on")
    assert found_in(project) == Word(Mode.ON, source)


@pytest.mark.parametrize("mark", [".git", ".hg"])
def test_nothing_above_the_root_of_a_repository_counts(project: Path, mark: str) -> None:
    put(project.parents[1])
    (project.parent / mark).mkdir()
    assert found_in(project) is None
    source = put(project.parent)
    assert found_in(project) == Word(Mode.LOCAL, source)


def test_a_worktree_is_a_repository_too(project: Path) -> None:
    put(project.parents[1])
    (project / ".git").write_text("gitdir: elsewhere")
    assert found_in(project) is None


def test_nothing_above_the_home_folder_counts(project: Path, tmp_path: Path) -> None:
    put(tmp_path)
    home = tmp_path / "home"
    assert found_in(project, home) is None
    assert found_in(project) is not None
    source = put(home)
    assert found_in(project, home) == Word(Mode.LOCAL, source)


def test_the_working_directory_is_where_it_begins(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = put(project)
    monkeypatch.chdir(project)
    assert project_word(None, "editor") == Word(Mode.LOCAL, source)


def test_a_program_whose_folder_is_gone_has_no_project(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> str:
        raise FileNotFoundError

    monkeypatch.setattr(os, "getcwd", gone)
    assert project_word(None, "editor") is None


def test_a_project_file_that_cannot_be_understood_means_off(project: Path) -> None:
    (project / PROJECT_FILE).write_text("mode = on")
    found = found_in(project)
    assert found is not None
    assert found.mode is Mode.OFF
    assert "which cannot be understood (it is not TOML" in found.source


def test_a_pipe_in_place_of_a_project_file_blocks_nobody(project: Path) -> None:
    os.mkfifo(project / PROJECT_FILE)
    found = found_in(project)
    assert found is not None
    assert (found.mode, found.source.endswith("which cannot be read")) == (Mode.OFF, True)


def test_a_project_file_that_says_nothing_about_an_app_has_no_word_for_it(project: Path) -> None:
    (project / PROJECT_FILE).write_text('[apps.viewer]\nmode = "off"')
    assert found_in(project) is None


def test_without_a_file_no_reader_of_toml_is_loaded(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tomllib", None)
    assert found_in(project, project.parent) is None
    assert word(project / "policy.toml") == Found()
