"""Enters: a module of ours and its arguments. Leaves: a process that outlives this one, or none.

Called when a program ends, so it may take no time: no import of subprocess, no waiting, no copy of
this process. The process it starts holds none of this one's files open and has no terminal.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

PACKAGE = Path(__file__).parents[2]
"""Where this package was found; the new process finds it there, too, but after all else."""
PROGRAM = (
    "import runpy, sys; sys.path.append(sys.argv.pop(1)); "
    "runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)"
)
_PYTHON = re.compile(r"(python|pypy)[0-9.]*[dtw]?(\.exe)?", re.IGNORECASE)
_SECRET = re.compile(
    r"TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|PRIVATE|AUTH|COOKIE|DSN|KEY$",
    re.IGNORECASE,
)
_DEVICES = ("/proc/self/fd", "/dev/fd")
_STANDARD = 3


def start(
    arguments: Sequence[str], environment: Mapping[str, str], needed: Collection[str] = ()
) -> bool:
    """Start ``python -m`` with these arguments, apart from this process.

    Args:
        arguments: the module, and what it is told.
        environment: this process's; what looks like a secret is not handed on.
        needed: names of variables that are handed on, whatever they look like.

    Returns:
        Whether it was started. Where no Python can be started (a frozen program, an interpreter
        inside another program) nothing is, and what waits is sent by the next run.
    """
    if getattr(sys, "frozen", False) or not _PYTHON.fullmatch(Path(sys.executable or "").name):
        return False
    # -P: what lies in the folder that a program happens to run in is not imported.
    words = [sys.executable, *_flags(), "-P", "-c", PROGRAM, str(PACKAGE), *arguments]
    handed = {
        name: value
        for name, value in environment.items()
        if name in needed or not _SECRET.search(name)
    }
    try:
        _start(words, handed)
    except OSError:
        return False
    return True


def _flags() -> list[str]:
    """Give the options of this interpreter that decide what is imported."""
    known = {
        "-I": sys.flags.isolated,
        "-E": sys.flags.ignore_environment,
        "-s": sys.flags.no_user_site,
        "-S": sys.flags.no_site,
    }
    return [flag for flag, is_set in known.items() if is_set]


if sys.platform == "win32":  # pragma: no cover the tests run elsewhere

    def _start(words: list[str], environment: dict[str, str]) -> None:
        import subprocess  # noqa: PLC0415 there is no other way on Windows, and it is slow

        subprocess.Popen(  # noqa: S603 our own interpreter
            words,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            creationflags=subprocess.CREATE_NO_WINDOW | subprocess.DETACHED_PROCESS,
        )

else:

    def _start(words: list[str], environment: dict[str, str]) -> None:
        files = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
            *((os.POSIX_SPAWN_CLOSE, number) for number in _handed_down()),
        ]
        try:
            os.posix_spawn(words[0], words, environment, file_actions=files, setsid=True)
        except NotImplementedError:  # pragma: no cover no system of the tests is so old
            os.posix_spawn(words[0], words, environment, file_actions=files, setpgroup=0)

    def _handed_down() -> list[int]:
        """Give the open files that a new process would hold open, too.

        A pipe that stays open keeps whoever reads it waiting for its end.
        """
        for device in _DEVICES:
            try:
                numbers = [int(file.name) for file in Path(device).iterdir()]
            except OSError:
                continue
            return [number for number in numbers if number >= _STANDARD and _is_handed(number)]
        return []

    def _is_handed(number: int) -> bool:
        try:
            return os.get_inheritable(number)
        except OSError:  # the one that the list itself was read through
            return False
