"""Enters: a collector's settings. Leaves: what finds countries, where somebody asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.adapters.country_file import CountryFile
from aboveboard.collector.country import KnownCountries, asking

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aboveboard.model.registry import Registry
    from aboveboard.settings.collector import CollectorSettings


def countries(
    settings: CollectorSettings, registries: Mapping[str, Registry]
) -> KnownCountries | None:
    """Give what finds countries; None without a file, or where no registry has the metric.

    Raises:
        SettingsError: the file cannot be read.
    """
    apps = asking(registries)
    if settings.country_file is None or not apps:
        return None
    return KnownCountries(CountryFile(settings.country_file), apps)
