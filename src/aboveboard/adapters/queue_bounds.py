"""Enters: nothing. Leaves: how much of what nobody could read a queue may hold."""

from __future__ import annotations

MOST_ASIDE = 1000
"""Items of a list of errors; the newest stay."""
LARGEST_ASIDE = 256 * 1024
"""Bytes of an item there; a larger one is only counted."""
