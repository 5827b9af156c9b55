from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aboveboard.adapters.key_files import new_key_file, read_key_file
from aboveboard.errors import SetupError

# RFC 8410, section 10.3.
RFC = """-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
-----END PRIVATE KEY-----
"""
RFC_PUBLIC = bytes.fromhex("19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1")


def nobody() -> str:
    pytest.fail("the file is not locked")


@pytest.mark.parametrize("passphrase", ["", "a secret", "geheim \udcff ä"])
def test_a_key_that_was_made_signs_again(tmp_path: Path, passphrase: str) -> None:
    path = tmp_path / "ana.pem"
    made = new_key_file(path, passphrase)
    read = read_key_file(path, (lambda: passphrase) if passphrase else nobody)
    assert read.public_key == made.public_key
    assert read.sign(b"x") == made.sign(b"x")


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "ana.pem"
    new_key_file(path, "")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_made_elsewhere_can_be_used(tmp_path: Path) -> None:
    path = tmp_path / "rfc.pem"
    path.write_text(RFC, encoding="ascii")
    assert read_key_file(path, nobody).public_key == RFC_PUBLIC


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "ana.pem"
    path.write_text("precious", encoding="ascii")
    with pytest.raises(SetupError, match="is there already"):
        new_key_file(path, "")
    assert path.read_text(encoding="ascii") == "precious"


def test_where_nothing_can_be_written_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="cannot be written: No such file"):
        new_key_file(tmp_path / "none" / "ana.pem", "")


def test_a_wrong_passphrase_opens_nothing(tmp_path: Path) -> None:
    path = tmp_path / "ana.pem"
    new_key_file(path, "right")
    for wrong in ("wrong", ""):
        with pytest.raises(SetupError, match="does not open with this passphrase"):
            read_key_file(path, lambda wrong=wrong: wrong)  # type: ignore[misc]


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="cannot be read: No such file"):
        read_key_file(tmp_path / "none.pem", nobody)


def test_a_key_of_another_kind_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x25519.pem"
    key = X25519PrivateKey.generate()
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(SetupError, match="is no Ed25519 key"):
        read_key_file(path, nobody)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300) | st.binary(max_size=60).map(lambda body: RFC.encode()[:90] + body))
def test_no_bytes_do_anything_but_tell(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "any.pem"
    path.write_bytes(body)
    with pytest.raises(SetupError):
        read_key_file(path, lambda: "a secret")
