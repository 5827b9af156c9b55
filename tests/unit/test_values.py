from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from types import ModuleType
from typing import Any, ClassVar

import pytest

from aboveboard import values

both = pytest.mark.parametrize(
    "made", [pytest.param(values, id="ours"), pytest.param(dataclasses, id="theirs")]
)


@values.dataclass(frozen=True, slots=True)
class Place:
    """For pickle, which finds a class by its name."""

    street: str
    number: int = 1


def town(made: ModuleType) -> Any:  # noqa: ANN401 a class
    class Town:
        """A town."""

        most: ClassVar[int] = 9

        name: str
        streets: list[str] = made.field(default_factory=list)
        souls: int = made.field(default=0, compare=False, repr=False)

        def __post_init__(self) -> None:
            if self.souls > 10**6:
                message = "too many souls"
                raise ValueError(message)

        def shout(self) -> str:
            return self.name.upper()

    return made.dataclass(frozen=True, slots=True)(Town)


def year(made: ModuleType) -> Any:  # noqa: ANN401 a class
    @made.dataclass(frozen=True, slots=True, order=True)
    class Year:
        number: int
        era: str = "common"

    return Year


@both
def test_what_is_said_stands_and_the_rest_is_as_usual(made: ModuleType) -> None:
    kind = town(made)
    here = kind("Berne", souls=3)
    assert (here.name, here.streets, here.souls) == ("Berne", [], 3)
    assert kind("Berne").streets is not here.streets
    assert here.shout() == "BERNE"
    assert kind.most == 9
    assert kind.__doc__ == "A town."
    assert not hasattr(here, "__dict__")


@both
def test_values_are_compared_and_shown_by_the_fields_that_count(made: ModuleType) -> None:
    kind = town(made)
    assert kind("Berne", souls=3) == kind("Berne", souls=4) != kind("Basle")
    assert kind("Berne") != "Berne"
    assert repr(kind("Berne", souls=3)) == f"{kind.__qualname__}(name='Berne', streets=[])"
    assert hash(year(made)(3)) == hash(year(made)(3, "common"))
    match kind("Berne", ["Main"]):
        case kind(name, [street], 0):
            assert (name, street) == ("Berne", "Main")
        case _:
            pytest.fail("no match")


@both
def test_values_that_have_an_order_are_sorted(made: ModuleType) -> None:
    kind = year(made)
    assert sorted([kind(3), kind(1), kind(2, "b"), kind(2, "a")])[1:3] == [
        kind(2, "a"),
        kind(2, "b"),
    ]
    assert kind(1) < kind(2) <= kind(2)
    assert kind(2) > kind(1)
    assert kind(2) >= kind(2)
    for compare in ("__lt__", "__le__"):
        assert getattr(kind(1), compare)(1) is NotImplemented
    with pytest.raises(TypeError):
        assert town(made)("a") < town(made)("b")


@both
@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(lambda kind: kind(), id="missing"),
        pytest.param(lambda kind: kind("a", [], 0, 1), id="too-many"),
        pytest.param(lambda kind: kind("a", name="b"), id="twice"),
        pytest.param(lambda kind: kind("a", colour="red"), id="unknown"),
    ],
)
def test_what_is_no_field_is_an_error(made: ModuleType, wrong: Callable[[Any], object]) -> None:
    with pytest.raises(TypeError):
        wrong(town(made))


@both
def test_a_value_is_looked_at_once_it_is_made(made: ModuleType) -> None:
    with pytest.raises(ValueError, match="too many souls"):
        town(made)("Rome", souls=10**7)


@both
def test_nothing_of_a_value_can_be_changed_but_in_a_new_one(made: ModuleType) -> None:
    here = town(made)("Berne", souls=3)
    with pytest.raises(dataclasses.FrozenInstanceError):
        here.name = "Basle"
    with pytest.raises(dataclasses.FrozenInstanceError):
        del here.name
    other = made.replace(here, name="Basle")
    assert (here.name, other.name, other.souls) == ("Berne", "Basle", 3)
    with pytest.raises(TypeError):
        made.replace(here, colour="red")


def test_the_standard_library_knows_our_fields() -> None:
    kind, theirs = town(values), town(dataclasses)
    for mine, other in zip(dataclasses.fields(kind), dataclasses.fields(theirs), strict=True):
        assert (mine.name, mine.type, mine.default) == (other.name, other.type, other.default)
        assert (mine.default_factory, mine.compare, mine.repr) == (
            other.default_factory,
            other.compare,
            other.repr,
        )
    assert dataclasses.is_dataclass(kind)
    made: Any = kind
    here = made("Berne", souls=3)
    assert dataclasses.asdict(here) == {"name": "Berne", "streets": [], "souls": 3}
    assert dataclasses.replace(here, name="Basle").name == "Basle"


def test_a_value_can_be_copied_and_pickled() -> None:
    here = Place("Main", 3)
    assert copy.deepcopy(here) == copy.copy(here) == here
    assert pickle.loads(pickle.dumps(here)) == here  # noqa: S301 our own


@pytest.mark.parametrize(
    "said", [{}, {"frozen": True}, {"slots": True}], ids=["plain", "frozen", "slots"]
)
def test_other_classes_are_not_made_here(said: dict[str, bool]) -> None:
    with pytest.raises(TypeError, match="frozen classes with slots"):
        values.dataclass(**said)


def test_a_class_with_a_base_is_not_made_here() -> None:
    class Nice(Place):
        colour: str

    with pytest.raises(TypeError, match="Nice has a base"):
        values.dataclass(frozen=True, slots=True)(Nice)
