"""Enters: the port Outbox. Leaves: its answers; the journal's SQL is imported when first needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.adapters.process import unforked

if TYPE_CHECKING:
    from aboveboard.adapters.sqlite_file import SqliteFile
    from aboveboard.adapters.sqlite_outbox import SqliteOutbox
    from aboveboard.model.report import Delivery, Fate


class LateOutbox:
    """Keeps reports as ``SqliteOutbox`` does.

    A program that only counts never pays for the import.

    Args:
        file: the file that the store of the same home uses.
    """

    def __init__(self, file: SqliteFile) -> None:
        self._file = file
        self._made: SqliteOutbox | None = None

    @property
    def _outbox(self) -> SqliteOutbox:
        if self._made is None:
            with unforked():
                from aboveboard.adapters.sqlite_outbox import SqliteOutbox  # noqa: PLC0415 see above

            self._made = SqliteOutbox(self._file)
        return self._made

    def deliveries(self, fate: Fate | None = None) -> list[Delivery]:
        """Give the journal, oldest first."""
        return self._outbox.deliveries(fate)

    def settle(self, delivery: Delivery, token: str = "") -> None:
        """Note down what became of a report."""
        self._outbox.settle(delivery, token)

    def copy_to(self, destination: str) -> None:
        """Have what waits for the collector go to another destination, too."""
        self._outbox.copy_to(destination)

    def leave_out(self, destination: str) -> None:
        """Let nothing wait for a destination any longer."""
        self._outbox.leave_out(destination)

    def strike(self, report: str, body: bytes | None = None) -> bool:
        """Take a report out that waits everywhere, or replace its content."""
        return self._outbox.strike(report, body)

    def token(self, report: str) -> str:
        """Give the token that takes a report back."""
        return self._outbox.token(report)
