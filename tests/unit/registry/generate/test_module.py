from __future__ import annotations

import ast
import inspect
import keyword
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aboveboard.adapters.registry_files import read_file
from aboveboard.device.telemetry import Telemetry
from aboveboard.model.metric import Kind, Metric, Status
from aboveboard.model.registry import Registry
from aboveboard.registry.generate.closed import MOST_WORDS
from aboveboard.registry.generate.forms import CALLS, METHODS
from aboveboard.registry.generate.module import approved, generate
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY, memory_telemetry

ROOT = Path(__file__).parents[4]
GOLDEN = ROOT / "tests" / "data" / "generated"
SHIPPED = {path.stem: read_file(path) for path in sorted((ROOT / "registry").glob("*.toml"))}
LISTS: dict[Kind, dict[str, Any]] = {
    Kind.CHOICE: {"choices": ("linux", "macos", "other")},
    Kind.LABELLED: {"labels": ("file", "edit", "other")},
    Kind.NAMES: {"names": ("Serif", "Sans", "other")},
    Kind.EVENT: {"extras": {"ok": ("yes", "other"), "how": ("menu", "other")}},
}
Said = tuple[object, ...]
BROKEN = ValueError("secret")


class Recording:
    """Stands in for a telemetry: it has all of its calls, and remembers them."""

    def __init__(self) -> None:
        self.said: list[Said] = []

    def __getattr__(self, call: str) -> Callable[..., None]:
        def remember(*given: object, **named: object) -> None:
            self.said.append((call, *given, *([named] if named else [])))

        return remember

    @contextmanager
    def time(self, name: str) -> Iterator[None]:
        self.said.append(("time", name))
        yield

    @contextmanager
    def use(self, name: str) -> Iterator[None]:
        self.said.append(("use", name))
        yield


def metric(name: str, kind: Kind = Kind.COUNTER, **other: Any) -> Metric:  # noqa: ANN401 any field
    about = ("Files opened", "How much is it used?", "What comes next.", "", "", None)
    fields = {"expires": None, "level": "usage", **LISTS.get(kind, {}), **other}
    return Metric(name, kind, *about, **fields)


def registry(*metrics: Metric) -> Registry:
    named = {metric.name: metric for metric in metrics}
    return Registry("editor", "An editor", "", "", "", "0f" * 32, metrics=named)


def load(text: str) -> ModuleType:
    """Run a module that was just made."""
    module = ModuleType("made")
    exec(compile(text, "made", "exec"), vars(module))  # noqa: S102 it is our own
    return module


def made(*metrics: Metric) -> tuple[Any, list[Said]]:
    """Give the accessors of metrics, and what they say to the telemetry."""
    recording = Recording()
    return load(generate(registry(*metrics), "editor.toml")).Metrics(recording), recording.said


def at(metrics: object, name: str) -> Any:  # noqa: ANN401 the class was only just made
    """Find an accessor by the metric's own name; a word of Python's has an underscore more."""
    for part in name.split("."):
        metrics = getattr(metrics, f"{part}_" if keyword.iskeyword(part) else part)
    return metrics


def accessors(group: object) -> Iterator[Any]:
    """Find every metric below a group."""
    if hasattr(group, "_name"):
        yield group
    for name, part in vars(type(group)).items():
        if isinstance(part, cached_property):
            yield from accessors(getattr(group, name))


def say(accessor: Any, metric: Metric) -> list[Said]:  # noqa: ANN401 the class was only just made
    """Make every call of an accessor; give what the telemetry should have heard."""
    name = metric.name
    match metric.kind:
        case Kind.COUNTER:
            accessor.add()
            accessor.add(by=3)
            heard: list[Said] = [("count", name, 1), ("count", name, 3)]
        case Kind.LABELLED:
            label = metric.labels[0]
            accessor.add(label, by=2)
            heard = [("count", name, 2, {"label": label})]
        case Kind.EVENT:
            said = {extra: words[0] for extra, words in metric.extras.items()}
            accessor.add(**said)
            heard = [("event", name, said)]
        case Kind.TIMING:
            with accessor.measure():
                accessor.took(120)
            heard = [("time", name), ("took", name, 120)]
        case Kind.SECONDS:
            with accessor.use():
                accessor.used(90)
            heard = [("use", name), ("used", name, 90)]
        case Kind.DISTRIBUTION:
            accessor.observe(4096)
            heard = [("observe", name, 4096)]
        case Kind.NAMES:
            accessor.set(list(metric.names))
            accessor.found(["Mono"])
            heard = [("names", name, list(metric.names)), ("names", name, ["Mono"])]
        case Kind.ERROR:
            accessor.record(BROKEN)
            heard = [("record_error", BROKEN, name)]
        case _:
            value = _value(metric)
            accessor.set(value)
            heard = [("set", name, value)]
    return heard


def _value(metric: Metric) -> object:
    values = {Kind.FLAG: True, Kind.VERSION: "3.11.7", Kind.QUANTITY: 42}
    return values.get(metric.kind) or metric.choices[0]


@pytest.mark.parametrize("product", SHIPPED)
def test_every_accessor_counts_its_own_metric(product: str) -> None:
    metrics, said = made(*SHIPPED[product].metrics.values())
    for name, each in approved(SHIPPED[product]).items():
        expected = say(at(metrics, name), each)
        assert said == expected
        said.clear()


def test_every_kind_has_an_accessor(every_kind: Registry) -> None:
    metrics, said = made(*every_kind.metrics.values())
    assert {each.kind for each in approved(every_kind).values()} == set(Kind)
    for name, each in approved(every_kind).items():
        assert say(at(metrics, name), each) == said
        said.clear()


def test_what_is_called_counts_in_a_real_telemetry(every_kind: Registry) -> None:
    found = {name: each for name, each in approved(every_kind).items() if _counts(each.kind)}
    telemetry = memory_telemetry(registry(*found.values()))
    metrics = load(generate(every_kind, "editor.toml")).Metrics(telemetry)
    for name, each in found.items():
        say(at(metrics, name), each)
    reports = b"".join(telemetry.preview(local=True)).decode()
    assert telemetry.misuse == {}
    assert set(re.findall(r'"metric":"([\w.]+)"', reports)) == set(found)


def _counts(kind: Kind) -> bool:
    """Whether a telemetry counts this kind by what it is told here; an error needs its frames."""
    return kind is not Kind.ERROR


@pytest.mark.parametrize("call", CALLS)
def test_every_call_that_is_made_is_one_of_the_telemetry(call: str) -> None:
    assert callable(getattr(Telemetry, call))


def test_only_what_is_approved_has_an_accessor(every_kind: Registry) -> None:
    metrics, _ = made(*every_kind.metrics.values())
    assert not hasattr(metrics, "old")
    assert not hasattr(metrics, "new")
    assert {each._name for each in accessors(metrics)} == set(approved(every_kind))  # noqa: SLF001


def test_a_registry_of_nothing_makes_a_module_of_nothing() -> None:
    metrics, _ = made(metric("file.opened", status=Status.PROPOSED))
    assert list(accessors(metrics)) == []


def test_the_order_of_the_file_makes_no_difference(every_kind: Registry) -> None:
    turned = dict(reversed(list(every_kind.metrics.items())))
    saved = turned["file.saved"]
    more = {"ok": ("yes", "other"), **saved.extras}
    one = replace(every_kind, metrics=turned | {"file.saved": replace(saved, extras=more)})
    back = dict(reversed(more.items()))
    other = replace(
        every_kind, metrics={**every_kind.metrics, "file.saved": replace(saved, extras=back)}
    )
    assert generate(one, "editor.toml") == generate(other, "editor.toml")


def test_a_metric_may_be_a_group_as_well() -> None:
    names = ("file.opened", "file.opened.add", "file.opened.twice", "file.opened.twice.again")
    metrics, said = made(*map(metric, names))
    opened = metrics.file.opened
    opened.add()
    opened.add_.add()
    opened.twice.add()
    opened.twice.again.add()
    assert [name for _, name, _ in said] == list(names)


@pytest.mark.parametrize("kind", [Kind.CHOICE, Kind.NAMES, Kind.EVENT, Kind.LABELLED])
def test_a_group_that_is_a_metric_with_a_list_keeps_its_words(kind: Kind) -> None:
    both = metric("system.os", kind)
    metrics, said = made(both, metric("system.os.set", Kind.FLAG))
    assert say(metrics.system.os, both) == said
    said.clear()
    metrics.system.os.set_.set(False)
    assert said == [("set", "system.os.set", False)]


def test_words_of_python_get_an_underscore() -> None:
    names = ("file.class", "file.class_", "import.cached_property", "file.set", "file.none")
    metrics, said = made(*map(metric, names))
    metrics.file.class__.add()
    metrics.file.class_.add()
    metrics.import_.cached_property_.add()
    metrics.file.set.add()
    metrics.file.none.add()
    assert [name for _, name, _ in said] == list(names)


def test_extras_with_names_of_python_get_an_underscore() -> None:
    words = ("yes", "other")
    extras = dict.fromkeys(["class", "self", "name", "how"], words)
    metrics, said = made(metric("file.saved", Kind.EVENT, extras=extras))
    metrics.file.saved.add(class_="yes", self_="yes", name="other", how="yes")
    expected = {"class": "yes", "self": "yes", "name": "other", "how": "yes"}
    assert said == [("event", "file.saved", expected)]


def test_what_an_event_says_is_said_by_name() -> None:
    metrics, _ = made(metric("file.saved", Kind.EVENT))
    with pytest.raises(TypeError):
        metrics.file.saved.add("menu", "yes")
    with pytest.raises(TypeError):
        metrics.file.saved.add(how="menu")


def test_names_that_look_alike_as_classes_are_told_apart() -> None:
    names = ("a.b_c", "a_b.c", "counter.x", "metrics.y", "literal.z", "telemetry.counter")
    metrics, said = made(
        *(metric(name, Kind.CHOICE) for name in names), metric("a.b_c_choice.x", Kind.FLAG)
    )
    for name in names:
        at(metrics, name).set("linux")
    assert [name for _, name, _ in said] == list(names)


PARTS = st.one_of(
    st.sampled_from(["add", "class", "class_", "self", "set", "names", "cached_property", "x"]),
    st.from_regex(r"[a-z][a-z0-9_]{0,25}", fullmatch=True),
)
NAMES = st.lists(PARTS, min_size=2, max_size=4).map(".".join)


@settings(max_examples=30)  # each makes and runs a whole module
@given(st.dictionaries(NAMES, st.sampled_from(Kind), max_size=12))
def test_every_metric_has_one_accessor_whatever_it_is_called(kinds: dict[str, Kind]) -> None:
    metrics, said = made(*(metric(name, kind) for name, kind in kinds.items()))
    found = {each._name: each for each in accessors(metrics)}  # noqa: SLF001 which is which
    assert set(found) == set(kinds)
    for name, kind in kinds.items():
        said.clear()
        assert say(found[name], metric(name, kind)) == said


@settings(max_examples=30)
@given(st.text(), st.text(), st.text())
def test_nothing_that_somebody_wrote_is_run(title: str, question: str, source: str) -> None:
    one = replace(metric("file.opened"), title=title, question=question, aliases=(title,))
    text = generate(replace(registry(one), title=question), source)
    plain = generate(registry(metric("file.opened")), "editor.toml")
    assert _code(text) == _code(plain)


def _code(text: str) -> str:
    """Give a module without its comments and docstrings."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value.value = ""
    return ast.dump(tree)


@pytest.mark.parametrize("kind", list(Kind))
def test_a_module_imports_what_it_needs_and_no_more(kind: Kind) -> None:
    tree = ast.parse(generate(registry(metric("a.b", kind)), "editor.toml"))
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module != "__future__"
        for alias in node.names
    }
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert imported - used == set()


def test_the_docstring_tells_what_the_registry_says() -> None:
    opened = metric(
        "file.opened", unit="files", expires=date(2027, 12, 31), aliases=("file.open", "open.file")
    )
    metrics, _ = made(opened)
    assert inspect.getdoc(vars(type(metrics.file))["opened"]) == (
        "Files opened.\n\nHow much is it used?\n\n``file.opened``: counter of files, level "
        "``usage``, until 2027-12-31. Before: ``file.open``\nand ``open.file``."
    )
    assert not hasattr(metrics, "open")


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        pytest.param(MOST_WORDS, "Literal", id="as-many-as-are-written"),
        pytest.param(MOST_WORDS + 1, "str", id="one-more"),
    ],
)
def test_a_very_long_list_is_any_text(number: int, kind: str) -> None:
    names = tuple(f"n{i}" for i in range(number))
    text = generate(registry(metric("system.fonts", Kind.NAMES, names=names)), "editor.toml")
    assert f"\nSystemFontsName = {kind}" in text
    assert ("# 101 words are too many to write out" in text) == (kind == "str")
    assert len(text.splitlines()) < 250


def test_the_head_says_where_it_comes_from() -> None:
    lines = generate(registry(metric("file.opened")), "my\neditor.toml").splitlines()
    assert lines[0] == "# Made by aboveboard generate from my editor.toml; do not edit."
    assert lines[1] == f"# The registry's fingerprint is {'0f' * 32}"
    assert lines[2] == '"""An editor: what it counts.'


def test_every_method_is_known_to_be_taken() -> None:
    every = [metric(f"a.{kind.value}", kind) for kind in Kind]
    metrics, _ = made(*every)
    found = {
        name
        for accessor in accessors(metrics)
        for name in dir(accessor)
        if not name.startswith("_")
    }
    assert found == METHODS
    assert not any(keyword.iskeyword(name) for name in METHODS)


def test_the_example_makes_the_module_that_is_kept() -> None:
    made_now = generate(read(EXAMPLE_REGISTRY), "editor.toml")
    assert made_now == (GOLDEN / "example.py").read_text(encoding="utf-8")


def test_every_kind_makes_the_module_that_is_kept(every_kind: Registry) -> None:
    made_now = generate(every_kind, "editor.toml")
    assert made_now == (GOLDEN / "every_kind.py").read_text(encoding="utf-8")
