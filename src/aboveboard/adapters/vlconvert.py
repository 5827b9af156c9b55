"""Enters: the port Renderer. Leaves: SVGs and one script, made by vl-convert in another process.

vl-convert holds a JavaScript engine that takes much memory and grows, so it lives only as long
as one batch, never in the server (``vlconvert_worker`` is the other process).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from aboveboard.errors import RenderError

if TYPE_CHECKING:
    from collections.abc import Sequence

WORKER = "aboveboard.adapters.vlconvert_worker"
PACKAGE = "vl-convert-python"
LONGEST_SECONDS = 60.0
SNIPPET = "window.vegaEmbed = vegaEmbed;"


class VlConvertRenderer:
    """Draws charts with vl-convert.

    Args:
        cache: a folder for the script, made if needed; the file's name holds vl-convert's version.
        worker: the module that is run.
        longest_seconds: after which a batch is given up.
    """

    def __init__(
        self, cache: Path, worker: str = WORKER, longest_seconds: float = LONGEST_SECONDS
    ) -> None:
        self._cache = cache
        self._worker = worker
        self._longest = longest_seconds

    def render(self, specs: Sequence[str]) -> list[str]:
        """Draw all of them in one process."""
        if not specs:
            return []
        svgs = self._ask({"specs": list(specs)})
        if not isinstance(svgs, list) or len(svgs) != len(specs):
            message = "vl-convert answered something else than the charts"
            raise RenderError(message)
        return [str(svg) for svg in svgs]

    def script(self) -> bytes:
        """Give vega-embed with all it needs, from the cache after the first time."""
        kept = self._cache / f"vega-embed-{_installed()}.js"
        try:
            if kept.exists():
                return kept.read_bytes()
            script = str(self._ask({"snippet": SNIPPET})).encode()
            self._keep(kept, script)
        except OSError as error:
            message = f"the script cannot be kept in {self._cache}: {error.strerror}"
            raise RenderError(message) from error
        return script

    def _keep(self, kept: Path, script: bytes) -> None:
        self._cache.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._cache, suffix=".part", delete=False) as part:
            part.write(script)
        Path(part.name).replace(kept)

    def _ask(self, request: dict[str, object]) -> object:
        command = [sys.executable, "-P", "-m", self._worker]
        try:
            done = subprocess.run(  # noqa: S603 our own module, and nothing of a request in its arguments
                command,
                input=json.dumps(request).encode(),
                capture_output=True,
                timeout=self._longest,
                check=True,
            )
            return json.loads(done.stdout)
        except subprocess.CalledProcessError as error:
            message = f"vl-convert failed: {_last_line(error.stderr)}"
            raise RenderError(message) from error
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            message = f"vl-convert did not answer ({type(error).__name__})"
            raise RenderError(message) from error


def _last_line(said: bytes) -> str:
    return (said.decode(errors="replace").strip().splitlines() or ["it said nothing"])[-1][:300]


def _installed() -> str:
    try:
        return version(PACKAGE)
    except PackageNotFoundError as error:
        message = "vl-convert is not installed: install aboveboard[server]"
        raise RenderError(message) from error
