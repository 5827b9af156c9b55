"""Enters: the bytes of a file of signatures. Leaves: Approvals, or every problem of it at once.

Its format is described in ``docs/approval.md``. Whether a signature is true is asked in
``approve.py``.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from aboveboard.errors import Problem, RegistryError
from aboveboard.registry.approvals import FORMAT, Approvals, Fault, Statement, Verdict
from aboveboard.registry.canonical import COLLECTOR, PRODUCT, part_of
from aboveboard.registry.fields import Fields
from aboveboard.registry.names import APP_NAME, APPROVER_NAME, METRIC_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_BYTES = 8 * 1024 * 1024
MOST_STATEMENTS = 5000
MOST_PARTS = 5000
HIGHEST_NUMBER = 1_000_000
SIGNATURE_BYTES = 64
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def read_approvals(body: bytes, source: str = "approvals") -> Approvals:
    """Read a file of signatures.

    Args:
        body: its bytes, UTF-8 JSON.
        source: what it is called in error messages.

    Raises:
        RegistryError: with every problem of the file, each with a code, a place and a remedy.

    Example:
        >>> try:
        ...     read_approvals(b"{}", "editor.approvals.json")
        ... except RegistryError as error:
        ...     print([problem.code for problem in error.problems])
        ['unknown_format', 'missing', 'missing']
    """
    problems: list[Problem] = []
    table = _table(body, problems)
    if table is None:
        raise RegistryError(source, problems)
    fields = Fields(table, "", problems)
    if fields.number("format", 0, HIGHEST_NUMBER, 0) != FORMAT:
        text = f"this version of Aboveboard reads format {FORMAT}."
        fields.problem("unknown_format", "format", text, f"Write {FORMAT}, or update.")
    app = fields.text("app", longest=40)
    if app and not APP_NAME.fullmatch(app):
        fields.problem("bad_name", "app", "it is no product's id.", "Write product.id.")
    approvals = Approvals(app, tuple(_statements(fields)))
    fields.no_more()
    if problems:
        raise RegistryError(source, problems)
    return approvals


def _table(body: bytes, problems: list[Problem]) -> dict[str, object] | None:
    if len(body) > MOST_BYTES:
        text = f"it has more than {MOST_BYTES:,} bytes."
        problems.append(Problem(Fault.TOO_LARGE, "file", text, "Remove what was overtaken."))
        return None
    try:
        table = json.loads(body.decode("utf-8"), object_pairs_hook=_once)
    except UnicodeDecodeError:
        problems.append(Problem("not_utf8", "file", "it is not UTF-8 text.", "Save it as UTF-8."))
        return None
    except (ValueError, RecursionError) as error:
        text = f"it is not JSON: {str(error)[:100]}."
        problems.append(Problem(Fault.NOT_JSON, "file", text, "Take it from the last commit."))
        return None
    if not isinstance(table, dict):
        problems.append(Problem("wrong_type", "file", "it is no object.", "Write an object."))
        return None
    return table


def _once(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    """Make an object; a key that stands twice would show one thing and mean another."""
    table = dict(pairs)
    if len(table) < len(pairs):
        message = "a key stands twice in an object"
        raise ValueError(message)
    return table


def _statements(fields: Fields) -> list[Statement]:
    items = fields.items("statements")
    if len(items) > MOST_STATEMENTS:
        text = f"there are more than {MOST_STATEMENTS}."
        fields.problem("bad_list", "statements", text, "Remove what was overtaken.")
    found: list[Statement] = []
    seen: set[tuple[str, int]] = set()
    for place, item in enumerate(items[:MOST_STATEMENTS]):
        name = f"statements.{place}"
        if not isinstance(item, dict):
            fields.problem("wrong_type", name, "it is no object.", "Write an object.")
            continue
        statement = _statement(Fields(item, name, fields.problems))
        mark = (statement.approver, statement.number)
        if mark in seen:
            text = f"{statement.approver} says number {statement.number} twice."
            fields.problem(Fault.SAID_TWICE, name, text, "Ask which one holds; remove the other.")
        seen.add(mark)
        found.append(statement)
    return found


def _statement(fields: Fields) -> Statement:
    statement = Statement(
        approver=_approver(fields),
        number=_number(fields),
        on=_day(fields),
        verdict=_verdict(fields),
        where=fields.link("where"),
        parts=_parts(fields),
        signature=_signature(fields),
    )
    fields.no_more()
    return statement


def _approver(fields: Fields) -> str:
    name = fields.text("approver", longest=40)
    if name and not APPROVER_NAME.fullmatch(name):
        text = "an approver's name is lower-case letters, digits and hyphens."
        fields.problem("bad_name", "approver", text, "Write the name in the registry.")
    return name


def _number(fields: Fields) -> int:
    number = fields.number("number", 1, HIGHEST_NUMBER, 0)
    if not fields.has("number"):
        fields.problem("missing", "number", "it is missing.", "Add a whole number.")
    return number


def _day(fields: Fields) -> date:
    text = fields.text("on")
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass  # there is no such day
    if text:
        fields.problem(Fault.BAD_DAY, "on", "it is no day such as 2026-11-22.", "Write one.")
    return date.min


def _verdict(fields: Fields) -> Verdict:
    word = fields.text("verdict")
    if word in list(Verdict):
        return Verdict(word)
    if word:
        text = "there is no such verdict."
        fields.problem(Fault.UNKNOWN_VERDICT, "verdict", text, f"Use {' or '.join(Verdict)}.")
    return Verdict.RETIRE


def _parts(fields: Fields) -> Mapping[str, str]:
    table = fields.sub("parts")
    named = {name: digest for name, digest in table.table.items() if isinstance(digest, str)}
    bad = [n for n, digest in named.items() if not _is_part(n) or not _DIGEST.fullmatch(digest)]
    if bad or len(named) < len(table.table):
        text = "each must be product, collector or `metric` and its name, with its SHA-256."
        fields.problem(Fault.BAD_PART, "parts", text, "Let `aboveboard registry sign` write it.")
    if fields.has("parts") and not 1 <= len(table.table) <= MOST_PARTS:
        text = f"there must be 1 to {MOST_PARTS} of them."
        fields.problem(Fault.BAD_PART, "parts", text, "Let `aboveboard registry sign` write it.")
    return MappingProxyType(named)


def _is_part(name: str) -> bool:
    metric = name.removeprefix(part_of(""))
    return name in {PRODUCT, COLLECTOR} or (metric != name and bool(METRIC_NAME.fullmatch(metric)))


def _signature(fields: Fields) -> bytes:
    text = fields.text("signature")
    try:
        signature = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        signature = b""
    if text and len(signature) != SIGNATURE_BYTES:
        what = f"it is not {SIGNATURE_BYTES} bytes in base64."
        fields.problem(Fault.NOT_A_SIGNATURE, "signature", what, "Sign it anew.")
    return signature
