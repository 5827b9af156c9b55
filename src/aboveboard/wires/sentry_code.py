"""Enters: frames and types as a Sentry client tells them. Leaves: names of known code, or none.

A collector cannot look at the client's files. Code is known to it if it belongs to a package that
the operator named, or if it is of Python and the client says that it lies where packages are
installed; the file that it was compiled from and the name that its module goes by must agree. A
script in somebody's folder has no name here, whatever it calls itself.
"""

from __future__ import annotations

import builtins
import re
import sys
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from aboveboard.registry.error_shapes import ELSEWHERE, is_error_type, is_frame

LAST_LINE = 9_999_999
MOST_PLACES = 4096
"""Places in known code whose form is remembered; programs break in the same ones."""
PYTHON = "python"
_MAIN = "__main__"
_ERRORS = frozenset(
    name
    for name, held in vars(builtins).items()
    if isinstance(held, type) and issubclass(held, BaseException)
)
_PACKAGES = ("/site-packages/", "/dist-packages/")
_LIBRARY = re.compile(
    r"(?:.*/)?(?:python3\.\d{1,2}|lib)/(?:lib-dynload/)?", re.DOTALL | re.IGNORECASE
)


class Spot(NamedTuple):
    """Where one frame was.

    Attributes:
        where: ``module:function``, or ``(elsewhere)``.
        line: its line, 0 where it is not told.
        own: whether it is the program's own code.
    """

    where: str
    line: int = 0
    own: bool = False

    @property
    def frame(self) -> str:
        """The place as it is told."""
        return self.where if self.where == ELSEWHERE else f"{self.where}:{self.line}"


_NOWHERE = Spot(ELSEWHERE)


@dataclass(frozen=True, slots=True)
class KnownCode:
    """Which code may be named.

    Attributes:
        own: the program's packages: ``editor``, ``org.example.editor``.
    """

    own: frozenset[str] = frozenset()

    def spot(self, frame: object, platform: str) -> Spot:
        """Name the place of a frame.

        Example:
            >>> code = KnownCode(frozenset({"editor"}))
            >>> frame = {"module": "editor.files", "function": "save", "lineno": 42,
            ...          "abs_path": "/home/ana/editor/files.py"}
            >>> code.spot(frame, "python").frame
            'editor.files:save:42'
            >>> code.spot({**frame, "module": "letters_to_ben"}, "python").frame
            '(elsewhere)'
        """
        if not isinstance(frame, dict):
            return _NOWHERE
        module, function = frame.get("module"), frame.get("function")
        if not isinstance(module, str) or not isinstance(function, str):
            return _NOWHERE
        file = frame.get("abs_path") or frame.get("filename")
        owned = self._owned(module)
        name = self._python(module, file, owned=owned) if platform == PYTHON else owned
        where = f"{name}:{function}"
        if not name or not _is_place(where):
            return _NOWHERE
        line = frame.get("lineno")
        told = line if isinstance(line, int) and 0 < line <= LAST_LINE else 0
        return Spot(where, told, bool(owned) or module == _MAIN)

    def type_name(self, error: object, platform: str, seen: frozenset[str]) -> str:
        """Name the type of an error.

        Args:
            error: as the client tells it.
            platform: what the program is written for.
            seen: packages whose code is known by the frames of the same event.

        Example:
            >>> KnownCode().type_name({"type": "ValueError", "value": "no"}, "python", frozenset())
            'builtins.ValueError'
        """
        name = error.get("type") if isinstance(error, dict) else None
        if not isinstance(error, dict) or not isinstance(name, str):
            return ELSEWHERE
        module = error.get("module")
        if platform == PYTHON and module in {None, "builtins"}:
            return f"builtins.{name}" if name in _ERRORS else ELSEWHERE
        if not isinstance(module, str):
            return ELSEWHERE
        top = module.partition(".")[0]
        known = bool(self._owned(module)) or top in seen
        known |= platform == PYTHON and top in sys.stdlib_module_names
        told = f"{module}.{name}"
        return told if known and top != _MAIN and is_error_type(told) else ELSEWHERE

    def _owned(self, module: str) -> str:
        """Give the name of a module of the program's own, ``""`` for any other."""
        end = len(module)
        while end > 0:
            if module[:end] in self.own:
                return module
            end = module.rfind(".", 0, end)
        return ""

    def _python(self, module: str, file: object, *, owned: str) -> str:
        """Give a module's name if it agrees with the file; ``""`` if not."""
        if not isinstance(file, str):
            return ""
        stem = _stem(file)
        if module == _MAIN:
            return next((f"{own}.{_MAIN}" for own in self.own if _ends(stem, f"{own}.{_MAIN}")), "")
        if not _ends(stem, module):
            return ""
        if owned:
            return module
        folder = stem[: -len(module)]
        library = module.partition(".")[0] in sys.stdlib_module_names
        installed = f"/{folder}".endswith(_PACKAGES) or (library and _LIBRARY.fullmatch(folder))
        return module if installed else ""


@lru_cache(MOST_PLACES)
def _is_place(where: str) -> bool:
    return is_frame(f"{where}:{LAST_LINE}")


def _ends(stem: str, module: str) -> bool:
    return stem.endswith("/" + module.replace(".", "/"))


def _stem(file: str) -> str:
    """Give a module's path without what tells how it is stored; a package's is its folder."""
    head, _, last = file.replace("\\", "/").rpartition("/")
    last = last.partition(".")[0]
    return head if last == "__init__" else f"{head}/{last}"
