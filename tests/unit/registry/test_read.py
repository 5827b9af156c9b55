from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aboveboard.errors import Problem, RegistryError
from aboveboard.model.metric import Approval, Kind
from aboveboard.model.registry import CollectorAddress, Registry
from aboveboard.registry.canonical import fingerprint
from aboveboard.registry.read import read, read_content
from aboveboard.testing import EXAMPLE_REGISTRY

KEY = bytes.fromhex("07a37cbc142093c8b755dc1b10e86cb426374ad16aa453ed0bdfc0b2b86d1c7c")
TITLE = 'title = "An example editor"'
LEVELS = '[product.levels]\nusage = "Which parts are used."'
CHOICES = 'choices = ["linux", "macos"]'
BUCKETS = "buckets = [0, 100, 1000]"
URL = 'url = "https://telemetry.editor.example/"'
KEY_LINE = 'key = "x25519:B6N8vBQgk8i3VdwbEOhstCY3StFqpFPtC9/AsrhtHHw="'
PLACE = re.compile(r"[^\s:]+")


def problems(text: str | bytes) -> tuple[Problem, ...]:
    with pytest.raises(RegistryError) as caught:
        read(text.encode() if isinstance(text, str) else text)
    return caught.value.problems


def test_a_whole_file_becomes_a_registry(text: str) -> None:
    registry = read(text.encode())

    assert (registry.app, registry.title) == ("editor", "An example editor")
    assert (registry.homepage, registry.policy) == (
        "https://editor.example",
        "https://editor.example/privacy",
    )
    assert (registry.contact, registry.note) == ("The maintainers", "An example.")
    assert registry.levels == {"usage": "Which parts are used."}
    assert registry.collector == CollectorAddress(("https://telemetry.editor.example",), (KEY,))
    assert [(name, m.name, m.kind) for name, m in registry.metrics.items()] == [
        ("file.opened", "file.opened", Kind.COUNTER),
        ("theme.dark", "theme.dark", Kind.FLAG),
        ("system.os", "system.os", Kind.CHOICE),
        ("system.python", "system.python", Kind.VERSION),
        ("file.opening", "file.opening", Kind.TIMING),
    ]


def test_a_metric_carries_what_its_table_says(text: str) -> None:
    metrics = read(text.encode()).metrics
    opened = metrics["file.opened"]

    assert (opened.title, opened.question, opened.decision) == (
        "A title",
        "A question?",
        "A decision.",
    )
    assert (opened.owner, opened.review, opened.level) == (
        "Release manager",
        "https://editor.example/reviews/1",
        "usage",
    )
    assert opened.approved == Approval(date(2026, 1, 15), "The council", "https://editor.example/1")
    assert opened.expires == date(2027, 12, 31)
    assert (opened.largest, opened.threshold) == (500, 20)
    assert metrics["system.os"].choices == ("linux", "macos", "other")
    assert metrics["system.python"].precision == 3
    assert metrics["file.opening"].buckets == (0, 100, 1000)


def test_what_may_be_left_out_has_its_default() -> None:
    registry = read(EXAMPLE_REGISTRY)
    (metric,) = registry.metrics.values()

    assert registry.collector is None
    assert not registry.note
    assert (metric.largest, metric.threshold) == (1_000_000, 10)
    assert metric.expires is None
    assert metric.never_expires_because == "It is the base for every other number."


def test_a_collector_may_have_no_key(text: str) -> None:
    registry = read(text.replace(KEY_LINE, "").encode())

    assert registry.collector == CollectorAddress(("https://telemetry.editor.example",))


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("http://127.0.0.1:8790", id="loopback-4"),
        pytest.param("http://localhost", id="localhost"),
        pytest.param("http://[::1]:80", id="loopback-6"),
    ],
)
def test_a_collector_on_this_machine_needs_no_https(text: str, url: str) -> None:
    registry = read(text.replace(URL, f'url = "{url}"').encode())

    assert registry.collector is not None
    assert registry.collector.url == url


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        pytest.param("format = 1", "format = [", "not_toml", "file", id="not_toml"),
        pytest.param("format = 1", "format = 2", "unknown_format", "format", id="unknown_format"),
        pytest.param(TITLE, "", "missing", "product.title", id="missing"),
        pytest.param(TITLE, f"{TITLE}\ncolour = 1", "unknown_key", "product.colour", id="unknown"),
        pytest.param(TITLE, "title = 3", "wrong_type", "product.title", id="number-for-text"),
        pytest.param(
            "largest = 500",
            "largest = true",
            "wrong_type",
            "metric.file.opened.largest",
            id="yes-for-number",
        ),
        pytest.param(
            "on = 2026-01-15",
            "on = 2026-01-15T00:00:00Z",
            "wrong_type",
            "metric.file.opened.approved.on",
            id="time-for-day",
        ),
        pytest.param(
            "expires = 2027-12-31",
            'expires = "2027-12-31"',
            "wrong_type",
            "metric.file.opened.expires",
            id="day-in-quotes",
        ),
        pytest.param(TITLE, 'title = "  "', "empty", "product.title", id="empty"),
        pytest.param(TITLE, f'title = "{"x" * 61}"', "too_long", "product.title", id="too_long"),
        pytest.param(TITLE, 'title = "a\\tb"', "too_long", "product.title", id="not-printable"),
        pytest.param(
            'homepage = "https://editor.example"',
            'homepage = "http://editor.example"',
            "not_a_link",
            "product.homepage",
            id="not_a_link",
        ),
        pytest.param(
            URL, 'url = "http://editor.example"', "not_a_link", "collector.url", id="no-https"
        ),
        pytest.param(URL, 'url = "https://"', "not_a_link", "collector.url", id="only-a-scheme"),
        pytest.param('id = "editor"', 'id = "Editor"', "bad_name", "product.id", id="bad-app"),
        pytest.param(
            LEVELS,
            f'{LEVELS}\nBoth_ = "x"',
            "bad_name",
            "product.levels.Both_",
            id="bad-level-name",
        ),
        pytest.param(
            '[metric."file.opened"]',
            '[metric."opened"]',
            "bad_name",
            "metric.opened",
            id="metric-without-a-group",
        ),
        pytest.param(
            '[metric."file.opened"]',
            f'[metric."file.{"x" * 56}"]',
            "bad_name",
            f"metric.file.{'x' * 56}",
            id="long-metric-name",
        ),
        pytest.param("x25519:", "ed25519:", "bad_key", "collector.key", id="another-algorithm"),
        pytest.param("rhtHHw=", "rht=", "bad_key", "collector.key", id="short-key"),
        pytest.param("rhtHHw=", "rhtHHw", "bad_key", "collector.key", id="key-not-base64"),
        pytest.param("rhtHHw=", "rhtHHü=", "bad_key", "collector.key", id="key-not-ascii"),
        pytest.param(
            'kind = "flag"',
            'kind = "colour"',
            "unknown_kind",
            "metric.theme.dark.kind",
            id="unknown_kind",
        ),
        pytest.param(
            'level = "usage"',
            'level = "crashes"',
            "unknown_level",
            "metric.file.opened.level",
            id="unknown_level",
        ),
        pytest.param(
            "largest = 500",
            "largest = 0",
            "out_of_bounds",
            "metric.file.opened.largest",
            id="largest-0",
        ),
        pytest.param(
            "precision = 3",
            "precision = 4",
            "out_of_bounds",
            "metric.system.python.precision",
            id="precision-4",
        ),
        pytest.param(
            "threshold = 20",
            "threshold = 0",
            "out_of_bounds",
            "metric.file.opened.threshold",
            id="threshold-0",
        ),
        pytest.param(
            CHOICES,
            'choices = ["linux", "linux"]',
            "bad_choices",
            "metric.system.os.choices",
            id="choice-twice",
        ),
        pytest.param(
            CHOICES,
            'choices = ["linux", "other"]',
            "bad_choices",
            "metric.system.os.choices",
            id="other-by-hand",
        ),
        pytest.param(
            CHOICES,
            'choices = ["linux", 3]',
            "bad_choices",
            "metric.system.os.choices",
            id="choice-that-is-no-word",
        ),
        pytest.param(
            CHOICES,
            'choices = ["<b>"]',
            "bad_choices",
            "metric.system.os.choices",
            id="choice-that-is-no-plain-word",
        ),
        pytest.param(
            CHOICES, "choices = []", "bad_choices", "metric.system.os.choices", id="no-choices"
        ),
        pytest.param(
            CHOICES,
            f"choices = {json.dumps([f'w{n}' for n in range(101)])}",
            "bad_choices",
            "metric.system.os.choices",
            id="too-many-choices",
        ),
        pytest.param(
            CHOICES,
            "",
            "missing",
            "metric.system.os.choices",
            id="choices-missing",
        ),
        pytest.param(BUCKETS, "", "missing", "metric.file.opening.buckets", id="buckets-missing"),
        pytest.param(
            BUCKETS,
            "buckets = [0, 10, 10]",
            "bad_buckets",
            "metric.file.opening.buckets",
            id="buckets-that-do-not-rise",
        ),
        pytest.param(
            BUCKETS,
            "buckets = [1, 2]",
            "bad_buckets",
            "metric.file.opening.buckets",
            id="buckets-not-from-0",
        ),
        pytest.param(
            BUCKETS, "buckets = []", "bad_buckets", "metric.file.opening.buckets", id="no-buckets"
        ),
        pytest.param(
            BUCKETS,
            "buckets = [0, 1.5]",
            "bad_buckets",
            "metric.file.opening.buckets",
            id="fraction-of-a-millisecond",
        ),
        pytest.param(
            BUCKETS,
            "buckets = [0, 2592000001]",
            "bad_buckets",
            "metric.file.opening.buckets",
            id="longer-than-a-month",
        ),
        pytest.param(
            BUCKETS,
            f"buckets = {list(range(51))}",
            "bad_buckets",
            "metric.file.opening.buckets",
            id="too-many-buckets",
        ),
        pytest.param(
            BUCKETS,
            "buckets = [false, true, 100]",
            "bad_buckets",
            "metric.file.opening.buckets",
            id="yes-and-no-for-buckets",
        ),
        pytest.param(
            'kind = "flag"',
            'kind = "flag"\nchoices = ["a"]',
            "bound_of_another_kind",
            "metric.theme.dark.choices",
            id="bound_of_another_kind",
        ),
        pytest.param(
            "expires = 2027-12-31",
            "expires = 2026-01-14",
            "ends_before_it_begins",
            "metric.file.opened.expires",
            id="ends_before_it_begins",
        ),
        pytest.param(
            "expires = 2027-12-31",
            'expires = { never = "So.", really = true }',
            "unknown_key",
            "metric.file.opened.expires.really",
            id="unknown-key-of-never",
        ),
        pytest.param(
            "expires = 2027-12-31",
            "expires = {}",
            "missing",
            "metric.file.opened.expires.never",
            id="never-without-a-reason",
        ),
        pytest.param(
            'by = "The council"',
            'by = "The council", per = 1',
            "unknown_key",
            "metric.file.opened.approved.per",
            id="unknown-key-of-approved",
        ),
        pytest.param(
            KEY_LINE, f"{KEY_LINE}\nproxy = 1", "unknown_key", "collector.proxy", id="proxy"
        ),
        pytest.param(
            "format = 1", "format = 1\nmore = 1", "unknown_key", "more", id="unknown-key-at-the-top"
        ),
        pytest.param(LEVELS, "levels = 3", "wrong_type", "product.levels", id="number-for-table"),
    ],
)
def test_a_problem_has_a_code_a_place_and_a_remedy(
    text: str, old: str, new: str, code: str, place: str
) -> None:
    assert old in text

    found = [p for p in problems(text.replace(old, new, 1)) if (p.code, p.place) == (code, place)]

    assert len(found) == 1
    assert found[0].text.endswith(".")
    assert found[0].remedy.endswith(".")


def test_a_file_that_is_not_utf_8_is_refused(text: str) -> None:
    (problem,) = problems(text.encode() + b'\n# \xff"')

    assert (problem.code, problem.place) == ("not_utf8", "file")


def test_the_problem_of_an_empty_key_has_a_place(text: str) -> None:
    (problem,) = problems(f'"" = 1\n{text}')

    assert problem.code == "unknown_key"
    assert problem.place


def test_every_problem_of_a_file_is_reported_at_once_and_in_its_order(text: str) -> None:
    broken = (
        text.replace('id = "editor"', 'id = "E"')
        .replace(TITLE, "")
        .replace('kind = "flag"', 'kind = "colour"')
        .replace(BUCKETS, "buckets = 3")
        .replace("format = 1", "format = 1\nmore = 1")
    )

    found = [(problem.code, problem.place) for problem in problems(broken)]

    assert found == [
        ("bad_name", "product.id"),
        ("missing", "product.title"),
        ("unknown_kind", "metric.theme.dark.kind"),
        ("wrong_type", "metric.file.opening.buckets"),
        ("bad_buckets", "metric.file.opening.buckets"),
        ("unknown_key", "more"),
    ]


def test_the_error_names_the_file() -> None:
    with pytest.raises(RegistryError, match=r"editor\.toml: \d+ problems"):
        read(b"", "editor.toml")


TOML: st.SearchStrategy[object] = st.recursive(
    st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats()
    | st.text(max_size=70)
    | st.dates()
    | st.times()
    | st.datetimes(timezones=st.none() | st.just(dt.UTC)),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=8,
)
PARTS: dict[str, object] = {
    "format": 1,
    "product": {"id": "editor", "levels": {"usage": "x"}},
    "metric": {"file.opened": {"kind": "counter", "approved": {"on": date(2026, 1, 1)}}},
    "collector": {"url": "https://x.example", "key": "x25519:AA=="},
}
KNOWN = [
    *("format", "product", "metric", "collector", "id", "levels", "title", "kind", "file.opened"),
    *("approved", "on", "expires", "never", "choices", "buckets", "largest", "precision", "key"),
    *("threshold", "url", "note", "level"),
]


def toml(value: object) -> str:
    """Write a value as TOML, tables as inline ones."""
    match value:
        case dict():
            inner = ", ".join(f"{toml(name)} = {toml(each)}" for name, each in value.items())
            return f"{{{inner}}}"
        case list():
            return f"[{', '.join(map(toml, value))}]"
        case str():
            return json.dumps(value).replace("\x7f", "\\u007f")
        case bool():
            return str(value).lower()
        case float() | int():
            return str(value)
        case date() | dt.time():
            return value.isoformat()
        case _:
            raise TypeError


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_a_registry_error(body: bytes) -> None:
    with pytest.raises(RegistryError) as caught:
        read(body)

    assert caught.value.problems


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_table_raises_anything_but_a_registry_error(data: st.DataObject) -> None:
    names = st.sampled_from(KNOWN) | st.text(
        st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6
    )
    inner: st.SearchStrategy[object] = st.recursive(
        TOML, lambda more: st.dictionaries(names, more, max_size=5), max_leaves=10
    )
    table = PARTS | data.draw(st.dictionaries(names, inner, max_size=4))
    lines = "\n".join(f"{toml(name)} = {toml(value)}" for name, value in table.items())

    try:
        found: object = read(lines.encode("utf-8", "replace"))
    except RegistryError as error:
        found = error
        for problem in error.problems:
            assert problem.code
            assert problem.place
            assert problem.remedy
    assert isinstance(found, RegistryError | Registry)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"x = " + b"[" * 5000, id="deep-lists"),
        pytest.param(b"x = " + b"{a=" * 5000, id="deep-tables"),
        pytest.param(b"x." * 5000 + b"x = 1", id="deep-keys"),
        pytest.param(b"x = " + b"1" * 5000, id="many-digits"),
        pytest.param(b"x = 0x" + b"f" * 5000, id="many-hexadecimal-digits"),
    ],
)
def test_a_file_that_only_an_attacker_would_write_is_refused(body: bytes) -> None:
    assert problems(body)


def test_a_fingerprint_is_64_hexadecimal_digits(text: str) -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", read(text.encode()).fingerprint)


def test_the_fingerprint_is_what_the_documentation_says() -> None:
    table: dict[str, object] = {"b": date(2026, 1, 15), "a": [1, True, "ü"]}

    canonical = b'{"a":[1,true,"\\u00fc"],"b":"2026-01-15"}'

    assert fingerprint(table) == hashlib.sha256(canonical).hexdigest()


def test_comments_order_and_the_collector_do_not_change_the_fingerprint(text: str) -> None:
    head, metrics = text.split('[metric."file.opened"]')
    again = '[metric."file.opened"]' + metrics + "\n# a comment\n"
    reordered = "format   =  1\n" + again + head.replace("format = 1", "")
    elsewhere = text.replace("telemetry.editor.example", "other.example").replace(KEY_LINE, "")
    without = text.replace("[collector]", "").replace(URL, "").replace(KEY_LINE, "")

    marks = {read(each.encode()).fingerprint for each in (text, reordered, elsewhere, without)}

    assert len(marks) == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param('id = "editor"', 'id = "writer"', id="app"),
        pytest.param('note = "An example."', "", id="note"),
        pytest.param("Which parts are used", "What is used", id="level"),
        pytest.param("A question?", "Another question?", id="question"),
        pytest.param("2027-12-31", "2027-12-30", id="expiry"),
        pytest.param("largest = 500", "largest = 501", id="bound"),
        pytest.param('["linux", "macos"]', '["macos", "linux"]', id="order-of-a-list"),
        pytest.param('[metric."theme.dark"]', '[metric."theme.light"]', id="name-of-a-metric"),
    ],
)
def test_anything_else_changes_the_fingerprint(text: str, old: str, new: str) -> None:
    changed = text.replace(old, new, 1)

    assert read(changed.encode()).fingerprint != read(text.encode()).fingerprint


def test_a_registry_holds_the_content_that_its_fingerprint_stands_for(text: str) -> None:
    registry = read(text.encode())
    again = read_content(registry.content)

    assert hashlib.sha256(registry.content).hexdigest() == registry.fingerprint
    assert (again.content, again.fingerprint) == (registry.content, registry.fingerprint)
    assert replace(again, collector=registry.collector, parts=registry.parts) == registry


@settings(deadline=None, max_examples=50)
@given(st.dictionaries(st.text(max_size=6), TOML, max_size=4), st.data())
def test_a_fingerprint_ignores_the_order_of_keys(
    table: dict[str, object], data: st.DataObject
) -> None:
    shuffled = dict(data.draw(st.permutations(list(table.items()))))

    assert fingerprint(shuffled) == fingerprint(table)
