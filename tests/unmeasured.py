"""Leaves: what to add to a program's environment so that its coverage is not measured.

While a thread enters a function, coverage holds a lock that it does not look after at a fork: a
child that is forked at that moment waits for it for ever.
"""

from __future__ import annotations

from typing import Final

UNMEASURED: Final = {"COVERAGE_PROCESS_CONFIG": "", "COVERAGE_PROCESS_START": ""}
