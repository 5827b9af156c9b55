from __future__ import annotations

import subprocess
import sys

import pytest
from tests.patience import PATIENCE

from aboveboard.adapters.late_seal import LateSealer
from aboveboard.errors import SealError

SENDS_NOTHING = """
import sys
from aboveboard.testing import memory_telemetry
with memory_telemetry() as telemetry:
    telemetry.choose("on")
    telemetry.count("command.sql")
    telemetry.flush(now=True)
assert not [name for name in sys.modules if name.split(".")[0] == "cryptography"]
"""


def test_without_the_extra_it_is_a_seal_error_that_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "aboveboard.adapters.hpke", None)

    with pytest.raises(SealError, match=r"pip install 'aboveboard\[seal\]'"):
        LateSealer().seal(b"plain", bytes(32), b"")


def test_a_program_that_seals_nothing_never_imports_the_library() -> None:
    subprocess.run([sys.executable, "-c", SENDS_NOTHING], check=True, timeout=PATIENCE)
