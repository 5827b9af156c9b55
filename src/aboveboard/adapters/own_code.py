"""Enters: the names of the program's packages. Leaves: which code an error report may name.

What is installed is what lies in the folders of the interpreter. A person's own folder of packages
counts only where the program itself is installed there.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from aboveboard.device.whose import Code

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def own_code(packages: Iterable[str]) -> Code:
    """Find out where the code of this process lies.

    Ask when the packages are loaded; a program that is one script names ``__main__``.

    Args:
        packages: the top-level packages and modules that are the program's own.

    Example:
        >>> from aboveboard.device.whose import type_name
        >>> type_name(FileNotFoundError, own_code(["aboveboard"]))
        'builtins.FileNotFoundError'
    """
    app = tuple((name, folder) for name in packages for folder in _both(_of_package(name)))
    installed = sorted(_both(_installed([folder for _, folder in app])), key=len, reverse=True)
    return Code(app, tuple(installed), frozenset(sys.builtin_module_names), sys.modules)


def _of_package(name: str) -> Iterator[str]:
    module = sys.modules.get(name)
    file = getattr(module, "__file__", None)
    if isinstance(file, str):
        stem = os.path.splitext(file)[0]  # noqa: PTH122 the interpreter's own text, compared as text
        head, last = os.path.split(stem)
        yield head if last == "__init__" else stem
    else:
        yield from getattr(module, "__path__", ())


def _installed(app: Iterable[str]) -> Iterator[str]:
    # Neither is loaded in every program, and this is called when something broke.
    import site  # noqa: PLC0415
    import sysconfig  # noqa: PLC0415

    for name in ("stdlib", "platstdlib"):
        folder = sysconfig.get_path(name)
        yield folder
        yield os.path.join(folder, "lib-dynload")  # noqa: PTH118 as above
    yield from (sysconfig.get_path(name) for name in ("purelib", "platlib"))
    yield from site.getsitepackages()
    own = site.getusersitepackages()
    if any(folder.startswith(own) for folder in app):
        yield own


def _both(folders: Iterable[str]) -> dict[str, None]:
    """Give each folder as it is called and as it really is, with slashes, each once."""
    every = [called for folder in folders for called in (folder, os.path.realpath(folder))]
    return dict.fromkeys(called.replace("\\", "/").rstrip("/") for called in every)
