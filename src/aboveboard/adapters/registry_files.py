"""Enters: a file. Leaves: the registry in it, or every problem of it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from aboveboard.errors import SetupError
from aboveboard.registry.read import includes, read

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from aboveboard.model.registry import Registry


def read_file(path: Path | str) -> Registry:
    """Read one registry file.

    Raises:
        SetupError: it cannot be read.
        RegistryError: with all of its problems.
    """
    try:
        with open(os.fspath(path), "rb") as file:
            body = file.read()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "no path can be like this"
        message = f"the registry {os.fspath(path)!r} cannot be read: {why}"
        raise SetupError(message) from error
    patterns = includes(body)
    plugins: list[tuple[str, bytes]] = []
    if patterns:
        from pathlib import Path  # noqa: PLC0415 see above

        plugins = plugin_files(Path(path).parent, patterns)
    return read(body, os.path.basename(path), plugins)


def plugin_files(folder: Path, patterns: Sequence[str]) -> list[tuple[str, bytes]]:
    """Find the plug-in files that a registry includes, below its own folder alone.

    Returns:
        Each with its path below the folder and its bytes.

    Raises:
        SetupError: a pattern names no file there, or one that cannot be read.
    """
    found: dict[str, bytes] = {}
    for pattern in patterns:
        try:
            paths = sorted(folder.glob(pattern))
            inside = [path for path in paths if path.resolve().is_relative_to(folder.resolve())]
            found |= {str(path.relative_to(folder)): path.read_bytes() for path in inside}
        except (OSError, ValueError, NotImplementedError) as error:
            message = f"what {pattern!r} in {folder} names cannot be read: {error}"
            raise SetupError(message) from error
        if not inside:
            message = f"the registry in {folder} includes {pattern!r}, and there is no such file"
            raise SetupError(message)
    return list(found.items())


def shipped_folder() -> Path:
    """Give the folder of the registries that come with Aboveboard.

    They stand beside the package when it is installed, and at the top of the project when it runs
    from its sources.
    """
    from pathlib import Path  # noqa: PLC0415 see above

    package = Path(__file__).parents[1]
    installed = package / "_registry"
    return installed if installed.is_dir() else package.parents[1] / "registry"
