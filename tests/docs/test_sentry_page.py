from __future__ import annotations

import re
from pathlib import Path

from aboveboard.wires.sentry import _NOT_KEPT
from aboveboard.wires.sentry_losses import OTHER, REASONS

ROOT = Path(__file__).parents[2]
WIRES = ROOT / "src" / "aboveboard" / "wires"
CODE = re.compile(
    r'(?:Counter\(\[|_refused\(\d+, |discarded\[|else |^[A-Z_]+ = )"([a-z]+(?:_[a-z]+)+)"',
    re.MULTILINE,
)
NO_CODES = {"log_item", "metric_bucket"}


def test_every_reason_for_dropping_a_message_is_on_the_page_and_no_other() -> None:
    text = "".join(file.read_text(encoding="utf-8") for file in WIRES.glob("sentry*.py"))
    page = (ROOT / "docs" / "wires" / "sentry.md").read_text(encoding="utf-8")
    shown = re.findall(r"^\| `(\w+)` \|", page.partition("## What is dropped")[2], re.MULTILINE)
    kinds = {f"{kind}_not_kept" for kind in _NOT_KEPT}
    lost = {f"lost_{reason}" for reason in REASONS}
    told = set(CODE.findall(text)) | {"key_is_off"} | {OTHER}
    listed = set(re.findall(r"`(\w+)`", page.partition("## What is dropped")[2]))
    assert told | kinds | lost <= listed
    assert set(shown) <= told | kinds | lost
