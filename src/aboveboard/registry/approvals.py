"""Enters: what approvers say about parts of a registry. Leaves: what they sign, and their file.

The file stands beside the registry, ``editor.approvals.json`` beside ``editor.toml``; its format is
described in ``docs/approval.md``. ``approvals_reader.py`` reads it, ``approve.py`` counts.
"""

from __future__ import annotations

import base64
import enum
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboveboard.registry.canonical import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

FORMAT = 1
PREFIX = b"aboveboard registry approval v1\n"
"""What every signed message begins with, so that no other signature can be taken for one."""


class Verdict(enum.StrEnum):
    """What a statement says of its parts."""

    APPROVE = "approve"
    """They may be in force with this content."""
    RETIRE = "retire"
    """They may not, whatever their content; it also takes an approval back."""


class Fault(enum.StrEnum):
    """What can be wrong with signatures; the codes of problems, beside those of registry files."""

    TOO_LARGE = "too_large"
    NOT_JSON = "not_json"
    BAD_PART = "bad_part"
    BAD_DAY = "bad_day"
    UNKNOWN_VERDICT = "unknown_verdict"
    NOT_A_SIGNATURE = "not_a_signature"
    SAID_TWICE = "said_twice"
    ANOTHER_APP = "another_app"
    NOBODY_APPROVES = "nobody_approves"
    UNKNOWN_APPROVER = "unknown_approver"
    FALSE_SIGNATURE = "false_signature"
    AFTER_THE_TERM = "after_the_term"
    STATEMENT_MISSING = "statement_missing"
    CHANGED_SINCE = "changed_since"
    NOT_SIGNED = "not_signed"


@dataclass(frozen=True, slots=True)
class Statement:
    """What one approver signed at once.

    Attributes:
        approver: its name in the registry's table ``approval.approvers``.
        number: counts up from 1 for each approver; what is said later counts.
        on: the day of it, as the approver says.
        verdict: approve or retire.
        where: where the decision can be read.
        parts: name of each part to the digest of its content, as in ``Registry.parts``.
        signature: 64 bytes; empty as long as it is not signed.
    """

    approver: str
    number: int
    on: date
    verdict: Verdict
    where: str
    parts: Mapping[str, str]
    signature: bytes = b""


@dataclass(frozen=True, slots=True)
class Approvals:
    """All that was signed about one product's registry.

    Attributes:
        app: the product.
        statements: in the order of the file.
    """

    app: str
    statements: tuple[Statement, ...] = ()


def signed_bytes(app: str, statement: Statement) -> bytes:
    r"""Give the message that a statement's signature is made of.

    Example:
        >>> from datetime import date
        >>> parts = {"product": "ab" * 32}
        >>> day = date(2026, 11, 22)
        >>> said = Statement("ana", 1, day, Verdict.APPROVE, "https://x.example/1", parts)
        >>> signed_bytes("editor", said)[:65]
        b'aboveboard registry approval v1\n{"app":"editor","approver":"ana",'
    """
    return PREFIX + canonical({"app": app, **_said(statement)})


def write_approvals(approvals: Approvals) -> bytes:
    """Write a file of signatures, by approver and number, as a person can read and compare it."""
    ordered = sorted(approvals.statements, key=lambda said: (said.approver, said.number))
    statements = [
        _said(said) | {"signature": base64.b64encode(said.signature).decode()} for said in ordered
    ]
    content = {"format": FORMAT, "app": approvals.app, "statements": statements}
    return json.dumps(content, indent=2, ensure_ascii=False).encode() + b"\n"


def _said(statement: Statement) -> dict[str, object]:
    return {
        "approver": statement.approver,
        "number": statement.number,
        "on": statement.on.isoformat(),
        "verdict": statement.verdict.value,
        "where": statement.where,
        "parts": dict(sorted(statement.parts.items())),
    }
