"""Enters: a transparency log. Leaves: a page that tells people what changed, version by version.

Each version is read from the log as its signatures had it then, and compared with the one before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.routing import Route

from aboveboard.errors import LogError, RegistryError
from aboveboard.model.verdict import Reason
from aboveboard.registry.approvals_reader import read_approvals
from aboveboard.registry.approve import in_force
from aboveboard.registry.difference import difference
from aboveboard.registry.difference_words import words
from aboveboard.registry.read import read_content
from aboveboard.web.files import kept

if TYPE_CHECKING:
    from datetime import date

    from starlette.requests import Request
    from starlette.responses import Response

    from aboveboard.analysis.publisher import Publisher
    from aboveboard.model.registry import Registry
    from aboveboard.ports.signatures import SignatureChecker
    from aboveboard.transparency.entries import RegistryEntry
    from aboveboard.transparency.log import TransparencyLog
    from aboveboard.web.writing import Writer

HTML = "text/html; charset=utf-8"
FRESH = {"Cache-Control": "public, max-age=60"}


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a registry.

    Attributes:
        index: its place in the log.
        day: from when on it holds.
        fingerprint: its name.
        changes: what it says otherwise than the one before, a sentence each.
        reasons: why people had to be asked again; nothing if they had not.
        first: whether it is the first that the log shows.
    """

    index: int
    day: date
    fingerprint: str
    changes: tuple[str, ...]
    reasons: tuple[str, ...]
    first: bool = False


def versions(log: TransparencyLog, app: str, checker: SignatureChecker) -> list[Version]:
    """Give every version of an app's registry, the newest first.

    Raises:
        LogError: the log cannot be read.
    """
    found: list[Version] = []
    before: Registry | None = None
    for index, entry in log.registries(app):
        now = _read(log, entry, checker)
        changed = difference(before, now) if before is not None else None
        told = tuple(words(changed)) if changed is not None else ()
        reasons = changed.reasons if changed is not None else ()
        first = before is None
        found.append(Version(index, entry.day, entry.fingerprint, told, reasons, first))
        before = now
    return found[::-1]


def _read(log: TransparencyLog, entry: RegistryEntry, checker: SignatureChecker) -> Registry:
    content, signed = log.blob(entry.fingerprint), b""
    if entry.approvals:
        signed = log.blob(entry.approvals) or b""
    try:
        registry = read_content(content or b"")
        approvals = read_approvals(signed) if signed else None
    except RegistryError as error:
        message = f"the registry {entry.fingerprint} in the log cannot be read any more"
        raise LogError(message) from error
    return in_force(registry, approvals, checker)


class ChangesPages:
    """Serves the page of what changed.

    Args:
        publisher: knows the registries.
        log: knows their versions.
        checker: checks the signatures.
        writer: knows the templates.
    """

    def __init__(
        self,
        publisher: Publisher,
        log: TransparencyLog,
        checker: SignatureChecker,
        writer: Writer,
    ) -> None:
        self._publisher = publisher
        self._log = log
        self._checker = checker
        self._writer = writer
        self._read: dict[str, tuple[int, list[Version]]] = {}

    def routes(self) -> list[Route]:
        """Give the address that it answers."""
        return [Route("/apps/{app}/changes", self.page)]

    async def page(self, request: Request) -> Response:
        """Show what changed, version by version."""
        registry = self._publisher.registry(request.path_params["app"])
        if registry is None:
            raise HTTPException(404, Reason.UNKNOWN_APP)
        found = await run_in_threadpool(self._versions, registry.app)
        page = self._writer.page("changes", registry=registry, versions=found, home="/")
        return kept(request, page.encode(), HTML, FRESH)

    def _versions(self, app: str) -> list[Version]:
        """Read the versions once for each size of the log: reading a large registry takes long."""
        size = self._log.size()
        known = self._read.get(app)
        if known is None or known[0] != size:
            known = self._read[app] = (size, versions(self._log, app, self._checker))
        return known[1]
