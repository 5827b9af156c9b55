"""Enters: a person who wants to be asked now. Leaves: the question, or their answer to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.device.ask import mark
from aboveboard.device.asking import Asking, make_question
from aboveboard.device.question import Answer

if TYPE_CHECKING:
    from aboveboard.device.core import Core
    from aboveboard.device.reply import Reply


def question_now(core: Core) -> Asking:
    """Give the question of this moment, whether or not it is due.

    Raises:
        StoreError: what was counted cannot be read.
    """
    language = core.parts.asking().language if core.parts.asking is not None else ""
    with core.store_open():
        core.gather()
        core.keep_unseen_here()
        return Asking(make_question(core, language))


def ask_now(core: Core) -> Reply | None:
    """Ask at the terminal; the limits of asking are for programs, not for who wants to be asked.

    Returns:
        What was answered; None where nobody can be asked.

    Raises:
        StoreError: what was counted cannot be read.
    """
    parts = core.parts.asking() if core.parts.asking is not None else None
    if parts is None or parts.dialog is None:
        return None
    asked = question_now(core).question
    return parts.dialog.ask(asked) if parts.dialog.can_ask(asked) else None


def answered(core: Core, reply: Reply) -> None:
    """Note down that the question of this moment was answered, so that no program asks it again."""
    if core.parts.asking is not None and reply.answer is not Answer.LATER:
        core.parts.asking().asked.answered(core.registry.app, mark(core.registry))
