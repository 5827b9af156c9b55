"""Enters: a folder of notice files. Leaves: the port Bulletins → what they say now.

A file is TOML, one notice each, as ``docs/wires/mattermost.md`` tells, and read again when it has
changed. The folder is the operator's: what stands in it is mailed to the administrators of every
server that it is for.
"""

from __future__ import annotations

import logging
import re
import tomllib
from typing import TYPE_CHECKING

from aboveboard.errors import Problem, SettingsError
from aboveboard.model.bulletin import Bulletin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

SETTING = "bulletins"
FORMAT = 1
ENDING = ".toml"
KEYS = {"format", "id", "title", "applies_to_version", "html"}
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,46}\Z")
"""A server notes it down as ``SecurityBulletin_<id>``, where it has 64 characters for both."""
VERSION = re.compile(r"[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4}\Z")
"""Servers compare the whole of it with theirs: ``5.37`` would be for nobody."""
LARGEST = 256 * 1024
"""Bytes of a file."""

Stamp = tuple[tuple[str, int, int], ...]
logger = logging.getLogger("aboveboard")


class BulletinFiles:
    """The notices of a folder, looked at anew whenever they are asked for.

    Args:
        folder: each ``*.toml`` in it is a notice.

    Raises:
        SettingsError: it cannot be read, or a file is not a notice; with every problem.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            self._stamp = self._look()
            self._bulletins, problems = _read(folder)
        except OSError as error:
            text = f"the notices in {str(folder)!r} cannot be read: {error.strerror}."
            remedy = "Name a folder that can be read, or leave it out."
            raise SettingsError([Problem("no_folder", SETTING, text, remedy)]) from error
        if problems:
            raise SettingsError([_of_setting(problem) for problem in problems])

    def now(self) -> Sequence[Bulletin]:
        """Give the notices; those of before if what stands in the folder now has problems."""
        try:
            stamp = self._look()
            if stamp == self._stamp:
                return self._bulletins
            bulletins, problems = _read(self._folder)
        except OSError as error:
            logger.warning("The security notices cannot be read: %s", type(error).__name__)
            return self._bulletins
        self._stamp = stamp
        for problem in problems:
            # The texts are the folder owner's own and stand here without a value.
            logger.warning("The security notices stay as they were. %s", problem)
        if not problems:
            self._bulletins = bulletins
        return self._bulletins

    def _look(self) -> Stamp:
        """Give what changes when a file does."""
        found = []
        for path in _paths(self._folder):
            state = path.stat()
            found.append((path.name, state.st_mtime_ns, state.st_size))
        return tuple(found)


def _paths(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.name.endswith(ENDING))


def _read(folder: Path) -> tuple[list[Bulletin], list[Problem]]:
    found: dict[str, Bulletin] = {}
    problems: list[Problem] = []
    for path in _paths(folder):
        content, wrong = _table(path)
        wrong = wrong or list(_wrong(content, path.name))
        problems += wrong
        if wrong:
            continue
        bulletin = _bulletin(content)
        if bulletin.id in found:
            problems.append(_problem("taken", f"{path.name}: id", "another file has it."))
        found[bulletin.id] = bulletin
    return [found[name] for name in sorted(found)], problems


def _table(path: Path) -> tuple[dict[str, object], list[Problem]]:
    if path.stat().st_size > LARGEST:
        return {}, [_problem("too_large", path.name, f"it has more than {LARGEST} bytes.")]
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")), []
    except ValueError:
        return {}, [_problem("not_toml", path.name, "it cannot be read as TOML.")]


def _wrong(content: dict[str, object], file: str) -> Iterator[Problem]:
    """Tell what of a file's table is not as it must be."""
    for key in sorted(content.keys() - KEYS):
        yield _problem("unknown_key", f"{file}: {key}", "a notice has no such key.")
    if content.get("format") != FORMAT:
        yield _problem("wrong_format", f"{file}: format", f"it must be {FORMAT}.")
    name = content.get("id")
    if not isinstance(name, str) or not ID.match(name):
        says = "it must be letters, digits, - and _, at most 47 of them."
        yield _problem("wrong_id", f"{file}: id", says)
    versions = content.get("applies_to_version")
    if not isinstance(versions, list) or not versions or not all(map(_is_version, versions)):
        says = "it must be a list of whole versions such as 5.37.0."
        yield _problem("wrong_versions", f"{file}: applies_to_version", says)
    for key in ("title", "html"):
        text = content.get(key)
        if not isinstance(text, str) or not text.strip():
            yield _problem("missing", f"{file}: {key}", "it must be some text.")


def _is_version(version: object) -> bool:
    return isinstance(version, str) and VERSION.match(version) is not None


def _bulletin(content: dict[str, object]) -> Bulletin:
    versions = content["applies_to_version"]
    different = dict.fromkeys(versions) if isinstance(versions, list) else ()
    return Bulletin(
        str(content["id"]),
        tuple(different),
        str(content["title"]).strip(),
        str(content["html"]).encode(),
    )


def _of_setting(problem: Problem) -> Problem:
    text = f"{problem.place}: {problem.text}"
    return Problem(problem.code, SETTING, text, problem.remedy)


def _problem(code: str, place: str, text: str) -> Problem:
    return Problem(code, place, text, "Correct the file, or take it out of the folder.")
