from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.model.metric import (
    Approval,
    Kind,
    Metric,
    Outcome,
    Period,
    Plugin,
    Rate,
    Reducer,
    Sensitivity,
    Status,
    Translation,
)
from aboveboard.model.registry import (
    Approver,
    CollectorAddress,
    Committee,
    ProductWords,
    Registry,
    Sends,
)
from aboveboard.registry.change import NARROWING, WHY, Code, Difference, Effect, effect_of
from aboveboard.registry.difference import PARTS, difference
from aboveboard.registry.difference_fields import FIELDS
from aboveboard.registry.difference_words import form, words
from aboveboard.registry.read import read

AGREED = Approval(date(2026, 1, 15), "The council", "https://editor.example/1")
SPELLING = Plugin("spelling", "Spelling", "spell", "https://spell.example", "Ana")
SHARE = Rate("a.b", "Share", "How much?")
END = date(2027, 12, 31)


def metric(name: str = "file.opened", kind: Kind = Kind.COUNTER, **changes: Any) -> Metric:  # noqa: ANN401 any field
    said: dict[str, Any] = {
        "title": f"Title of {name}",
        "question": "How much?",
        "decision": "What is tested.",
        "owner": "Release manager",
        "review": "https://editor.example/reviews/1",
        "approved": AGREED,
        "expires": END,
        "level": "usage",
        **changes,
    }
    return Metric(name, kind, **said)


def registry(*metrics: Metric, **changes: Any) -> Registry:  # noqa: ANN401 any field
    said: dict[str, Any] = {
        "app": "editor",
        "title": "An editor",
        "homepage": "https://editor.example",
        "contact": "Ana",
        "policy": "https://editor.example/privacy",
        "fingerprint": "f" * 64,
        "levels": {"usage": "Which parts are used.", "environment": "Where it runs."},
        "metrics": {each.name: each for each in metrics},
        **changes,
    }
    return Registry(**said)


def between(old: Metric, new: Metric) -> Difference:
    return difference(registry(old), registry(new))


def codes(found: Difference) -> list[Code]:
    return [change.code for change in found.changes]


CHOICE = {"kind": Kind.CHOICE, "choices": ("linux", "macos", "other")}
VERSION = {"kind": Kind.VERSION}
TIMING = {"kind": Kind.TIMING, "buckets": (0, 100, 1000)}
AMOUNT = {"kind": Kind.QUANTITY, "buckets": (0, 10, 1000)}
LABELLED = {"kind": Kind.LABELLED, "labels": ("menu", "other")}
NAMES = {"kind": Kind.NAMES, "names": ("org.gnome.Maps", "other")}
EVENT = {"kind": Kind.EVENT, "extras": {"how": ("menu", "other")}}
ERROR = {"kind": Kind.ERROR, "message_level": "errors"}
LEARNT = Outcome(date(2026, 5, 1), "It is used.", "It stays.", "https://editor.example/2")

ONE_FIELD: list[tuple[dict[str, Any], str, object, Code, str]] = [
    ({}, "kind", Kind.FLAG, Code.KIND, "now measured as yes or no, instead of a number"),
    ({}, "title", "Opened", Code.TITLE, "instead of “Title of file.opened”"),
    ({}, "question", "Why?", Code.QUESTION, "is now “Why?” instead of “How much?”"),
    ({}, "decision", "Who pays.", Code.DECISION, "is now “Who pays.” instead of"),
    ({}, "owner", "Ben", Code.OWNER, "Ben instead of Release manager now answers"),
    ({}, "review", "https://x.example", Code.REVIEW, "at https://x.example instead of"),
    ({}, "approved", replace(AGREED, by="Ben"), Code.APPROVED, "2026-01-15, Ben, https:"),
    ({}, "expires", date(2028, 1, 1), Code.EXPIRES_LATER, "until 2028-01-01 instead of until 2027"),
    ({}, "expires", None, Code.EXPIRES_LATER, "now measured without an end instead of until 2027"),
    ({}, "expires", date(2027, 1, 1), Code.EXPIRES_EARLIER, "now measured until 2027-01-01"),
    ({"expires": None}, "expires", END, Code.EXPIRES_EARLIER, "instead of without an end"),
    ({"expires": None}, "expires", date.max, Code.EXPIRES_EARLIER, "instead of without an end"),
    ({"expires": date.max}, "expires", None, Code.EXPIRES_LATER, "now measured without an end"),
    (
        {"expires": None, "never_expires_because": "It is the base."},
        "never_expires_because",
        "It is needed.",
        Code.NEVER_EXPIRES_BECAUSE,
        "now because “It is needed.”",
    ),
    ({}, "level", "environment", Code.LEVEL, "belongs to the level environment instead of usage"),
    (CHOICE, "choices", ("linux", "macos", "bsd", "other"), Code.CHOICES_ADDED, "choices: bsd."),
    (CHOICE, "choices", ("linux", "other"), Code.CHOICES_REMOVED, "removed choices: macos."),
    (CHOICE, "choices", ("macos", "linux", "other"), Code.CHOICES_ORDER, "macos, linux, other."),
    (VERSION, "precision", 3, Code.PRECISION_HIGHER, "3 parts of the version instead of 2."),
    (VERSION, "precision", 1, Code.PRECISION_LOWER, "1 part of the version instead of 2."),
    ({}, "largest", 2_000_000, Code.LARGEST_HIGHER, "now 2,000,000 instead of 1,000,000."),
    ({}, "largest", 500, Code.LARGEST_LOWER, "now 500 instead of 1,000,000."),
    (TIMING, "buckets", (0, 50, 100, 1000), Code.BUCKETS_FINER, "finer steps: 0, 50, 100, 1000 ms"),
    (TIMING, "buckets", (0, 1000), Code.BUCKETS_COARSER, "coarser steps: 0, 1000 ms"),
    (TIMING, "buckets", (0, 200), Code.BUCKETS_MOVED, "other steps: 0, 200 ms"),
    ({}, "threshold", 5, Code.THRESHOLD_LOWER, "published for groups of 5 instead of 10."),
    ({}, "threshold", 20, Code.THRESHOLD_HIGHER, "published for groups of 20 instead of 10."),
    ({}, "status", Status.RETIRED, Code.NOT_MEASURED, "No longer measured: Title of file.opened."),
    ({"status": Status.RETIRED}, "status", Status.APPROVED, Code.MEASURED, "Measured from now on"),
    ({"status": Status.PROPOSED}, "status", Status.RETIRED, Code.STATUS, "given up instead of"),
    ({}, "sensitivity", Sensitivity.CONTENT, Code.SENSITIVITY_RAISED, "content instead of not"),
    ({}, "sensitivity", Sensitivity.TECHNICAL, Code.SENSITIVITY_SAID, "technical instead of not"),
    (
        {"sensitivity": Sensitivity.SENSITIVE},
        "sensitivity",
        Sensitivity.CONTENT,
        Code.SENSITIVITY_LOWERED,
        "content instead of sensitive",
    ),
    ({}, "unit", "files", Code.UNIT, "unit is now files instead of nothing."),
    ({}, "correlates_with", ("a.b",), Code.TRAVELS_WITH_MORE, "may now travel together with a.b."),
    ({"correlates_with": ("a.b",)}, "correlates_with", (), Code.TRAVELS_WITH_LESS, "with a.b."),
    ({}, "accuracy", 0.02, Code.ACCURACY, "now ±2 % instead of not said."),
    ({"accuracy": 0.05, **VERSION}, "accuracy", 0.02, Code.ACCURACY, "±2 points instead of ±5 p"),
    ({}, "until_answered", True, Code.ENDS_WHEN_ANSWERED, "now ends by itself when its question"),
    ({"until_answered": True}, "until_answered", False, Code.GOES_ON_WHEN_ANSWERED, "no longer"),
    ({}, "rate", SHARE, Code.RATE, "is now Share (its part of a.b): How much? instead of nothing."),
    ({}, "example", 3, Code.EXAMPLE, "example is now 3 instead of nothing."),
    ({"kind": Kind.FLAG}, "example", True, Code.EXAMPLE, "example is now yes instead of nothing."),
    ({"kind": Kind.FLAG}, "example", False, Code.EXAMPLE, "example is now no instead of nothing."),
    ({}, "since", "2.0", Code.SINCE_LATER, "versions from 2.0 instead of the first version."),
    ({"since": "2"}, "since", "1.9", Code.SINCE_EARLIER, "versions from 1.9 instead of 2."),
    ({}, "until", "3", Code.UNTIL_EARLIER, "versions up to 3 instead of the last version."),
    ({"until": "2.0"}, "until", "2", Code.UNTIL_LATER, "versions up to 2 instead of 2.0."),
    ({"until": "2"}, "until", "10", Code.UNTIL_LATER, "versions up to 10 instead of 2."),
    ({}, "aliases", ("a.b",), Code.ALIASES, "given as a.b instead of nothing."),
    (
        {},
        "translations",
        {"de": Translation("Dateien", "Wie viele?")},
        Code.TRANSLATION,
        "language de are now “Dateien: Wie viele?” instead of “nothing”",
    ),
    (ERROR, "message_level", "", Code.MESSAGE_REMOVED, "more; one did under the level errors."),
    (
        ERROR,
        "message_level",
        "usage",
        Code.MESSAGE_LEVEL,
        "under the level usage instead of errors",
    ),
    (
        {"kind": Kind.ERROR},
        "message_level",
        "errors",
        Code.MESSAGE_ADDED,
        "a scrubbed message may now travel with it, under the level errors.",
    ),
    (LABELLED, "labels", ("menu", "key", "other"), Code.CHOICES_ADDED, "new labels: key."),
    (NAMES, "names", ("other",), Code.CHOICES_REMOVED, "removed names: org.gnome.Maps."),
    (EVENT, "extras", {"how": ("menu", "key", "other")}, Code.CHOICES_ADDED, "new how: key."),
    ({}, "period", Period.WEEK, Code.PERIOD_COARSER, "now kept per week instead of per day."),
    ({"period": Period.WEEK}, "period", Period.DAY, Code.PERIOD_FINER, "per day instead of per"),
    ({"kind": Kind.FLAG}, "reducer", Reducer.IS_SET, Code.REDUCER, "is now is_set instead of no"),
    ({"kind": Kind.FLAG}, "source", "mail.server", Code.SOURCE, "is now mail.server instead of"),
    ({}, "outcomes", (LEARNT,), Code.OUTCOMES, "is now told as It is used. It stays. instead of"),
    ({}, "approved", None, Code.APPROVED, "is now given by nobody instead of 2026-01-15, The"),
    (AMOUNT, "buckets", (0, 1000), Code.BUCKETS_COARSER, "coarser steps: 0, 1000 instead of 0, 10"),
    ({}, "plugin", SPELLING, Code.PLUGIN, "brought by spelling instead of the product itself."),
    ({}, "allow", {"unit_in_name": "It is."}, Code.ALLOW, "check unit_in_name: the reason to"),
]


def test_every_field_of_a_metric_has_a_rule_and_a_test() -> None:
    """A new field fails here until somebody decides what a change of it means for people."""
    known = {field.name for field in fields(Metric)}
    assert set(FIELDS) == known
    assert {name for _, name, _, _, _ in ONE_FIELD} == known - {"name"}


@pytest.mark.parametrize(
    ("start", "name", "value", "code", "text"),
    ONE_FIELD,
    ids=[f"{at}-{name}-{code.value}" for at, (_, name, _, code, _) in enumerate(ONE_FIELD)],
)
def test_a_change_of_a_field_is_found_weighed_and_said(
    start: dict[str, Any], name: str, value: object, code: Code, text: str
) -> None:
    old = metric(**start)
    changes: dict[str, Any] = {name: value}
    new = replace(old, **changes)
    found = between(old, new)
    (change,) = found.changes
    (said,) = words(found)
    assert (change.code, change.effect) == (code, effect_of(code))
    assert change.place.startswith("metric.file.opened.")
    assert new.title in said
    assert text in said
    assert found.needs_consent == (code in WHY)


ADDRESS = CollectorAddress(("https://a.example",), (b"a" * 32,))
ONE_PART: list[tuple[dict[str, Any], str, object, Code, str]] = [
    ({}, "app", "viewer", Code.PRODUCT, "The product is now viewer instead of editor."),
    ({}, "title", "Ed", Code.PRODUCT_TITLE, "now called Ed instead of An editor."),
    ({}, "homepage", "https://e.example", Code.HOMEPAGE, "homepage is now https://e.example"),
    ({}, "contact", "Ben", Code.CONTACT, "questions now go to Ben instead of Ana."),
    ({}, "policy", "https://e.example", Code.POLICY, "privacy policy is now at https://e.example"),
    ({}, "note", "A test.", Code.NOTE, "“A test.” instead of “nothing”."),
    ({}, "languages", ("en", "de"), Code.LANGUAGES, "in en, de instead of en."),
    ({}, "installs", 5000, Code.INSTALLS, "5,000 instead of an unknown number of installs"),
    ({"levels": {}}, "levels", {"usage": "Parts."}, Code.LEVEL_ADDED, "level usage: “Parts.”"),
    ({"levels": {"usage": "Parts."}}, "levels", {}, Code.LEVEL_REMOVED, "level usage: “Parts.”"),
    (
        {"levels": {"usage": "Parts."}},
        "levels",
        {"usage": "All."},
        Code.LEVEL_REWORDED,
        "The level usage now says “All.” instead of “Parts.”",
    ),
    ({}, "collector", ADDRESS, Code.COLLECTOR_ADDED, "Reports now go to https://a.example;"),
    ({"collector": ADDRESS}, "collector", None, Code.COLLECTOR_REMOVED, "Nothing is sent any"),
    (
        {"collector": ADDRESS},
        "collector",
        replace(ADDRESS, urls=("https://b.example",)),
        Code.COLLECTOR_ADDRESS,
        "Reports now go to https://b.example instead of https://a.example.",
    ),
    (
        {"collector": ADDRESS},
        "collector",
        replace(ADDRESS, keys=(b"b" * 32,)),
        Code.COLLECTOR_KEY,
        "sealed for the key x25519:YmJi",
    ),
    (
        {"collector": replace(ADDRESS, keys=())},
        "collector",
        ADDRESS,
        Code.COLLECTOR_SEALED,
        "Reports are now sealed, for the key x25519:YWFh",
    ),
    (
        {"collector": ADDRESS},
        "collector",
        replace(ADDRESS, keys=()),
        Code.COLLECTOR_UNSEALED,
        "Reports are no longer sealed",
    ),
    (
        {"collector": replace(ADDRESS, urls=("https://a.example", "https://b.example"))},
        "collector",
        ADDRESS,
        Code.COLLECTOR_ADDRESS_GONE,
        "Reports now go to https://a.example instead of https://a.example, https://b.example.",
    ),
    (
        {"collector": replace(ADDRESS, keys=(b"a" * 32, b"b" * 32))},
        "collector",
        ADDRESS,
        Code.COLLECTOR_KEY_GONE,
        "Reports are now sealed for the key x25519:YWFh",
    ),
    (
        {"collector": ADDRESS},
        "collector",
        replace(ADDRESS, log="a.example/log+00000000+AAAA"),
        Code.COLLECTOR_LOG,
        "The transparency log is now signed by a.example/log+00000000+AAAA instead of nothing.",
    ),
    (
        {"collector": ADDRESS},
        "collector",
        replace(ADDRESS, mirrors=("https://m.example",)),
        Code.COLLECTOR_MIRRORS,
        "The transparency log is now mirrored at https://m.example instead of nothing.",
    ),
    (
        {},
        "committee",
        Committee(1, (Approver("ana", "Ana, elected 2026", b"a" * 32),)),
        Code.COMMITTEE,
        "who approves metrics is now 1 of: Ana, elected 2026 instead of nothing.",
    ),
    ({}, "sends", Sends.DAY, Code.SENDS_MORE_OFTEN, "Reports now leave every day instead of every"),
    ({}, "sends", Sends.MONTH, Code.SENDS_LESS_OFTEN, "leave every month instead of every week."),
    ({}, "asks_for_earlier", True, Code.ASKS_FOR_EARLIER, "now about what was counted before the"),
    (
        {"asks_for_earlier": True},
        "asks_for_earlier",
        False,
        Code.ASKS_NO_MORE_FOR_EARLIER,
        "no longer about what was counted before the answer.",
    ),
    ({}, "raw_quarantine", True, Code.RAW_QUARANTINE, "may now be kept for some days, values and"),
    (
        {"raw_quarantine": True},
        "raw_quarantine",
        False,
        Code.NO_RAW_QUARANTINE,
        "no metric knows is no longer kept with its values.",
    ),
    ({}, "most_bits", 12, Code.MOST_BITS, "a report may tell 12 instead of nothing bits of an in"),
    (
        {},
        "translations",
        {"de": ProductWords("Ein Editor", {"usage": "Was benutzt wird."})},
        Code.PRODUCT_WORDS,
        "in the language de are now “Ein Editor; Was benutzt wird.” instead of “nothing”.",
    ),
    ({}, "plugins", (SPELLING,), Code.PLUGIN_ADDED, "New plug-in spelling: Spelling (spell, "),
    ({"plugins": (SPELLING,)}, "plugins", (), Code.PLUGIN_REMOVED, "Removed plug-in spelling: "),
    (
        {"plugins": (SPELLING,)},
        "plugins",
        (replace(SPELLING, contact="Ben"),),
        Code.PLUGIN_CHANGED,
        "The plug-in spelling is now Spelling (spell, https://spell.example, Ben) instead of",
    ),
    ({}, "allow", {"x": "It is."}, Code.ALLOW, "The product: the check x: the reason to switch"),
]


def test_every_field_of_a_registry_has_a_rule_and_a_test() -> None:
    """A new field fails here until somebody decides what a change of it means for people."""
    known = {field.name for field in fields(Registry)}
    assert set(PARTS) == known
    elsewhere = {"metrics", "fingerprint", "parts", "content"}
    assert {name for _, name, _, _, _ in ONE_PART} == known - elsewhere


PIECES: dict[type[Any], set[str]] = {
    Plugin: {"id", "title", "prefix", "homepage", "contact"},
    Approval: {"day", "by", "where"},
    Outcome: {"day", "learnt", "decided", "where"},
    Translation: {"title", "question"},
    ProductWords: {"title", "levels"},
    CollectorAddress: {"urls", "keys", "log", "mirrors"},
    Committee: {"needed", "approvers"},
    Approver: {"id", "title", "key", "until"},
}


@pytest.mark.parametrize("value", PIECES)
def test_what_metrics_and_registries_are_made_of_has_no_part_that_nobody_compares(
    value: type[Any],
) -> None:
    assert {field.name for field in fields(value)} == PIECES[value]


@pytest.mark.parametrize(
    ("start", "name", "value", "code", "text"),
    ONE_PART,
    ids=[f"{at}-{name}-{code.value}" for at, (_, name, _, code, _) in enumerate(ONE_PART)],
)
def test_a_change_of_the_product_is_found_weighed_and_said(
    start: dict[str, Any], name: str, value: object, code: Code, text: str
) -> None:
    old = registry(**start)
    changes: dict[str, Any] = {name: value}
    found = difference(old, replace(old, **changes))
    (change,) = found.changes
    (said,) = words(found)
    assert (change.code, change.effect) == (code, effect_of(code))
    assert change.metric is None
    assert text in said
    assert found.needs_consent == (code in WHY)


def test_every_code_has_a_test() -> None:
    tested = {code for *_, code, _ in (*ONE_FIELD, *ONE_PART)}
    assert set(Code) - tested == {Code.NEW, Code.LISTED, Code.REMOVED, Code.RENAMED}


def test_no_code_both_widens_and_narrows() -> None:
    assert not NARROWING & set(WHY)


def test_a_new_metric_is_told_with_its_reason_and_needs_consent() -> None:
    found = difference(registry(), registry(metric(title="Files opened", largest=500)))
    (said,) = words(found)
    assert said == (
        "New: Files opened (a number of each day, at most 500, until 2027-12-31), because of "
        "the question “How much?” What it decides: What is tested."
    )
    assert found.reasons == ("Files opened: it was not measured before.",)


def test_a_new_metric_that_never_ends_says_so() -> None:
    (said,) = words(difference(registry(), registry(metric(expires=None))))
    assert ", without an end)" in said


@pytest.mark.parametrize("status", [Status.PROPOSED, Status.RETIRED])
def test_a_new_metric_that_is_not_measured_needs_no_consent(status: Status) -> None:
    listed = registry(metric(status=status, title="Files opened"))
    found = difference(registry(), listed)
    assert codes(found) == [Code.LISTED]
    assert words(found) == ["Listed, not measured: Files opened."]
    assert not found.needs_consent
    gone = difference(listed, registry())
    assert words(gone) == ["Removed: Files opened, which was not measured."]
    assert gone.changes[0].effect is Effect.NEUTRAL


def test_a_removed_metric_needs_no_consent() -> None:
    found = difference(registry(metric(title="Files opened")), registry())
    assert words(found) == ["Removed: Files opened."]
    assert found.changes[0].effect is Effect.NARROWS
    assert not found.needs_consent


def test_a_measurement_without_an_end_says_why() -> None:
    endless = metric(expires=None, never_expires_because="It is the base.")
    (said,) = words(between(metric(), endless))
    assert said.endswith("without an end instead of until 2027-12-31, because “It is the base.”.")


def test_a_change_of_what_is_not_measured_widens_nothing() -> None:
    for before, after in ((Status.PROPOSED, Status.PROPOSED), (Status.APPROVED, Status.RETIRED)):
        old, new = metric(status=before), metric(status=after, threshold=1, decision="Other.")
        found = between(old, new)
        assert {Code.THRESHOLD_LOWER, Code.DECISION} <= set(codes(found))
        assert not found.needs_consent


def test_what_is_measured_from_now_on_needs_consent_and_tells_why_it_is_measured() -> None:
    found = between(metric(status=Status.PROPOSED), metric(title="Files opened"))
    assert found.reasons == ("Files opened: it was not measured before.",)
    assert "because of the question “How much?”" in " ".join(words(found))


def test_a_renamed_metric_is_not_new() -> None:
    old = registry(metric("file.open"), metric("a.b", correlates_with=("file.open",)))
    new = registry(
        metric("file.opened", title="Title of file.open", aliases=("file.open",)),
        metric("a.b", correlates_with=("file.opened",)),
    )
    found = difference(old, new)
    assert codes(found) == [Code.RENAMED]
    assert words(found) == [
        "Renamed: Title of file.open is called file.opened in reports instead of file.open."
    ]
    assert not found.needs_consent


def test_a_renamed_metric_keeps_telling_its_other_changes() -> None:
    new = metric("file.opened", title="Title of file.open", aliases=("file.open",), threshold=5)
    found = between(metric("file.open"), new)
    assert codes(found) == [Code.RENAMED, Code.THRESHOLD_LOWER]
    assert found.needs_consent


def test_an_alias_of_a_metric_that_is_still_there_hides_no_new_metric() -> None:
    found = difference(
        registry(metric("a.b")), registry(metric("a.b"), metric("c.d", aliases=("a.b",)))
    )
    assert codes(found) == [Code.NEW]


def test_one_old_name_makes_one_metric_old() -> None:
    twice = registry(metric("c.d", aliases=("a.b",)), metric("e.f", aliases=("a.b",)))
    found = difference(registry(metric("a.b")), twice)
    assert [code for code in codes(found) if code is not Code.TITLE] == [Code.RENAMED, Code.NEW]


def test_another_kind_is_one_change_whatever_its_bounds() -> None:
    new = metric(kind=Kind.CHOICE, choices=("few", "many", "other"))
    found = between(metric(largest=500, kind=Kind.COUNTER), new)
    assert codes(found) == [Code.KIND]
    assert "now measured as one of: few, many, other, instead of a number." in words(found)[0]
    timing = metric(kind=Kind.TIMING, buckets=(0, 100))
    assert codes(between(new, timing)) == [Code.KIND]


def test_a_choice_that_takes_the_place_of_another_is_both_new_and_removed() -> None:
    old = metric(kind=Kind.CHOICE, choices=("linux", "other"))
    found = between(old, replace(old, choices=("bsd", "other")))
    assert codes(found) == [Code.CHOICES_ADDED, Code.CHOICES_REMOVED]
    assert found.needs_consent


def test_metrics_that_may_travel_together_are_called_by_their_titles() -> None:
    other = metric("system.os", title="Operating systems")
    old = registry(metric(), other)
    found = difference(old, registry(metric(correlates_with=("system.os",)), other))
    assert words(found)[0].endswith("may now travel together with Operating systems.")


def test_only_the_plug_in_and_the_check_that_changed_are_told() -> None:
    other = replace(SPELLING, id="other", prefix="other")
    reasons = {"kept": "It is.", "other": "It is."}
    old = registry(plugins=(SPELLING, other), allow=reasons)
    new = replace(old, plugins=(SPELLING,), allow={"kept": "It is."})
    places = [change.place for change in difference(old, new).changes]
    assert places == ["plugin.other", "product.allow.other"]


def test_a_version_with_more_zeros_is_the_same_beginning() -> None:
    assert between(metric(since="2"), metric(since="2.0")).changes == ()


def test_reasons_name_what_they_are_about() -> None:
    old = registry(collector=ADDRESS)
    levels = {**old.levels, "usage": "All."}
    new = replace(
        old,
        app="viewer",
        levels=levels,
        collector=replace(ADDRESS, urls=("https://b.example",)),
    )
    assert difference(old, new).reasons == (
        "The product: consent to one product is no consent to another.",
        "The level usage: people agreed to other words.",
        "The reports: somebody else may receive the reports.",
    )


def test_a_collector_that_changes_address_and_key_is_told_with_both() -> None:
    old, new = registry(collector=ADDRESS), CollectorAddress(("https://b.example",), (b"b" * 32,))
    assert codes(difference(old, replace(old, collector=new))) == [
        Code.COLLECTOR_ADDRESS,
        Code.COLLECTOR_KEY,
    ]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        pytest.param(Kind.FLAG, "yes or no", id="flag"),
        pytest.param(Kind.VERSION, "2 parts of the version", id="version"),
        pytest.param(Kind.TIMING, "how long it takes, in 3 steps", id="timing"),
        pytest.param(Kind.QUANTITY, "how many, in 3 steps", id="quantity"),
        pytest.param(Kind.DISTRIBUTION, "how large it is, in 3 steps", id="distribution"),
        pytest.param(Kind.SECONDS, "seconds in use of each day, at most 1,000,000", id="seconds"),
        pytest.param(Kind.LABELLED, "a number of each day for each of: menu, other", id="labels"),
        pytest.param(Kind.NAMES, "which of: a, b, c, d, e, f, g, h and 6 more", id="names"),
        pytest.param(Kind.EVENT, "a number of each day by how: menu, other", id="event"),
        pytest.param(
            Kind.ERROR,
            "how often it broke at each place in the code, a number of each day, with a scrubbed "
            "message",
            id="error",
        ),
    ],
)
def test_the_form_of_a_metric_is_said(kind: Kind, text: str) -> None:
    said = metric(
        kind=kind,
        buckets=(0, 100, 1000),
        labels=("menu", "other"),
        names=(*"abcdefghijklm", "other"),
        extras={"how": ("menu", "other")},
        message_level="errors",
    )
    assert form(said) == text


def test_what_is_kept_per_week_says_so() -> None:
    said = form(metric(period=Period.WEEK, largest=500))
    assert said == "a number of each week, at most 500"


def test_an_error_without_a_message_says_nothing_of_one() -> None:
    assert form(metric(kind=Kind.ERROR)).endswith("place in the code, a number of each day")


def test_a_metric_that_becomes_an_error_with_a_message_says_so_once() -> None:
    found = between(metric(), metric(kind=Kind.ERROR, message_level="errors"))
    assert codes(found) == [Code.KIND]
    assert "with a scrubbed message, instead of a number." in words(found)[0]


def test_a_metric_without_a_title_goes_by_its_name() -> None:
    assert words(difference(registry(), registry(metric(title=""))))[0].startswith("New: file.op")


def test_a_title_with_braces_is_said_as_it_is() -> None:
    old = metric(title="{subject} {0}")
    assert words(between(old, replace(old, threshold=5)))[0].startswith("{subject} {0}: now publ")


def test_a_file_does_not_differ_from_itself(text: str) -> None:
    assert difference(read(text.encode()), read(text.encode())).changes == ()


KINDS: dict[Kind, dict[str, Any]] = {
    Kind.COUNTER: {},
    Kind.FLAG: {},
    Kind.CHOICE: {"choices": ("a", "b", "other")},
    Kind.VERSION: {"precision": 2},
    Kind.TIMING: {"buckets": (0, 10, 100)},
    Kind.DISTRIBUTION: {"buckets": (0, 10, 100)},
    Kind.QUANTITY: {"buckets": (0, 10, 100)},
    Kind.NAMES: {"names": ("a", "b", "other")},
    Kind.LABELLED: {"labels": ("a", "b", "other")},
    Kind.EVENT: {"extras": {"how": ("a", "other")}},
    Kind.SECONDS: {},
    Kind.ERROR: {},
}
METRICS = ["a.a", "b.b", "c.c", "d.d"]


@st.composite
def metrics(draw: st.DrawFn, name: str) -> Metric:
    kind = draw(st.sampled_from(Kind))
    return metric(
        name,
        kind,
        decision=draw(st.sampled_from(["This.", "That."])),
        threshold=draw(st.integers(1, 30)),
        status=draw(st.sampled_from(Status)),
        sensitivity=draw(st.none() | st.sampled_from(Sensitivity)),
        expires=draw(st.none() | st.dates()),
        correlates_with=tuple(draw(st.sets(st.sampled_from(METRICS)))),
        aliases=tuple(draw(st.sets(st.sampled_from([*METRICS, "x.x"])))),
        accuracy=draw(st.none() | st.sampled_from([0.01, 0.05])),
        since=draw(st.sampled_from(["", "1", "1.2", "2.0.1"])),
        translations=draw(st.sampled_from([{}, {"de": Translation("T", "F")}])),
        **KINDS[kind],
    )


@st.composite
def registries(draw: st.DrawFn) -> Registry:
    names = draw(st.lists(st.sampled_from(METRICS), unique=True))
    urls = st.permutations(["https://a", "https://b"])
    some_urls = st.builds(lambda urls, most: tuple(urls[:most]), urls, st.integers(1, 2))
    keys = st.sampled_from([(), (b"a" * 32,), (b"b" * 32,), (b"a" * 32, b"b" * 32)])
    addresses = st.builds(CollectorAddress, some_urls, keys)
    return registry(
        *(draw(metrics(name)) for name in names),
        collector=draw(st.none() | addresses),
        levels=MappingProxyType({"usage": draw(st.sampled_from(["Parts.", "All."]))}),
    )


@given(registries())
def test_nothing_differs_from_itself(some: Registry) -> None:
    found = difference(some, some)
    assert found.changes == ()
    assert found.reasons == ()
    assert not found.needs_consent


@given(registries(), registries())
def test_every_metric_that_differs_is_said(old: Registry, new: Registry) -> None:
    said = "\n".join(words(difference(old, new)))
    aliases = {alias for each in new.metrics.values() for alias in each.aliases}
    for name in {*old.metrics, *new.metrics}:
        before, after = old.metrics.get(name), new.metrics.get(name)
        if before is None or after is None:
            renamed = name in aliases and f"in reports instead of {name}." in said
            assert f"Title of {name}" in said or renamed
        elif before != _in_the_order_of(before, after):
            assert f"Title of {name}" in said


def _in_the_order_of(old: Metric, new: Metric) -> Metric:
    """Give the new metric, but for lists whose order means nothing and names that were changed."""
    return replace(new, aliases=old.aliases, correlates_with=old.correlates_with)


@given(registries(), registries())
def test_consent_is_needed_exactly_if_there_is_a_reason(old: Registry, new: Registry) -> None:
    found = difference(old, new)
    assert found.needs_consent == bool(found.reasons)
    assert len(words(found)) == len(found.changes)


@given(registries(), st.data())
def test_what_only_shrinks_needs_no_consent(old: Registry, data: st.DataObject) -> None:
    kept = [each for each in old.metrics.values() if data.draw(st.booleans())]
    smaller = [
        replace(
            each,
            threshold=each.threshold + data.draw(st.integers(0, 5)),
            correlates_with=each.correlates_with[:1],
            choices=each.choices[1:],
            labels=each.labels[1:],
            names=each.names[1:],
            period=Period.WEEK,
            precision=1,
            buckets=each.buckets[:2],
            largest=data.draw(st.integers(1, each.largest)),
            status=data.draw(st.sampled_from([each.status, Status.RETIRED])),
        )
        for each in kept
    ]
    by_name = MappingProxyType({each.name: each for each in smaller})
    assert not difference(old, replace(old, metrics=by_name)).needs_consent


@given(registries(), registries())
def test_whatever_is_newly_measured_needs_consent(old: Registry, new: Registry) -> None:
    known = {*old.metrics}
    fresh = [
        each
        for each in new.metrics.values()
        if each.status is Status.APPROVED and not known & {each.name, *each.aliases}
    ]
    assert difference(old, new).needs_consent or not fresh
