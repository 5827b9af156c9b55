"""Enters: files of a collector. Leaves: their copies in a dated folder, with a manifest.

A backup is a folder ``aboveboard-20261125T223000Z``. Its ``manifest.json`` names every file with
its length and SHA-256; a folder without one is no backup.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aboveboard.adapters.disk import sync_folder
from aboveboard.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FORMAT = 1
MANIFEST = "manifest.json"
STAMP = "%Y%m%dT%H%M%SZ"
SECRET, SECRET_FOLDER = 0o600, 0o700


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself.

    Attributes:
        made: when, in UTC.
        version: of the program that made it.
        layout: of the data.
        tables: what keeps them: ``duckdb`` or ``postgresql``.
        keys: whether the private keys are in it.
        loaded: log to the segment and byte up to which the tables hold it.
        files: path to length and SHA-256.
        format: of the manifest.
    """

    made: str
    version: str
    layout: int
    tables: str
    keys: bool
    loaded: dict[str, list[int]]
    files: dict[str, list[Any]] = field(default_factory=dict)
    format: int = FORMAT


def name_of(moment: datetime) -> str:
    """Name the backup of a moment.

    Example:
        >>> name_of(datetime(2026, 11, 25, 22, 30, tzinfo=UTC))
        'aboveboard-20261125T223000Z'
    """
    return f"aboveboard-{moment.astimezone(UTC).strftime(STAMP)}"


def backups_in(folder: Path) -> list[tuple[datetime, Path]]:
    """Give the finished backups of a folder, oldest first."""
    places = [each for each in folder.glob("aboveboard-*") if (each / MANIFEST).is_file()]
    return sorted((made, each) for each in places if (made := moment_of(each.name)) is not None)


def moment_of(name: str) -> datetime | None:
    """Give the moment that a backup is named by; None if that is no backup's name.

    Example:
        >>> moment_of("aboveboard-20261125T223000Z"), moment_of("aboveboard-old")
        (datetime.datetime(2026, 11, 25, 22, 30, tzinfo=datetime.timezone.utc), None)
    """
    try:
        return datetime.strptime(name, f"aboveboard-{STAMP}").replace(tzinfo=UTC)
    except ValueError:
        return None


def rotate(folder: Path, now: datetime, days: int) -> list[Path]:
    """Delete the backups that are older than some days.

    Raises:
        SetupError: one cannot be deleted.
    """
    old = [path for made, path in backups_in(folder) if made < now - timedelta(days=days)]
    with _told("an old backup cannot be deleted"):
        for path in old:
            # Without its manifest it is no backup any more, should the rest remain.
            (path / MANIFEST).unlink()
            shutil.rmtree(path)
    return old


@contextlib.contextmanager
def new_backup(folder: Path, moment: datetime) -> Iterator[tuple[Path, Path]]:
    """Make a folder that becomes a backup when the block ends well, and goes if it does not.

    Returns:
        The folder to fill, and the place it will have.

    Raises:
        SetupError: it cannot be made.
    """
    final = folder / name_of(moment)
    part = folder / f".{final.name}.part"
    with _told(f"no backup can be made in {folder}"):
        folder.mkdir(parents=True, exist_ok=True, mode=SECRET_FOLDER)
        shutil.rmtree(part, ignore_errors=True)
        if final.exists():
            message = f"{final} is there already; one backup a second is the most"
            raise SetupError(message)
        part.mkdir(mode=SECRET_FOLDER)
        try:
            yield part, final
            part.rename(final)
            sync_folder(folder)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise


def copy_folder(source: Path, target: Path) -> None:
    """Copy a folder's files; what is written to meanwhile is copied up to somewhere.

    What tells of places in other files comes first: it never tells of more than is copied.
    """
    files = [each for each in source.rglob("*") if each.is_file()]
    for file in sorted(files, key=lambda each: (each.suffix == ".log", each)):
        place = target / file.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True, mode=SECRET_FOLDER)
        with contextlib.suppress(FileNotFoundError):  # its time was over, and it was loaded
            _copy(file, place)


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a SQLite database of one moment, whoever writes it.

    Raises:
        SetupError: it cannot be read.
    """
    try:
        with (
            contextlib.closing(
                sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)
            ) as there,
            contextlib.closing(sqlite3.connect(target)) as here,
        ):
            there.backup(here)
    except sqlite3.Error as error:
        message = f"{source.name} cannot be copied: {error}"
        raise SetupError(message) from error
    target.chmod(SECRET)


def finish(folder: Path, manifest: Manifest) -> None:
    """Bring all files to the disk, and write the manifest of them."""
    for file in sorted(each for each in folder.rglob("*") if each.is_file()):
        descriptor = os.open(file, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        name = file.relative_to(folder).as_posix()
        manifest.files[name] = [file.stat().st_size, digest_of(file)]
    with (folder / MANIFEST).open("w", encoding="utf-8") as stream:
        json.dump(asdict(manifest), stream, indent=1)
        stream.flush()
        os.fsync(stream.fileno())


def read_manifest(backup: Path) -> Manifest:
    """Read what a backup says of itself.

    Raises:
        SetupError: it is no backup, or of another format.
    """
    try:
        manifest = Manifest(**json.loads((backup / MANIFEST).read_bytes()))
        _check(manifest)
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        message = f"{backup} holds no backup that this version can read: look at its {MANIFEST}"
        raise SetupError(message) from error
    return manifest


def _check(manifest: Manifest) -> None:
    for name, (length, mark) in manifest.files.items():
        path = Path(name)
        inside = not path.is_absolute() and ".." not in path.parts
        if not (inside and isinstance(length, int) and isinstance(mark, str)):
            raise ValueError(name)
    if manifest.format != FORMAT or not isinstance(manifest.layout, int):
        raise ValueError(manifest.format)


def faults(backup: Path, manifest: Manifest, told: Callable[[int], None]) -> list[str]:
    """Compare a backup's files with its manifest.

    Returns:
        A sentence for each that is missing, changed or not named.
    """
    found = []
    for name, (length, mark) in manifest.files.items():
        file = backup / name
        if not file.is_file() or file.is_symlink():
            found.append(f"{name} is missing.")
        elif file.stat().st_size != length or digest_of(file) != mark:
            found.append(f"{name} is not what it was.")
        told(length)
    there = {each.relative_to(backup).as_posix() for each in backup.rglob("*") if each.is_file()}
    strange = sorted(there - manifest.files.keys() - {MANIFEST})
    return found + [f"{name} is not of this backup." for name in strange]


def copy_back(backup: Path, manifest: Manifest, data: Path, told: Callable[[int], None]) -> None:
    """Put a backup's files in the place of a data folder, all or none.

    Raises:
        SetupError: something is there already, or it cannot be written.
    """
    part = data.with_name(f".{data.name}.restoring")
    with _told(f"{data} cannot be restored"):
        if data.exists() and any(data.iterdir()):
            message = f"{data} is not empty; name a folder that is, or that is not there"
            raise SetupError(message)
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True, mode=SECRET_FOLDER)
        try:
            for name, (length, _) in manifest.files.items():
                place = part / name
                place.parent.mkdir(parents=True, exist_ok=True, mode=SECRET_FOLDER)
                _copy(backup / name, place)
                told(length)
            if data.exists():
                data.rmdir()
            part.rename(data)
            sync_folder(data.parent)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise


def _copy(source: Path, target: Path) -> None:
    """Copy a file with its age: a record of the log goes when its segment is old."""
    before = source.stat()
    shutil.copyfile(source, target)
    target.chmod(SECRET)
    os.utime(target, ns=(before.st_atime_ns, before.st_mtime_ns))


def digest_of(file: Path) -> str:
    """Give a file's SHA-256."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextlib.contextmanager
def _told(message: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        text = f"{message}: {error.strerror or type(error).__name__}"
        raise SetupError(text) from error
