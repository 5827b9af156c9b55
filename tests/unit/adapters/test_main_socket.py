from __future__ import annotations

import socket
from contextlib import closing
from pathlib import Path

import pytest

from aboveboard.adapters.main_socket import FILE, listen_in
from aboveboard.errors import SetupError


def test_the_socket_is_reached_from_its_folder_however_long_its_path_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / ("x" * 100) / ("y" * 100)
    folder.mkdir(parents=True)
    for _ in range(2):  # the second time, a killed process left the file behind
        with closing(listen_in(folder)) as listener:
            listener.listen()
            assert (folder / FILE).stat().st_mode & 0o777 == 0o600
            with monkeypatch.context() as inside:
                inside.chdir(folder)
                with closing(socket.socket(socket.AF_UNIX)) as connection:
                    connection.connect(FILE)


def test_a_folder_in_which_no_socket_can_be_made_is_a_setup_error(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="no socket can be made in the data folder"):
        listen_in(tmp_path / "none")
