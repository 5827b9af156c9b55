from __future__ import annotations

import sys

import pytest

from aboveboard.adapters.late_check import LateChecker
from aboveboard.errors import SealError


def test_without_the_extra_it_is_an_error_that_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "aboveboard.adapters.ed25519", None)

    with pytest.raises(SealError, match=r"pip install 'aboveboard\[seal\]'"):
        LateChecker().check(bytes(32), b"message", bytes(64))
