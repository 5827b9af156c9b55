from __future__ import annotations

import signal

import pytest

from aboveboard.cli.serve import stop_by_signal


def test_a_signal_ends_a_command_as_ctrl_c_does() -> None:
    with pytest.raises(KeyboardInterrupt):
        stop_by_signal(signal.SIGTERM, None)
