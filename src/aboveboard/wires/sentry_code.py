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
from dataclasses import dataclass, field
from typing import Annotated, NamedTuple

import msgspec

from aboveboard.registry.error_shapes import ELSEWHERE, LONGEST_FRAME, is_error_type, is_frame

LAST_LINE = 9_999_999
MOST_SPOTS = 4096
"""Places in known code that are remembered; programs break in the same ones."""
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


class Frame(msgspec.Struct, gc=False, frozen=True):
    """One frame as a client tells it; variables, source lines and all else are read over."""

    module: str | None = None
    function: str | None = None
    abs_path: str | None = None
    filename: str | None = None
    lineno: Annotated[int, msgspec.Meta(ge=1, le=LAST_LINE)] | None = None


class Trace(msgspec.Struct, gc=False, frozen=True):
    """The frames of an error, the inner ones last."""

    frames: tuple[Frame, ...] = ()


class Error(msgspec.Struct, gc=False, frozen=True):
    """One error as a client tells it; its message is read over."""

    type: str | None = None
    module: str | None = None
    stacktrace: Trace | None = None


class Spot(NamedTuple):
    """Where one frame was.

    Attributes:
        where: ``module:function``, or ``(elsewhere)``.
        frame: the same with its line, 0 where it is not told.
        own: whether it is the program's own code.
    """

    where: str
    frame: str
    own: bool = False


_NOWHERE = Spot(ELSEWHERE, ELSEWHERE)


@dataclass(frozen=True, slots=True)
class KnownCode:
    """Which code may be named.

    Attributes:
        own: the program's packages: ``editor``, ``org.example.editor``.
    """

    own: frozenset[str] = frozenset()
    _spots: dict[tuple[str, str, int, int], Spot] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def spot(self, frame: Frame, platform: str) -> Spot:
        """Name the place of a frame.

        Example:
            >>> code = KnownCode(frozenset({"editor"}))
            >>> place = "/home/ana/editor/files.py"
            >>> code.spot(Frame("editor.files", "save", place, lineno=42), "python").frame
            'editor.files:save:42'
            >>> code.spot(Frame("letters_to_ben", "save", place, lineno=42), "python").frame
            '(elsewhere)'
        """
        module, function, told = frame.module, frame.function, frame.lineno or 0
        if module is None or function is None:
            return _NOWHERE
        file = frame.abs_path or frame.filename
        if platform != PYTHON:
            file = None
        elif file is None:
            return _NOWHERE
        # Where a file lies may tell who somebody is, and is not remembered.
        key = (module, function, told, hash(file))
        spot = self._spots.get(key)
        if spot is None:
            spot = self._look(module, function, file, told)
            if spot is not _NOWHERE and len(self._spots) < MOST_SPOTS:
                self._spots[key] = spot
        return spot

    def _look(self, module: str, function: str, file: str | None, line: int) -> Spot:
        """Name a place of a module, in Python by the file that it was compiled from as well."""
        owned = self._owned(module)
        name = owned if file is None else self._python(module, file, owned=owned)
        where = f"{name}:{function}"
        if not name or not is_frame(f"{where}:{LAST_LINE}"):
            return _NOWHERE
        return Spot(where, f"{where}:{line}", bool(owned) or module == _MAIN)

    def type_name(self, error: Error, platform: str, seen: frozenset[str]) -> str:
        """Name the type of an error.

        Args:
            error: as the client tells it.
            platform: what the program is written for.
            seen: packages whose code is known by the frames of the same event.

        Example:
            >>> KnownCode().type_name(Error("ValueError"), "python", frozenset())
            'builtins.ValueError'
        """
        name, module = error.type, error.module
        if name is None:
            return ELSEWHERE
        if platform == PYTHON and (module is None or module == "builtins"):
            return f"builtins.{name}" if name in _ERRORS else ELSEWHERE
        if module is None:
            return ELSEWHERE
        top = module.partition(".")[0]
        known = bool(self._owned(module)) or top in seen
        known |= platform == PYTHON and top in sys.stdlib_module_names
        told = f"{module}.{name}"
        return told if known and top != _MAIN and is_error_type(told) else ELSEWHERE

    def _owned(self, module: str) -> str:
        """Give the name of a module of the program's own, ``""`` for any other."""
        if len(module) > LONGEST_FRAME:  # no such name is told, and to look at it takes long
            return ""
        end = len(module)
        while end > 0:
            if module[:end] in self.own:
                return module
            end = module.rfind(".", 0, end)
        return ""

    def _python(self, module: str, file: str, *, owned: str) -> str:
        """Give a module's name if it agrees with the file; ``""`` if not."""
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


def _ends(stem: str, module: str) -> bool:
    return stem.endswith("/" + module.replace(".", "/"))


def _stem(file: str) -> str:
    """Give a module's path without what tells how it is stored; a package's is its folder."""
    head, _, last = file.replace("\\", "/").rpartition("/")
    last = last.partition(".")[0]
    return head if last == "__init__" else f"{head}/{last}"
