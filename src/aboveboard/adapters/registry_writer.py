"""Enters: what people changed in a registry, signed, or made of it. Leaves: it, all or nothing."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from aboveboard.adapters.signed_registries import approvals_path
from aboveboard.errors import SetupError
from aboveboard.registry.approvals import write_approvals

if TYPE_CHECKING:
    from aboveboard.registry.approvals import Approvals

READABLE = 0o644


def write_approvals_of(path: Path, approvals: Approvals) -> None:
    """Write what was signed about a registry file, all or nothing.

    Raises:
        SetupError: it cannot be written.
    """
    replace_file(approvals_path(path), write_approvals(approvals))


def replace_file(path: Path, body: bytes) -> None:
    """Put bytes in the place of a file, all or nothing; its rights stay what they were.

    Raises:
        SetupError: it cannot be written.
    """
    try:
        place = path.resolve()
        mode = place.stat().st_mode & 0o777 if place.exists() else READABLE
        descriptor, part = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(body)
                stream.flush()
                os.fchmod(stream.fileno(), mode)
                os.fsync(stream.fileno())
            Path(part).replace(place)
        except BaseException:
            Path(part).unlink()
            raise
    except OSError as error:
        message = f"{str(path)!r} cannot be written: {error.strerror}"
        raise SetupError(message) from error
