"""Enters: a report as it travelled. Leaves: what a collector would keep of it, or its refusal.

The same judgement as in ``collector.receive`` and ``collector.verify``, by the standard library
alone; a test compares the two. What is missing are deflate, brotli and zstd, which no device of
ours sends.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from aboveboard.errors import SealError
from aboveboard.model.metric import Kind, Status
from aboveboard.model.period import Week
from aboveboard.model.verdict import Reason, Refused
from aboveboard.registry import bounds
from aboveboard.registry.names import APP_NAME, REPORT_ID
from aboveboard.registry.scrub import is_scrubbed
from aboveboard.testing.form import read_report
from aboveboard.wires import native

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aboveboard.model.metric import Metric
    from aboveboard.model.registry import Registry

LARGEST_BODY = 256 * 1024
LARGEST_INFLATED = 1024 * 1024
OLDEST_WEEKS = 53
JSON_TYPES = {"", native.JSON_TYPE, "application/x-www-form-urlencoded"}

Fact = tuple[str, str, "date | None", int]
"""Metric, key, day and count."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a collector knows.

    Attributes:
        registries: of each app, the newest that it knows.
        versions: of each app, the fingerprints that reports may name.
        answered: the metrics whose question is answered.
        today: its day; None for one that takes any period.
        open: opens a sealed body with the name of its key and its ``info``; it raises SealError.
    """

    registries: Mapping[str, Registry]
    versions: Mapping[str, set[str]]
    answered: set[str]
    today: date | None
    open: Callable[[bytes, bytes, bytes], bytes]


@dataclass(frozen=True, slots=True)
class Checked:
    """A report that is kept.

    Attributes:
        content: its JSON, as it was before it was compressed and sealed.
        kept: those of its entries that count.
        facts: the counts that these stand for.
        aside: metric and reason of each of the others.
    """

    content: dict[str, Any]
    kept: list[dict[str, Any]]
    facts: list[Fact]
    aside: list[tuple[str, Reason]]


def check(
    app: str, report_id: str, headers: Mapping[str, str], body: bytes, known: Known
) -> Checked | Refused:
    """Judge a request as the real collector does.

    Args:
        app: as the address says.
        report_id: likewise.
        headers: their names in lower case.
        body: the bytes that travelled.
        known: what the collector knows.
    """
    if not APP_NAME.fullmatch(app):
        return Refused(Reason.UNKNOWN_APP, "No app has such a name.")
    if not REPORT_ID.fullmatch(report_id):
        return Refused(Reason.BAD_REPORT_ID, "A report's id is 32 lower-case hexadecimal digits.")
    if len(body) > LARGEST_BODY:
        return Refused(Reason.TOO_LARGE, f"A body may have {LARGEST_BODY} bytes.")
    plain = _unpack(native.seal_info(app, report_id), headers, body, known)
    return plain if isinstance(plain, Refused) else _judge(app, report_id, plain, known)


def _unpack(info: bytes, headers: Mapping[str, str], body: bytes, known: Known) -> bytes | Refused:
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    encoding = headers.get("content-encoding", "").strip().lower()
    if media_type in JSON_TYPES:
        return _inflate(body, encoding)
    if media_type != native.SEALED_TYPE:
        return Refused(Reason.UNKNOWN_MEDIA_TYPE, "It is neither JSON nor sealed.")
    if encoding not in {"", "identity"}:
        return Refused(Reason.UNKNOWN_ENCODING, "A sealed body is compressed before it is sealed.")
    key_id, sealed = body[: native.KEY_ID_BYTES], body[native.KEY_ID_BYTES :]
    try:
        plain = known.open(sealed, key_id, info)
    except SealError as error:
        return Refused(Reason.CANNOT_OPEN, f"The seal cannot be opened: {error}.")
    packed = {native.PLAIN_JSON: "identity", native.PLAIN_GZIP: "gzip"}.get(plain[:1], "unknown")
    return _inflate(plain[1:], packed)


def _inflate(body: bytes, encoding: str) -> bytes | Refused:
    if encoding in {"", "identity"}:
        plain = body
    elif encoding != "gzip":
        return Refused(Reason.UNKNOWN_ENCODING, "This collector of a test reads gzip alone.")
    else:
        machine = zlib.decompressobj(wbits=31)
        try:
            plain = machine.decompress(body, LARGEST_INFLATED + 1)
        except zlib.error:
            return Refused(Reason.BROKEN_COMPRESSION, "The body is not whole gzip data.")
        cut = len(plain) <= LARGEST_INFLATED and (not machine.eof or machine.unused_data)
        if cut:
            return Refused(Reason.BROKEN_COMPRESSION, "The body is not whole gzip data.")
    if len(plain) > LARGEST_INFLATED:
        return Refused(Reason.TOO_LARGE_INFLATED, f"More than {LARGEST_INFLATED} bytes inflated.")
    return plain


def _judge(app: str, report_id: str, body: bytes, known: Known) -> Checked | Refused:
    registry = known.registries.get(app)
    if registry is None:
        return Refused(Reason.UNKNOWN_APP, "This collector has no registry for that app.")
    found = read_report(body)
    if found is None:
        return Refused(Reason.NOT_A_REPORT, "It is not in the form of docs/wire.md.")
    content, week = found
    if (content["app"], content["id"]) != (app, report_id):
        return Refused(Reason.ADDRESS_MISMATCH, "It names another app or id than its address.")
    if content["registry"] not in known.versions[app]:
        return Refused(Reason.UNKNOWN_REGISTRY, "This collector does not know that registry.")
    refused = _period(week, known.today) if known.today is not None else None
    return refused or _sort(content, registry, week, known.answered)


def _period(week: Week, today: date) -> Refused | None:
    if week > Week.of(today + timedelta(days=1)):
        return Refused(Reason.PERIOD_IN_FUTURE, "Its week has not begun yet.")
    if week.last < today - timedelta(weeks=OLDEST_WEEKS):
        return Refused(Reason.PERIOD_TOO_OLD, f"Its week ended over {OLDEST_WEEKS} weeks ago.")
    return None


def _sort(content: dict[str, Any], registry: Registry, week: Week, answered: set[str]) -> Checked:
    checked = Checked(content, [], [], [])
    said: set[tuple[str, date | None]] = set()
    for entry in content["entries"]:
        name, written = entry["metric"], entry.get("day")
        day = date.fromisoformat(written) if written is not None else None
        found: dict[str, int] | Reason = Reason.SAID_TWICE
        if (name, day) not in said:
            gone = name in answered
            found = Reason.ANSWERED_METRIC if gone else _counts(entry, day, registry, week)
        if isinstance(found, Reason):
            checked.aside.append((name, found))
            continue
        said.add((name, day))
        checked.kept.append(entry)
        checked.facts.extend((name, key, day, count) for key, count in found.items())
    return checked


def _counts(
    entry: dict[str, Any], day: date | None, registry: Registry, week: Week
) -> dict[str, int] | Reason:
    metric = registry.metrics.get(entry["metric"])
    if metric is None or metric.status is Status.PROPOSED:
        return Reason.UNKNOWN_METRIC
    if not metric.measured_on(day or week.first):
        return Reason.EXPIRED_METRIC
    if metric.by_day != (day is not None) or not week.holds(day or week.first):
        return Reason.WRONG_DAY
    found = bounds.counts(metric, entry["value"])
    if isinstance(found, Reason):
        return found
    return _detail(metric, found, entry.get("detail") or {}) or found


def _detail(
    metric: Metric, found: Mapping[str, int], detail: Mapping[str, dict[str, Any]]
) -> Reason | None:
    if detail and metric.kind is not Kind.ERROR:
        return Reason.WRONG_KIND
    if not detail.keys() <= found.keys():
        return Reason.OUT_OF_BOUNDS
    said = [told["message"] for told in detail.values() if told.get("message") is not None]
    allowed = bool(metric.message_level) and all(map(is_scrubbed, said))
    return Reason.MESSAGE_NOT_ALLOWED if said and not allowed else None
