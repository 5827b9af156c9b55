from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aboveboard.model.registry import Registry
from aboveboard.model.verdict import Reason
from aboveboard.registry.foreign_memory import MOST_REMEMBERED, Meaning, Meanings
from aboveboard.registry.foreign_places import Place, Places
from aboveboard.registry.foreign_values import foreign_counts
from aboveboard.registry.mapping import Also, ProductMapping
from aboveboard.registry.read import read

DAY = date(2026, 11, 18)
MAPPING = ProductMapping(
    "editor",
    strip={"system.python": ("py",)},
    values={"theme.dark": {"Oui": True}},
    also={
        "system.python": [Also("system.os", {"mac": "macos"}, "linux"), Also("no.such", {"m": "x"})]
    },
)
EVERY = ["file.opened", "theme.dark", "system.os", "system.python", "file.opening", "menu.used"]


@pytest.fixture
def registry(text: str) -> Registry:
    about = text.partition('[metric."theme.dark"]\nkind = "flag"\n')[2].partition("[")[0]
    words = f'[metric."menu.used"]\nkind = "labelled"\nlabels = ["file", "edit"]\n{about}'
    return read(f"{text}\n{words}".encode())


def made(
    registry: Registry, mapping: ProductMapping = MAPPING
) -> tuple[Meanings, dict[str, Place]]:
    known = Places(registry.metrics.values(), mapping).known
    return Meanings(mapping, known), known


def of(meanings: Meanings, place: Place, value: object) -> Meaning | Reason:
    assert place.metric is not None
    return meanings.of(place, place.metric, value, DAY)


def counts(found: Meaning | Reason) -> dict[str, int] | Reason:
    return found if isinstance(found, Reason) else {each.key: each.times for each in found.counts}


VALUES: st.SearchStrategy[object] = (
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False)
    | st.text(max_size=80)
    | st.sampled_from(["linux", "1", "0", "yes", "3.11.7", "", "true"])
    | st.sampled_from([0, 1, 99, 100, 101, 1000, -1])
    | st.dictionaries(
        st.sampled_from(["file", "edit", "made up", "7", "x" * 80]) | st.text(max_size=3),
        st.sampled_from([0, 1, 2, -1, True, 1.0, "1", None, 10**9, {}]),
        max_size=6,
    )
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(EVERY), VALUES), max_size=20))
def test_what_is_remembered_is_what_would_be_worked_out(
    registry: Registry, said: list[tuple[str, object]]
) -> None:
    meanings, known = made(registry, ProductMapping("editor"))
    for name, value in said * 2:
        metric = registry.metrics[name]
        assert counts(of(meanings, known[name], value)) == foreign_counts(metric, value)


def test_yes_one_and_the_text_of_one_are_told_apart(registry: Registry) -> None:
    meanings, known = made(registry)
    found = [counts(of(meanings, known["file.opened"], value)) for value in (True, 1, "1", 1.0)]
    assert found == [Reason.WRONG_KIND, {"": 1}, {"": 1}, {"": 1}]


def test_a_few_words_and_their_counts_are_remembered(registry: Registry) -> None:
    meanings, known = made(registry)
    first = of(meanings, known["menu.used"], {"file": 2})
    assert of(meanings, known["menu.used"], {"file": 2}) is first
    assert counts(first) == {"file": 2}
    assert counts(of(meanings, known["menu.used"], {"file": True})) is Reason.WRONG_KIND


def test_a_mapping_s_words_and_beginnings_are_remembered_with_the_value(registry: Registry) -> None:
    meanings, known = made(registry)
    for _ in range(2):
        assert counts(of(meanings, known["theme.dark"], "Oui")) == {"true": 1}
        found = of(meanings, known["system.python"], "py3.11.7")
        assert isinstance(found, Meaning)
        assert counts(found) == {"3.11.7": 1}
        assert found.others == (("system.os", "linux"),)


def test_numbers_of_a_bucket_share_a_place(registry: Registry) -> None:
    meanings, known = made(registry)
    for number in range(5000):
        of(meanings, known["file.opening"], number)
    assert len(meanings) == 3
    assert of(meanings, known["file.opening"], -1) is Reason.OUT_OF_BOUNDS


def test_a_meaning_that_depends_on_the_day_is_not_remembered(registry: Registry) -> None:
    meanings, known = made(registry)
    place = known["file.opening"]._replace(form="seconds_past")
    of(meanings, place, 1)
    assert len(meanings) == 0


def test_strangers_cannot_fill_the_memory_with_values(registry: Registry) -> None:
    meanings, known = made(registry)
    for number in range(MOST_REMEMBERED + 10):
        of(meanings, known["system.os"], f"made up {number}")
    assert 0 < len(meanings) <= MOST_REMEMBERED
    before = len(meanings)
    of(meanings, known["system.os"], "made up" * 100)
    of(meanings, known["file.opened"], 10**9)
    of(meanings, known["menu.used"], {"file": 10**9})
    of(meanings, known["menu.used"], {"made up" * 100: 1})
    of(meanings, known["menu.used"], {f"made up {number}": 1 for number in range(9)})
    assert len(meanings) == before


def test_closed_lists_know_their_words(registry: Registry) -> None:
    meanings, _ = made(registry)
    for _ in range(2):
        assert meanings.knows("system.os", "linux")
        assert not meanings.knows("system.os", [])
        assert not meanings.knows("no.such", "linux")
