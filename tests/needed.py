"""Enters: what a test needs of others. Leaves: a test that runs, or is skipped or fails without."""

from __future__ import annotations

import os

import pytest


def need(what: str, *, there: bool) -> None:
    """Skip a test without what it needs, or let it fail where that must be there."""
    if there:
        return
    reason = f"{what} is not here: `make clients` installs it"
    if os.environ.get("REQUIRE_CLIENTS", "") not in {"", "0"}:  # noqa: TID251 a switch of the tests
        pytest.fail(reason)
    pytest.skip(reason)
