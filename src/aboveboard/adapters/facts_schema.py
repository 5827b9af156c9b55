"""Enters: a database, as far as it was brought. Leaves: the tables of this version, or a refusal.

Each step is run once, in its order, in the transaction of whoever asks; the table
``schema_version`` tells which were. A step that was released never changes: what comes later is a
step of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from aboveboard.errors import FactsError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Ask: TypeAlias = "Callable[[str], list[tuple[Any, ...]]]"
"""Runs one text of SQL and gives the rows of its answer."""

_VERSIONS = "create table if not exists schema_version (version bigint not null)"
_IS_THERE = """
select count(*) from information_schema.tables
where table_schema = current_schema() and table_name = 'schema_version'
"""


def version(ask: Ask) -> int:
    """Tell how far a database was brought; 0 for one without any tables."""
    if not ask(_IS_THERE)[0][0]:
        return 0
    return int(ask("select coalesce(max(version), 0) from schema_version")[0][0])


def check(ask: Ask, newest: int) -> int:
    """Tell how far a database was brought, if this program can work with it.

    Raises:
        FactsError: a newer program made its tables.
    """
    found = version(ask)
    if found > newest:
        message = (
            f"the tables are of version {found}, and this Aboveboard knows none after {newest}. "
            "Install the newer one again, or restore a backup from before it"
        )
        raise FactsError(message)
    return found


def upgrade(ask: Ask, steps: Sequence[Sequence[str]]) -> None:
    """Run the steps that a database has not seen yet. The caller commits them, or none.

    Raises:
        FactsError: a newer program made its tables.
    """
    found = check(ask, len(steps))
    if found == len(steps):
        return
    ask(_VERSIONS)
    for number, statements in enumerate(steps[found:], found + 1):
        for statement in statements:
            ask(statement)
        ask(f"insert into schema_version values ({number})")  # noqa: S608 our own number
