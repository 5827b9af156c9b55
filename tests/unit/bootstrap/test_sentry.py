from __future__ import annotations

import pytest

from aboveboard.bootstrap.sentry import known_code
from aboveboard.errors import SettingsError


def test_a_package_of_an_app_that_nobody_serves_is_a_mistake() -> None:
    with pytest.raises(SettingsError, match="names the app 'writer' that has no registry"):
        known_code(["package=writer"], ["editor"])
