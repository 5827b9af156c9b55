from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aboveboard.adapters.registry_files import read_file
from aboveboard.model.metric import Kind, Metric, Reducer
from aboveboard.model.setting import MISSING
from aboveboard.model.verdict import Reason
from aboveboard.registry.names import VERSION
from aboveboard.registry.plain import MOST_ITEMS
from aboveboard.registry.reducers import reduce_setting

ROOT = Path(__file__).parents[3]
SEEDS = ("backdrop", "composr", "endless", "mattermost", "mongooseim")
KINDS = {
    Reducer.FLAG: Kind.FLAG,
    Reducer.IS_SET: Kind.FLAG,
    Reducer.IS_DEFAULT: Kind.FLAG,
    Reducer.COUNT_OF: Kind.QUANTITY,
    Reducer.BUCKET: Kind.QUANTITY,
    Reducer.ONE_OF: Kind.CHOICE,
    Reducer.VERSION: Kind.VERSION,
}
WORDS = ("none", "tls", "465", "true", "other")
NAMES = ("spelling", "org.example.Maps", "other")
BUCKETS = (0, 1, 10, 100)


def metric(reducer: Reducer | None, kind: Kind | None = None) -> Metric:
    made = kind or (KINDS[reducer] if reducer else Kind.FLAG)
    about = ("mail.thing", made, "", "", "", "", "", None, None, "usage")
    lists = {"choices": WORDS, "names": NAMES, "buckets": BUCKETS}
    bound = {Kind.CHOICE: "choices", Kind.NAMES: "names", Kind.QUANTITY: "buckets"}.get(made)
    given_bounds = {bound: lists[bound]} if bound else {}
    return Metric(*about, reducer=reducer, **given_bounds)  # type: ignore[arg-type]


def names() -> Metric:
    return metric(Reducer.ONE_OF, Kind.NAMES)


def broken(kind: type) -> type:
    """Make a class whose objects fail whatever is asked of them, even their class."""

    def fail(*_: object) -> object:
        raise RuntimeError

    asked = ("getattribute", "eq", "hash", "len", "bool", "iter", "str", "repr", "int", "float")
    more = ("index", "lt", "le", "contains", "getitem", "format")
    return type("Broken", (kind,), {f"__{name}__": fail for name in (*asked, *more)})


BROKEN = [broken(kind) for kind in (object, str, list, dict, int)]
BROKEN_THING, BROKEN_TEXT, BROKEN_LIST, BROKEN_TABLE, _ = BROKEN


REDUCED: list[tuple[Reducer, object, object]] = [
    (Reducer.FLAG, True, True),
    (Reducer.FLAG, False, False),
    (Reducer.FLAG, 1, Reason.WRONG_KIND),
    (Reducer.FLAG, "true", Reason.WRONG_KIND),
    (Reducer.FLAG, None, Reason.NO_SETTING),
    (Reducer.FLAG, MISSING, Reason.NO_SETTING),
    (Reducer.IS_SET, "mail.example", True),
    (Reducer.IS_SET, "", False),
    (Reducer.IS_SET, " \t\n", False),
    (Reducer.IS_SET, b"", False),
    (Reducer.IS_SET, b"\0", True),
    (Reducer.IS_SET, [], False),
    (Reducer.IS_SET, [""], True),
    (Reducer.IS_SET, {}, False),
    (Reducer.IS_SET, 0, True),
    (Reducer.IS_SET, False, True),
    (Reducer.IS_SET, date(2026, 1, 1), True),
    (Reducer.IS_SET, None, False),
    (Reducer.IS_SET, MISSING, False),
    (Reducer.COUNT_OF, [], 0),
    (Reducer.COUNT_OF, ["a"] * 12, 10),
    (Reducer.COUNT_OF, {"a": 1}, 1),
    (Reducer.COUNT_OF, frozenset("abc"), 1),
    (Reducer.COUNT_OF, range(10**9), Reason.WRONG_KIND),
    (Reducer.COUNT_OF, "a, b, c", Reason.WRONG_KIND),
    (Reducer.COUNT_OF, None, 0),
    (Reducer.COUNT_OF, MISSING, Reason.NO_SETTING),
    (Reducer.BUCKET, 0, 0),
    (Reducer.BUCKET, 99, 10),
    (Reducer.BUCKET, 99.9, 10),
    (Reducer.BUCKET, 10**400, 100),
    (Reducer.BUCKET, -1, Reason.OUT_OF_BOUNDS),
    (Reducer.BUCKET, math.inf, Reason.OUT_OF_BOUNDS),
    (Reducer.BUCKET, math.nan, Reason.OUT_OF_BOUNDS),
    (Reducer.BUCKET, True, Reason.WRONG_KIND),
    (Reducer.BUCKET, "99", Reason.WRONG_KIND),
    (Reducer.BUCKET, None, Reason.NO_SETTING),
    (Reducer.ONE_OF, "tls", "tls"),
    (Reducer.ONE_OF, "TLS", "other"),
    (Reducer.ONE_OF, "hunter2", "other"),
    (Reducer.ONE_OF, "", "other"),
    (Reducer.ONE_OF, 465, "465"),
    (Reducer.ONE_OF, 10**400, "other"),
    (Reducer.ONE_OF, True, "true"),
    (Reducer.ONE_OF, False, "other"),
    (Reducer.ONE_OF, 0.5, Reason.WRONG_KIND),
    (Reducer.ONE_OF, ["tls"], Reason.WRONG_KIND),
    (Reducer.ONE_OF, None, Reason.NO_SETTING),
    (Reducer.VERSION, "3.11.7+debian", "3.11"),
    (Reducer.VERSION, 5, "5"),
    (Reducer.VERSION, "0" * 7, Reason.OUT_OF_BOUNDS),
    (Reducer.VERSION, "hunter2", Reason.OUT_OF_BOUNDS),
    (Reducer.VERSION, -1, Reason.OUT_OF_BOUNDS),
    (Reducer.VERSION, 10**400, Reason.OUT_OF_BOUNDS),
    (Reducer.VERSION, 3.1, Reason.WRONG_KIND),
    (Reducer.VERSION, True, Reason.WRONG_KIND),
    (Reducer.VERSION, MISSING, Reason.NO_SETTING),
]


@pytest.mark.parametrize(
    ("reducer", "value", "wanted"),
    [pytest.param(*row, id=f"{row[0]}-{number}") for number, row in enumerate(REDUCED)],
)
def test_a_setting_is_reduced(reducer: Reducer, value: object, wanted: object) -> None:
    found = reduce_setting(metric(reducer), value)
    assert found == wanted
    assert type(found) is type(wanted)


@pytest.mark.parametrize(
    ("value", "default", "wanted"),
    [
        pytest.param(20, 20, True, id="same"),
        pytest.param(30, 20, False, id="changed"),
        pytest.param(True, 1, False, id="another-type"),
        pytest.param(["a"], ("a",), True, id="list"),
        pytest.param(MISSING, 20, True, id="not-set"),
        pytest.param(None, 20, True, id="set-to-nothing"),
        pytest.param(MISSING, None, True, id="ships-with-nothing"),
        pytest.param("a", None, False, id="set-where-nothing-ships"),
        pytest.param(20, MISSING, Reason.NO_DEFAULT, id="nobody-knows"),
        pytest.param(MISSING, MISSING, Reason.NO_DEFAULT, id="nobody-knows-anything"),
        pytest.param(object(), "a", Reason.WRONG_KIND, id="odd"),
    ],
)
def test_a_setting_is_compared_with_what_the_product_ships_with(
    value: object, default: object, wanted: object
) -> None:
    assert reduce_setting(metric(Reducer.IS_DEFAULT), value, default) is wanted


@pytest.mark.parametrize(
    ("reducer", "default", "wanted"),
    [
        (Reducer.FLAG, True, True),
        (Reducer.IS_SET, "localhost", True),
        (Reducer.IS_SET, None, False),
        (Reducer.COUNT_OF, ["a"], 1),
        (Reducer.COUNT_OF, None, 0),
        (Reducer.BUCKET, 12, 10),
        (Reducer.ONE_OF, "tls", "tls"),
        (Reducer.VERSION, "1.2.3", "1.2"),
        (Reducer.VERSION, None, Reason.NO_SETTING),
    ],
)
@pytest.mark.parametrize("unset", [None, MISSING], ids=["none", "missing"])
def test_where_nothing_is_set_the_default_holds(
    unset: object, reducer: Reducer, default: object, wanted: object
) -> None:
    assert reduce_setting(metric(reducer), unset, default) == wanted


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        pytest.param(["spelling", "spelling"], ["spelling"], id="once"),
        pytest.param({"org.example.Maps", "spelling"}, list(NAMES[:2]), id="in-our-order"),
        pytest.param(("secret", "spelling"), ["spelling", "other"], id="others-are-counted"),
        pytest.param(["secret", "secret", "hidden"], ["other", "other"], id="each-once"),
        pytest.param(["other"], ["other"], id="other-is-no-name"),
        pytest.param([1, None, {"a": "b"}], ["other"] * 3, id="no-texts"),
        pytest.param([], [], id="none"),
        pytest.param(None, [], id="nothing"),
        pytest.param(MISSING, Reason.NO_SETTING, id="not-set"),
        pytest.param("spelling", Reason.WRONG_KIND, id="a-text-is-no-list"),
        pytest.param({"spelling": True}, Reason.WRONG_KIND, id="a-table-is-no-list"),
        pytest.param(["a"] * (MOST_ITEMS + 1), Reason.OUT_OF_BOUNDS, id="too-many"),
    ],
)
def test_the_known_names_of_a_list_are_told(value: object, wanted: object) -> None:
    assert reduce_setting(names(), value) == wanted


@pytest.mark.parametrize("reducer", Reducer)
@pytest.mark.parametrize("kind", BROKEN, ids=["object", "text", "list", "table", "number"])
def test_no_object_however_broken_breaks_the_host(reducer: Reducer, kind: type[object]) -> None:
    for made in (metric(reducer), names()):
        for value in (kind(), [kind()], {"a": kind()}):
            for default in (MISSING, kind(), "a"):
                is_allowed(made, reduce_setting(made, value, default))


def test_what_has_no_reducer_is_not_reduced() -> None:
    assert reduce_setting(metric(None), True) is Reason.WRONG_KIND  # noqa: FBT003


def test_a_metric_without_its_bounds_breaks_nothing() -> None:
    unbounded = replace(metric(Reducer.BUCKET), buckets=())
    assert reduce_setting(unbounded, 3) is Reason.WRONG_KIND


# No text of a setting comes out of any of them.


def reducing() -> list[Metric]:
    seeds = [read_file(ROOT / "registry" / f"{name}.toml") for name in SEEDS]
    found = [m for seed in seeds for m in seed.metrics.values() if m.reducer is not None]
    return [*found, *(metric(reducer) for reducer in Reducer), names()]


def looked_at(made: Metric) -> tuple[object, ...]:
    return made.kind, made.reducer, made.choices, made.names, made.buckets, made.precision


ALL = reducing()
REDUCING = list({looked_at(made): made for made in ALL}.values())
"""One metric for all that differ in nothing that a reducer looks at."""
KNOWN = sorted({word for each in REDUCING for words in each.lists.values() for word in words})
TEXTS = st.one_of(
    st.text(),
    st.sampled_from(KNOWN),
    st.builds("{}{}".format, st.sampled_from(KNOWN), st.text(min_size=1)),
    st.from_regex(r"\A[0-9]{1,8}(\.[0-9]{1,8}){0,4}", fullmatch=False),
    st.emails(),
)
LEAVES = TEXTS | TEXTS.map(BROKEN_TEXT) | st.binary() | st.integers() | st.floats() | st.booleans()
VALUES = st.recursive(
    LEAVES | st.none() | st.just(MISSING) | st.dates() | st.builds(BROKEN_THING),
    lambda inside: st.one_of(
        st.lists(inside, max_size=5),
        st.lists(inside, max_size=3).map(BROKEN_LIST),
        st.lists(inside, max_size=3).map(tuple),
        st.frozensets(TEXTS, max_size=3),
        st.dictionaries(TEXTS, inside, max_size=3),
        st.dictionaries(TEXTS, inside, max_size=3).map(BROKEN_TABLE),
    ),
    max_leaves=12,
)


def is_allowed(made: Metric, found: object) -> None:
    """Fail unless it is a reason or something that anybody could have written down beforehand."""
    if type(found) is Reason:
        return
    match made.kind:
        case Kind.FLAG:
            assert found is True or found is False
        case Kind.QUANTITY:
            assert type(found) is int
            assert found in made.buckets
        case Kind.CHOICE:
            assert type(found) is str
            assert found in made.choices
        case Kind.VERSION:
            assert type(found) is str
            assert VERSION.fullmatch(found)
            assert found.count(".") < made.precision
        case _:
            assert made.kind is Kind.NAMES
            assert type(found) is list
            assert all(type(name) is str and name in made.names for name in found)


def test_the_seeds_use_every_reducer() -> None:
    assert {each.reducer for each in ALL[: -len(Reducer) - 1]} == set(Reducer)


@settings(max_examples=200)
@given(VALUES, VALUES)
def test_no_text_comes_out_of_any_reducer_of_any_metric(value: object, default: object) -> None:
    for made in REDUCING:
        is_allowed(made, reduce_setting(made, value, default))
