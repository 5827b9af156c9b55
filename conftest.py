"""Enters: the pages of the documentation. Leaves: their Python examples, run as tests."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser

from aboveboard.settings import AUTOMATION

# What is to be tested must not be missing there.
if os.environ.get("CI", "") not in {"", "0", "false"}:  # noqa: TID251 a switch of the tests
    os.environ["REQUIRE_POSTGRES"] = "1"  # noqa: TID251 as above

# Where a build service runs the tests, no person sits; they are about people all the same.
for _name in AUTOMATION:
    os.environ.pop(_name, None)  # noqa: TID251 what the tests' programs are to see

# How long an example takes depends on what else the machine is doing, and says nothing about us.
# The same examples each time, so that what failed once fails again: `make examples` looks for new.
_HOUSE = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None, print_blob=True
)
settings.register_profile("house", _HOUSE, derandomize=True)
settings.register_profile("random", _HOUSE, derandomize=False)
settings.load_profile("house")

pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(), SkipParser()],
    patterns=["*.md"],
    excludes=["tests/**"],
).pytest()
