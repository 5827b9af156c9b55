from __future__ import annotations

import re
from pathlib import Path

from aboveboard.wires.otlp_answers import SENTENCES

ROOT = Path(__file__).parents[2]
WIRE = ROOT / "src" / "aboveboard" / "wires" / "otlp.py"
REFUSED = re.compile(r'_refused\(.*, "(\w+)"\)')


def test_every_reason_for_dropping_a_message_is_on_the_page_and_no_other() -> None:
    page = (ROOT / "docs" / "wires" / "otlp.md").read_text(encoding="utf-8")
    shown = re.findall(r"^\| `(\w+)` \|", page.partition("## What is dropped")[2], re.MULTILINE)
    told = set(REFUSED.findall(WIRE.read_text(encoding="utf-8"))) | set(SENTENCES)
    assert told == set(shown)
