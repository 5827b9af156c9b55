"""Enters: what looking at errors needs from outside. Leaves: its calls, no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from aboveboard.values import dataclass

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable

    from aboveboard.device.whose import Code

    Take = Callable[[BaseException], None]


class Hooks(Protocol):
    """What looks at exceptions that nobody caught."""

    def install(self) -> None:
        """Begin."""
        ...

    def uninstall(self) -> None:
        """End."""
        ...


@dataclass(frozen=True, slots=True)
class ErrorParts:
    """What is needed from outside to look at errors.

    Attributes:
        code: tells which code is the program's own, and which is installed.
        hooks: makes what looks at exceptions that nobody caught.
        handler: makes what looks at exceptions that are logged.
    """

    code: Callable[[], Code]
    hooks: Callable[[Take], Hooks]
    handler: Callable[[Take], logging.Handler]
