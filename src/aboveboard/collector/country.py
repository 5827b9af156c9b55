"""Enters: a country and its continent. Leaves: what may be said of them: of a small one less.

In a small country a program may have one user, and whoever knows them knows whose number it is. So
a country is named where ten million people or more live, and of any other its continent is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aboveboard.model.registry import Registry
    from aboveboard.ports.countries import Countries

METRIC = "sender.country"
"""Nobody's country is looked up for a product whose registry does not have this metric."""
EVENT, PROPERTY = METRIC.split(".")
_NAMES = (
    "AE AF AO AR AU AZ BD BE BF BI BJ BO BR CA CD CI CL CM CN CO CU CZ DE DO DZ EC EG ES ET FR GB "
    "GH GN GR GT HN HT ID IN IQ IR IT JO JP KE KH KP KR KZ LK MA MG ML MM MW MX MY MZ NE NG NL NP "
    "PE PG PH PK PL PT RO RU RW SA SD SE SN SO SS SY TD TH TJ TN TR TW TZ UA UG US UZ VE VN YE ZA "
    "ZM ZW"
)
LARGE = frozenset(_NAMES.split())
"""Countries of ten million people or more: World Population Prospects 2024, United Nations."""
CONTINENTS: Mapping[str, str] = {
    "AF": "africa",
    "AN": "antarctica",
    "AS": "asia",
    "EU": "europe",
    "NA": "north-america",
    "OC": "oceania",
    "SA": "south-america",
}
"""As words: AF, AS, NA and SA are countries as well."""


@dataclass(frozen=True, slots=True)
class KnownCountries:
    """Where countries come from, and for whom.

    Attributes:
        countries: finds them.
        apps: whose registries have the metric.
    """

    countries: Countries
    apps: frozenset[str]

    def name(self, packed: bytes) -> str:
        """Give what may be said of an address, ``""`` for nothing."""
        return coarse(*self.countries.find(packed)) if packed else ""


def coarse(country: str, continent: str) -> str:
    """Give a large country, or the continent of a small one.

    Example:
        >>> coarse("DE", "EU"), coarse("LI", "EU"), coarse("", "AS"), coarse("", "")
        ('DE', 'europe', 'asia', '')
    """
    return country if country in LARGE else CONTINENTS.get(continent, "")


def asking(registries: Mapping[str, Registry]) -> frozenset[str]:
    """Give the apps whose registries have the metric."""
    return frozenset(app for app, each in registries.items() if METRIC in each.metrics)
