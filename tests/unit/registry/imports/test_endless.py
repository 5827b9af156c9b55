from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.errors import RegistryError
from aboveboard.registry.imports.endless import import_endless
from aboveboard.registry.imports.imported import About, Imported

TODAY = date(2026, 11, 21)
FREE = "the words of a command line are free text: they hold names of people and files"
NO_MONTHS = "there are no months here: the daily form is imported, and weeks are added up"


@pytest.fixture(scope="module")
def whole(catalogues: Mapping[str, str]) -> Imported:
    text = catalogues["endless_events.json"]
    return import_endless([("endless_events.json", text)], About("desktop", "Desktop"), TODAY)


def _of(*events: object) -> Imported:
    return import_endless([("events.json", json.dumps(events))], About("x", "X"), TODAY)


def test_the_catalogue_has_no_problem_but_those_that_are_open(
    whole: Imported, untold: Callable[[Imported], list[str]]
) -> None:
    assert untold(whole) == []


def test_only_people_can_write_what_is_open(
    whole: Imported, keys: Callable[[Imported], set[str]]
) -> None:
    assert keys(whole) == {
        "product.homepage", "product.contact", "product.policy", "question", "decision", "owner",
        "review", "expires", "example", "choices", "labels", "names",
    }  # fmt: skip


def test_every_event_is_imported_or_left_out(
    whole: Imported, catalogues: Mapping[str, str]
) -> None:
    events = json.loads(catalogues["endless_events.json"])
    told = [notes[0].split(" ", 3)[3] for notes in whole.notes.values()]
    imported = {note.rpartition(", ")[0] for note in told}
    left_out = {name for name, _ in whole.skipped if ": " not in name}
    assert imported | left_out == {event["name"] for event in events}
    assert imported & left_out == set()


def test_every_metric_is_proposed(whole: Imported) -> None:
    assert {table["status"] for table in whole.metrics.values()} == {"proposed"}


def test_no_identity_is_imported(whole: Imported) -> None:
    reasons = dict(whole.skipped)
    assert reasons["NetworkId"].startswith("it is an identity")
    assert reasons["Location"] == "it says where somebody is"
    assert reasons["LocationLabel"].startswith("it is free text about a place")
    assert reasons["UserIsLoggedIn: logged_in_user_id"].startswith("it is an identity")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("parental_controls.enabled", {"kind": "flag", "level": "interaction"}),
        ("launched.existing_flatpak", {"kind": "labelled"}),
        ("linux.package_opened", {"kind": "counter"}),
        ("startup.finished_kernel", {"kind": "timing", "level": "technical"}),
        ("split.flatpak_repo_stats_elapsed", {"kind": "timing"}),
        ("ram.size", {"kind": "quantity", "unit": "mebibytes"}),
        ("daily.app_usage", {"kind": "labelled", "unit": "seconds", "largest": 86400}),
        ("daily.users", {"kind": "quantity", "buckets": [0, 1, 2, 3, 5, 10, 20]}),
        ("daily.session_time", {"kind": "seconds", "example": 600}),
        ("shell.app_is_open", {"kind": "labelled", "unit": "seconds"}),
        ("social.bar_is_visible", {"kind": "seconds"}),
        ("user.is_logged_in", {"kind": "seconds"}),
        ("uptime.used", {"kind": "seconds"}),
        ("os.version", {"kind": "version"}),
        ("image.version", {"kind": "choice"}),
        ("windows.license_tables", {"kind": "choice", "choices": ["none", "MSDM", "SLIC"]}),
        ("hack_clubhouse.progress_pathways", {"kind": "names"}),
        ("tour.response", {"kind": "flag"}),
        ("companion_app.search", {"kind": "counter"}),
    ],
)
def test_an_event_keeps_its_meaning(
    whole: Imported, name: str, expected: dict[str, object]
) -> None:
    table = whole.metrics[name]
    assert {key: table.get(key) for key in expected} == expected


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (
            "LinuxPackageOpened: argv",
            f"{FREE}; that it happened is counted",
        ),
        (
            "UpdaterFailure: error_message",
            "it is free text: it holds names of people and files; the rest of it is kept",
        ),
        (
            "DesktopSearch: payload (us)",
            "nobody says what its parts may be, so nothing bounds it; that it happened is counted",
        ),
        ("Uptime: number of boots", "a number that only grows tells one machine from all others"),
        ("MonthlyUsers", NO_MONTHS),
        ("Shutdown (2.2.0)", "an event of the same meaning has taken its place"),
        ("MockSequenceB", "only tests send it"),
    ],
)
def test_what_is_dropped_is_told_with_its_reason(whole: Imported, name: str, reason: str) -> None:
    assert dict(whole.skipped)[name] == reason


def test_nothing_is_told_of_how_long_a_sequence_took_for_that_is_the_metric(
    whole: Imported,
) -> None:
    assert "ShellAppIsOpen: duration" not in dict(whole.skipped)


@pytest.mark.parametrize(
    ("event", "name", "reason"),
    [
        (3, "an event without a name", "it has no name"),
        ({"name": "Odd", "kind": "plural"}, "Odd", "there is no kind of event 'plural'"),
        (
            {"name": "Odd", "kind": "singular", "columns": {"v3": ["word:Unicode"]}},
            "Odd: word",
            "it is free text, as far as the catalogue says; that it happened is counted",
        ),
    ],
)
def test_what_nobody_can_place_is_left_out_with_a_reason(
    event: object, name: str, reason: str
) -> None:
    assert _of(event).skipped == ((name, reason),)


def test_an_aggregate_without_a_payload_says_how_many() -> None:
    done = _of({"name": "DailyPrints", "kind": "aggregate"})
    assert done.metrics["daily.prints"]["kind"] == "quantity"


def test_the_newest_columns_count() -> None:
    columns = {"v2": ["old:Boolean"], "v3": ["new:Boolean", "newer:Boolean"]}
    done = _of({"name": "LampChanged", "kind": "singular", "columns": columns})
    assert list(done.metrics) == ["lamp.changed_new", "lamp.changed_newer"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{}", "wrong_shape"),
        ("[", "not_json"),
        ("[" * 100_000, "not_json"),
        ("1" * 5000, "not_json"),
    ],
)
def test_what_is_no_catalogue_is_refused(text: str, code: str) -> None:
    with pytest.raises(RegistryError) as refused:
        import_endless([("events.json", text)], About("x", "X"), TODAY)
    assert [problem.code for problem in refused.value.problems] == [code]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=10,
)
EVENTS = st.fixed_dictionaries(
    {},
    optional={
        "name": JSON,
        "kind": st.sampled_from(["singular", "aggregate", "sequence"]) | JSON,
        "payload_signature": JSON,
        "columns": st.dictionaries(
            st.sampled_from(["v2", "v3"]),
            st.lists(st.sampled_from(["app_id:Unicode", "x:Integer", "argv:ARRAY"]) | JSON),
        )
        | JSON,
        "doc": JSON,
        "status": JSON,
    },
)


@given(st.lists(EVENTS, max_size=4) | JSON)
def test_no_json_makes_it_fail_but_with_its_own_error(content: object) -> None:
    try:
        done = import_endless([("x.json", json.dumps(content))], About("x", "X"), TODAY)
    except RegistryError:
        return
    assert all(table["status"] == "proposed" for table in done.metrics.values())
