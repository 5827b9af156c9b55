"""Enters: nothing. Leaves: every number that ``/metrics`` tells, in one table.

A number that is not in the table cannot be told. Labels hold codes, wires, the apps of the
registries, and of foreign wires the name and version of a client, and nothing else of a request.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Form(enum.StrEnum):
    """What Prometheus calls a number."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Told:
    """One number.

    Attributes:
        form: what Prometheus calls it.
        help: what it says, in a sentence.
        labels: what it is told apart by.
    """

    form: Form
    help: str
    labels: tuple[str, ...] = ()


TABLE = {
    "aboveboard_answers_total": Told(
        Form.COUNTER,
        "Answers to senders: kept, repeated, or the code of the refusal.",
        ("code", "wire", "app"),
    ),
    "aboveboard_entries_set_aside_total": Told(
        Form.COUNTER, "Entries of kept reports that no registry knows or allows."
    ),
    "aboveboard_messages_total": Told(
        Form.COUNTER,
        "Messages of foreign wires, and their entries that were set aside or ignored, by code.",
        ("code", "wire", "app", "client"),
    ),
    "aboveboard_batch_records": Told(Form.HISTOGRAM, "Records that one sync brought to the disk."),
    "aboveboard_sync_seconds": Told(Form.HISTOGRAM, "How long writing and syncing a batch took."),
    "aboveboard_log_bytes": Told(Form.GAUGE, "Bytes of records in the log."),
    "aboveboard_log_torn_bytes": Told(
        Form.GAUGE, "Bytes that crashes left torn, aside until they are as old as the log may be."
    ),
    "aboveboard_log_well": Told(Form.GAUGE, "1 if the last attempt to write the log succeeded."),
    "aboveboard_loader_behind_bytes": Told(
        Form.GAUGE, "Bytes of the log that are not in the tables yet."
    ),
    "aboveboard_loader_behind_seconds": Told(
        Form.GAUGE, "Age of the oldest record that is not in the tables yet, to the second."
    ),
    "aboveboard_loader_records_total": Told(Form.COUNTER, "Records loaded since the start."),
    "aboveboard_loader_well": Told(Form.GAUGE, "1 if the last attempt to load succeeded."),
    "aboveboard_store_bytes": Told(
        Form.GAUGE, "Bytes that the tables take, in the data folder or in PostgreSQL."
    ),
    "aboveboard_quarantine_rows": Told(
        Form.GAUGE, "Reports of which something waits in quarantine."
    ),
    "aboveboard_disk_free_bytes": Told(Form.GAUGE, "Bytes that are free for the data folder."),
    "aboveboard_transparency_entries": Told(Form.GAUGE, "Entries of the transparency log."),
    "aboveboard_job_last_seconds": Told(
        Form.GAUGE, "When a job last ended well, in seconds since 1970.", ("job",)
    ),
    "aboveboard_ready": Told(Form.GAUGE, "1 if reports can be acknowledged."),
    "process_resident_memory_bytes": Told(Form.GAUGE, "Memory of the process."),
    "process_open_fds": Told(Form.GAUGE, "Files and connections that the process has open."),
    "process_start_time_seconds": Told(Form.GAUGE, "When it was started, since 1970."),
}
"""Name to what is told of it, in the order of the page."""
