from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from aboveboard.model.metric import Approval, Kind, Metric


@pytest.fixture
def text() -> str:
    """Give a registry file that holds one metric of each kind and nothing wrong."""
    rest = """
title = "A title"
question = "A question?"
decision = "A decision."
owner = "Release manager"
review = "https://editor.example/reviews/1"
approved = { on = 2026-01-15, by = "The council", where = "https://editor.example/1" }
expires = 2027-12-31
level = "usage"
"""
    return f"""
format = 1

[product]
id = "editor"
title = "An example editor"
homepage = "https://editor.example"
contact = "The maintainers"
policy = "https://editor.example/privacy"
note = "An example."

[product.levels]
usage = "Which parts are used."

[collector]
url = "https://telemetry.editor.example/"
key = "x25519:B6N8vBQgk8i3VdwbEOhstCY3StFqpFPtC9/AsrhtHHw="

[metric."file.opened"]
kind = "counter"
largest = 500
threshold = 20
{rest}
[metric."theme.dark"]
kind = "flag"
{rest}
[metric."system.os"]
kind = "choice"
choices = ["linux", "macos"]
{rest}
[metric."system.python"]
kind = "version"
precision = 3
{rest}
[metric."file.opening"]
kind = "timing"
buckets = [0, 100, 1000]
{rest}"""


@pytest.fixture
def metric() -> Callable[..., Metric]:
    """Give a function that makes a metric of a kind with its bounds."""

    def make(kind: Kind, **bounds: object) -> Metric:
        agreed = Approval(date(2026, 1, 1), "", "")
        plain = Metric("group.name", kind, "", "", "", "", "", agreed, None, "usage")
        known = {name: getattr(plain, name) for name in plain.__slots__}
        return Metric(**{**known, **bounds})

    return make
