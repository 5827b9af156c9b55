"""Enters: nothing. Leaves: the numbers with which commands end."""

from __future__ import annotations

import enum


class Exit(enum.IntEnum):
    """How a command ends. The numbers never change."""

    DONE = 0
    COULD_NOT = 1
    NOT_UNDERSTOOD = 2
