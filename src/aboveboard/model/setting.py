"""Enters: a setting of the host, of any type. Leaves: what may be set of it, or its absence."""

from __future__ import annotations

import enum
from typing import Final, Literal, TypeAlias


class Missing(enum.Enum):
    """That nothing is there: another thing than None, which somebody may have written."""

    MISSING = "missing"


MISSING: Final[Literal[Missing.MISSING]] = Missing.MISSING
"""No such setting, or nobody knows its default."""

Reduced: TypeAlias = bool | int | str | list[str]
"""What a setting was reduced to: yes or no, a bucket's bound, a word or a version, known names."""
