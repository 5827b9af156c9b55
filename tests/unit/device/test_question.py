from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest

from aboveboard.device.growth import growth, pack
from aboveboard.device.question import Answer, Question, question, spoken
from aboveboard.model.consent import Choice, Mode
from aboveboard.model.registry import Registry, Sends
from aboveboard.registry.canonical import digest
from aboveboard.registry.notices.consent_text import consent_text
from aboveboard.registry.notices.languages import LANGUAGES
from aboveboard.registry.read import read

FILE = """
format = 1
[product]
id = "editor"
title = "An *editor*"
homepage = "https://editor.example"
contact = "Ana"
policy = "https://editor.example/privacy"
languages = ["en", "de"]
[product.levels]
usage = "Which parts are used."
system = "Where it runs."
[product.translations.de]
title = "Ein Editor"
levels = { usage = "Was benutzt wird.", system = "Wo es läuft." }
[collector]
url = "https://telemetry.editor.example"
"""
METRIC = """
[metric."{name}"]
kind = "counter"
title = "{title}"
question = "How much?"
decision = "What is tested."
owner = "Release manager"
review = "https://editor.example/reviews/1"
approved = {{ on = 2026-01-15, by = "The council", where = "https://editor.example/1" }}
expires = 2027-12-31
level = "{level}"
translations.de = {{ title = "{german}", question = "Wie viel?" }}
"""


def metric(name: str, title: str, german: str, level: str = "usage") -> str:
    return METRIC.format(name=name, title=title, german=german, level=level)


TEXT = (
    FILE
    + metric("file.opened", "Files opened", "Geöffnete Dateien")
    + metric("file.saved", "Files saved", "Gespeicherte Dateien")
    + metric("system.starts", "Starts", "Starts", "system")
)
MORE = metric("file.closed", "Files closed", "Geschlossene Dateien")
OLD, NEW = read(TEXT.encode()), read((TEXT + MORE).encode())
DAY = date(2026, 11, 18)
DATA = (b'{"format":1,"entries":[{"metric":"file.opened","value":4}]}',)


def grown(choice: Choice, language: str = "", registry: Registry = NEW) -> Question:
    agreed = replace(choice, registry=OLD.fingerprint)
    found = growth(pack(OLD), agreed, registry)
    return question(registry, language, DATA, found, agreed)


ON = Choice(Mode.ON, DAY, "")


def test_the_question_says_in_short_what_a_yes_means() -> None:
    assert question(OLD, data=DATA).short == (
        "May An *editor* send usage counts?\n\n"
        "If you say yes, it sends reports with counts once a week, to "
        "https://telemetry.editor.example.\n"
        "- usage: Which parts are used. (2 counts)\n"
        "- system: Where it runs. (1 count)\n"
        "No report holds a name, an address, a number that stands for you or your machine, or "
        "text that somebody wrote.\n"
        "Nothing is sent before you answer, and nothing that was counted before you agreed is "
        "ever sent.\n"
        "You can change each answer at any time."
    )


def test_the_whole_text_is_the_one_of_the_log_to_the_letter() -> None:
    asked = question(OLD, "de-AT", DATA)
    assert asked.markdown == consent_text(OLD, "de")
    assert asked.digest == digest(consent_text(OLD, "de").encode())
    assert "Darf Ein Editor Nutzungszahlen senden?\n====" in asked.text
    assert "**" not in asked.text


def test_the_exact_data_is_there_and_it_is_said_that_it_stays() -> None:
    asked = question(OLD, data=DATA)
    assert asked.data == DATA
    assert "stays here whatever you answer" in asked.data_head
    assert question(OLD).data_head == "Nothing was counted until now."


def test_where_the_product_asks_for_what_was_counted_earlier_the_question_says_so() -> None:
    asks = replace(OLD, asks_for_earlier=True)
    asked = question(asks, data=DATA)
    assert asked.earlier
    assert "The question is also about what was counted on this machine until now" in asked.short
    assert asked.data_head.startswith("Exactly this is sent if you say yes")
    assert not question(OLD, data=DATA).earlier


@pytest.mark.parametrize(
    ("sends", "words"), [(Sends.HOUR, "once an hour"), (Sends.MONTH, "once a month")]
)
def test_how_often_a_report_leaves_is_part_of_the_question(sends: Sends, words: str) -> None:
    assert words in question(replace(OLD, sends=sends)).short


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answers_are_alike_and_none_stands_out(language: str) -> None:
    asked = question(OLD, language)
    assert list(asked.answers) == [
        Answer.YES,
        Answer.LOCAL,
        Answer.OFF,
        Answer.LEVELS,
        Answer.LATER,
    ]
    assert len(set(asked.answers.values())) == 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_has_a_key_of_its_own(language: str) -> None:
    words = LANGUAGES[language].question
    assert set(words.keys) == set(words.answers) == {*Answer, "data", "text"}
    for no in (Answer.LOCAL, Answer.KEEP):
        keys = [words.keys[each] for each in words.keys if each in {*Answer, "data", "text"} - {no}]
        assert len(set(keys)) == len(keys)
    for choices in (words.modes, words.yes_no):
        keys = [key for key, _ in choices.values()]
        assert len(set(keys)) == len(keys)
    assert set(words.modes) == set(Mode)
    assert all(len(key) == 1 and key == key.lower() for key in words.keys.values())


def test_a_question_with_one_part_has_no_parts_to_answer() -> None:
    one = replace(OLD, metrics=MappingProxyType({"file.opened": OLD.metrics["file.opened"]}))
    assert Answer.LEVELS not in question(one).answers


def test_the_question_is_asked_in_the_person_s_language() -> None:
    asked = question(OLD, "de-AT")
    assert asked.language == "de"
    assert asked.title == "Darf Ein Editor Nutzungszahlen senden?"
    assert "- usage: Was benutzt wird. (2 Zahlen)" in asked.short
    assert asked.parts[0].metrics == ("Geöffnete Dateien", "Gespeicherte Dateien")


@pytest.mark.parametrize(
    ("languages", "wanted", "language"),
    [
        pytest.param(("en", "de"), "de", "de", id="the-person-s"),
        pytest.param(("en", "de"), "de-AT", "de", id="without-its-region"),
        pytest.param(("en", "de-AT", "de"), "de", "de", id="exactly"),
        pytest.param(("en", "de-CH"), "de-AT", "de-CH", id="of-another-region"),
        pytest.param(("en",), "de", "en", id="not-the-registry-s"),
        pytest.param(("de", "en"), "", "de", id="none-named"),
        pytest.param(("fr", "en"), "fr", "en", id="without-sentences"),
        pytest.param(("fr",), "fr", "en", id="nothing-but-that"),
    ],
)
def test_a_language_is_spoken_if_the_registry_and_the_notices_have_it(
    languages: tuple[str, ...], wanted: str, language: str
) -> None:
    registry = replace(OLD, languages=languages)
    assert spoken(registry, wanted) == language
    assert question(registry, wanted).language == language


def test_what_is_new_is_asked_for_alone() -> None:
    asked = grown(ON)
    assert asked.title == "An *editor* would like to send more than before"
    assert asked.news == (
        (
            "New: Files closed (a number of each day, at most 1,000,000, until 2027-12-31), "
            "because of the question “How much?” What it decides: What is tested."
        ),
    )
    assert "What is new stays here unless you say yes" in asked.short
    assert f"- {asked.news[0]}" in asked.short
    assert "Which parts are used" not in asked.short
    assert list(asked.answers)[:3] == [Answer.YES, Answer.KEEP, Answer.OFF]
    assert asked.agreed == replace(ON, registry=OLD.fingerprint)


def test_what_is_new_is_said_in_the_person_s_language() -> None:
    asked = grown(ON, "de")
    assert asked.title.startswith("Ein Editor möchte mehr senden ")
    assert asked.news == ("Neu: Geschlossene Dateien (eine Zahl je Tag, höchstens 1.000.000).",)


def test_what_is_new_in_a_part_that_stays_here_is_not_asked_for() -> None:
    more = read((TEXT + MORE).replace("An *editor*", 'An *editor*"\nsends = "day').encode())
    kept = replace(ON, levels={"usage": Mode.LOCAL})
    assert grown(kept, registry=more).news == (
        "Reports now leave every day instead of every week.",
    )


def test_a_growth_does_not_ask_for_what_was_counted_earlier() -> None:
    asks = read(
        (TEXT + MORE)
        .replace("An *editor*", 'An *editor*"\nasks_for_earlier = true\nnote = "x')
        .encode()
    )
    assert not grown(ON, registry=asks).earlier


def test_where_nobody_knows_what_was_agreed_the_whole_question_is_asked() -> None:
    found = growth(None, ON, NEW)
    asked = question(NEW, growth=found, choice=ON)
    assert found.unseen
    assert (asked.agreed, asked.news) == (None, ())
    assert asked.title == "May An *editor* send usage counts?"


def test_a_product_without_a_collector_says_that_nothing_can_be_sent() -> None:
    assert "Nobody: the registry names no collector" in question(replace(OLD, collector=None)).short
