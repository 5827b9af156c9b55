"""Enters: an exception. Leaves: where the program broke, as a value; it never raises.

Nothing is asked of the exception itself but, where it is wanted, its message: what a class says of
itself, or answers when it is asked, may be anything.
"""

from __future__ import annotations

from collections import Counter, deque
from itertools import chain
from typing import TYPE_CHECKING

from aboveboard.device.frames import places
from aboveboard.device.whose import type_name
from aboveboard.model.broke import Broke
from aboveboard.registry.error_shapes import ELSEWHERE, MOST_FRAMES, MOST_TYPES, error_mark

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from aboveboard.device.frames import Place
    from aboveboard.device.whose import Code

MOST_ERRORS = 100
"""Errors behind one error that are looked at."""
_RECURSION = "builtins.RecursionError"
_INLINED = ("<listcomp>", "<setcomp>", "<dictcomp>")
"""Frames that later versions of Python no longer have."""
_cause = BaseException.__dict__["__cause__"].__get__
_context = BaseException.__dict__["__context__"].__get__
_suppressed = BaseException.__dict__["__suppress_context__"].__get__
_trace = BaseException.__dict__["__traceback__"].__get__
_members = BaseExceptionGroup.__dict__["exceptions"].__get__


def describe(error: BaseException, code: Code, *, message: bool = False) -> Broke:
    """Tell where a program broke.

    Args:
        error: the exception.
        code: which code may be named.
        message: whether what it says is wanted, too; it is scrubbed.

    Example:
        >>> from aboveboard.device.whose import Code
        >>> try:
        ...     open("/home/ana/letter to Ben")
        ... except OSError as error:
        ...     broke = describe(error, Code(), message=True)
        >>> broke.types, broke.frames, broke.message
        (('(elsewhere)',), ('(elsewhere)',), '[errno <number>] no such file or directory: <quoted>')
    """
    try:
        return _describe(error, code, message=message)
    except Exception:  # noqa: BLE001 it is called where something has gone wrong already
        return Broke(error_mark((ELSEWHERE,), ()), (ELSEWHERE,))


def _describe(error: BaseException, code: Code, *, message: bool) -> Broke:
    told = list(dict.fromkeys(type_name(type(each), code) for each in _behind(error)))
    types = tuple(told[:MOST_TYPES])
    frames: deque[str] = deque(maxlen=MOST_FRAMES)
    passed: Counter[Place] = Counter()
    for place in chain.from_iterable(places(_trace(each), code) for each in _inner(error)):
        if not frames or frames[-1] != place.frame:
            frames.append(place.frame)
        passed[place._replace(line=0)] += 1
    said = _message(error) if message else ""
    return Broke(error_mark(types, _route(types, passed)), types, tuple(frames), said)


def _behind(error: BaseException) -> Iterator[BaseException]:
    """Give an error and those behind and inside it, each once, its own members first."""
    waiting, seen = [error], set[int]()
    while waiting and len(seen) < MOST_ERRORS:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        cause = _cause(each)
        if cause is None and not _suppressed(each):
            cause = _context(each)
        if cause is not None:
            waiting.append(cause)
        if issubclass(type(each), BaseExceptionGroup):
            waiting += reversed(_members(each)[:MOST_ERRORS])


def _inner(error: BaseException) -> Iterator[BaseException]:
    """Give an error and, if it is a group, the first of its members, and so on."""
    yield error
    for _ in range(MOST_ERRORS):
        if not issubclass(type(error), BaseExceptionGroup):
            return
        error = _members(error)[0]
        yield error


def _route(types: Sequence[str], passed: Counter[Place]) -> list[str]:
    """Choose the places that make an error the same wherever it happens, each told once.

    The program's own are the same on every machine. Of a recursion only the loop counts: where it
    begins to be too deep is chance.
    """
    known = [place for place in passed if not place.where.endswith((ELSEWHERE, *_INLINED))]
    route = [place for place in known if place.own] or known
    if _RECURSION in types[:1]:
        route = [place for place in route if passed[place] > 1] or route
    return [place.where for place in route]


def _message(error: BaseException) -> str:
    # Compiled patterns and a list of words that a program without messages never needs.
    from aboveboard.registry.scrub import LONGEST_READ, scrub  # noqa: PLC0415

    try:
        # Of a class made from str, only what str itself does with it.
        text = str.__getitem__(str(error), slice(LONGEST_READ + 1))
    except BaseException:  # noqa: BLE001 asking it runs a stranger's code, which may even exit
        return ""
    return scrub(text)
