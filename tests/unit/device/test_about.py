from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.adapters.memory_home import MemoryHomePlace
from aboveboard.adapters.memory_store import MemoryPapers
from aboveboard.device.about import MOST_BYTES, PAPER, read, write
from aboveboard.device.parts import HomeParts
from aboveboard.device.telemetry import Telemetry
from aboveboard.errors import StoreError
from aboveboard.model.registry import Registry
from aboveboard.registry.read import read as read_registry
from aboveboard.testing import EXAMPLE_REGISTRY

REGISTRY = read_registry(EXAMPLE_REGISTRY)
BODY = write(REGISTRY, "2.1")
Start = Callable[..., Telemetry]


@pytest.fixture
def papers() -> MemoryPapers:
    return MemoryPapers()


@pytest.fixture
def place() -> MemoryHomePlace:
    return MemoryHomePlace()


@pytest.fixture
def begin(start: Start, papers: MemoryPapers, place: MemoryHomePlace) -> Start:
    """Give a function that starts a program whose home says whose it is."""

    def begin(**parts: Any) -> Telemetry:  # noqa: ANN401 parts of a telemetry
        return start(**{"papers": papers, "home": HomeParts("2.1", lambda: place), **parts})

    return begin


def test_a_home_says_whose_it_is_once_something_is_kept_in_it(
    begin: Start, papers: MemoryPapers, place: MemoryHomePlace, registry: Registry
) -> None:
    telemetry = begin()
    assert papers.get(PAPER) is None
    telemetry.count("nonsense")
    assert papers.get(PAPER) is None
    assert not place.noted
    telemetry.count("file.opened")
    about = read(papers.get(PAPER) or b"")
    assert (about.app, about.title, about.version) == ("editor", "An editor", "2.1")
    assert about.fingerprint == registry.fingerprint
    assert about.levels == {"usage": "Which parts are used."}
    assert place.noted


def test_what_is_written_at_once_is_kept_too(
    begin: Start, papers: MemoryPapers, every_kind: Registry
) -> None:
    begin(registry=every_kind).names("system.fonts", ["Serif"])
    assert papers.get(PAPER) is not None


def test_a_home_in_which_nothing_may_be_kept_says_nothing(
    begin: Start, papers: MemoryPapers, place: MemoryHomePlace
) -> None:
    begin(override="off").count("file.opened")
    assert papers.get(PAPER) is None
    assert not place.noted


def test_off_takes_it_away_and_a_later_choice_brings_it_back(
    begin: Start, papers: MemoryPapers, place: MemoryHomePlace
) -> None:
    telemetry = begin()
    telemetry.count("file.opened")
    telemetry.choose("off")
    telemetry.count("file.opened")
    assert papers.get(PAPER) is None
    assert not place.noted
    telemetry.choose("local")
    telemetry.count("file.opened")
    assert papers.get(PAPER) is not None
    assert place.noted


def test_it_is_not_written_anew_while_it_says_the_same(begin: Start, papers: MemoryPapers) -> None:
    begin().count("file.opened")

    class Full(MemoryPapers):
        def get(self, name: str) -> bytes | None:
            return papers.get(name)

        def put(self, *_: object) -> None:
            raise AssertionError

    begin(papers=Full()).count("file.opened")


def test_where_it_cannot_be_written_the_program_counts_on(begin: Start) -> None:
    class Full(MemoryPapers):
        def put(self, *_: object) -> None:
            message = "no space"
            raise StoreError(message)

    telemetry = begin(papers=Full())
    telemetry.count("file.opened")
    assert telemetry.failed == 0
    assert b'"file.opened"' in telemetry.preview(local=True)[0]


def test_a_home_at_the_usual_place_is_not_noted_down(start: Start, papers: MemoryPapers) -> None:
    telemetry = start(papers=papers, home=HomeParts())
    telemetry.count("file.opened")
    telemetry.choose("off")
    assert papers.get(PAPER) is None


def test_it_is_read_as_it_was_written() -> None:
    about = read(BODY)
    assert about.app == "editor"
    assert about.policy == "https://editor.example/privacy"


def test_nothing_in_it_moves_a_terminals_cursor() -> None:
    content = json.loads(BODY) | {"title": "Edi\x1b[2Jtor\n", "levels": {"a\nb": "c\x07"}}
    about = read(json.dumps(content).encode())
    assert about.title == "Edi [2Jtor "
    assert dict(about.levels) == {"a b": "c "}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"format": 2}, id="another-version"),
        pytest.param({"app": "../editor"}, id="no-name"),
        pytest.param({"app": 7}, id="no-text-for-a-name"),
        pytest.param({"title": None}, id="no-title"),
        pytest.param({"levels": ["usage"]}, id="no-levels"),
        pytest.param({"levels": {"usage": 7}}, id="no-words"),
    ],
)
def test_anything_else_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="says of itself"):
        read(json.dumps(json.loads(BODY) | change).encode())


@pytest.mark.parametrize("body", [b"[]", b"[" * 100_000, BODY + b" " * MOST_BYTES])
def test_what_is_no_table_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match="says of itself"):
        read(body)


@given(body=st.binary(max_size=300))
def test_no_bytes_raise_anything_but_that_they_are_none(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 JSON says in its own words what is wrong
        read(body)
