from __future__ import annotations

import pytest

from aboveboard.model.registry import Registry
from aboveboard.registry.read import read

HEAD = """
format = 1

[product]
id = "editor"
title = "An example editor"
homepage = "https://editor.example"
contact = "The editor's maintainers"
policy = "https://editor.example/privacy"

[product.levels]
usage = "Which parts of the editor are used."

[collector]
url = "https://collector.example"
"""
METRIC = """
[metric."{name}"]
title = "Title"
question = "Why?"
decision = "What comes next."
owner = "Release manager"
review = "https://editor.example/reviews/1"
approved = {{ on = 2026-01-15, by = "The council", where = "https://editor.example/1" }}
expires = {{ never = "It is the base for every other number." }}
level = "usage"
{kind}
"""
KINDS = {
    "app.version": 'kind = "version"\nprecision = 2',
    "file.opened": 'kind = "counter"\nlargest = 500',
    "theme.dark": 'kind = "flag"',
    "system.os": 'kind = "choice"\nchoices = ["linux", "macos"]',
    "file.count": 'kind = "quantity"\nbuckets = [0, 10, 100]',
    "system.fonts": 'kind = "names"\nnames = ["Serif", "Sans"]',
    "file.opening": 'kind = "timing"\nbuckets = [0, 100, 1000]',
    "menu.used": 'kind = "labelled"\nlabels = ["file", "edit"]',
    "file.saved": 'kind = "event"\nextras = { how = ["menu", "key"], ok = ["yes", "no"] }',
    "editor.in_use": 'kind = "seconds"',
    "editor.broke": 'kind = "error"',
    "week.opened": 'kind = "counter"\nperiod = "week"',
}
FILE = (HEAD + "".join(METRIC.format(name=n, kind=k) for n, k in KINDS.items())).encode()


@pytest.fixture
def file() -> bytes:
    """Give a registry file with a metric of nearly every kind."""
    return FILE


@pytest.fixture
def registry(file: bytes) -> Registry:
    return read(file)
