"""Enters: what the guard found in each product. Leaves: a page for people, or for programs."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from aboveboard.cli.tables import fitted
from aboveboard.registry import formats
from aboveboard.registry.checks import CHECKS
from aboveboard.registry.guard import FAILURES
from aboveboard.registry.uniqueness import sharing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboveboard.registry.formats import Located
    from aboveboard.registry.guard import Guarded
    from aboveboard.registry.guard_bits import Bits, Row
    from aboveboard.registry.uniqueness import Estimate

MOST_NAMED = 3
"""The first of them tell most; JSON names all."""
TOOL = "aboveboard registry guard"
_HEADS = ("metric", "before", "after", "how it was made")
_ROWS = {**CHECKS} | {row.code: row for row in FAILURES}


@dataclass(frozen=True, slots=True)
class Product:
    """What the guard found in one product.

    Attributes:
        app: its id.
        found: what.
        problems: the problems with their files and lines.
        notes: the notes with theirs.
    """

    app: str
    found: Guarded
    problems: list[Located]
    notes: list[Located]


def page(products: Sequence[Product]) -> str:
    """Write the bits of each product, how they were made, and the notes."""
    return "".join(f"{_estimates(each)}{_notes(each)}" for each in products)


def _estimates(product: Product) -> str:
    bits = product.found.bits
    bound = f"{bits.bound} bits, {bits.joined}" if bits.bound is not None else "none stated"
    lines = [
        f"How many bits reports of {product.app} may tell an install apart by, at most:",
        fitted(_HEADS, list(map(_cells, bits.rows))).rstrip("\n"),
        _sum(f"As sent, the most telling report{_named(bits.most_telling)}", bits.sent, bits),
        _sum("If linked, all reports of an install", bits.linked, bits),
        f"Bound: {bound}.",
    ]
    return "\n".join(lines) + "\n\n"


def _named(names: Sequence[str]) -> str:
    if len(names) <= MOST_NAMED:
        return f" ({', '.join(names)})" if names else ""
    return f" ({', '.join(names[:MOST_NAMED])} and {len(names) - MOST_NAMED} more)"


def _sum(what: str, pair: tuple[float, float], bits: Bits) -> str:
    return f"{what}: {pair[0]:.1f} -> {pair[1]:.1f} bits{_crowd(pair[1], bits)}."


def _crowd(amount: float, bits: Bits) -> str:
    if bits.installs is None:
        return ""
    others = sharing(bits.installs, amount)
    if others < 1:
        return f"; of {bits.installs:,} installs, each can be the only one of its kind"
    return f"; about {others:,.0f} of {bits.installs:,} installs say the same"


def _cells(row: Row) -> tuple[str, ...]:
    now = row.after or row.before
    name = now.metric.name if now is not None else ""
    basis = row.after.basis if row.after is not None else "no longer measured"
    return name, _amount(row.before), _amount(row.after), basis


def _amount(each: Estimate | None) -> str:
    return "–" if each is None else f"{each.bits:.1f}"


def _notes(product: Product) -> str:
    lines = formats.as_text(product.notes).splitlines()
    return "".join(f"note: {line}\n" for line in lines)


def as_json(products: Sequence[Product]) -> str:
    """Write everything for programs."""
    content = {"products": [_object(product) for product in products]}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _object(product: Product) -> dict[str, object]:
    bits = product.found.bits
    metrics = [
        {
            "metric": _cells(row)[0],
            "before": row.before.bits if row.before is not None else None,
            "after": row.after.bits if row.after is not None else None,
            "basis": _cells(row)[3],
        }
        for row in bits.rows
    ]
    return {
        "id": product.app,
        "bound": bits.bound,
        "bound_about": bits.joined,
        "installs": bits.installs,
        "as_sent": dict(zip(("before", "after"), bits.sent, strict=True)),
        "if_linked": dict(zip(("before", "after"), bits.linked, strict=True)),
        "reports": [asdict(each) for each in bits.reports],
        "metrics": metrics,
        "problems": json.loads(formats.as_json(product.problems))["problems"],
        "notes": json.loads(formats.as_json(product.notes))["problems"],
    }


def as_sarif(found: Sequence[Located]) -> str:
    """Write a log of the Static Analysis Results Interchange Format, under the guard's own name.

    Pages that keep such logs take two of one name for two states of the same.
    """
    return formats.as_sarif(found, TOOL, _ROWS)
