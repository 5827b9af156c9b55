"""Enters: Glean's ``metrics.yaml``, parsed. Leaves: an Imported, with the kinds that say the same.

The format: https://mozilla.github.io/glean/book/reference/yaml/metrics.html and its schema
``moz://mozilla.org/schemas/glean/metrics/2-0-0``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from aboveboard.model.metric import Sensitivity
from aboveboard.registry.imports.draft import Draft
from aboveboard.registry.imports.glean_kinds import KINDS, LEFT_OUT, Says
from aboveboard.registry.imports.imported import About, Imported, Seed, refused
from aboveboard.registry.imports.shapes import day, first_link, inner, number, table, text, texts
from aboveboard.registry.imports.wording import metric_name, plain, without_unit
from aboveboard.registry.names import METRIC_NAME
from aboveboard.registry.rules.words import FREE_MAIL

SCHEMA = "schemas/glean/metrics/"
NO_CATEGORY = ("$schema", "$tags", "no_lint")
SENSITIVITIES = {
    "technical": Sensitivity.TECHNICAL,
    "interaction": Sensitivity.INTERACTION,
    "stored_content": Sensitivity.CONTENT,
    "web_activity": Sensitivity.CONTENT,
    "highly_sensitive": Sensitivity.SENSITIVE,
}
"""Mozilla's four categories of data collection, and the older name of the third."""


def import_glean(files: Sequence[tuple[str, object]], about: About, today: date) -> Imported:
    """Import the metrics of Glean files.

    Args:
        files: what each is called, and its content.
        about: what a person says of the product.
        today: the day of the import.

    Raises:
        RegistryError: a file is none of Glean's metrics.

    Example:
        >>> click = {"type": "counter", "description": "Clicks.", "expires": "never"}
        >>> done = import_glean(
        ...     [("metrics.yaml", {"toolbar": {"click": click}})], About("x", "X"), date(2026, 1, 1)
        ... )
        >>> done.metrics["toolbar.click"]["title"]
        'Clicks'
    """
    draft = Draft(about, today)
    for source, content in files:
        for category, name, said in _metrics(content, source):
            _import(draft, category, name, said)
    return draft.finish()


def _metrics(content: object, source: str) -> Iterator[tuple[str, str, dict[str, object] | None]]:
    categories = table(content, source, "the file")
    schema = text(categories, "$schema")
    if schema and SCHEMA not in schema:
        wrong = f"its schema is {schema[:80]!r}."
        raise refused(source, "wrong_shape", wrong, "Give a metrics.yaml of Glean.")
    for category, metrics in categories.items():
        if category not in NO_CATEGORY:
            for name, said in table(metrics, source, f"the category {category[:60]!r}").items():
                yield category, name, inner(said)


def _import(draft: Draft, category: str, name: str, said: dict[str, object] | None) -> None:
    origin = f"{category}.{name}"
    if said is None:
        draft.skip(origin, "it is no table")
        return
    kind = text(said, "type")
    reason = _left_out(kind, said)
    if reason:
        draft.skip(origin, reason)
        return
    for ending, says in KINDS[kind](said):
        for dropped, why in says.dropped:
            draft.skip(f"{origin}: {dropped}", why)
        draft.add(_seed(origin, (category, f"{name}{ending}"), said, says))


def _left_out(kind: str, said: Mapping[str, object]) -> str:
    """Say why something is left out; ``""`` if it is not."""
    if said.get("disabled") is True:
        return "it is disabled"
    if text(said, "expires") == "expired":
        return "it has expired"
    if kind in KINDS:
        return ""
    return LEFT_OUT.get(kind, f"there is no kind for {kind[:40]!r}")


def _seed(origin: str, names: tuple[str, str], said: dict[str, object], says: Says) -> Seed:
    category, name = names
    short, unit = without_unit(name)
    wanted = metric_name(category, short)
    extra = {"unit": says.unit or unit} if says.counts and (says.unit or unit) else {}
    earlier = [origin] if wanted != origin and METRIC_NAME.fullmatch(origin) else []
    expires = _Expiry(text(said, "expires"))
    return Seed(
        origin=origin,
        name=wanted,
        kind=says.kind,
        about=plain(category),
        words=plain(short),
        heading="" if says.is_part else text(said, "description"),
        notes=_notes(origin, said),
        least=_least(said),
        says={**says.says, **extra, **expires.says, **({"aliases": earlier} if earlier else {})},
        fill=says.fill,
        owner=_owner(texts(said, "notification_emails")),
        review=first_link([*texts(said, "data_reviews"), *texts(said, "bugs")]),
        expires=expires.day,
        never=expires.never,
    )


class _Expiry:
    """What Glean says of a metric's end: a day, a version of the product, or never."""

    def __init__(self, said: str) -> None:
        self.day = day(said)
        version = number({"": said}, "")
        self.says: dict[str, object] = {}
        self.never = "why it is measured for ever, or its last day"
        if version is not None and self.day is None:
            self.says = {"until": str(version - 1)} if version else {}
            self.never = f"its last day: it ended with version {version}"


def _least(said: Mapping[str, object]) -> Sensitivity | None:
    known = [
        SENSITIVITIES[word] for word in texts(said, "data_sensitivity") if word in SENSITIVITIES
    ]
    return max(known, key=list(Sensitivity).index, default=None)


def _owner(addresses: Sequence[str]) -> str:
    return next((each for each in addresses if "@" in each and not FREE_MAIL.search(each)), "")


def _notes(origin: str, said: Mapping[str, object]) -> tuple[str, ...]:
    told = f"Glean's {text(said, 'type')} {origin}, lifetime {text(said, 'lifetime') or 'ping'}."
    links = [*texts(said, "bugs"), *texts(said, "data_reviews")]
    return (told, text(said, "description"), *([f"See {', '.join(links)}"] if links else []))
