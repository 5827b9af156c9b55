"""The port Renderer, fulfilled by vl-convert in a process of its own."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
from pathlib import Path

import pytest

from aboveboard.adapters.vlconvert import VlConvertRenderer
from aboveboard.errors import RenderError

BAR = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
    "data": {"values": [{"name": '<b>&"', "count": 3}]},
    "mark": {"type": "bar", "fill": "var(--chart-1, #056f81)"},
    "encoding": {"y": {"field": "name"}, "x": {"field": "count", "type": "quantitative"}},
}
STAND_IN = """
import json, sys, time
request = json.load(sys.stdin)
{what}
"""


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the file of a worker that behaves as a test wants."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path / "stand_in.py"


def with_worker(stand_in: Path, what: str, longest_seconds: float = 30) -> VlConvertRenderer:
    stand_in.write_text(STAND_IN.format(what=what))
    return VlConvertRenderer(stand_in.parent / "cache", stand_in.stem, longest_seconds)


def test_a_chart_is_drawn_with_its_colours_as_variables_and_its_text_escaped(
    tmp_path: Path,
) -> None:
    one, two = VlConvertRenderer(tmp_path).render([json.dumps(BAR), json.dumps(BAR)])

    assert one.startswith("<svg")
    assert "var(--chart-1, #056f81)" in one
    assert "<b>" not in one
    assert "style=" not in one
    assert two.startswith("<svg")


def test_the_engine_never_enters_this_process(tmp_path: Path) -> None:
    draw = (
        "import json, pathlib, sys\n"
        "from aboveboard.adapters.vlconvert import VlConvertRenderer\n"
        "VlConvertRenderer(pathlib.Path(sys.argv[1])).render([sys.argv[2]])\n"
        "sys.exit('vl_convert' in sys.modules)\n"
    )

    done = subprocess.run([sys.executable, "-c", draw, tmp_path, json.dumps(BAR)], check=False)

    assert done.returncode == 0


def test_nothing_is_drawn_for_nothing(stand_in: Path) -> None:
    assert with_worker(stand_in, "sys.exit(1)").render([]) == []


def test_a_specification_that_is_none_is_a_render_error(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="vl-convert failed"):
        VlConvertRenderer(tmp_path).render(["{"])


@pytest.mark.parametrize(
    ("what", "message"),
    [
        pytest.param("sys.exit(1)", "it said nothing", id="dies-silently"),
        pytest.param("sys.exit('no ink')", "no ink", id="dies"),
        pytest.param("print('{')", "JSONDecodeError", id="not-json"),
        pytest.param("print('[]')", "something else", id="too-few"),
        pytest.param("print('{}')", "something else", id="no-list"),
        pytest.param("time.sleep(30)", "TimeoutExpired", id="too-long"),
    ],
)
def test_a_worker_that_fails_is_a_render_error(stand_in: Path, what: str, message: str) -> None:
    longest = 1 if "sleep" in what else 30
    renderer = with_worker(stand_in, what, longest)

    with pytest.raises(RenderError, match=message):
        renderer.render(["{}"])


def test_the_script_holds_the_interpreter_of_expressions(tmp_path: Path) -> None:
    script = VlConvertRenderer(tmp_path).script()

    assert b"window.vegaEmbed" in script


def test_the_script_is_made_once_per_version(stand_in: Path) -> None:
    first = with_worker(stand_in, "print(json.dumps(request['snippet']))").script()

    again = with_worker(stand_in, "sys.exit(1)").script()

    assert first == again
    version = importlib.metadata.version("vl-convert-python")
    kept = [path.name for path in (stand_in.parent / "cache").iterdir()]
    assert kept == [f"vega-embed-{version}.js"]


def test_a_cache_that_cannot_be_written_is_a_render_error(stand_in: Path) -> None:
    (stand_in.parent / "cache").write_text("a file, not a folder")

    with pytest.raises(RenderError, match="cannot be kept"):
        with_worker(stand_in, "print('1')").script()


def test_a_missing_vl_convert_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aboveboard.adapters.vlconvert.PACKAGE", "no-such-package-as-this")

    with pytest.raises(RenderError, match=r"install aboveboard\[server\]"):
        VlConvertRenderer(tmp_path).script()
