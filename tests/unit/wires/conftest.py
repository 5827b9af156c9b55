"""Sees in every test of a wire that what it counts has a sentence."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import pytest

from aboveboard.analysis.wire_codes import CODES
from aboveboard.analysis.wire_words import ANSWERS, MEANINGS
from aboveboard.wires.foreign import Understood

if TYPE_CHECKING:
    from collections.abc import Iterator

EVERY = {*MEANINGS, *ANSWERS, *chain.from_iterable(CODES.values())}


@pytest.fixture(autouse=True)
def every_code_has_a_sentence(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Look at every code that is met; the lines of the wires are covered, so that is each."""
    made: list[Understood] = []
    begin = Understood.__init__

    def note(self: Understood, *args: Any, **named: Any) -> None:  # noqa: ANN401 passed on
        begin(self, *args, **named)
        made.append(self)

    monkeypatch.setattr(Understood, "__init__", note)
    yield
    assert {code for each in made for code in each.discarded} <= EVERY
