"""What every adapter of the port Countries promises."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aboveboard.adapters.country_file import CountryFile, MemoryCountries
from aboveboard.errors import SetupError
from aboveboard.ports.countries import Countries
from tests import mmdb

CODES = {
    "198.51.100.7": ("DE", "EU"),
    "203.0.113.9": ("LI", "EU"),
    "2001:db8::7": ("IN", "AS"),
}
NOWHERE = "192.0.2.1"


def known(country: str, continent: str) -> mmdb.Known:
    return {"country": {"iso_code": country}, "continent": {"code": continent}}


def file(folder: Path, more: dict[str, mmdb.Known] | None = None) -> Path:
    path = folder / "countries.mmdb"
    entries = {address: known(*codes) for address, codes in CODES.items()}
    path.write_bytes(mmdb.written(entries | (more or {})))
    return path


@pytest.fixture(params=["memory", "file"])
def countries(request: pytest.FixtureRequest, tmp_path: Path) -> Countries:
    if request.param == "memory":
        return MemoryCountries(CODES)
    pytest.importorskip("maxminddb")
    return CountryFile(file(tmp_path))


@pytest.mark.parametrize("address", CODES)
def test_an_address_has_a_country_and_a_continent(countries: Countries, address: str) -> None:
    assert countries.find(ip_address(address).packed) == CODES[address]


def test_of_any_other_nothing_is_known(countries: Countries) -> None:
    assert countries.find(ip_address(NOWHERE).packed) == ("", "")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(packed=st.binary(max_size=17))
def test_no_bytes_make_it_raise(countries: Countries, packed: bytes) -> None:
    assert len(countries.find(packed)) == 2


def test_a_record_may_say_less_or_something_else(tmp_path: Path) -> None:
    pytest.importorskip("maxminddb")
    more: dict[str, mmdb.Known] = {
        "192.0.2.0/28": {"continent": {"code": "AF"}},
        "192.0.2.16/28": {"country": "DE", "continent": {"code": 7}},
    }
    made = CountryFile(file(tmp_path, more))
    assert made.find(ip_address("192.0.2.1").packed) == ("", "AF")
    assert made.find(ip_address("192.0.2.17").packed) == ("", "")


def test_a_damaged_file_knows_nothing(tmp_path: Path) -> None:
    pytest.importorskip("maxminddb")
    path = file(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"iso_code", b"\xff" * 8))
    assert CountryFile(path).find(ip_address("198.51.100.7").packed)[0] == ""


@pytest.mark.parametrize("content", [b"", b"nonsense" * 100, None])
def test_a_file_that_is_none_ends_the_start(tmp_path: Path, content: bytes | None) -> None:
    pytest.importorskip("maxminddb")
    path = tmp_path / "countries.mmdb"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SetupError, match=r"country_file .*countries.mmdb (is|cannot)"):
        CountryFile(path)


def test_without_what_reads_it_the_start_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "maxminddb", None)
    with pytest.raises(SetupError, match=r"aboveboard\[geoip\]"):
        CountryFile(file(tmp_path))
