"""Enters: a question. Leaves: its JSON for a graphical program, and the answer that comes back.

The forms are those of ``schemas/question.1.json``; ``docs/asking.md`` explains them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aboveboard.device.question import Answer
from aboveboard.device.reply import Reply, reply
from aboveboard.model.consent import Mode
from aboveboard.model.digest import hex_digest

if TYPE_CHECKING:
    from aboveboard.device.question import Question

FORMAT = 1
ID_DIGITS = 32
MOST_BYTES = 64 * 1024
KEYS = frozenset({"format", "question", "answer", "levels", "earlier", "shown"})


def as_json(question: Question) -> str:
    """Write a question for a program that shows it."""
    content = _content(question)
    return json.dumps({"format": FORMAT, "id": _id(content), **content}, ensure_ascii=False)


def from_answer(question: Question, body: str | bytes) -> Reply:
    """Read what such a program gives back.

    Raises:
        ValueError: it is no answer to this question; then nothing was answered.
    """
    answer = _answer(body)
    _check(answer.get("format") == FORMAT, "format")
    _check(answer.get("question") == _id(_content(question)), "question")
    earlier = answer.get("earlier")
    _check(earlier is None or isinstance(earlier, bool), "earlier")
    shown = answer.get("shown", "short")
    _check(shown in ("short", "text", "markdown"), "shown")
    wording = str(getattr(question, shown))
    return reply(
        question, Answer(str(answer.get("answer"))), wording, _levels(answer), earlier=earlier
    )


def _answer(body: str | bytes) -> dict[str, Any]:
    _check(len(body) <= MOST_BYTES, "length")
    try:
        answer = json.loads(body)
    except RecursionError as error:
        message = "answer: it is nested too deeply"
        raise ValueError(message) from error
    _check(isinstance(answer, dict) and set(answer) <= KEYS, "keys")
    return dict(answer)


def _levels(answer: dict[str, Any]) -> dict[str, Mode] | None:
    levels = answer.get("levels")
    _check(levels is None or isinstance(levels, dict), "levels")
    return {level: Mode(mode) for level, mode in levels.items()} if levels is not None else None


def _content(question: Question) -> dict[str, Any]:
    return {
        "app": question.app,
        "registry": question.registry,
        "language": question.language,
        "about": "consent" if question.agreed is None else "growth",
        "title": question.title,
        "short": question.short,
        "text": question.text,
        "markdown": question.markdown,
        "sha256": question.digest,
        "news": list(question.news),
        "parts": [
            {"level": part.level, "text": part.text, "metrics": list(part.metrics)}
            for part in question.parts
        ],
        "answers": [
            {"answer": answer.value, "label": label} for answer, label in question.answers.items()
        ],
        "modes": {mode.value: label for mode, (_, label) in question.words.modes.items()},
        "earlier": question.earlier,
        "earlier_label": question.words.earlier if question.earlier else "",
        "data_head": question.data_head,
        "data": [body.decode() for body in question.data],
    }


def _id(content: dict[str, Any]) -> str:
    """Name a question by all that it says: an answer to another one is none to it.

    What was counted belongs to it only where a yes is about that, too, and without the ids of its
    reports: these are drawn anew in each process.
    """
    said = [json.loads(body)["entries"] for body in content["data"]] if content["earlier"] else []
    named = {name: each for name, each in content.items() if not name.startswith("data")}
    return hex_digest(json.dumps([named, said], sort_keys=True).encode())[:ID_DIGITS]


def _check(right: bool, what: str) -> None:  # noqa: FBT001 what is checked comes first
    if not right:
        message = f"{what}: it is no answer to this question"
        raise ValueError(message)
