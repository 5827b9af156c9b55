from __future__ import annotations

import pytest

from aboveboard.bootstrap.segment import keys
from aboveboard.bootstrap.sentry import known_code
from aboveboard.errors import SetupError


def test_a_package_of_an_app_that_nobody_serves_is_a_mistake() -> None:
    with pytest.raises(SetupError, match="'writer', which has no registry"):
        known_code(["package=writer"], ["editor"])


@pytest.mark.parametrize("text", ["package", "package=", "=editor", ""])
def test_a_package_without_an_app_is_a_mistake(text: str) -> None:
    with pytest.raises(SetupError, match="PACKAGE=APP"):
        known_code([text], ["editor"])


def test_a_mistake_in_a_key_says_of_what_it_is() -> None:
    with pytest.raises(SetupError, match="a key of Sentry must be written KEY=APP"):
        keys(["KEY"], ["editor"], "a key of Sentry")
