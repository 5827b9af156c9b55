"""Enters: a YAML text of a stranger. Leaves: its tables, lists and texts, bounded; or its problem.

YAML 1.2 (https://yaml.org/spec/1.2.2/) as PyYAML composes it. No objects are made of it: what is no
yes or no, whole number or nothing stays the text that stands there, so a version keeps its zeros.
What a name stands for is counted each time it is used, so a small file cannot become a large one.
"""

from __future__ import annotations

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from aboveboard.errors import Problem, RegistryError

MOST_NODES = 200_000
LONGEST_NUMBER = 18
_TAG = "tag:yaml.org,2002:"
_MERGE = "<<"


def parse_yaml(text: str, source: str) -> object:
    r"""Read one YAML document.

    Raises:
        RegistryError: it is none, or it is too large.

    Example:
        >>> parse_yaml("a: &x [1, yes]\nb: {<<: {c: 13.10}, d: *x}", "x.yaml")
        {'a': [1, True], 'b': {'c': '13.10', 'd': [1, True]}}
    """
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        return _Reader().plain(node) if node is not None else None
    except _TooLargeError as error:
        what = f"it holds more than {MOST_NODES} values once every name is written out."
        raise _refused(source, "too_large", what, "Import it in parts.") from error
    except RecursionError as error:
        what = "it is nested too deeply, or a value holds itself."
        raise _refused(source, "not_yaml", what, "Correct it.") from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        what = f"it is no YAML: {' '.join(str(error).split())[:200]}."
        raise _refused(source, "not_yaml", what, "Correct it.") from error


class _TooLargeError(Exception):
    """There are more values than anybody wrote by hand."""


class _Reader:
    """Turns nodes into plain values and counts them."""

    def __init__(self) -> None:
        self._left = MOST_NODES

    def plain(self, node: Node) -> object:
        self._left -= 1
        if self._left < 0:
            raise _TooLargeError
        if isinstance(node, SequenceNode):
            return [self.plain(item) for item in node.value]
        if isinstance(node, MappingNode):
            return self._table(node)
        return _scalar(node.tag.removeprefix(_TAG), str(node.value))

    def _table(self, node: MappingNode) -> dict[str, object]:
        own: dict[str, object] = {}
        merged: dict[str, object] = {}
        for key, inner in node.value:
            name = str(key.value if isinstance(key, ScalarNode) else self.plain(key))
            value = self.plain(inner)
            if name != _MERGE:
                own[name] = value
                continue
            for table in reversed(value if isinstance(value, list) else [value]):
                merged |= table if isinstance(table, dict) else {}
        return merged | own


def _scalar(tag: str, text: str) -> object:
    if tag == "null":
        return None
    if tag == "bool":
        return text.lower() in {"yes", "true", "on"}
    if tag == "int" and text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER:
        return int(text)
    return text


def _refused(source: str, code: str, text: str, remedy: str) -> RegistryError:
    return RegistryError(source, [Problem(code, "file", text, remedy)])
