from __future__ import annotations

from pathlib import Path

import pytest

from aboveboard.transparency.entries import KINDS
from aboveboard.transparency.watch import Suspicion
from aboveboard.web.log_pages import LogProblem

PAGE = (Path(__file__).parents[2] / "docs" / "transparency.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", [*Suspicion, *LogProblem, *KINDS])
def test_every_code_and_kind_of_the_log_is_documented(code: str) -> None:
    assert f"`{code}`" in PAGE
