from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.patience import ENOUGH, PATIENCE

from aboveboard.adapters.direct_box import DirectBox
from aboveboard.adapters.thread_box import ThreadBox
from aboveboard.device.foreign import MOST_OFFERS
from aboveboard.device.providers import Providers
from aboveboard.device.time_box import TimeBox
from aboveboard.model.metric import Kind, Metric, Plugin, Reducer, Status
from aboveboard.model.provider import About, Offer, Telling, Told
from aboveboard.model.registry import Registry
from aboveboard.model.verdict import Reason
from aboveboard.registry.plain import MOST_ITEMS

SPELLING = Plugin("spell-check", "Spell checker", "spelling", "", "")
MAPS = Plugin("maps", "Maps", "maps", "", "")


def metric(name: str, kind: Kind = Kind.FLAG, plugin: Plugin | None = None) -> Metric:
    question = f"What of {name}?"
    return Metric(
        name, kind, f"Title of {name}", question, "", "", "", None, None, "usage", plugin=plugin
    )


METRICS = [
    metric("theme.dark"),
    metric("system.os", Kind.CHOICE),
    metric("system.fonts", Kind.NAMES),
    replace(metric("file.count", Kind.QUANTITY), buckets=(0, 10, 100), reducer=Reducer.COUNT_OF),
    replace(metric("mail.port_default"), reducer=Reducer.IS_DEFAULT),
    metric("file.opened", Kind.COUNTER),
    replace(metric("old.thing"), status=Status.RETIRED),
    replace(metric("new.thing"), status=Status.PROPOSED),
    metric("spelling.learnt", plugin=SPELLING),
    metric("maps.used", plugin=MAPS),
]
REGISTRY = Registry("editor", "", "", "", "", "", metrics={m.name: m for m in METRICS})
NOWHERE = Offer()


class Fixed:
    """Tells what it was made with."""

    def __init__(self, plugin: str = "", **values: object) -> None:
        self.plugin = plugin
        self._values = {name.replace("__", "."): value for name, value in values.items()}
        self.asked: list[str] = []

    def offers(self) -> Mapping[str, Offer]:
        return dict.fromkeys(self._values, NOWHERE)

    def value(self, name: str) -> object:
        self.asked.append(name)
        return self._values[name]


class Raising(Fixed):
    def value(self, name: str) -> object:
        if name == "system.os":
            message = "password=hunter2"
            raise ValueError(message)
        return super().value(name)


def providers(*them: Fixed, box: TimeBox | None = None) -> Providers:
    made = Providers(REGISTRY, box or DirectBox())
    for one in them:
        made.add(one)
    return made


def outcomes(found: list[Told]) -> dict[str, Telling]:
    return {one.metric: one.outcome for one in found}


def values(found: list[Told]) -> dict[str, object]:
    return {one.metric: one.value for one in found if one.outcome is Telling.TOLD}


def test_what_a_provider_says_is_told() -> None:
    own = Fixed(theme__dark=True, system__os="linux", system__fonts={"Serif"})
    assert providers(own).tell() == [
        Told("theme.dark", True, Telling.TOLD, provider="Fixed"),  # noqa: FBT003
        Told("system.os", "linux", Telling.TOLD, provider="Fixed"),
        Told("system.fonts", ["Serif"], Telling.TOLD, provider="Fixed"),
    ]


def test_a_value_passes_through_the_reducer_of_its_metric() -> None:
    assert values(providers(Fixed(file__count=["a"] * 12)).tell()) == {"file.count": 10}


def test_a_setting_is_compared_with_the_default_of_its_offer() -> None:
    class Mail(Fixed):
        def offers(self) -> Mapping[str, Offer]:
            return {"mail.port_default": Offer(default=25)}

    assert values(providers(Mail(mail__port_default=25)).tell()) == {"mail.port_default": True}


def test_what_the_reducer_makes_nothing_of_is_told_with_its_reason() -> None:
    own = Fixed(file__count="a, b", mail__port_default=25)
    assert [(one.outcome, one.reason) for one in providers(own).tell()] == [
        (Telling.NOT_REDUCED, Reason.WRONG_KIND),
        (Telling.NOT_REDUCED, Reason.NO_DEFAULT),
    ]


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        pytest.param(False, False, id="no"),
        pytest.param(12, 12, id="number"),
        pytest.param(Colour.RED, "red", id="enum"),
        pytest.param([], [], id="no-names"),
        pytest.param(("Serif", Colour.RED), ["Serif", "red"], id="names"),
    ],
)
def test_a_value_without_a_reducer_is_taken_as_it_is(value: object, wanted: object) -> None:
    (told,) = providers(Fixed(theme__dark=value)).tell()
    assert told.value == wanted
    assert type(told.value) is type(wanted)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(0.5, id="fraction"),
        pytest.param(b"linux", id="bytes"),
        pytest.param({"a": 1}, id="table"),
        pytest.param(["a", 1], id="a-list-of-this-and-that"),
        pytest.param(["a"] * (MOST_ITEMS + 1), id="a-long-list"),
        pytest.param(object(), id="object"),
    ],
)
def test_nonsense_is_not_told(value: object) -> None:
    assert outcomes(providers(Fixed(theme__dark=value)).tell()) == {"theme.dark": Telling.NONSENSE}


def test_a_provider_may_have_nothing_to_tell() -> None:
    assert outcomes(providers(Fixed(theme__dark=None)).tell()) == {"theme.dark": Telling.NOTHING}


def test_an_error_costs_its_own_metric_only() -> None:
    own = Raising(theme__dark=True, system__os="linux", file__count=[])
    found = providers(own).tell()
    assert outcomes(found) == {
        "theme.dark": Telling.TOLD,
        "system.os": Telling.FAILED,
        "file.count": Telling.TOLD,
    }
    assert "hunter2" not in repr(found)


@pytest.mark.parametrize(
    ("name", "plugin", "wanted"),
    [
        ("no.such", "", Telling.UNKNOWN_METRIC),
        ("new.thing", "", Telling.UNKNOWN_METRIC),
        ("old.thing", "", Telling.NOT_MEASURED),
        ("file.opened", "", Telling.NOT_A_STATE),
        ("spelling.learnt", "", Telling.NOT_OWNED),
        ("spelling.learnt", "maps", Telling.NOT_OWNED),
        ("theme.dark", "maps", Telling.NOT_OWNED),
        ("theme.dark", "unheard-of", Telling.NOT_OWNED),
        ("theme.dark", "", Telling.TOLD),
        ("spelling.learnt", "spell-check", Telling.TOLD),
    ],
)
def test_a_provider_tells_its_own_metrics_only(name: str, plugin: str, wanted: Telling) -> None:
    one = Fixed(plugin, **{name.replace(".", "__"): True})
    assert outcomes(providers(one).tell()) == {name: wanted}
    assert bool(one.asked) == (wanted is Telling.TOLD)


def test_of_two_providers_of_a_metric_the_first_tells_it() -> None:
    first, second = Fixed(theme__dark=True), Fixed(theme__dark=False, system__os="linux")
    found = providers(first, second).tell()
    assert values(found) == {"theme.dark": True, "system.os": "linux"}
    assert [one.outcome for one in found].count(Telling.TOLD_TWICE) == 1
    assert second.asked == ["system.os"]


class Odd(Fixed):
    """Offers whatever it was made with."""

    def __init__(self, offers: object, plugin: object = "") -> None:
        super().__init__()
        self.plugin = plugin  # type: ignore[assignment]
        self._offers = offers

    def offers(self) -> Mapping[str, Offer]:
        return self._offers  # type: ignore[return-value]

    def value(self, name: str) -> object:
        return name == "theme.dark"


@pytest.mark.parametrize(
    ("offers", "plugin"),
    [
        pytest.param(None, "", id="nothing"),
        pytest.param(["theme.dark"], "", id="a-list"),
        pytest.param({}, None, id="no-plug-in"),
    ],
)
def test_a_provider_whose_offers_are_nonsense_tells_nothing(offers: object, plugin: object) -> None:
    both = providers(Odd(offers, plugin), Fixed(theme__dark=True))
    assert outcomes(both.tell()) == {"": Telling.NONSENSE, "theme.dark": Telling.TOLD}


@pytest.mark.parametrize(
    ("name", "offer", "told"),
    [
        pytest.param("system.os", {"label": "System"}, "system.os", id="no-offer"),
        pytest.param("ana@example.org", NOWHERE, "", id="no-name"),
        pytest.param(3, NOWHERE, "", id="a-number"),
    ],
)
def test_an_offer_that_is_none_costs_no_other(name: object, offer: object, told: str) -> None:
    both = providers(Odd({name: offer, "theme.dark": NOWHERE}))
    assert outcomes(both.tell()) == {told: Telling.NONSENSE, "theme.dark": Telling.TOLD}


def test_no_provider_offers_without_end() -> None:
    class Endless(dict[str, Offer]):
        def items(self) -> object:  # type: ignore[override]
            return ((f"endless.n{number}", NOWHERE) for number in iter(int, 1))

    assert len(providers(Odd(Endless())).tell()) == MOST_OFFERS


def test_a_provider_that_cannot_say_what_it_offers_tells_nothing() -> None:
    class Broken(Fixed):
        def offers(self) -> NoReturn:
            raise OSError

    both = providers(Broken(), Fixed(theme__dark=True))
    assert outcomes(both.tell()) == {"": Telling.FAILED, "theme.dark": Telling.TOLD}
    assert [one.metric for one in both.about()] == ["theme.dark"]


# What hangs.


@pytest.fixture
def held() -> Iterator[Callable[[], bool]]:
    """Give a function that returns when the test is over."""
    opened, passed = threading.Event(), threading.Event()

    def wait() -> bool:
        opened.wait()
        passed.set()
        return True

    yield wait
    opened.set()
    assert passed.wait(PATIENCE)


class Hanging(Fixed):
    def __init__(self, held: Callable[[], bool], **values: object) -> None:
        super().__init__("", **values)
        self._held = held

    def value(self, name: str) -> object:
        return super().value(name) and self._held() if name == "system.os" else super().value(name)


def test_a_provider_that_hangs_is_never_called_again(held: Callable[[], bool]) -> None:
    slow = Hanging(held, theme__dark=True, system__os="linux", file__count=[])
    both = providers(slow, Fixed(system__fonts=["Serif"]), box=ThreadBox(ENOUGH))
    assert outcomes(both.tell()) == {
        "theme.dark": Telling.TOLD,
        "system.os": Telling.HUNG,
        "file.count": Telling.ABANDONED,
        "system.fonts": Telling.TOLD,
    }
    assert outcomes(both.tell()) == {"": Telling.ABANDONED, "system.fonts": Telling.TOLD}
    assert slow.asked == ["theme.dark", "system.os"]
    assert [one.metric for one in both.about()] == ["system.fonts"]


def test_a_provider_whose_offers_hang_costs_no_other(held: Callable[[], bool]) -> None:
    class Slow(Fixed):
        def offers(self) -> Mapping[str, Offer]:
            held()
            return {}

    both = providers(Slow(), Fixed(theme__dark=True), box=ThreadBox(ENOUGH))
    assert outcomes(both.tell()) == {"": Telling.HUNG, "theme.dark": Telling.TOLD}


# What is altered.


def test_an_alter_step_changes_and_takes_away() -> None:
    all_of_it = providers(Fixed(theme__dark=True, system__os="linux", file__count=["a"]))
    all_of_it.alter(lambda said: {n: v for n, v in said.items() if n != "system.os"})
    all_of_it.alter(lambda said: said | {"file.count": ["a"] * 99})
    found = all_of_it.tell()
    assert values(found) == {"theme.dark": True, "file.count": 10}
    assert outcomes(found)["system.os"] is Telling.ALTERED_AWAY


def test_an_alter_step_adds_nothing_that_the_registry_does_not_know() -> None:
    own = providers(Fixed(theme__dark=True))
    added = ["spelling.learnt", "no.such", "file.opened", "ana@example.org"]
    own.alter(lambda said: said | dict.fromkeys(added, True))
    found = own.tell()
    assert values(found) == {"theme.dark": True, "spelling.learnt": True}
    assert outcomes(found) == {
        "theme.dark": Telling.TOLD,
        "spelling.learnt": Telling.TOLD,
        "no.such": Telling.UNKNOWN_METRIC,
        "file.opened": Telling.NOT_A_STATE,
        "": Telling.NONSENSE,
    }


def test_what_an_alter_step_writes_is_reduced_too() -> None:
    own = providers(Fixed(file__count=[]))
    own.alter(lambda said: dict.fromkeys(said, "my secret"))
    assert [one.value for one in own.tell()] == [None]


@pytest.mark.parametrize("broken", [lambda _: 1 // 0, lambda _: None], ids=["error", "nothing"])
def test_where_an_alter_step_fails_nothing_is_told(
    broken: Callable[[object], Mapping[str, object]],
) -> None:
    own = providers(Raising(theme__dark=True, system__os="linux"))
    own.alter(broken)
    own.alter(dict)
    assert outcomes(own.tell()) == {
        "theme.dark": Telling.ALTER_FAILED,
        "system.os": Telling.FAILED,
    }


def test_an_alter_step_that_hangs_is_never_called_again(held: Callable[[], bool]) -> None:
    own = providers(Fixed(theme__dark=True), box=ThreadBox(ENOUGH))
    called: list[object] = []

    def slow(said: dict[str, object]) -> Mapping[str, object]:
        called.append(said)
        held()
        return {}

    own.alter(slow)
    for _ in range(2):
        assert outcomes(own.tell()) == {"theme.dark": Telling.ALTER_FAILED}
    assert len(called) == 1


def test_an_alter_step_cannot_change_what_it_gave_later() -> None:
    own = providers(Fixed(theme__dark=True))
    kept: list[dict[str, object]] = []

    def keep(said: dict[str, object]) -> Mapping[str, object]:
        kept.append(said)
        return said

    own.alter(keep)
    found = own.tell()
    kept[0]["system.os"] = "linux"
    assert values(found) == values(own.tell()) == {"theme.dark": True}


# What is shown to people.


def test_what_providers_can_tell_is_shown_in_their_words() -> None:
    offers = {
        "theme.dark": Offer("Dark", "Whether it is dark."),
        "system.os": NOWHERE,
        "no.such": Offer("No such", ""),
    }
    own = Providers(REGISTRY, DirectBox())
    own.add(Odd(offers), "editor.own")
    assert own.about() == [
        About("editor.own", "theme.dark", "Dark", "Whether it is dark."),
        About("editor.own", "system.os", "Title of system.os", "What of system.os?"),
    ]


@pytest.mark.parametrize("label", ["\x1b[2J", "a\nb", "x" * 61, "\u202eevil", 3, None])
def test_words_that_cannot_be_shown_are_those_of_the_registry(label: object) -> None:
    offer = Offer(label, label)  # type: ignore[arg-type]
    (about,) = providers(Odd({"theme.dark": offer})).about()
    assert about.label == "Title of theme.dark"
    assert about.description in {"What of theme.dark?", label}


def test_a_newer_registry_may_take_the_place_of_the_old_one() -> None:
    own = providers(Fixed(theme__dark=True))
    own.registry = replace(REGISTRY, metrics={})
    assert outcomes(own.tell()) == {"theme.dark": Telling.UNKNOWN_METRIC}


@given(
    st.dictionaries(st.sampled_from([*REGISTRY.metrics, "a b", "no.such"]), st.from_type(object))
)
def test_whatever_a_provider_says_nothing_is_raised(said: dict[str, object]) -> None:
    class Any(Odd):
        def value(self, name: str) -> object:
            return said[name]

    own = providers(Any(dict.fromkeys(said, NOWHERE)))
    own.alter(lambda values: values)
    for told in own.tell():
        assert (told.value is None) == (told.outcome is not Telling.TOLD)
