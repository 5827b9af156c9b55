from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from aboveboard.model.withdrawal import Proof, Taking, Withdrawal

ONE = Withdrawal(
    "a" * 32,
    "editor",
    ("https://a.example", "https://b.example"),
    "secret",
    "",
    date(2026, 11, 20),
    answer="403 wrong_token",
    deleted=date(2026, 11, 21),
    tries=2,
)


def test_it_is_known_by_its_report_and_who_has_it() -> None:
    assert ONE.key == ("a" * 32, "https://a.example")


@pytest.mark.parametrize("taking", list(Taking))
@pytest.mark.parametrize("proof", list(Proof))
def test_it_says_how_it_stands_and_never_its_token(taking: Taking, proof: Proof) -> None:
    said = replace(ONE, taking=taking, proof=proof).explain()
    assert said.startswith("https://a.example ")
    assert "secret" not in said


def test_a_refusal_is_told_with_its_reason() -> None:
    assert " was asked once and is" in replace(ONE, tries=1).explain()
    assert " was asked 2 times and is" in replace(ONE, tries=2).explain()
    assert replace(ONE, taking=Taking.REFUSED).explain().endswith("403 wrong_token")
    signed = replace(ONE, taking=Taking.DELETED, proof=Proof.SIGNED).explain()
    assert signed == "https://a.example has deleted it (2026-11-21) and signed a receipt for it"
