"""Enters: a traceback. Leaves: where the program was, by names of its code; nothing else of it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from aboveboard.device.whose import frame_module
from aboveboard.registry.error_shapes import ELSEWHERE, is_frame

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType, TracebackType

    from aboveboard.device.whose import Code

LAST_LINE = 9_999_999
MOST_WALKED = 100_000
"""Frames of one traceback that are looked at; a runaway recursion may be deeper."""


class Place(NamedTuple):
    """Where one frame was.

    Attributes:
        where: ``module:function``, or ``(elsewhere)``.
        line: its line, or 0 if the interpreter does not know it.
        own: whether it is the program's own code.
    """

    where: str
    line: int
    own: bool

    @property
    def frame(self) -> str:
        """The place as it is told."""
        return self.where if self.where == ELSEWHERE else f"{self.where}:{self.line}"


def places(trace: TracebackType | None, code: Code) -> Iterator[Place]:
    """Give the places of a traceback, outermost first.

    Args:
        trace: the traceback.
        code: which code may be named.
    """
    known: dict[tuple[int, int], tuple[str, bool]] = {}
    for frame, line in islice(_walk(trace), MOST_WALKED):
        same = id(frame.f_code), id(frame.f_globals)
        if same not in known:
            known[same] = _where(frame, code)
        where, own = known[same]
        yield Place(where, min(max(line, 0), LAST_LINE), own)


def _walk(trace: TracebackType | None) -> Iterator[tuple[FrameType, int]]:
    while trace is not None:
        # An interpreter may have no line for a frame, whatever its types say.
        yield trace.tb_frame, trace.tb_lineno or 0
        trace = trace.tb_next


def _where(frame: FrameType, code: Code) -> tuple[str, bool]:
    try:
        module = frame_module(frame, code)
    except Exception:  # noqa: BLE001 whatever stands in place of a module when it is looked at
        module = None
    function: object = frame.f_code.co_qualname
    if module is None or type(function) is not str:
        return ELSEWHERE, False
    where = f"{module.name}:{function}"
    # With the last line, so that whether a name fits does not depend on where it stands.
    return (where, module.own) if is_frame(f"{where}:{LAST_LINE}") else (ELSEWHERE, False)
