"""Enters: where policy and project files may stand. Leaves: what they say about an app.

Nothing raises and nothing blocks. A file that cannot be understood counts as ``off``: whoever wrote
it most likely wanted less, not more. Every program that starts goes this way, so it goes by plain
texts, without pathlib.
"""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING

from aboveboard.model.consent import Mode
from aboveboard.model.surroundings import Word
from aboveboard.values import dataclass

if TYPE_CHECKING:
    from pathlib import Path

PROJECT_FILE = ".aboveboard.toml"
REPOSITORIES = (".git", ".hg")
ROOT = 0
MODES = sys.platform != "win32"
"""Whether the modes of files tell who may write them."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a policy file says.

    Attributes:
        word: its word, or None if there is none that counts.
        remark: why it does not count, for people; ``""`` if it does, or is not there.
    """

    word: Word | None = None
    remark: str = ""


NOTHING = Found()


def policy_word(
    path: Path | str | None, app: str, owner: int | None = None, *, modes: bool = MODES
) -> Found:
    """Read the word of whoever runs the machine.

    Args:
        path: their file; None for none.
        app: the app that it is asked about.
        owner: who must own the file and its folder; None for whoever runs the machine.
        modes: whether the modes of files tell who may write them; otherwise it is tried.

    Returns:
        Its word if users cannot change the file, otherwise a remark.
    """
    if path is None or _about(path) is None:
        return NOTHING
    body, about = _read(path)
    if modes:
        safe = _only(ROOT if owner is None else owner, about, _about(os.path.dirname(path)))
    else:
        safe = _administrator() or not _writable(path)
    if not safe:
        others = "others than whoever runs this machine can change it"
        return Found(remark=f"{_shown(path)}, because {others}")
    return Found(_word(body, path, app))


def project_word(top: Path | str | None, app: str, start: Path | str | None = None) -> Word | None:
    """Read the word of the project whose folder the program runs in.

    It is looked for in the working directory and those above it, up to the home folder or the root
    of a repository.

    Args:
        top: the home folder, or None if there is none.
        app: the app that it is asked about.
        start: the folder to begin in; None for the working directory.
    """
    path = _project_file(start, top)
    if path is None:
        return None
    body, _ = _read(path)
    return _word(body, path, app)


def _project_file(start: Path | str | None, top: Path | str | None) -> str | None:
    try:
        folder = os.fspath(start) if start is not None else os.getcwd()
    except OSError:
        return None  # the folder is gone
    last = os.path.normpath(top) if top is not None else ""
    while not os.access(f"{folder}/{PROJECT_FILE}", os.F_OK):
        above = os.path.dirname(folder)
        marked = any(os.access(f"{folder}/{name}", os.F_OK) for name in REPOSITORIES)
        if folder in {last, above} or marked:
            return None
        folder = above
    return os.path.join(folder, PROJECT_FILE)


def _word(body: bytes | None, path: Path | str, app: str) -> Word | None:
    if body is None:
        return Word(Mode.OFF, f"{_shown(path)}, which cannot be read")
    from aboveboard.device import word_file  # noqa: PLC0415 few machines have such a file

    try:
        said = word_file.read(body, app)
    except ValueError as error:
        return Word(Mode.OFF, f"{_shown(path)}, which cannot be understood ({error})")
    return Word(said[0], _shown(path), said[1]) if said is not None else None


def _read(path: Path | str) -> tuple[bytes | None, os.stat_result | None]:
    """Read a file, and tell who owns the very file that was read; a pipe is not waited for."""
    from aboveboard.device.word_file import MOST_BYTES  # noqa: PLC0415 see _word

    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return None, _about(path)
    try:
        about = os.fstat(descriptor)
        regular = stat.S_ISREG(about.st_mode)
        return os.read(descriptor, MOST_BYTES + 1) if regular else None, about
    except OSError:
        return None, _about(path)
    finally:
        os.close(descriptor)


def _about(path: Path | str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except (OSError, ValueError):
        return None


def _only(owner: int, *places: os.stat_result | None) -> bool:
    """Whether only a certain owner may write some places."""
    others = stat.S_IWGRP | stat.S_IWOTH
    return all(
        about is not None and about.st_uid == owner and not about.st_mode & others
        for about in places
    )


def _writable(path: Path | str) -> bool:
    """Try whether this process may write a file, which changes nothing."""
    try:
        os.close(os.open(path, os.O_RDWR))
    except OSError:
        return False
    return True


def _administrator() -> bool:
    if sys.platform == "win32":  # pragma: no cover (the tests run elsewhere)
        import ctypes  # noqa: PLC0415 only where a policy file stands

        return bool(ctypes.windll.shell32.IsUserAnAdmin())
    return False


def _shown(path: Path | str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in os.fspath(path))
