"""Enters: a restored folder, newer data. Leaves: what was taken back since is taken back again.

What a backup still holds of a report that its sender took back later must not be counted again.
The newer tables know those reports, and so does the part of the newer log that they lack.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from aboveboard.adapters.file_log import FileLog
from aboveboard.adapters.log_reader import FileLogReader
from aboveboard.bootstrap.store import look_into
from aboveboard.collector.records import Gone, encode
from aboveboard.ports.collector import ONLY_LOG, LogPosition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboveboard.adapters.data_folder import DataFolder

MOST_BYTES = 16 * 1024 * 1024
MOST_ROWS = 100_000_000
_GONE = """
select app, replace(cast(id as varchar), '-', ''), week, coalesce(token, ''), cast(gone as varchar)
from reports where gone is not null
"""


def take_back_again(restored: DataFolder, newer: DataFolder, store: str = "") -> int:
    """Enter into the restored log what was taken back in the newer data; loading does the rest.

    Args:
        restored: the folder that was made of a backup.
        newer: the newer data.
        store: where the newer data's tables are; empty for its folder.

    Returns:
        How many reports that are.

    Raises:
        FactsError: the newer tables cannot be read.
        LogError: a log cannot be read or written.
    """
    found = {(gone.app, gone.id): gone for gone in _gone(newer, store)}
    if found:
        log = FileLog(restored.logs / ONLY_LOG)
        try:
            log.append([encode(gone) for gone in found.values()])
        finally:
            log.close()
    return len(found)


def _gone(newer: DataFolder, store: str) -> Iterator[Gone]:
    places: dict[str, LogPosition] = {}
    facts = look_into(store, newer)
    if facts is not None:
        try:
            places = {each.name: facts.position(each.name) for each in newer.all_logs()}
            for app, report, week, token, day in facts.query(_GONE, MOST_ROWS).rows:
                yield Gone(str(report), str(app), str(week), str(day), str(token))
        finally:
            facts.close()
    for each in newer.all_logs():
        yield from _gone_in(FileLogReader(each), places.get(each.name, LogPosition()))


def _gone_in(log: FileLogReader, start: LogPosition) -> Iterator[Gone]:
    decoder = msgspec.json.Decoder(Gone)
    while (part := log.read(start, MOST_BYTES)).records:
        for record in part.records:
            if b'"gone"' in record[:32]:
                yield decoder.decode(record)
        start = part.end
