"""Enters: problems with their files and lines. Leaves: text for people, or for what runs checks.

``json`` is for programs of your own; ``sarif`` (2.1.0) is what code-scanning pages read; ``github``
writes annotations that appear beside the lines of a pull request.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from aboveboard.errors import Problem
from aboveboard.registry.checks import CHECKS
from aboveboard.registry.rules.check import Check

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")


@dataclass(frozen=True, slots=True)
class Located:
    """A problem, and where it stands.

    Attributes:
        file: the path as it was given, with slashes.
        line: counted from 1.
        problem: what is wrong.
    """

    file: str
    line: int
    problem: Problem


Format: TypeAlias = Callable[[Sequence[Located]], str]


def as_text(found: Sequence[Located]) -> str:
    """Write a line for each problem, as compilers do.

    Example:
        >>> problem = Problem("missing", "product.title", "it is missing.", "Add text.")
        >>> print(as_text([Located("editor.toml", 3, problem)]), end="")
        editor.toml:3: product.title: it is missing. [missing] Add text.
    """
    return "".join(f"{_printable(f'{one.file}:{one.line}: {one.problem}')}\n" for one in found)


def as_json(found: Sequence[Located]) -> str:
    """Write an object with a list of problems."""
    problems = [
        {
            "file": one.file,
            "line": one.line,
            "code": one.problem.code,
            "place": one.problem.place,
            "text": one.problem.text,
            "remedy": one.problem.remedy,
        }
        for one in found
    ]
    return json.dumps({"problems": problems}, indent=2) + "\n"


def as_sarif(
    found: Sequence[Located],
    tool: str = "aboveboard registry check",
    rules: Mapping[str, Check] = CHECKS,
) -> str:
    """Write a log of the Static Analysis Results Interchange Format, 2.1.0.

    Args:
        found: the problems.
        tool: the command that found them; code-scanning pages keep the results of each apart.
        rules: its table of checks, by code.
    """
    codes = list(dict.fromkeys(one.problem.code for one in found))
    driver = {"name": tool, "rules": [_rule(code, rules) for code in codes]}
    results = [_result(one, codes.index(one.problem.code)) for one in found]
    run = {"tool": {"driver": driver}, "results": results}
    return json.dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(code: str, rules: Mapping[str, Check]) -> dict[str, object]:
    check = rules.get(code)
    if check is None:
        return {"id": code}
    return {
        "id": code,
        "shortDescription": {"text": check.title},
        "fullDescription": {"text": check.reason},
        "help": {"text": check.remedy},
    }


def _result(one: Located, index: int) -> dict[str, object]:
    place = {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(one.file)},
            "region": {"startLine": one.line},
        },
        "logicalLocations": [{"fullyQualifiedName": one.problem.place}],
    }
    return {
        "ruleId": one.problem.code,
        "ruleIndex": index,
        "level": "error",
        "message": {"text": _message(one.problem)},
        "locations": [place],
    }


def as_github(found: Sequence[Located]) -> str:
    """Write a workflow command for each problem, which GitHub shows beside its line."""
    return "".join(
        f"::error file={_property(one.file)},line={one.line},title={_property(one.problem.code)}"
        f"::{_data(_message(one.problem))}\n"
        for one in found
    )


def _message(problem: Problem) -> str:
    return _printable(f"{problem.place}: {problem.text} {problem.remedy}")


def _printable(text: str) -> str:
    """Keep what a stranger wrote in a file from steering a terminal."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _uri(path: str) -> str:
    raw = path.encode("utf-8", "surrogateescape")
    start = "file://" if path.startswith("/") else ""
    return start + "".join(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in raw)


FORMATS: Mapping[str, Format] = MappingProxyType(
    {"text": as_text, "json": as_json, "sarif": as_sarif, "github": as_github}
)
