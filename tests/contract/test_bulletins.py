"""What every adapter of the port Bulletins promises."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pytest

from aboveboard.adapters.bulletin_files import BulletinFiles
from aboveboard.adapters.memory_bulletins import MemoryBulletins
from aboveboard.model.bulletin import Bulletin
from aboveboard.ports.bulletins import Bulletins

ONE = Bulletin("msb-1", ("5.37.0", "5.36.1"), "A hole in search", b"<p>Update to 5.37.1.</p>")
TWO = Bulletin("msb-2", ("9.0.0",), "A hole in files", "<p>Größer als &lt;9&gt;</p>".encode())


class Desk(Protocol):
    """Who writes notices, and takes them away."""

    @property
    def bulletins(self) -> Bulletins: ...

    def put(self, bulletin: Bulletin) -> None: ...

    def drop(self, name: str) -> None: ...


class InMemory:
    def __init__(self) -> None:
        self.bulletins = MemoryBulletins()

    def put(self, bulletin: Bulletin) -> None:
        self.bulletins.put(bulletin)

    def drop(self, name: str) -> None:
        self.bulletins.drop(name)


class InFiles:
    def __init__(self, folder: Path) -> None:
        self.folder, self.bulletins = folder, BulletinFiles(folder)

    def put(self, bulletin: Bulletin) -> None:
        lines = {
            "format": "1",
            "id": json.dumps(bulletin.id),
            "title": json.dumps(bulletin.title),
            "applies_to_version": json.dumps(bulletin.versions),
            "html": json.dumps(bulletin.page.decode()),
        }
        content = "".join(f"{key} = {value}\n" for key, value in lines.items())
        (self.folder / f"{bulletin.id}.toml").write_text(content, encoding="utf-8")

    def drop(self, name: str) -> None:
        (self.folder / f"{name}.toml").unlink(missing_ok=True)


@pytest.fixture(params=["memory", "files"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Desk:
    return InMemory() if request.param == "memory" else InFiles(tmp_path)


def test_without_notices_there_are_none(desk: Desk) -> None:
    assert list(desk.bulletins.now()) == []


def test_notices_come_as_they_were_written_and_by_id(desk: Desk) -> None:
    desk.put(TWO)
    desk.put(ONE)
    assert list(desk.bulletins.now()) == [ONE, TWO]


def test_a_notice_that_is_changed_is_the_new_one_at_once(desk: Desk) -> None:
    desk.put(ONE)
    assert list(desk.bulletins.now()) == [ONE]
    longer = replace(ONE, page=b"<p>Update to 5.37.2, not to 5.37.1.</p>")
    desk.put(longer)
    assert list(desk.bulletins.now()) == [longer]


def test_a_notice_that_is_taken_away_is_gone_at_once(desk: Desk) -> None:
    desk.put(ONE)
    desk.put(TWO)
    desk.bulletins.now()
    desk.drop("msb-1")
    assert list(desk.bulletins.now()) == [TWO]
    desk.drop("msb-1")
    assert list(desk.bulletins.now()) == [TWO]
