"""The pages of the wires tell of each code what the page for operators tells of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from aboveboard.analysis.wire_codes import CODES
from aboveboard.analysis.wire_words import ANSWERS, MEANINGS
from aboveboard.model.verdict import Reason

PAGES = Path(__file__).parents[2] / "docs" / "wires"
PAGE_OF = {
    "backdrop": "backdrop",
    "endless": "endless",
    "ga4": "ga4",
    "mattermost-security": "mattermost",
    "otlp": "otlp",
    "phone-home": "endless",
    "segment": "segment",
    "sentry": "sentry",
    "universal": "ga4",
}
TABLE = re.compile(r"^\| code \| meaning \|\n\|---\|---\|\n((?:\| .* \|\n?)+)", re.MULTILINE)
ROW = re.compile(r"^\| `(\w+)` \| (.*) \|$", re.MULTILINE)
FAMILY = re.compile(r"\w+_not_kept|lost_\w+")
"""Codes that a page may list without a row for each."""


def tables(wire: str) -> list[dict[str, str]]:
    """Give the tables of codes of a wire's page."""
    text = (PAGES / f"{PAGE_OF[wire]}.md").read_text(encoding="utf-8")
    return [
        {code: said.replace("`", "") for code, said in ROW.findall(rows)}
        for rows in TABLE.findall(text)
    ]


@pytest.mark.parametrize("wire", CODES)
def test_the_page_of_a_wire_has_its_codes_and_their_sentences(wire: str) -> None:
    listed = re.findall(r"`(\w+)`", (PAGES / f"{PAGE_OF[wire]}.md").read_text(encoding="utf-8"))
    rest = {code for code in CODES[wire] if FAMILY.fullmatch(code) and code in listed}
    wanted = dict(CODES[wire])
    assert any(
        shown.items() <= wanted.items() and wanted.keys() - shown.keys() <= rest
        for shown in tables(wire)
    )


def test_no_page_tells_of_another_code() -> None:
    for page in set(PAGE_OF.values()):
        of_page = [CODES[wire] for wire, name in PAGE_OF.items() if name == page]
        [first, *_] = [wire for wire, name in PAGE_OF.items() if name == page]
        assert len(tables(first)) == len(of_page)


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_of_the_collector_has_a_sentence(reason: Reason) -> None:
    assert reason.value in MEANINGS | ANSWERS
