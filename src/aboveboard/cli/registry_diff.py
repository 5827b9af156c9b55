"""Enters: two registry files. Leaves: what changed, in words or JSON, and who must be asked."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aboveboard.adapters.registry_files import read_file
from aboveboard.registry.change import WHY
from aboveboard.registry.difference import difference
from aboveboard.registry.difference_words import words
from aboveboard.registry.notices.markdown import escape

if TYPE_CHECKING:
    from aboveboard.model.registry import Registry
    from aboveboard.registry.change import Change, Detail, Difference

_file = click.Path(path_type=Path)


@click.command(short_help="Say what changed between two registry files.")
@click.argument("old", type=_file)
@click.argument("new", type=_file)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="How the difference is written.",
)
def diff(old: Path, new: Path, form: str) -> None:
    """Say what changed from the registry file OLD to NEW, and whether people must be asked again.

    The exit status is 0 whatever changed.
    """
    before, after = read_file(old), read_file(new)
    found = difference(before, after)
    match form:
        case "text":
            click.echo(as_text(found))
        case "markdown":
            click.echo(as_markdown(found))
        case _:
            click.echo(as_json(before, after, found))


def as_text(found: Difference) -> str:
    """Write a difference for people."""
    if not found.changes:
        return "Nothing changed. No new consent is needed."
    lines = words(found)
    if not found.needs_consent:
        return "\n".join([*lines, "", "No new consent is needed."])
    return "\n".join([*lines, "", "New consent is needed:", *(f"- {it}" for it in found.reasons)])


def as_markdown(found: Difference) -> str:
    """Write a difference as a section of a changelog."""
    told = [f"- {escape(line)}" for line in words(found)] or ["- Nothing."]
    asked = [f"- {escape(reason)}" for reason in found.reasons]
    again = (
        ["People are asked again, because:", "", *asked] if asked else ["Nobody is asked again."]
    )
    return "\n".join(["### Changed in what is measured", "", *told, "", *again])


def as_json(old: Registry, new: Registry, found: Difference) -> str:
    """Write a difference for programs."""
    content = {
        "old": {"id": old.app, "fingerprint": old.fingerprint},
        "new": {"id": new.app, "fingerprint": new.fingerprint},
        "needs_consent": found.needs_consent,
        "changes": [
            _object(change, text) for change, text in zip(found.changes, words(found), strict=True)
        ],
    }
    return json.dumps(content, indent=2, ensure_ascii=False)


def _object(change: Change, text: str) -> dict[str, object]:
    return {
        "code": change.code,
        "effect": change.effect,
        "metric": change.metric.name if change.metric else None,
        "place": change.place,
        "before": _plain(change.before),
        "after": _plain(change.after),
        "text": text,
        "reason": WHY[change.code] if change.effect == "widens" else None,
    }


def _plain(detail: Detail) -> object:
    return detail.isoformat() if isinstance(detail, date) else detail
