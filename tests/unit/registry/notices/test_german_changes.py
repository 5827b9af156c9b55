from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from aboveboard.model.metric import Approval, Kind, Metric
from aboveboard.registry.change import WHY, Change, Code, Detail, effect_of
from aboveboard.registry.notices.german_changes import SENTENCES, change_said

AGREED = Approval(date(2026, 1, 15), "", "")
OPENED = Metric("file.opened", Kind.COUNTER, "Dateien", "", "", "", "", AGREED, None, "usage")
TITLES = {"file.opened": "Dateien", "file.saved": "Gespeichert"}


def said(code: Code, before: Detail, after: Detail, place: str = "metric.file.opened.x") -> str:
    metric = OPENED if place.startswith("metric.") else None
    return change_said(Change(code, place, before, after, effect_of(code), metric), TITLES)


def test_every_change_that_people_are_asked_about_has_a_sentence() -> None:
    assert set(SENTENCES) == set(WHY)


@pytest.mark.parametrize("code", list(WHY), ids=lambda code: code.value)
def test_no_sentence_is_left_with_its_variables(code: Code) -> None:
    place = "metric.file.opened.x" if "{subject}" in SENTENCES[code] else "product.levels.usage"
    text = said(code, "vorher", "nachher", place)
    assert "{" not in text
    assert text.endswith(".")
    assert ("Dateien" in text) is place.startswith("metric.")


def test_what_changed_is_said_in_german() -> None:
    assert said(Code.NEW, None, "file.opened") == (
        "Neu: Dateien (eine Zahl je Tag, höchstens 1.000.000)."
    )
    assert said(Code.EXPIRES_LATER, None, date(2028, 1, 1)) == (
        "Dateien: wird länger gemessen (bis 2028-01-01)."
    )
    assert said(Code.EXPIRES_LATER, date(2028, 1, 1), None).startswith(
        "Dateien: wird länger gemessen (ohne "
    )
    assert said(Code.TRAVELS_WITH_MORE, None, ("file.saved", "a.b")) == (
        "Dateien: reist jetzt auch zusammen mit Gespeichert, a.b."
    )
    assert said(Code.LEVEL_REWORDED, "Alles.", "Mehr.", "product.levels.usage") == (
        "Der Teil usage sagt jetzt „Mehr.“ statt „Alles.“."
    )


def test_a_metric_without_a_title_is_told_by_its_name() -> None:
    change = Change(
        Code.SINCE_EARLIER, "", "", "", effect_of(Code.SINCE_EARLIER), replace(OPENED, title="")
    )
    assert change_said(change, {}) == "file.opened: wird von mehr Versionen gemessen."


def test_a_long_list_is_said_by_its_beginning() -> None:
    labels = tuple(f"wort{number}" for number in range(20))
    many = replace(OPENED, kind=Kind.LABELLED, labels=labels)
    change = Change(Code.NEW, "", None, "", effect_of(Code.NEW), many)
    assert "wort7 und 12 weiteren" in change_said(change, TITLES)
