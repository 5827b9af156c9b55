from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.adapters.registry_files import shipped_folder
from aboveboard.errors import RegistryError
from aboveboard.model.metric import Status
from aboveboard.model.registry import Registry
from aboveboard.model.said import Said
from aboveboard.registry.mapping import ProductMapping, Rule, read_mapping
from aboveboard.registry.read import read
from aboveboard.registry.translate import Statement, Translator

DAY = date(2026, 11, 18)
HEAD = """
format = 1
[product]
id = "chat"
title = "Chat"
homepage = "https://chat.example"
contact = "The maintainers"
policy = "https://chat.example/privacy"
[product.levels]
usage = "What is used."
"""
METRIC = """
[metric."{name}"]
kind = "{kind}"
title = "A title"
question = "A question?"
decision = "A decision."
owner = "Release manager"
review = "https://chat.example/reviews/1"
approved = {{ on = 2026-01-15, by = "The council", where = "https://chat.example/1" }}
expires = {expires}
level = "usage"
{more}
"""
LATER, OVER = "2027-12-31", "2026-01-31"
METRICS = [
    ("server.version", "version", LATER, "precision = 2"),
    ("server.edition", "choice", LATER, 'choices = ["team", "enterprise"]'),
    ("server.old", "flag", OVER, ""),
    ("config.tabs", "flag", LATER, 'aliases = ["config.tabs_enabled"]'),
    ("modules.used", "names", LATER, 'names = ["mam", "muc"]'),
    ("mam.backend", "choice", LATER, 'choices = ["rdbms"]'),
    ("clicks.menu", "counter", LATER, ""),
    ("clicks.kinds", "labelled", LATER, 'labels = ["menu"]'),
]
MAPPING = b"""
format = 1
app = "chat"
ignore = ["server.*_id"]

[rename]
"server.enterprise" = "server.edition"

[values."server.edition"]
true = "enterprise"

[[event]]
name = "module"
as = "{name}"
part = "{event}/{name}"
ignore = ["name"]

[[event]]
name = "module"
say = "modules.used"
value = "{name}"

[[event]]
name = "configs"
each = true

[[event]]
name = "click"
when = { where = "here" }
say = "clicks.{what}"

[[event]]
name = "click*"
say = "clicks.kinds"
value = "{what}"
"""


@pytest.fixture(scope="module")
def registry() -> Registry:
    metrics = (
        METRIC.format(name=name, kind=kind, expires=expires, more=more)
        for name, kind, expires, more in METRICS
    )
    return read((HEAD + "".join(metrics)).encode())


@pytest.fixture(scope="module")
def translator(registry: Registry) -> Translator:
    return Translator(registry, read_mapping(MAPPING, registry))


def told(found: list[Statement]) -> dict[str, list[tuple[str, str, int]]]:
    return {
        each.part: [(count.metric.name, count.key, count.times) for count in each.counts]
        for each in found
    }


def test_names_tell_the_metric_also_those_that_it_had_before(registry: Registry) -> None:
    said = Said("chat", "server", {"version": "5.37.0", "who": "me"})
    [found] = Translator(registry).translate(said, DAY)
    assert told([found]) == {"server": [("server.version", "5.37", 1)]}
    assert [(name, reason.value) for name, reason in found.asides] == [
        ("server.who", "unknown_metric")
    ]
    found = Translator(registry).translate(Said("chat", "config", {"tabs_enabled": True}), DAY)[0]
    assert told([found]) == {"config": [("config.tabs", "true", 1)]}


def test_what_is_over_or_out_of_bounds_is_set_aside_by_its_name(translator: Translator) -> None:
    values = {"old": True, "version": "mellon", "edition": "mellon", "licence_id": "x"}
    [found] = translator.translate(Said("chat", "server", values), DAY)
    assert [(name, reason.value) for name, reason in found.asides] == [
        ("server.old", "expired_metric"),
        ("server.version", "out_of_bounds"),
    ]
    assert found.ignored == 1
    assert told([found]) == {"server": [("server.edition", "other", 1)]}


def test_a_proposed_metric_is_not_known_yet(registry: Registry) -> None:
    proposed = {
        name: replace(metric, status=Status.PROPOSED) for name, metric in registry.metrics.items()
    }
    [found] = Translator(replace(registry, metrics=proposed)).translate(
        Said("chat", "server", {"version": "5"}), DAY
    )
    assert [reason.value for _, reason in found.asides] == ["unknown_metric"]


@pytest.mark.parametrize(
    ("names", "told_of"), [(["a.broke"], ["a.broke"]), (["a.one", "a.two"], [])]
)
def test_an_error_is_of_the_only_metric_of_errors(names: list[str], told_of: list[str]) -> None:
    metrics = "".join(
        METRIC.format(name=name, kind="error", expires=LATER, more="") for name in names
    )
    said = Said("chat", "error", {"fingerprint": "0f" * 16})
    [found] = Translator(read((HEAD + metrics).encode())).translate(said, DAY)
    assert [count.metric.name for count in found.counts] == told_of
    assert len(found.asides) == (0 if told_of else 1)


def test_a_mapping_renames_and_says_what_stands_for_what(translator: Translator) -> None:
    found = translator.translate(Said("chat", "server", {"enterprise": "true"}), DAY)
    assert told(found) == {"server": [("server.edition", "enterprise", 1)]}


def test_several_rules_may_tell_of_one_event(translator: Translator) -> None:
    said = Said("chat", "module", {"name": "mam", "backend": "rdbms"}, part="modules")
    found = translator.translate(said, DAY)
    assert told(found) == {
        "module/mam": [("mam.backend", "rdbms", 1)],
        "modules": [("modules.used", "mam", 1)],
    }
    assert found[0].ignored == 1


def test_an_event_may_be_made_of_events(translator: Translator) -> None:
    values = {"server": {"version": "5.37"}, "Config": {"tabs": "no"}, "odd": 3}
    found = translator.translate(Said("chat", "configs", values), DAY)
    assert told(found) == {
        "server": [("server.version", "5.37", 1)],
        "Config": [("config.tabs", "false", 1)],
    }


def test_a_rule_may_ask_for_values_and_make_names_of_them(translator: Translator) -> None:
    here = translator.translate(Said("chat", "click", {"where": "here", "what": "Menu"}), DAY)
    assert told(here) == {"click": [("clicks.menu", "", 1), ("clicks.kinds", "other", 1)]}
    there = translator.translate(Said("chat", "clicked", {"what": "menu"}), DAY)
    assert told(there) == {"clicked": [("clicks.kinds", "menu", 1)]}
    [odd] = translator.translate(Said("chat", "click", {"where": "here", "what": "ü"}), DAY)
    assert odd.asides[0][0] == "clicks.{what}"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)


@given(
    st.sampled_from(["server", "module", "configs", "click", "x"]) | st.text(max_size=200),
    st.dictionaries(st.sampled_from(["name", "backend", "what", "version"]) | st.text(), JSON),
)
def test_it_never_raises(translator: Translator, event: str, values: dict[str, object]) -> None:
    for statement in translator.translate(Said("chat", event, values), DAY):
        assert all(len(name) <= 60 for name, _ in statement.asides)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"format = ", "not_toml"),
        (b"\xff", "not_toml"),
        (b'format = 2\napp = "chat"', "format: it must be 1"),
        (b'format = 1\napp = "mail"', "app: it must be 'chat'"),
        (b'format = 1\napp = "chat"\nmore = 1', "more: there is no such key"),
        (b'format = 1\napp = "chat"\n[rename]\n"a.b" = "no.such"', "rename.a.b: no metric"),
        (b'format = 1\napp = "chat"\n[values."no.such"]\nYes = true', "no metric is called"),
        (b'format = 1\napp = "chat"\n[[event]]\nsay = "no.such"', "event[1].say: no metric"),
        (b'format = 1\napp = "chat"\n[[event]]\nodd = 1', "event[1].odd: there is no such key"),
        (b'format = 1\napp = "chat"\n[[event]]\nas = "x"', "event[1].name: it must be given"),
    ],
)
def test_every_problem_of_a_mapping_is_told(
    registry: Registry, content: bytes, problem: str
) -> None:
    with pytest.raises(RegistryError) as caught:
        read_mapping(content, registry, "chat.toml")
    assert problem in str(caught.value)


def test_every_mapping_that_is_shipped_fits_its_registry() -> None:
    mappings = shipped_folder() / "mappings"
    for product in sorted(shipped_folder().glob("*.toml")):
        file = mappings / product.name
        if not file.exists():
            continue
        registry = read(product.read_bytes())
        assert read_mapping(file.read_bytes(), registry, file.name).app == registry.app


def test_what_strangers_say_does_not_pile_up(translator: Translator) -> None:
    for number in range(30_000):
        values: dict[str, object] = {f"made_up_{number}": "x", "version": f"{number}.1"}
        translator.translate(Said("chat", "server", values), DAY)
        translator.translate(Said("chat", f"made_up_{number}"), DAY)
    assert translator.remembered <= 8192 + 4096 + 1024


def test_rules_may_look_at_who_speaks(registry: Registry) -> None:
    rules = (Rule("x", named="server", who="passing-*", last=True), Rule("x", ignore=("*",)))
    translator = Translator(registry, ProductMapping("chat", rules=rules))
    for who, names in {"passing-7": ["server.version"], "7": [], "": []}.items():
        [found] = translator.translate(Said("chat", "x", {"version": "1.2"}, who), DAY)
        assert [count.metric.name for count in found.counts] == names
        assert found.ignored == (not names)


def test_a_place_tells_its_metric(translator: Translator) -> None:
    found = [translator.metric(place) for place in ("Server.version", "server.a_id", "server.x")]
    assert [each and each.name for each in found] == ["server.version", None, None]
