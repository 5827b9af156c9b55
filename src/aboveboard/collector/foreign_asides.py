"""Enters: a message and what it says. Leaves: what of it waits in quarantine, and what broke."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aboveboard.collector.aside import MOST_ENTRY, MOST_REPORT, NO_NAME, REPLAYABLE
from aboveboard.collector.records import RecordAside, RecordDetail
from aboveboard.model.metric import Kind
from aboveboard.registry.foreign_places import LONGEST_PART
from aboveboard.registry.names import METRIC_NAME

if TYPE_CHECKING:
    from aboveboard.model.said import Said
    from aboveboard.registry.translate import Statement

NO_VALUE = "null"
"""The entry of what waits in quarantine by its name alone."""


def usual_part(said: Said) -> str:
    """Give the part that a message's statement has where no mapping says another."""
    return (said.part or said.event)[:LONGEST_PART]


def names(statement: Statement, entry: str | None = NO_VALUE) -> list[RecordAside]:
    """Let names wait, without what was said of them; without an entry they are counted alone."""
    return [
        RecordAside(name, reason.value, entry)
        if METRIC_NAME.fullmatch(name)
        else RecordAside(NO_NAME, reason.value)
        for name, reason in statement.asides
    ]


def asides(said: Said, statement: Statement, *, raw: bool) -> list[RecordAside]:
    """Let a message wait beside the names, if its wire can read it again (``replay_said``)."""
    found = names(statement)
    if not raw or said.raw is None or not found:
        return found
    part = "" if statement.part == usual_part(said) else statement.part
    entry = f'{{"part":{json.dumps(part)},"said":{said.raw()}}}'
    waits = {each for each in found if each.r in REPLAYABLE and each.m != NO_NAME}
    if len(entry.encode()) > min(MOST_ENTRY, MOST_REPORT // max(len(waits), 1)):
        return found
    return [RecordAside(each.m, each.r, entry) if each in waits else each for each in found]


def details(said: Said, statement: Statement) -> list[RecordDetail]:
    """Tell what the fingerprints stand for that are counted."""
    broke = said.broke
    if broke is None:
        return []
    return [
        RecordDetail(count.metric.name, count.key, list(broke.types), list(broke.frames))
        for count in statement.counts
        if count.metric.kind is Kind.ERROR and count.key == broke.fingerprint
    ]
