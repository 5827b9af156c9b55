"""Enters: a file in MaxMind's format, such as GeoLite2-Country. Leaves: the port Countries.

It is opened once and read as a map of memory; a newer file counts after the next start.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

from aboveboard.errors import Problem, SettingsError

if TYPE_CHECKING:
    from pathlib import Path

INSTALL = "pip install 'aboveboard[geoip]'"
REMEDY = "Name a file such as GeoLite2-Country.mmdb, or leave it out."


class CountryFile:
    """Countries by a file of this machine.

    Args:
        file: in MaxMind's format, with ``country.iso_code`` and ``continent.code``.

    Raises:
        SettingsError: it cannot be read, or what reads it is not installed.
    """

    def __init__(self, file: Path) -> None:
        try:
            import maxminddb  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415 an extra
        except ImportError as error:
            wrong = _wrong("what reads a country_file is not installed.", INSTALL)
            raise SettingsError([wrong]) from error
        try:
            self._reader = maxminddb.open_database(file)
        except OSError as error:
            wrong = _wrong(f"the country_file {file} cannot be read: {error.strerror}.")
            raise SettingsError([wrong]) from error
        except (ValueError, maxminddb.InvalidDatabaseError) as error:
            wrong = _wrong(f"the country_file {file} is no file in MaxMind's format.")
            raise SettingsError([wrong]) from error

    def find(self, packed: bytes) -> tuple[str, str]:
        """Give the country and the continent of an address."""
        try:
            found = self._reader.get(ip_address(packed))
        except (ValueError, LookupError, OSError, RuntimeError):  # as of a damaged file
            return "", ""
        return _code(found, "country", "iso_code"), _code(found, "continent", "code")


class MemoryCountries:
    """Countries by a table.

    Args:
        known: address to country and continent.
    """

    def __init__(self, known: dict[str, tuple[str, str]]) -> None:
        self._known = {ip_address(address).packed: codes for address, codes in known.items()}

    def find(self, packed: bytes) -> tuple[str, str]:
        """Give the country and the continent of an address."""
        return self._known.get(packed, ("", ""))


def _wrong(text: str, remedy: str = REMEDY) -> Problem:
    return Problem("no_countries", "country_file", text, remedy)


def _code(found: object, part: str, name: str) -> str:
    inner = found.get(part) if isinstance(found, dict) else None
    code = inner.get(name) if isinstance(inner, dict) else None
    return code if isinstance(code, str) else ""
