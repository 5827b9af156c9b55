from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aboveboard.bootstrap.wires import keys
from aboveboard.errors import SetupError

if TYPE_CHECKING:
    from aboveboard.model.registry import Registry


def test_a_key_of_an_app_that_nobody_serves_is_a_mistake() -> None:
    with pytest.raises(SetupError, match="'writer', which has no registry"):
        keys(["KEY=writer"], {}, "a write key")


@pytest.mark.parametrize("text", ["KEY", "KEY=", "=editor", ""])
def test_a_key_without_an_app_is_a_mistake(text: str, registries: dict[str, Registry]) -> None:
    with pytest.raises(SetupError, match="NAME=APP"):
        keys([text], registries, "a write key")


@pytest.fixture
def registries() -> dict[str, Registry]:
    return {}
