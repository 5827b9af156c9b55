from __future__ import annotations

import pytest

from aboveboard.bootstrap.segment import keys
from aboveboard.errors import SetupError


def test_a_key_of_an_app_that_nobody_serves_is_a_mistake() -> None:
    with pytest.raises(SetupError, match="'writer', which has no registry"):
        keys(["KEY=writer"], ["editor"])


@pytest.mark.parametrize("text", ["KEY", "KEY=", "=editor", ""])
def test_a_key_without_an_app_is_a_mistake(text: str) -> None:
    with pytest.raises(SetupError, match="KEY=APP"):
        keys([text], ["editor"])


def test_a_key_may_hold_an_equals_sign_and_an_app_may_have_many() -> None:
    assert keys(["a==editor", " b = editor"], ["editor"]) == dict.fromkeys(
        ["editor", "a=", "b"], "editor"
    )
