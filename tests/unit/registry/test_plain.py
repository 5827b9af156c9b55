from __future__ import annotations

import enum
from collections import Counter, OrderedDict, defaultdict
from datetime import date
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.registry.plain import (
    DEEPEST,
    MOST_ITEMS,
    is_a,
    items_of,
    length_of,
    number_of,
    same,
    text_of,
)

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(), inside, max_size=4),
    max_leaves=10,
)


class Level(enum.StrEnum):
    INFO = "info"


class Height(enum.IntEnum):
    HIGH = 3


def broken(kind: type) -> type:
    """Make a class whose objects fail whatever is asked of them, even their class."""

    def fail(*_: object) -> object:
        raise RuntimeError

    asked = ("getattribute", "eq", "hash", "len", "bool", "iter", "str", "repr", "int", "float")
    more = ("index", "lt", "le", "contains", "getitem", "format")
    return type("Broken", (kind,), {f"__{name}__": fail for name in (*asked, *more)})


def test_what_derives_from_a_plain_type_is_read_as_that() -> None:
    assert text_of(Level.INFO) == "info"
    assert type(text_of(Level.INFO)) is str
    assert type(number_of(Height.HIGH)) is int
    assert length_of(OrderedDict(a=1)) == length_of(Counter("a")) == 1
    assert length_of(defaultdict(list, {"a": [1]})) == 1


def test_no_method_of_a_foreign_class_is_called() -> None:
    assert text_of(broken(str)("dark")) == "dark"
    assert number_of(broken(int)(3)) == 3
    assert length_of(broken(list)([1, 2])) == 2
    assert list(items_of(broken(list)([1, 2])) or ()) == [1, 2]
    assert same(broken(dict)(a=broken(str)("b")), {"a": "b"})
    assert not same(broken(dict)(a=broken(list)([broken(int)(1)])), {"a": [2]})


def test_what_an_object_says_of_its_class_is_not_asked() -> None:
    class Liar:
        __class__ = str  # type: ignore[assignment]  # what proxies do

    assert isinstance(Liar(), str)
    assert not is_a(Liar(), str)
    assert text_of(Liar()) is None


def test_what_is_of_no_plain_type_holds_nothing() -> None:
    for odd in (date(2026, 1, 1), MappingProxyType({}), object(), broken(object)()):
        assert all(read(odd) is None for read in (text_of, number_of, items_of, length_of))


@pytest.mark.parametrize(
    ("value", "other", "equal"),
    [
        pytest.param(1, 1.0, True, id="whole-number"),
        pytest.param(1, True, False, id="one-is-not-yes"),
        pytest.param("1", 1, False, id="text-is-no-number"),
        pytest.param("a", b"a", False, id="text-is-no-bytes"),
        pytest.param(b"a", b"a", True, id="bytes"),
        pytest.param([1, 2], (1, 2), True, id="list-and-tuple"),
        pytest.param([1, 2], [2, 1], False, id="order-of-a-list"),
        pytest.param({1, 2}, frozenset({2, 1}), True, id="sets"),
        pytest.param({1, 2}, [1, 2], False, id="a-set-is-no-list"),
        pytest.param({"a": [1]}, {"a": [True]}, False, id="one-is-not-yes-inside"),
        pytest.param({"a": None}, {}, False, id="a-key-with-nothing"),
        pytest.param([], {}, False, id="empty"),
    ],
)
def test_values_are_the_same_if_they_hold_the_same(
    value: object, other: object, *, equal: bool
) -> None:
    assert same(value, other) is equal
    assert same(other, value) is equal


@given(PLAIN)
def test_every_plain_value_is_the_same_as_itself_read_anew(value: object) -> None:
    def anew(old: object) -> object:
        match old:
            case dict():
                return {key: anew(inner) for key, inner in reversed(list(old.items()))}
            case list():
                return tuple(anew(inner) for inner in old)
            case _:
                return old

    assert same(value, anew(value))


def test_an_object_that_is_not_understood_is_only_the_same_as_itself() -> None:
    odd = object()
    assert same(odd, odd)
    with pytest.raises(ValueError, match="understood"):
        same(odd, "dark")


def test_what_is_too_deep_or_too_long_is_not_compared() -> None:
    deep: list[object] = []
    deep.append(deep)
    for value in (deep, [0] * MOST_ITEMS):
        with pytest.raises(ValueError, match="too"):
            same(value, None)
    shallow: object = None
    for _ in range(DEEPEST):
        shallow = [shallow]
    assert not same(shallow, None)
