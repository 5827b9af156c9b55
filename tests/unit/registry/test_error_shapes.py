from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.registry import error_shapes as shapes
from aboveboard.registry.scrub import scrub

SCHEMA: dict[str, Any] = json.loads(
    (Path(__file__).parents[3] / "schemas" / "report.1.json").read_text()
)
DETAIL: dict[str, Any] = SCHEMA["$defs"]["detail"]["properties"]
FRAMES = [
    "(elsewhere)",
    "editor:<module>:1",
    "editor.files:save:42",
    "editor.files:Page.save.<locals>.<lambda>:0",
    "editor._x9:Page.__init__.<locals>.<listcomp>:9999999",
]
NO_FRAMES = [
    "",
    "editor",
    "editor:save",
    "editor:save:",
    "editor:save:12345678",
    "editor:save:-1",
    "editor:save:42\n",
    "editor:save:42:more",
    "editor:my secret:42",
    "editor:<secret>:42",
    "/home/ana/editor.py:save:42",
    "C:editor:save:42",
    "ana@example.org:save:42",
    "éditeur:save:42",
    "editor:save:٤٢",
    "editor..files:save:42",
    "9editor:save:42",
    "(elsewhere):save:42",
    f"{'a' * 81}:save:42",
    f"{'.'.join('a' * 80 for _ in range(3))}:save:42",
]


@pytest.mark.parametrize("frame", FRAMES)
def test_a_frame_is_names_and_a_line(frame: str) -> None:
    assert shapes.is_frame(frame)
    assert re.search(DETAIL["frames"]["items"]["pattern"], frame)


@pytest.mark.parametrize("text", NO_FRAMES)
def test_nothing_else_is_a_frame(text: str) -> None:
    assert not shapes.is_frame(text)
    items = DETAIL["frames"]["items"]
    # Where a line ends, JSON Schema's dialect and Python's differ.
    assert text.endswith("\n") or (
        re.search(items["pattern"], text) is None or len(text) > items["maxLength"]
    )


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("builtins.ValueError", True),
        ("editor.errors.Page.Broken", True),
        ("(elsewhere)", True),
        ("ValueError", False),
        ("editor.f.<locals>.Broken", False),
        ("editor.Broken: no such user", False),
        ("", False),
        (f"a.{'b' * 81}", False),
        (f"{'a.' * 90}b", False),
    ],
)
def test_a_type_is_the_name_of_a_class_in_a_module(text: str, is_one: bool) -> None:  # noqa: FBT001 what is expected
    assert shapes.is_error_type(text) == is_one
    assert (re.search(DETAIL["type"]["items"]["pattern"], text) is not None) == is_one


def test_the_schema_knows_the_same_bounds() -> None:
    assert DETAIL["frames"]["maxItems"] == shapes.MOST_FRAMES
    assert DETAIL["type"]["maxItems"] == shapes.MOST_TYPES
    assert DETAIL["frames"]["items"]["maxLength"] == shapes.LONGEST_FRAME
    assert DETAIL["type"]["items"]["maxLength"] == shapes.LONGEST_TYPE


@given(st.text(max_size=400))
def test_every_scrubbed_message_has_the_letters_of_one(text: str) -> None:
    said = scrub(text)
    assert not said or shapes.MESSAGE.fullmatch(said)
    assert not said or re.search(DETAIL["message"]["pattern"], said)
