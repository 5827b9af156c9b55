from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
WIRES = ROOT / "src" / "aboveboard" / "wires"
CODE = re.compile(
    r'(?:return|else|: |Counter\(\[|discarded\[|Refusal\(\d+, )"([a-z]+(?:_[a-z]+)+|too_large)"'
)


def test_every_reason_for_dropping_a_message_is_on_the_page_and_no_other() -> None:
    modules = ("messages", "bodies", "answers")
    text = "".join((WIRES / f"segment_{name}.py").read_text(encoding="utf-8") for name in modules)
    page = (ROOT / "docs" / "wires" / "segment.md").read_text(encoding="utf-8")
    shown = re.findall(r"^\| `(\w+)` \|", page.partition("## What is dropped")[2], re.MULTILINE)
    told = set(CODE.findall(text)) | set(re.findall(r'(?:return|\.get\(name,) "(\w+_\w+)"', text))
    assert told - {"unknown_path"} == set(shown)
