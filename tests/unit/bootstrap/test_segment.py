from __future__ import annotations

import pytest

from aboveboard.bootstrap.segment import keys
from aboveboard.errors import SettingsError


def test_a_key_of_an_app_that_nobody_serves_is_a_mistake_and_shows_nothing() -> None:
    with pytest.raises(SettingsError) as caught:
        keys("segment_keys", ["KEY=writer", "b=editor", "editor=SECRET", "OLD=-"], ["editor"])
    told = [(each.code, each.place, each.text) for each in caught.value.problems]
    says = "of segment_keys names an app that has no registry."
    assert told == [
        ("unknown_app", "segment_keys", f"entry 1 {says}"),
        ("unknown_app", "segment_keys", f"entry 3 {says}"),
    ]
    assert caught.value.problems[0].remedy.endswith("name one of editor.")


def test_a_key_may_hold_an_equals_sign_and_an_app_may_have_many() -> None:
    assert keys("segment_keys", ["a==editor", " b = editor"], ["editor"]) == dict.fromkeys(
        ["editor", "a=", "b"], "editor"
    )
