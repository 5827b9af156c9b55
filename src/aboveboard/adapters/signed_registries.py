"""Enters: a registry file or a folder of them. Leaves: what their signatures make of them.

What was signed about a registry stands beside it: ``editor.approvals.json`` beside ``editor.toml``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from aboveboard.adapters.late_check import LateChecker
from aboveboard.adapters.registry_files import plugin_files, read_file
from aboveboard.errors import SetupError
from aboveboard.registry.approvals_reader import MOST_BYTES, read_approvals
from aboveboard.registry.approve import in_force
from aboveboard.registry.read import includes
from aboveboard.registry.served import Served, content_of

if TYPE_CHECKING:
    from aboveboard.model.registry import Registry
    from aboveboard.ports.signatures import SignatureChecker
    from aboveboard.registry.approvals import Approvals


def read_in_force(path: Path, checker: SignatureChecker | None = None) -> Registry:
    """Read one registry file as its signatures have it; without a committee, as it is.

    Raises:
        SetupError: a file cannot be read.
        RegistryError: with all problems of the file, or of its signatures.
        SealError: signatures cannot be checked here.
    """
    registry = read_file(path)
    if registry.committee is None:
        return registry
    return in_force(registry, approvals_of(path), checker or LateChecker())


def read_served(path: Path, checker: SignatureChecker | None = None) -> Served:
    """Read one registry file with all that a collector shows of it.

    Raises:
        SetupError: a file cannot be read.
        RegistryError: with all problems of the file, or of its signatures.
        SealError: signatures cannot be checked here.
    """
    registry = read_in_force(path, checker)
    body, signed = path.read_bytes(), approvals_path(path)
    plugins = [text for _, text in plugin_files(path.parent, includes(body))]
    approvals = signed.read_bytes() if registry.committee is not None and signed.exists() else b""
    return Served(registry, content_of(body, plugins), approvals)


def approvals_path(path: Path) -> Path:
    """Give where the signatures of a registry file stand.

    Example:
        >>> approvals_path(Path("registry/editor.toml")).name
        'editor.approvals.json'
    """
    return path.with_name(f"{path.stem}.approvals.json")


def approvals_of(path: Path) -> Approvals | None:
    """Read what was signed about a registry file; None if nothing was.

    Raises:
        SetupError: the signatures cannot be read.
        RegistryError: with all of their problems.
    """
    file = approvals_path(path)
    try:
        with file.open("rb") as stream:
            body = stream.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        message = f"the signatures {str(file)!r} cannot be read: {error.strerror}"
        raise SetupError(message) from error
    return read_approvals(body, file.name)


def served_folder(folder: Path, checker: SignatureChecker) -> dict[str, Served]:
    """Read every ``*.toml`` of a folder with all that a collector shows of it, by app.

    Raises:
        SetupError: there is none, or two name the same app.
        RegistryError: with all problems of the first file that has any.
        SealError: signatures cannot be checked here.
    """
    found: dict[str, Served] = {}
    for path in sorted(folder.glob("*.toml")):
        one = read_served(path, checker)
        app = one.registry.app
        if app in found:
            message = f"{path.name} and another file in {folder} both name the app {app}"
            raise SetupError(message)
        found[app] = one
    if not found:
        message = f"there is no registry file (*.toml) in {folder}"
        raise SetupError(message)
    return found
