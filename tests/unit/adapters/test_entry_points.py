"""Providers of packages that are really installed, as far as Python can tell."""

from __future__ import annotations

import importlib
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aboveboard.adapters.direct_box import DirectBox
from aboveboard.adapters.entry_points import find_providers
from aboveboard.device.providers import Providers
from aboveboard.model.metric import Kind, Metric, Plugin
from aboveboard.model.provider import About, Telling
from aboveboard.model.registry import Registry

SPELLING = Plugin("spell-check", "Spell checker", "spelling", "", "")
LEARNT = Metric(
    "spelling.learnt", Kind.FLAG, "", "", "", "", "", None, None, "usage", plugin=SPELLING
)
REGISTRY = Registry("editor", "", "", "", "", "", metrics={LEARNT.name: LEARNT})
AS_A_CLASS = """
    from aboveboard.model.provider import Offer

    class Spelling:
        plugin = "spell-check"

        def offers(self):
            return {"spelling.learnt": Offer("Words learnt", "Whether it has learnt a word.")}

        def value(self, name):
            return True
"""
AS_A_MODULE = """
    from aboveboard.model.provider import Offer

    plugin = "spell-check"

    def offers():
        return {"spelling.learnt": Offer("Words learnt", "Whether it has learnt a word.")}

    def value(name):
        return True
"""
Install = Callable[[str, str, str], None]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a folder of packages that Python looks into; what is imported there is forgotten."""
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]


@pytest.fixture
def install(site: Path) -> Install:
    def put(name: str, points: str, source: str) -> None:
        info = site / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[aboveboard.providers]\n{points}\n")
        (site / f"{name}.py").write_text(textwrap.dedent(source))
        importlib.invalidate_caches()

    return put


def found(app: str = "editor") -> Providers:
    made = Providers(REGISTRY, DirectBox())
    for name, provider in find_providers(app):
        made.add(provider, name)
    return made


@pytest.mark.parametrize(
    ("points", "source"),
    [
        pytest.param("editor.spelling = spelling_fork:Spelling", AS_A_CLASS, id="class"),
        pytest.param(
            "editor.spelling = spelling_fork:ready",
            AS_A_CLASS + "\n    ready = Spelling()\n",
            id="object",
        ),
        pytest.param("editor.spelling = spelling_fork", AS_A_MODULE, id="module"),
    ],
)
def test_an_installed_package_tells_what_it_offers(
    install: Install, points: str, source: str
) -> None:
    install("spelling_fork", points, source)
    own = found()
    assert own.about() == [
        About("editor.spelling", "spelling.learnt", "Words learnt", "Whether it has learnt a word.")
    ]
    (told,) = own.tell()
    assert (told.metric, told.value, told.outcome) == ("spelling.learnt", True, Telling.TOLD)


def test_a_package_is_imported_when_it_is_asked_and_not_before(install: Install) -> None:
    install("spelling_late", "editor.spelling = spelling_late", AS_A_MODULE)
    own = found()
    assert "spelling_late" not in sys.modules
    own.about()
    assert "spelling_late" in sys.modules


@pytest.mark.parametrize(
    ("points", "source"),
    [
        pytest.param("editor.broken = no_such_module", "", id="no-module"),
        pytest.param("editor.broken = broken:Nothing", "", id="no-object"),
        pytest.param("editor.broken = broken", "1 / 0", id="error"),
        pytest.param("editor.broken = broken", "raise SystemExit", id="exit"),
        pytest.param("editor.broken = broken", "", id="no-provider"),
    ],
)
def test_a_broken_package_costs_no_other(install: Install, points: str, source: str) -> None:
    install("broken", points, source)
    install("spelling_fork", "editor.spelling = spelling_fork", AS_A_MODULE)
    assert [(told.metric, told.outcome) for told in found().tell()] == [
        ("", Telling.FAILED),
        ("spelling.learnt", Telling.TOLD),
    ]


def test_entry_points_that_cannot_be_read_cost_no_other(install: Install, site: Path) -> None:
    install("broken", "editor.broken = broken", "")
    (site / "broken-1.0.dist-info" / "entry_points.txt").write_bytes(b"\xff\xfe[")
    install("spelling_fork", "editor.spelling = spelling_fork", AS_A_MODULE)
    assert [name for name, _ in find_providers("editor")] == ["editor.spelling"]


def test_a_package_that_is_installed_twice_is_asked_once(install: Install) -> None:
    install("spelling_fork", "editor.spelling = spelling_fork", AS_A_MODULE)
    install("spelling_copy", "editor.spelling = spelling_fork", AS_A_MODULE)
    assert [name for name, _ in find_providers("editor")] == ["editor.spelling"]


def test_providers_of_other_apps_are_not_ours(install: Install) -> None:
    install("others", "editorial.x = others\neditor = others\nchat.editor.x = others", AS_A_MODULE)
    assert find_providers("editor") == []
    assert [name for name, _ in find_providers("chat")] == ["chat.editor.x"]


def test_they_come_in_the_order_of_their_names(install: Install) -> None:
    install("many", "editor.b = many\neditor.c = many\neditor.a = many", AS_A_MODULE)
    assert [name for name, _ in find_providers("editor")] == ["editor.a", "editor.b", "editor.c"]


def test_packages_are_looked_for_when_they_are_needed_and_not_before() -> None:
    code = (
        "import sys, aboveboard.adapters.entry_points\n"
        "assert 'importlib.metadata' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
