from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.adapters.registry_files import read_file
from aboveboard.errors import RegistryError
from aboveboard.model.metric import Approval, Plugin, Rate, Sensitivity, Status, Translation
from aboveboard.model.registry import CollectorAddress, Registry, Sends
from aboveboard.registry.checks import CHECKS, check
from aboveboard.registry.read import read
from aboveboard.registry.rules.words import find

TODAY = date(2026, 11, 21)
REST = """
decision = "How long a release candidate is tested."
owner = "Release manager"
review = "https://editor.example/reviews/1"
approved = { on = 2026-01-15, by = "The council", where = "https://editor.example/minutes/3" }
expires = 2027-12-31
level = "usage"
"""
GOOD = f"""
format = 1
[product]
id = "editor"
title = "An example editor"
homepage = "https://editor.example"
contact = "telemetry@editor.example"
policy = "https://editor.example/privacy"
installs = 100000
[product.levels]
usage = "Which parts of the editor are used."
[metric."file.opened"]
kind = "counter"
title = "Files opened"
question = "How much is the editor used?"
sensitivity = "interaction"
example = 3
{REST}
[metric."theme.dark"]
kind = "flag"
title = "Dark colours chosen"
question = "How many people prefer dark colours?"
sensitivity = "technical"
example = true
{REST}
[metric."system.os"]
kind = "choice"
title = "Operating systems"
question = "Where does the editor run?"
sensitivity = "technical"
example = "linux"
choices = ["linux", "macos"]
{REST}
[metric."system.python"]
kind = "version"
title = "Python versions"
question = "Which versions of Python are there?"
sensitivity = "technical"
example = "3.12"
{REST}
[metric."file.opening"]
kind = "timing"
title = "How long opening takes"
question = "Do people wait for their files?"
sensitivity = "technical"
example = 120
buckets = [0, 100, 1000]
{REST}"""
REGISTRY = read(GOOD.encode())
PLUGIN = Plugin("spell", "Spelling", "spelling", "https://spell.example", "The forum")


def changed(name: str = "", also: dict[str, Any] | None = None, **changes: object) -> Registry:
    """Change one metric, or the product where no metric is named."""
    product: dict[str, Any] = also or {}
    if not name:
        return replace(REGISTRY, **product, **changes)  # type: ignore[arg-type]
    metric = replace(REGISTRY.metrics[name], **changes)  # type: ignore[arg-type]
    metrics = MappingProxyType({**REGISTRY.metrics, name: metric})
    return replace(REGISTRY, metrics=metrics, **product)


def renamed(old: str, new: str) -> Registry:
    metrics = {
        (new if name == old else name): (replace(metric, name=new) if name == old else metric)
        for name, metric in REGISTRY.metrics.items()
    }
    return replace(REGISTRY, metrics=MappingProxyType(metrics))


def both(**changes: object) -> Registry:
    """Let the system and Python's version travel together, with changes of both."""
    metrics = dict(REGISTRY.metrics)
    for one, other in (("system.os", "system.python"), ("system.python", "system.os")):
        kept: dict[str, Any] = {"correlates_with": (other,), **changes}
        metrics[one] = replace(metrics[one], **kept)
    return replace(REGISTRY, metrics=MappingProxyType(metrics))


def found(registry: Registry, today: date = TODAY) -> list[tuple[str, str]]:
    return [(problem.code, problem.place) for problem in check(registry, today)]


def agreed(**changes: object) -> Approval:
    before = REGISTRY.metrics["file.opened"].approved
    assert before is not None
    return replace(before, **changes)  # type: ignore[arg-type]


F, D, S, V, T = REGISTRY.metrics  # file.opened theme.dark system.os system.python file.opening
RETIRED = Status.RETIRED
TECHNICAL = Sensitivity.TECHNICAL
SENSITIVE = Sensitivity.SENSITIVE
TWENTY = tuple(f"word{number}" for number in range(21))
UNSEALED = {"collector": CollectorAddress(("https://telemetry.editor.example",))}

BAD: list[tuple[str, str, Registry]] = [
    ("question_without_mark", "question", changed(F, question="How much it is used.")),
    ("question_repeats_title", "question", changed(F, question="Files opened?")),
    ("decision_repeats", "decision", changed(F, decision="How much is the editor used?")),
    ("decision_vague", "decision", changed(F, decision="To improve the product.")),
    ("decision_vague", "decision", changed(F, decision="Planning.")),
    ("unfinished", "review", changed(F, review="https://editor.example/TODO")),
    ("unfinished", "decision", changed(F, decision="How long, TBD by the council.")),
    ("example_missing", "example", changed(F, example=None)),
    ("example_does_not_fit", "example", changed(F, example="three")),
    ("example_does_not_fit", "example", changed(S, example="beos")),
    ("example_does_not_fit", "example", changed(V, example="3.12.1")),
    ("example_does_not_fit", "example", changed(T, example=-1)),
    ("example_does_not_fit", "example", changed(T, example=True)),
    ("sensitivity_missing", "sensitivity", changed(F, sensitivity=None)),
    ("sensitivity_too_low", "sensitivity", changed(F, sensitivity=TECHNICAL)),
    ("sensitivity_too_low", "sensitivity", changed(S, title="Countries")),
    ("sensitivity_too_low", "sensitivity", changed(S, title="Age of the user")),
    ("sensitivity_too_low", "sensitivity", changed(S, title="E-mail addresses")),
    ("sensitivity_too_low", "sensitivity", changed(S, choices=("male", "female"), example="male")),
    ("sensitivity_too_low", "sensitivity", renamed(S, "settings.language")),
    ("identity", "", renamed(V, "machine.uuid")),
    ("identity", "", renamed(V, "app.license_key")),
    ("identity", "", renamed(F, "session.id")),
    ("identity", "", changed(V, title="Serial numbers")),
    ("choice_is_identity", "choices", changed(S, choices=("linux", "10.0.0.1"))),
    ("choice_is_identity", "choices", changed(S, choices=("linux", "4711471147"))),
    ("choice_is_identity", "choices", changed(S, choices=("linux", "mail.example.org"))),
    ("choice_is_free_text", "choices", changed(S, choices=("linux", "I do not know yet"))),
    ("choice_is_catch_all", "choices", changed(S, choices=("linux", "misc"))),
    ("message_too_close", "message_level", changed(F, message_level="usage")),
    ("message_too_close", "message_level", changed(S, message_level="usage")),
    ("threshold_too_low", "threshold", changed(F, threshold=9)),
    ("threshold_too_low", "threshold", changed(S, sensitivity=SENSITIVE, threshold=49)),
    ("not_sealed", "sensitivity", changed(S, UNSEALED, sensitivity=SENSITIVE, threshold=50)),
    ("installs_missing", "choices", changed(S, {"installs": None}, choices=("linux", *TWENTY))),
    ("too_many_choices", "choices", changed(S, {"installs": 19})),
    ("version_too_precise", "precision", changed(V, {"installs": 499}, precision=3)),
    ("threshold_above_installs", "threshold", changed(T, threshold=100_001)),
    ("accuracy_out_of_reach", "accuracy", changed(D, {"installs": 1000}, accuracy=0.005)),
    ("buckets_too_fine", "buckets", changed(T, buckets=tuple(range(21)))),
    ("buckets_cover_little", "buckets", changed(T, buckets=(0, 100))),
    ("buckets_cover_little", "buckets", changed(T, example=60_000)),
    ("largest_implausible", "largest", changed(F, largest=1_000_001)),
    ("unit_missing", "unit", changed(F, title="Size of files opened")),
    ("rate_of_another_form", "rate.of", changed(F, rate=Rate("file.shut", "Share", "How much?"))),
    ("correlates_with_unknown", "correlates_with", changed(F, correlates_with=("file.shut",))),
    ("correlates_with_itself", "correlates_with", changed(F, correlates_with=(F,))),
    ("correlation_one_sided", "correlates_with", changed(S, correlates_with=(V,))),
    ("correlation_singles_out", "correlates_with", replace(both(), installs=399)),
    ("sensitive_travels_along", "correlates_with", both(sensitivity=SENSITIVE, threshold=50)),
    ("expired", "expires", changed(F, expires=date(2026, 11, 20))),
    ("expires_soon", "expires", changed(F, expires=TODAY)),
    ("expires_soon", "expires", changed(F, expires=date(2026, 12, 21))),
    ("expires_late", "expires", changed(F, expires=date(2032, 1, 1))),
    ("never_expires", "expires", changed(F, expires=None, never_expires_because="It is a base.")),
    ("never_without_reason", "expires.never", changed(D, expires=None)),
    ("approved_in_the_future", "approved.on", changed(F, approved=agreed(day=date(2026, 11, 22)))),
    ("retired_without_until", "until", changed(F, status=RETIRED)),
    ("since_after_until", "since", changed(F, since="2.10", until="2.9.1")),
    ("unit_in_name", "", renamed(T, "file.opening_ms")),
    ("unit_in_name", "", renamed(F, "disk.gb")),
    ("generic_name", "", renamed(F, "misc.opened")),
    ("similar_name", "", renamed(D, "file.opener")),
    ("similar_name", "", renamed(D, "files.opened")),
    ("similar_name", "", renamed(D, "file.open_ed")),
    ("alias_taken", "aliases", changed(F, aliases=(T,))),
    ("title_is_name", "title", changed(F, title="File, opened")),
    ("title_is_name", "title", changed(F, title="file_opened and more")),
    ("title_twice", "title", changed(T, title="Files opened")),
    ("jargon", "question", changed(F, question="What is the churn of the editor?")),
    ("abbreviation", "title", changed(F, title="Files opened by MUC")),
    (
        "long_wording",
        "title",
        changed(F, title="Files that are opened on a day by somebody who edits"),
    ),
    ("long_wording", "title", changed(F, title="Interinstitutionalization")),
    ("owner_is_private", "owner", changed(F, owner="Ana")),
    ("owner_is_private", "owner", changed(F, owner="ana.example@gmail.com")),
    ("approval_missing", "approved.by", changed(F, approved=agreed(by="nobody"))),
    ("approved_by_its_owner", "approved.by", changed(F, approved=agreed(by="release manager"))),
    ("link_says_nothing", "review", changed(F, review="https://editor.example/")),
    ("link_says_nothing", "approved.where", changed(F, approved=agreed(where=REGISTRY.policy))),
    ("translation_missing", "translations.de", changed(languages=("en", "de"))),
    (
        "translation_is_copy",
        "translations.de",
        changed(
            F, translations={"de": Translation("Files opened", "How much is the editor used?")}
        ),
    ),
]
BAD_PRODUCTS: list[tuple[str, str, Registry]] = [
    ("level_unused", "product.levels.more", changed(levels={**REGISTRY.levels, "more": "a b c d"})),
    ("level_unclear", "product.levels.usage", changed(levels={"usage": "Usage."})),
    ("product_unfinished", "product.policy", changed(policy="https://editor.example/TODO")),
    ("contact_unreachable", "product.contact", changed(contact="The editor's maintainers")),
    (
        "contact_unreachable",
        "plugin.spell.contact",
        changed(plugins=(replace(PLUGIN, contact="Its author"),)),
    ),
    ("policy_is_homepage", "product.policy", changed(policy="https://editor.example/")),
    ("sends_often", "product.sends", changed(sends=Sends.DAY)),
    ("note_left_over", "product.note", changed(note="Simulated: the numbers are made up.")),
    (
        "common_prefix",
        "plugin.spell.prefix",
        changed(plugins=(replace(PLUGIN, prefix="core"),)),
    ),
    (
        "unknown_allow",
        "product.allow.expird",
        changed(allow={"expird": "It was a slip of the pen."}),
    ),
    (
        "unknown_allow",
        "product.allow.unneeded_allow",
        changed(allow={"unneeded_allow": "We want them all."}),
    ),
    (
        "unneeded_allow",
        "product.allow.expired",
        changed(allow={"expired": "It goes on for a while."}),
    ),
]


def test_a_good_file_has_no_problem() -> None:
    assert found(REGISTRY) == []


@pytest.mark.parametrize(
    ("code", "key", "registry"),
    [pytest.param(*bad, id=f"{bad[0]}-{number}") for number, bad in enumerate(BAD)],
)
def test_each_fault_of_a_metric_is_told_with_its_place(
    code: str, key: str, registry: Registry
) -> None:
    places = {place for told, place in found(registry) if told == code}
    assert places
    ends = {f"metric.{name}{f'.{key}' if key else ''}" for name in registry.metrics}
    assert places <= ends


@pytest.mark.parametrize(
    ("code", "place", "registry"),
    [pytest.param(*bad, id=f"{bad[0]}-{number}") for number, bad in enumerate(BAD_PRODUCTS)],
)
def test_each_fault_of_a_product_is_told_with_its_place(
    code: str, place: str, registry: Registry
) -> None:
    assert (code, place) in found(registry)


def test_every_check_has_a_file_that_it_finds_a_fault_in() -> None:
    assert {code for code, _, _ in [*BAD, *BAD_PRODUCTS]} == set(CHECKS)


def test_there_are_at_least_25_and_each_explains_itself() -> None:
    assert len(CHECKS) >= 25
    for row in CHECKS.values():
        assert not row.title.endswith(".")
        assert row.reason.endswith(".")
        assert row.remedy.endswith(".")


@pytest.mark.parametrize(
    "registry",
    [
        pytest.param(changed(installs=None), id="nobody-said-how-many-installs"),
        pytest.param(replace(both(), installs=600), id="enough-share-each-combination"),
        pytest.param(changed(F, since="2.9", until="2.10"), id="versions-are-no-decimals"),
        pytest.param(
            changed(F, message_level="usage", sensitivity=SENSITIVE, threshold=50),
            id="message-that-is-called-sensitive",
        ),
        pytest.param(
            changed(
                F,
                {"levels": {**REGISTRY.levels, "words": "What errors say, scrubbed."}},
                message_level="words",
                sensitivity=SENSITIVE,
                threshold=50,
            ),
            id="level-that-is-there-for-messages-alone",
        ),
        pytest.param(changed(F, since="2", until="2.0.0"), id="the-same-version-twice"),
        pytest.param(changed(V, precision=3, example="3.12.1"), id="precise-with-many-installs"),
        pytest.param(changed(D, {"installs": 1000}, accuracy=0.05), id="accuracy-in-reach"),
        pytest.param(changed(F, {"installs": 1000}, accuracy=0.005), id="sums-have-no-share"),
        pytest.param(changed(S, title="Programming languages"), id="no-language-of-a-person"),
        pytest.param(changed(S, title="Names of colours"), id="no-name-of-a-person"),
        pytest.param(changed(F, largest=10**12, title="Disk space", unit="bytes"), id="amounts"),
        pytest.param(changed(F, owner="Moderators <press@mail.gnome.org>"), id="no-free-mail"),
        pytest.param(changed(F, aliases=("file.open",)), id="an-alias-of-its-own"),
        pytest.param(changed(F, title="Files opened as PDF"), id="a-known-abbreviation"),
        pytest.param(renamed(D, "settings.mac"), id="a-flag-cannot-be-an-identity"),
        pytest.param(renamed(V, "system.pythom"), id="one-of-a-kind"),
        pytest.param(renamed(D, "shift.opened"), id="another-group"),
        pytest.param(changed(plugins=(PLUGIN,)), id="a-plug-in-of-its-own-name"),
        pytest.param(
            changed(D, expires=None, never_expires_because="It is the base of all."),
            id="technical-for-ever",
        ),
        pytest.param(
            changed(S, {"collector": CollectorAddress(("https://x.example",), (bytes(32),))}),
            id="sealed",
        ),
        pytest.param(
            changed(F, translations={"en": Translation("Files opened", "How much is it used?")}),
            id="the-original-as-a-translation",
        ),
        pytest.param(
            changed(
                F, {"languages": ("en",)}, status=RETIRED, until="2", expires=date(2026, 1, 20)
            ),
            id="retired-ones-are-left-in-peace",
        ),
    ],
)
def test_what_is_right_is_not_told(registry: Registry) -> None:
    assert found(registry) == []


def test_a_file_in_two_languages_has_no_problem() -> None:
    german = {"de": Translation("Ein Titel", "Eine Frage?")}
    metrics = {name: replace(m, translations=german) for name, m in REGISTRY.metrics.items()}
    registry = replace(REGISTRY, metrics=MappingProxyType(metrics), languages=("en", "de"))
    assert found(registry) == []


def test_two_metrics_cannot_have_had_the_same_name() -> None:
    registry = changed(F, aliases=("file.open",))
    other = replace(registry.metrics[T], aliases=("file.open",))
    registry = replace(registry, metrics=MappingProxyType({**registry.metrics, T: other}))
    assert found(registry) == [("alias_taken", f"metric.{T}.aliases")]


def test_without_the_number_of_installs_nothing_is_known_of_what_travels_together() -> None:
    told = found(replace(both(), installs=None))
    places = [f"metric.{name}.correlates_with" for name in (S, V)]
    assert told == [("installs_missing", place) for place in places]


@pytest.mark.parametrize(
    ("name", "changes", "cells"),
    [
        pytest.param(D, {}, 2, id="flag"),
        pytest.param(F, {"largest": 999}, 3, id="counter"),
        pytest.param(T, {}, 3, id="timing"),
        pytest.param(V, {"precision": 1, "example": "3"}, 10, id="version"),
    ],
)
def test_combinations_are_counted_by_kind(name: str, changes: dict[str, Any], cells: int) -> None:
    registry = changed(name, correlates_with=(S,), **changes)
    system = replace(registry.metrics[S], correlates_with=(name,), choices=("linux", "other"))
    registry = replace(registry, metrics=MappingProxyType({**registry.metrics, S: system}))
    enough = cells * 2 * 10
    assert found(replace(registry, installs=enough)) == []
    told = [code for code, _ in found(replace(registry, installs=enough - 1))]
    assert told == ["correlation_singles_out"]  # once for the group, not for each member


def test_an_expired_metric_does_not_expire_soon() -> None:
    assert [code for code, _ in found(changed(F, expires=date(2026, 11, 20)))] == ["expired"]
    assert found(changed(F, expires=date(2026, 12, 22))) == []


def test_a_metric_switches_a_check_off_for_itself_alone() -> None:
    why = {"expired": "It is kept for the archive."}
    registry = changed(F, expires=date(2026, 11, 20), allow=why)
    assert found(registry) == []
    other = replace(registry.metrics[T], expires=date(2026, 11, 20))
    registry = replace(registry, metrics=MappingProxyType({**registry.metrics, T: other}))
    assert found(registry) == [("expired", f"metric.{T}.expires")]


def test_a_product_switches_a_check_off_for_all() -> None:
    demo = {
        "threshold_too_low": "A demonstration shows groups of every size.",
        "note_left_over": "The numbers really are made up here.",
    }
    registry = changed(F, {"allow": demo, "note": "A demonstration."}, threshold=1)
    assert found(registry) == []


def test_a_switch_of_a_metric_makes_that_of_the_product_unneeded() -> None:
    why = {"expired": "It is kept for the archive."}
    registry = changed(F, {"allow": why}, expires=date(2026, 11, 20), allow=why)
    assert found(registry) == [("unneeded_allow", "product.allow.expired")]


def test_problems_come_in_the_order_of_the_file() -> None:
    registry = changed(S, {"contact": "Somebody"}, example=None, title="Countries")
    metric = replace(registry.metrics[F], example=None)
    registry = replace(registry, metrics=MappingProxyType({**registry.metrics, F: metric}))
    places = [place for _, place in found(registry)]
    assert places == [
        "product.contact",
        f"metric.{F}.example",
        f"metric.{S}.example",
        f"metric.{S}.sensitivity",
    ]


def test_a_switch_is_read_with_its_reason() -> None:
    text = GOOD.replace("installs = ", 'allow = { expired = "For the archive." }\ninstalls = ')
    text = text.replace(
        'kind = "flag"', 'kind = "flag"\nallow = { jargon = "Everybody knows it." }'
    )
    registry = read(text.encode())
    assert registry.allow == {"expired": "For the archive."}
    assert registry.metrics[D].allow == {"jargon": "Everybody knows it."}


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        pytest.param('"because"', "empty", id="too-short"),
        pytest.param('""', "empty", id="nothing"),
        pytest.param("true", "wrong_type", id="no-text"),
    ],
)
def test_a_switch_without_a_reason_is_refused(reason: str, code: str) -> None:
    text = GOOD.replace("installs = ", f"allow = {{ expired = {reason} }}\ninstalls = ")
    with pytest.raises(RegistryError) as caught:
        read(text.encode())
    problems = [(problem.code, problem.place) for problem in caught.value.problems]
    assert problems == [(code, "product.allow.expired")]


def test_our_own_registry_passes() -> None:
    own = read_file(Path(__file__).parents[3] / "registry" / "aboveboard.toml")
    assert found(own, date(2026, 11, 25)) == []


@given(st.text(), st.text(max_size=20))
def test_no_text_breaks_the_comparing_of_words(text: str, phrase: str) -> None:
    assert find([phrase], text) in {phrase, None}


@given(title=st.text(), question=st.text(), owner=st.text(), choices=st.lists(st.text()))
def test_no_wording_breaks_a_check(
    title: str, question: str, owner: str, choices: list[str]
) -> None:
    registry = changed(S, title=title, question=question, owner=owner, choices=tuple(choices))
    assert all(problem.code in CHECKS for problem in check(registry, TODAY))
