from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.device.question import Answer, Question, question
from aboveboard.device.question_json import MOST_BYTES, as_json, from_answer
from aboveboard.device.reply import Reply
from aboveboard.model.consent import Mode
from aboveboard.registry.notices.consent_text import consent_text
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY

SCHEMA = json.loads((Path(__file__).parents[3] / "schemas" / "question.1.json").read_text())
REGISTRY = read(EXAMPLE_REGISTRY)
OPENED = REGISTRY.metrics["file.opened"]
TWO = replace(
    REGISTRY,
    levels={"usage": "Usage.", "system": "System."},
    metrics=MappingProxyType(
        {"file.opened": OPENED, "system.os": replace(OPENED, name="system.os", level="system")}
    ),
    asks_for_earlier=True,
)
DATA = b'{"format":1,"entries":[{"metric":"file.opened","value":4}]}'
ASKED = question(TWO, data=[DATA])


def told(asked: Question = ASKED) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(as_json(asked))
    return content


def answer(**said: object) -> str:
    return json.dumps({"format": 1, "question": told()["id"], "answer": "yes", **said})


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("registry", [REGISTRY, TWO], ids=["one-part", "two-parts"])
def test_a_question_has_the_form_of_its_schema(registry: Any, language: str) -> None:  # noqa: ANN401 a registry
    spoken = replace(registry, languages=("en", "de"))
    for data in ([], [DATA]):
        content = told(question(spoken, language, data))
        kind = {**SCHEMA["$defs"]["question"], "$defs": SCHEMA["$defs"]}
        jsonschema.Draft202012Validator(kind).validate(content)


def test_a_program_that_shows_it_has_all_that_it_needs() -> None:
    content = told()
    assert content["title"] == "May An example editor send usage counts?"
    assert content["markdown"] == consent_text(TWO)
    assert content["data"] == [DATA.decode()]
    assert content["earlier"] is True
    assert [each["answer"] for each in content["answers"]] == [
        "yes",
        "local",
        "off",
        "levels",
        "later",
    ]
    assert [part["level"] for part in content["parts"]] == ["usage", "system"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param({}, Reply(Answer.YES, Mode.ON, wording=ASKED.short, earlier=True), id="yes"),
        pytest.param(
            {"earlier": False, "shown": "markdown"},
            Reply(Answer.YES, Mode.ON, wording=ASKED.markdown),
            id="from-now-on",
        ),
        pytest.param(
            {"answer": "local", "shown": "text"},
            Reply(Answer.LOCAL, Mode.LOCAL, wording=ASKED.text),
            id="no",
        ),
        pytest.param(
            {"answer": "levels", "levels": {"usage": "on", "system": "off"}},
            Reply(Answer.LEVELS, Mode.ON, {"system": Mode.OFF}, ASKED.short),
            id="levels",
        ),
        pytest.param({"answer": "later"}, Reply(Answer.LATER), id="later"),
    ],
)
def test_an_answer_is_read(said: dict[str, object], expected: Reply) -> None:
    body = answer(**said)
    kind = {**SCHEMA["$defs"]["answer"], "$defs": SCHEMA["$defs"]}
    jsonschema.Draft202012Validator(kind).validate(json.loads(body))
    assert from_answer(ASKED, body) == from_answer(ASKED, body.encode()) == expected


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("", id="empty"),
        pytest.param("[]", id="a-list"),
        pytest.param("[" * 60_000, id="nested"),
        pytest.param(" " * MOST_BYTES + answer(), id="too-long"),
        pytest.param(answer(more=1), id="a-key-too-many"),
        pytest.param(answer(format=2), id="another-format"),
        pytest.param(answer(question="0" * 32), id="another-question"),
        pytest.param(answer(answer="maybe"), id="no-answer"),
        pytest.param(answer(answer=None), id="no-word"),
        pytest.param(answer(answer="keep"), id="an-answer-that-is-not-offered"),
        pytest.param(answer(earlier=1), id="earlier-is-a-number"),
        pytest.param(answer(shown="digest"), id="shown-is-no-text"),
        pytest.param(answer(shown=["short"]), id="shown-is-a-list"),
        pytest.param(answer(levels={"usage": "on", "system": "on"}), id="levels-with-a-yes"),
        pytest.param(answer(answer="levels", levels=[]), id="levels-are-a-list"),
        pytest.param(
            answer(answer="levels", levels={"usage": "maybe", "system": "on"}), id="no-mode"
        ),
        pytest.param(answer(answer="levels", levels={"usage": "on"}), id="a-part-is-missing"),
    ],
)
def test_what_is_no_answer_answers_nothing(body: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        from_answer(ASKED, body)


@given(st.text(max_size=200) | st.binary(max_size=200))
def test_no_answer_raises_anything_but_a_value_error(body: str | bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        from_answer(ASKED, body)


def test_an_answer_to_a_question_that_has_changed_is_none_to_the_new_one() -> None:
    other = question(TWO, data=[DATA.replace(b"4", b"5")])
    with pytest.raises(ValueError, match="question: it is no answer"):
        from_answer(other, answer())
