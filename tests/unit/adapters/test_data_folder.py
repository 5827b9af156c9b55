from __future__ import annotations

import errno
import fcntl
import re
from pathlib import Path

import pytest

from aboveboard.adapters.data_folder import DataFolder, ServedBy
from aboveboard.adapters.file_ledger import pin_key
from aboveboard.errors import SetupError

SERVED_BY = ServedBy(4711, 34567, "mellon", "http://127.0.0.1:8790")


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_second_collector_cannot_have_the_folder(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with DataFolder(data).locked():
        expected = "a collector serves from .*data already. Stop it first, .* --data"
        with pytest.raises(SetupError, match=expected), DataFolder(data).locked():
            pass


def test_the_folder_is_free_again_afterwards(tmp_path: Path) -> None:
    for _ in range(2):
        with DataFolder(tmp_path).locked():
            pass
    with pytest.raises(ZeroDivisionError), DataFolder(tmp_path).locked():
        _ = 1 / 0
    with DataFolder(tmp_path).locked():
        pass


def test_the_folder_and_its_lock_are_its_owner_s_alone(tmp_path: Path) -> None:
    with DataFolder(tmp_path / "data").locked():
        assert mode(tmp_path / "data") == 0o700
        assert mode(tmp_path / "data" / "lock") == 0o600


def test_a_folder_that_cannot_be_made_is_a_setup_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with (
        pytest.raises(SetupError, match=r"the data folder .* cannot be written"),
        DataFolder(tmp_path / "file" / "data").locked(),
    ):
        pass


def test_a_folder_that_cannot_be_locked_is_a_setup_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(_descriptor: int, _operation: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    with pytest.raises(SetupError), DataFolder(tmp_path).locked():
        pass


def test_the_first_start_makes_a_key_that_stays(tmp_path: Path) -> None:
    (key,) = DataFolder(tmp_path).private_keys()
    assert len(key) == 32
    assert DataFolder(tmp_path).private_keys() == [key]
    assert DataFolder(tmp_path / "other").private_keys() != [key]


def test_keys_can_be_read_by_their_owner_alone(tmp_path: Path) -> None:
    DataFolder(tmp_path).private_keys()
    assert mode(tmp_path / "keys") == 0o700
    assert [(path.name, mode(path)) for path in (tmp_path / "keys").iterdir()] == [
        ("0001.x25519", 0o600)
    ]


def test_the_newest_key_comes_first(tmp_path: Path) -> None:
    (old,) = DataFolder(tmp_path).private_keys()
    (tmp_path / "keys" / "0002.x25519").write_bytes(b"n" * 32)
    assert DataFolder(tmp_path).private_keys() == [b"n" * 32, old]


def test_keys_that_cannot_be_kept_are_a_setup_error(tmp_path: Path) -> None:
    (tmp_path / "keys").write_bytes(b"")
    with pytest.raises(SetupError):
        DataFolder(tmp_path).private_keys()


def test_other_programs_of_the_owner_find_who_serves(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    assert folder.served_by() is None
    folder.serving(SERVED_BY)
    assert mode(tmp_path / "server.json") == 0o600
    assert DataFolder(tmp_path).served_by() == SERVED_BY
    folder.serving(SERVED_BY)
    folder.not_serving()
    folder.not_serving()
    assert folder.served_by() is None


def test_what_a_crash_left_half_written_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "server.part").write_bytes(b"half")
    (tmp_path / "server.part").chmod(0o644)
    folder = DataFolder(tmp_path)
    folder.serving(SERVED_BY)
    assert folder.served_by() == SERVED_BY
    assert [(path.name, mode(path)) for path in tmp_path.iterdir()] == [("server.json", 0o600)]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="half"),
        pytest.param(b"\xff", id="not-utf-8"),
        pytest.param(b"[]", id="a-list"),
        pytest.param(b"7", id="a-number"),
        pytest.param(b"{}", id="nothing-in-it"),
        pytest.param(b'{"pid": 1, "port": 2, "token": "", "address": "", "x": 1}', id="too-much"),
    ],
)
def test_a_word_that_cannot_be_read_is_no_word(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "server.json").write_bytes(content)
    assert DataFolder(tmp_path).served_by() is None


def test_the_log_is_called_after_its_key_unless_it_has_a_name(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    key = folder.log_key()
    assert re.fullmatch("collector-[0-9a-f]{16}", key.name)
    assert folder.log_key() == key
    named = folder.log_key("telemetry.editor.example/log")
    assert (named.name, named.public) == ("telemetry.editor.example/log", key.public)
    folder.ledger.mkdir()
    pin_key(folder.ledger, named)
    assert folder.log_key() == named


def test_a_log_s_key_that_is_none_is_told(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.signing_key()
    (tmp_path / "keys" / "log.ed25519").write_bytes(b"short")
    with pytest.raises(SetupError, match="is no key: it has 5 bytes"):
        folder.signing_key()
    with pytest.raises(SetupError, match="no log can be called"):
        DataFolder(tmp_path / "other").log_key("a name")


def test_a_log_s_key_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "keys" / "log.ed25519").mkdir(parents=True)
    with pytest.raises(SetupError, match="cannot be used"):
        DataFolder(tmp_path).signing_key()
