"""Enters: a program that would like to ask. Leaves: the answer, if it was polite to ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboveboard.device.ask import Due, due, mark
from aboveboard.device.growth import growth
from aboveboard.device.question import Answer, Question, question
from aboveboard.device.question_json import as_json, from_answer
from aboveboard.device.terms import AGREED
from aboveboard.wires import native

if TYPE_CHECKING:
    from collections.abc import Callable

    from aboveboard.device.core import Core
    from aboveboard.device.dialog import Dialog
    from aboveboard.device.reply import Reply

    Asks = Callable[["Asking"], "Reply | None"]


@dataclass(frozen=True, slots=True)
class Asking:
    """A question that is due, for whoever asks it in a window of their own.

    Attributes:
        question: what to ask.
    """

    question: Question

    def as_json(self) -> str:
        """Give it as JSON (``schemas/question.1.json``)."""
        return as_json(self.question)

    def from_answer(self, body: str | bytes) -> Reply:
        """Read what the window gave back.

        Raises:
            ValueError: it is no answer to this question.
        """
        return from_answer(self.question, body)


def ask_if_due(core: Core, dialog: Asks | None, keep: Callable[[Reply], object]) -> None:
    """Ask, if that is due and polite.

    Args:
        core: what is asked about.
        dialog: asks in a window of the program's own, or None for a terminal.
        keep: keeps an answer; if it cannot, the question counts as not answered.
    """
    if core.parts.asking is None:
        return
    parts, registry = core.parts.asking(), core.registry
    asked, terminal = parts.asked, parts.dialog
    if dialog is None and terminal is None:
        return
    today = core.parts.clock.now().date()
    with core.store_open() as store:
        core.gather()
        core.keep_unseen_here()
        first = min((event.day for event in store.events()), default=None)
        if due(core.consent, registry, asked.book(), today, first) is not Due.DUE:
            return
        asking = Asking(make_question(core, parts.language))
    if dialog is None and terminal is not None:
        if not terminal.can_ask(asking.question):
            return
        dialog = _on(terminal)
    if dialog is None or not asked.claim(registry.app, today):
        return
    reply = dialog(asking)
    if reply is not None and reply.answer is not Answer.LATER:
        keep(reply)
        asked.answered(registry.app, mark(registry))


def _on(terminal: Dialog) -> Asks:
    return lambda asking: terminal.ask(asking.question)


def make_question(core: Core, language: str = "") -> Question:
    """Make the question of this moment, with exactly the data that it is about.

    Where a yes is also about what was counted before, that is what it would send, to the byte.
    """
    registry, choice = core.registry, core.consent.choice
    earlier = registry.asks_for_earlier and choice is None
    drafts = core.make_earlier() if earlier else core.make(now=True, local=True)
    data = [native.write(report) for draft in drafts for report in draft.reports]
    grown = None
    if choice is not None:
        grown = growth(core.parts.store.kept(AGREED), choice, registry)
    return question(registry, language, data, grown, choice)
