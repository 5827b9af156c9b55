"""Leaves: how long tests wait for what must come.

Only a test that fails waits that long, so it may be long: a machine that is busy with other
things is no reason to fail.
"""

from __future__ import annotations

from typing import Final

PATIENCE: Final = 120.0
"""Seconds."""
PATIENCE_MS: Final = PATIENCE * 1000
"""The same as browsers count."""
ENOUGH: Final = 3.0
"""Seconds that suffice for what takes no time, where a test waits for something else to hang."""
