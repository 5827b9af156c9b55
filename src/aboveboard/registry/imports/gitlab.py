"""Enters: GitLab's metric definitions, parsed. Leaves: an Imported of the same kinds.

The format: https://docs.gitlab.com/development/internal_analytics/metrics/metrics_dictionary/
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from aboveboard.model.metric import Kind, Sensitivity
from aboveboard.registry.imports.draft import Draft
from aboveboard.registry.imports.imported import About, Imported, Seed
from aboveboard.registry.imports.shapes import first_link, table, text, texts
from aboveboard.registry.imports.tables import MANY
from aboveboard.registry.imports.wording import metric_name, part, plain, without_unit
from aboveboard.registry.names import METRIC_NAME
from aboveboard.registry.rules.words import IDENTITIES

FRAMES = {"all": "", "none": "", "7d": "_weekly", "28d": "_monthly"}
"""GitLab's time frame to what it adds to a key path that has several of them."""
DISTINCT = frozenset({"redis_hll"})
_MILESTONE = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}){0,2}")


def import_gitlab(files: Sequence[tuple[str, object]], about: About, today: date) -> Imported:
    """Import GitLab's metric definitions, a file for each.

    Args:
        files: what each is called, and its content.
        about: what a person says of the product.
        today: the day of the import.

    Raises:
        RegistryError: a file is no metric definition.
    """
    draft = Draft(about, today)
    for source, content in files:
        _import(draft, source, table(content, source, "the file"))
    return draft.finish()


def _import(draft: Draft, source: str, said: dict[str, object]) -> None:
    path = text(said, "key_path")
    reason = _left_out(path, said)
    if reason:
        draft.skip(path or source, reason)
        return
    frames = texts(said, "time_frame") or ["none"]
    several = isinstance(said.get("time_frame"), list)
    for frame in frames:
        origin = f"{path}{FRAMES.get(frame, '')}" if several else path
        if frame not in FRAMES:
            draft.skip(origin, f"there is no time frame {frame[:20]!r}")
        elif frame == "28d":
            draft.skip(
                origin, "there are no months here: import the count of a week, or of all time"
            )
        else:
            draft.add(_seed(origin, said, frame))


def _left_out(path: str, said: Mapping[str, object]) -> str:
    if not path:
        return "it has no key_path"
    if text(said, "status") == "removed":
        since = text(said, "milestone_removed")
        return f"it was removed{f' in {since}' if since else ''}"
    if text(said, "value_type") == "object":
        return "a nested object has no bounds"
    if text(said, "value_type") not in {"number", "boolean", "string"}:
        return f"there is no value_type {text(said, 'value_type')[:20]!r}"
    is_text = text(said, "value_type") == "string"
    if is_text and part(path.rpartition(".")[2]).rpartition("_")[2] in IDENTITIES:
        return "it is an identity: it makes every report recognizable for ever"
    return ""


def _seed(origin: str, said: dict[str, object], frame: str) -> Seed:
    group, _, last = origin.rpartition(".")
    owner = text(said, "product_group")
    short, unit = without_unit(part(last))
    wanted = metric_name(group or owner or "instance", short)
    kind, says, fill = _kind(said, frame)
    if unit and kind in {Kind.COUNTER, Kind.QUANTITY}:
        says["unit"] = unit
    if wanted != origin and METRIC_NAME.fullmatch(origin):
        says["aliases"] = [origin]
    since = text(said, "milestone")
    if _MILESTONE.fullmatch(since):
        says["since"] = since
    optional = text(said, "data_category") in {"", "optional"}
    return Seed(
        origin=origin,
        name=wanted,
        kind=kind,
        about=plain(group.rpartition(".")[2] or owner or "instance"),
        words=plain(short),
        heading=text(said, "description"),
        notes=_notes(origin, said),
        least=Sensitivity.INTERACTION if optional else Sensitivity.TECHNICAL,
        says=says,
        fill=fill,
        owner=f"Group {plain(owner)}" if owner else "",
        review=first_link([text(said, "introduced_by_url")]),
    )


def _kind(said: Mapping[str, object], frame: str) -> tuple[Kind, dict[str, object], dict[str, str]]:
    value = text(said, "value_type")
    if value == "boolean":
        return Kind.FLAG, {}, {}
    if value == "string" and part(text(said, "key_path")).endswith("version"):
        return Kind.VERSION, {}, {}
    if value == "string":
        return Kind.CHOICE, {}, {"choices": "the words that it may be; GitLab does not list them"}
    if frame == "7d" and text(said, "data_source") not in DISTINCT:
        return Kind.COUNTER, {"period": "week"}, {}
    return Kind.QUANTITY, {"buckets": MANY}, {}


def _notes(origin: str, said: Mapping[str, object]) -> tuple[str, ...]:
    told = [f"GitLab's {origin}: {text(said, 'description') or 'no description'}"]
    facts = {
        "time frame": texts(said, "time_frame"),
        "source": texts(said, "data_source"),
        "category": texts(said, "data_category"),
        "indicator": texts(said, "performance_indicator_type"),
        "tiers": texts(said, "tiers") or texts(said, "tier"),
    }
    told.append("; ".join(f"{name} {', '.join(words)}" for name, words in facts.items() if words))
    if text(said, "status") == "broken":
        told.append(f"It is broken there: {text(said, 'repair_issue_url') or 'nobody says why'}")
    return tuple(line for line in told if line)
