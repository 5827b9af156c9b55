from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import date
from html import escape as escape_html
from string import Formatter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from aboveboard.errors import RegistryError
from aboveboard.model.metric import Approval, Kind, Metric, Sensitivity, Status, Translation
from aboveboard.model.registry import CollectorAddress, ProductWords, Registry, Sends
from aboveboard.registry.notices.consent_text import consent_text
from aboveboard.registry.notices.dpia import dpia
from aboveboard.registry.notices.languages import LANGUAGES, words_of
from aboveboard.registry.notices.markdown import escape
from aboveboard.registry.notices.privacy_notice import privacy_notice
from aboveboard.registry.notices.processing_record import processing_record

Notice = Callable[[Registry, str], str]
NOTICES: dict[str, Notice] = {
    "consent": consent_text,
    "privacy": privacy_notice,
    "record": processing_record,
    "dpia": dpia,
}
AGREED = Approval(date(2026, 1, 15), "The council", "https://editor.example/minutes/3")
every_notice = pytest.mark.parametrize("write", NOTICES.values(), ids=NOTICES)
every_language = pytest.mark.parametrize("language", LANGUAGES)


def metric(name: str = "file.opened", kind: Kind = Kind.COUNTER, **changes: Any) -> Metric:  # noqa: ANN401 any field
    said: dict[str, Any] = {
        "title": "Files opened",
        "question": "How much is the editor used?",
        "decision": "How long a release is tested.",
        "owner": "Release manager",
        "review": "https://editor.example/reviews/1",
        "approved": AGREED,
        "expires": date(2028, 12, 31),
        "level": "usage",
        "sensitivity": Sensitivity.INTERACTION,
        **changes,
    }
    return Metric(name, kind, **said)


def registry(*metrics: Metric, **changes: Any) -> Registry:  # noqa: ANN401 any field
    said: dict[str, Any] = {
        "app": "editor",
        "title": "An editor",
        "homepage": "https://editor.example",
        "contact": "privacy@editor.example",
        "policy": "https://editor.example/privacy",
        "fingerprint": "f" * 64,
        "levels": {"usage": "Which parts of the editor are used."},
        "metrics": {each.name: each for each in metrics},
        "languages": ("en", "de"),
        "collector": CollectorAddress(("https://telemetry.editor.example",), (b"k" * 32,)),
        **changes,
    }
    return Registry(**said)


WORDS = ("a", "b", "other")
titles = st.text(min_size=1, max_size=60).filter(lambda text: text.isprintable() and text.strip())
metrics = st.builds(
    metric,
    name=st.uuids().map(lambda number: f"a.x{number.hex}"),
    kind=st.sampled_from(Kind),
    title=titles,
    status=st.sampled_from(Status),
    sensitivity=st.sampled_from([None, *Sensitivity]),
    expires=st.sampled_from([None, date(2028, 12, 31)]),
    approved=st.sampled_from([None, AGREED]),
    threshold=st.integers(1, 100),
    level=st.sampled_from(["usage", "content"]),
    message_level=st.sampled_from(["", "content"]),
    choices=st.just(WORDS),
    labels=st.just(tuple(f"word {number}" for number in range(20))),
    names=st.just(WORDS),
    buckets=st.just((0, 10, 100)),
    extras=st.just({"how": WORDS}),
    translations=st.sampled_from(
        [{}, {"de": Translation("<b>Übersetzt</b>", "Wie|viel?")}],
    ),
)
registries = st.builds(
    lambda found, **changes: registry(*found, **changes),
    st.lists(metrics, max_size=6),
    installs=st.sampled_from([None, 5, 10**10]),
    collector=st.sampled_from(
        [
            None,
            CollectorAddress(("https://a.example", "http://127.0.0.1:1")),
            CollectorAddress(("https://a.example",), (b"k" * 32,)),
        ]
    ),
)


@given(registries)
def test_every_metric_is_mentioned_in_every_notice_and_language(found: Registry) -> None:
    for language in LANGUAGES:
        for write in NOTICES.values():
            text = write(found, language)
            for each in found.metrics.values():
                said = each.translations.get(language)
                assert escape(said.title if said else each.title) in text
            assert text == write(found, language)
            assert text.endswith(".\n")


MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@given(st.text(max_size=80))
def test_whatever_a_file_says_is_text_and_no_markup(text: str) -> None:
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    shown = escape_html(line).replace("&#x27;", "'")
    assert MARKDOWN.render(f"- {escape(text)}") == (
        f"<ul>\n<li>{shown}</li>\n</ul>\n" if line else "<ul>\n<li></li>\n</ul>\n"
    )
    cell = f"| a |\n| --- |\n| {escape(text)} |"
    assert f"<td>{shown}</td>" in MARKDOWN.render(cell)


@pytest.mark.parametrize(
    "title",
    [
        "<script>alert(1)</script>",
        "[click](https://evil.example)",
        "![x](https://evil.example/x.png)",
        "a | b | c",
        "**bold** _it_ `code` ~~gone~~",
        "# heading",
        "1. one",
        "2) two",
        "- item",
        "&lt;b&gt; &#60; & co",
        "back\\slash \\",
        "two\nlines\n\n# and a heading",
        "__init__ and snake_case",
    ],
)
@every_notice
@every_language
def test_a_title_cannot_add_markup(title: str, write: Notice, language: str) -> None:
    """The page has the same elements as with a harmless title."""
    assert _elements(write, title, language) == _elements(write, "Files opened", language)


def _elements(write: Notice, said: str, language: str) -> list[object]:
    there = metric(title=said, question=said, decision=said, never_expires_because=said)
    endless = replace(there, name="a.b", expires=None, status=Status.RETIRED)
    words = {"title": said, "contact": said, "levels": {"usage": said}}
    tokens = MARKDOWN.parse(write(registry(there, endless, **words), language))
    kept = {"text", "text_special"}  # an escaped character is a token of its own
    return [(t.type, [c.type for c in t.children or () if c.type not in kept]) for t in tokens]


@every_notice
def test_a_language_without_sentences_is_refused_with_those_there_are(write: Notice) -> None:
    with pytest.raises(RegistryError) as caught:
        write(registry(metric()), "fr")
    (problem,) = caught.value.problems
    assert problem.code == "no_such_notice"
    assert "de, en" in problem.remedy


@every_notice
@every_language
def test_no_sentence_is_left_with_its_variables(write: Notice, language: str) -> None:
    rest = metric("a.b", expires=None), metric("a.c", approved=None, sensitivity=None)
    for installs in (None, 5, 10**10):
        assert "{" not in write(registry(metric(), *rest, installs=installs), language)


@every_notice
def test_the_file_s_own_language_is_the_default(write: Notice) -> None:
    german = registry(metric(), languages=("de-AT",))
    assert write(german, "") == write(german, "de-AT")
    assert "(de-AT)" not in write(german, "")
    assert "(de-AT)" in write(german, "en")


@every_notice
def test_what_nobody_translated_is_marked_and_the_mark_is_explained(write: Notice) -> None:
    text = write(registry(metric()), "de")
    assert "Files opened (en)" in text
    assert "Was mit (en) gekennzeichnet" in text
    assert "(en)" not in write(registry(metric()), "en")


def test_what_was_translated_is_said_in_the_language() -> None:
    there = metric(translations={"de": Translation("Geöffnete Dateien", "Wie viel?")})
    words = {"de": ProductWords("Ein Editor", {"usage": "Welche Teile benutzt werden."})}
    for language in ("de", "de-AT"):
        text = privacy_notice(registry(there, translations=words), language)
        assert "# Datenschutzhinweis: Nutzungszahlen von Ein Editor\n" in text
        assert "### Geöffnete Dateien\n\n- Frage: Wie viel?\n" in text
        assert "- Gehört zu: usage: Welche Teile benutzt werden.\n" in text
        assert "- Was gesagt wird: eine Zahl je Tag, höchstens 1.000.000; veröffentlicht" in text


def test_a_level_without_words_is_told_by_its_name() -> None:
    assert "**secret**\n" in consent_text(registry(metric(level="secret")))


@every_language
def test_consent_says_what_is_asked_and_gives_each_answer_a_line(language: str) -> None:
    both = metric(), metric("file.saved", title="Files saved", level="content")
    text = consent_text(registry(*both, levels={"usage": "One.", "content": "Two."}), language)
    usage, content = text.index("**usage: "), text.index("**content: ")
    assert usage < text.index("- Files opened") < content < text.index("- Files saved")
    assert "https://telemetry.editor.example" in text
    assert "privacy@editor.example" in text
    assert [f"“{mode}”" in text or f"„{mode}“" in text for mode in ("on", "local", "off")] == [
        True
    ] * 3


@every_language
def test_how_often_reports_leave_is_said_wherever_reports_are(language: str) -> None:
    often = words_of(language).common.often
    assert list(often) == list(Sends)
    for sends in Sends:
        for write in (consent_text, privacy_notice, dpia):
            assert often[sends] in write(registry(metric(), sends=sends), language)


@every_language
def test_what_was_counted_earlier_is_asked_for_only_where_the_product_says_so(
    language: str,
) -> None:
    words = words_of(language)
    for asks in (False, True):
        there = registry(metric(), asks_for_earlier=asks)
        consent, privacy = consent_text(there, language), privacy_notice(there, language)
        assert (words.consent.before in consent) is not asks
        assert (words.consent.before_asked in consent) is asks
        assert (words.consent.yes_earlier in consent) is asks
        assert (words.privacy.what_earlier in privacy) is asks
        for write in (processing_record, dpia):
            assert (words.common.measure_before in write(there, language)) is not asks
            assert (words.common.measure_before_asked in write(there, language)) is asks


@every_language
def test_each_level_may_have_its_own_answer_where_there_are_several(language: str) -> None:
    said = words_of(language).consent.by_level
    assert said not in consent_text(registry(metric()), language)
    both = registry(metric(), metric("a.b", level="environment"))
    assert said in consent_text(both, language)


@every_language
def test_consent_names_the_messages_of_errors_under_the_level_that_they_belong_to(
    language: str,
) -> None:
    broke = metric("a.broke", Kind.ERROR, title="Failures", message_level="words")
    levels = {"usage": "One.", "words": "Two."}
    text = consent_text(registry(broke, levels=levels), language)
    said = words_of(language).common.message.format(title="Failures")
    assert text.index("- Failures") < text.index("**words: ") < text.index(f"- {said}")
    without = consent_text(registry(replace(broke, message_level="")), language)
    assert said not in without


@every_language
def test_what_is_kept_of_errors_is_told_where_they_are_measured(language: str) -> None:
    common = words_of(language).common
    broke = metric("a.broke", Kind.ERROR)
    for write in (privacy_notice, processing_record, dpia):
        plain, errors, messages = (
            write(registry(each), language)
            for each in (metric(), broke, replace(broke, message_level="usage"))
        )
        assert common.kept_errors not in plain
        assert common.kept_messages not in plain + errors
        assert common.kept_errors in errors
        assert common.kept_errors in messages
        assert common.kept_messages in messages
        form = common.form(replace(broke, message_level="usage")).rpartition(", ")[2]
        assert (form in messages) == (write is not processing_record)


def test_what_is_not_measured_is_told_apart_and_not_as_collected() -> None:
    rest = (
        metric("a.b", title="Under talks", status=Status.PROPOSED),
        metric("a.c", title="Given up", status=Status.RETIRED),
    )
    for write in NOTICES.values():
        text = write(registry(metric(), *rest), "en")
        collected, _, others = text.rpartition("\n## ")
        assert "Files opened" in collected
        assert "Under talks" not in collected
        assert re.search("Under discussion.*\n\n- Under talks\n\nNo longer.*\n\n- Given up", others)
        assert "Under discussion" not in write(registry(metric()), "en")


def test_a_registry_that_measures_nothing_says_so() -> None:
    assert "\nnothing\n" in consent_text(registry())


@every_notice
def test_whether_reports_are_sealed_is_told_as_it_is(write: Notice) -> None:
    words = words_of("en").common
    plain = registry(metric(), collector=CollectorAddress(("http://127.0.0.1:1",)))
    assert words.sealed in write(registry(metric()), "en")
    assert words.unsealed in write(plain, "en")
    assert words.sealed not in write(plain, "en")
    assert words.nobody in write(registry(metric(), collector=None), "en")


def test_a_connection_is_called_encrypted_only_where_it_is() -> None:
    said = words_of("en").common.measure_tls
    assert said in processing_record(registry(metric()))
    for there in (None, CollectorAddress(("https://a.example", "http://127.0.0.1:1"))):
        assert said not in processing_record(registry(metric(), collector=there))


def test_an_assessment_names_the_risks_that_the_registry_shows() -> None:
    words = words_of("en").dpia
    calm = dpia(registry(metric("theme.dark", Kind.FLAG), installs=1000))
    assert "apart, at most: 1 by one report, the most telling of those it sends; 1 if" in calm
    assert "Of 1000 installs, about 500 are expected to send the same most telling report." in calm
    for head in (words.close, words.small, words.unsaid, words.forever):
        assert head not in calm
    risky = dpia(
        registry(
            metric("a.b", title="Close", sensitivity=Sensitivity.SENSITIVE, expires=None),
            metric("a.c", title="Unsaid", sensitivity=None, approved=None),
            installs=1000,
        )
    )
    assert "Of 1000 installs, each may be the only one" in risky
    for head, title in (
        (words.close, "Close"),
        (words.small, "Close"),
        (words.unsaid, "Unsaid"),
        (words.forever, "Close"),
    ):
        assert f"{head}\n\n- {title}\n" in risky
    assert risky.count("[to be filled in: how likely harm is]") == 5
    assert words.unapproved in risky


def test_an_assessment_weighs_one_report_and_tells_what_all_of_them_would_be() -> None:
    flags = [metric(f"a.x{number}", Kind.FLAG, correlates_with=()) for number in range(3)]
    assert "at most: 1 by one report, the most telling of those it sends; 3 if" in dpia(
        registry(*flags)
    )
    assert "at most: 0 by one report, the most telling of those it sends; 0 if" in dpia(registry())


@every_notice
@every_language
def test_that_reports_are_separate_is_said_everywhere(write: Notice, language: str) -> None:
    apart = {"en": "separate reports", "de": "getrennten Berichten"}[language]
    assert apart in write(registry(metric()), language)


def _phrases(words: object, place: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    if is_dataclass(words):
        for field in fields(words):
            found |= _phrases(getattr(words, field.name), f"{place}.{field.name}")
    elif isinstance(words, str):
        found[place] = words
    elif isinstance(words, tuple):
        for number, each in enumerate(words):
            found |= _phrases(each, f"{place}.{number}")
    return found


@every_language
def test_every_language_has_every_sentence_with_the_same_variables(language: str) -> None:
    english, other = _phrases(words_of("en")), _phrases(words_of(language))
    assert set(other) == set(english)
    for place, text in other.items():
        assert text.strip(), place
        assert _variables(text) == _variables(english[place]), place
        assert language == "en" or text != english[place], place


def _variables(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@every_language
def test_every_kind_and_sensitivity_has_words(language: str) -> None:
    common = words_of(language).common
    assert set(common.sensitivity) == {None, *Sensitivity}
    said = {
        kind: common.form(
            metric(kind=kind, choices=WORDS, labels=WORDS, names=WORDS, buckets=(0, 1, 2))
        )
        for kind in Kind
    }
    assert all(said.values())
    assert len(set(said.values())) == len(Kind)
