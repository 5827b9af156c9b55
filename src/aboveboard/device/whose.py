"""Enters: what a piece of running code says of itself. Leaves: its name, if it is known code.

Code is known if it belongs to the program or to something that is installed, and if three things
agree on that: the file that it was compiled from, the name it goes by, and the module that is
loaded under that name. A script in somebody's folder, a plug-in of their own, or a text that is run
as code may call itself whatever it likes, and has no name here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from aboveboard.registry.error_shapes import ELSEWHERE, is_error_type

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import FrameType

MAIN = "__main__"
_MODULE_OF = type.__dict__["__module__"].__get__
_NAME_OF = type.__dict__["__qualname__"].__get__
"""What the interpreter itself knows of a class, whatever the class says when it is asked."""


@dataclass(frozen=True, slots=True)
class Code:
    """Which code may be named.

    Attributes:
        app: the program's own packages, each with the folder that it lies in.
        installed: folders that hold installed packages or the standard library, inner ones first.
        builtin: modules that are part of the interpreter and have no file.
        modules: the modules that are loaded, by name.
    """

    app: tuple[tuple[str, str], ...] = ()
    installed: tuple[str, ...] = ()
    builtin: frozenset[str] = frozenset({"builtins"})
    modules: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


class Named(NamedTuple):
    """A module that may be named.

    Attributes:
        name: under which it can be imported.
        own: whether it is the program's.
    """

    name: str
    own: bool


def module_of(name: object, file: object, code: Code) -> Named | None:
    """Name the module that goes by ``name`` and lies in ``file``; None if the two do not agree.

    Example:
        >>> code = Code((("editor", "/opt/editor"),), ("/usr/lib/python3",))
        >>> module_of("editor.files", "/opt/editor/files.py", code)
        Named(name='editor.files', own=True)
        >>> module_of("json", "/usr/lib/python3/json/__init__.py", code)
        Named(name='json', own=False)
        >>> module_of("editor.files", "/home/ana/files.py", code) is None
        True
    """
    if type(name) is not str or type(file) is not str:
        return None
    stem = _stem(file)
    for package, folder in code.app:
        if folder and (stem == folder or stem.startswith(f"{folder}/")):
            found = package + stem[len(folder) :].replace("/", ".")
            if name in {found, MAIN}:
                return Named(found, own=True)
    for folder in code.installed:
        if folder and stem.startswith(f"{folder}/"):
            found = stem[len(folder) + 1 :].replace("/", ".")
            if name in {found, MAIN}:
                return Named(found, own=False)
    return None


def frame_module(frame: FrameType, code: Code) -> Named | None:
    """Name the module whose code a frame runs."""
    variables = frame.f_globals
    name = dict.get(variables, "__name__")
    if type(name) is not str or _inside(code.modules.get(name)) is not variables:
        return None
    return module_of(name, frame.f_code.co_filename, code)


def type_name(kind: type, code: Code) -> str:
    """Name a type, if it can be found in a known module under the name that it goes by."""
    try:
        return _type_name(kind, code)
    except Exception:  # noqa: BLE001 whatever a stranger's class does when it is looked at
        return ELSEWHERE


def _type_name(kind: type, code: Code) -> str:
    module, name = _MODULE_OF(kind), _NAME_OF(kind)
    if type(module) is not str or type(name) is not str:
        return ELSEWHERE
    holder = code.modules.get(module)
    found = holder
    for part in name.split("."):
        found = _inside(found)[part]
    if found is not kind:
        return ELSEWHERE
    known = module_of(module, _inside(holder).get("__file__"), code)
    if known is None and module not in code.builtin:
        return ELSEWHERE
    told = f"{known.name if known is not None else module}.{name}"
    return told if is_error_type(told) else ELSEWHERE


def _inside(holder: object) -> Mapping[str, object]:
    """Give what a module or a class holds, without asking it.

    Raises:
        AttributeError: it is neither.
    """
    held: Mapping[str, object] = object.__getattribute__(holder, "__dict__")
    return held


def _stem(file: str) -> str:
    """Give a module's path without what tells how it is stored; a package's is its folder."""
    head, slash, last = file.replace("\\", "/").rpartition("/")
    last = last.partition(".")[0]
    return head if last == "__init__" else f"{head}{slash}{last}"
