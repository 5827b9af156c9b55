"""Enters: reports. Leaves: what a collector would have kept of them, and what a test wants to see.

It is a Transport in memory, and a server at an address of this machine.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections import deque
from typing import TYPE_CHECKING, Any

from aboveboard.errors import SealError, SendError
from aboveboard.model.digest import hex_digest
from aboveboard.model.verdict import Reason, Refused
from aboveboard.ports.device import Answer
from aboveboard.testing.acts import Act, Asked, Silence
from aboveboard.testing.checking import Checked, Known, check

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aboveboard.model.registry import Registry
    from aboveboard.ports.surroundings import Clock
    from aboveboard.testing.checking import Fact

REPORTS = "/reports/"
PARTS = 2
BEARER = "bearer "
TOKEN_BYTES = 32
_UNHEARD = {
    Silence.HANG: "not reached (TimeoutError)",
    Silence.DRIP: "not reached (TimeoutError)",
    Silence.CLOSE: "not reached (RemoteDisconnected)",
}


class FakeCollector:
    """A collector for tests: it judges each report as a real one does, and remembers everything.

    Hand it to a telemetry as its transport, or let it answer at an address with :meth:`serving`.

    Args:
        registries: of the apps whose reports it takes.
        clock: tells it the day; None, and it takes reports of any period.
        private_keys: X25519 keys (32 bytes each) for sealed reports; opening takes the extra
            ``aboveboard[seal]``.

    Attributes:
        reports: the JSON of each report that it keeps, oldest first.
        requests: everything that it was asked, and what it replied.
        set_aside: metric and reason of each entry that did not count; a device of ours sends none.
        answered: the metrics that it tells devices not to measure any longer.

    Example:
        >>> from aboveboard.testing import memory_telemetry, with_collector, EXAMPLE_REGISTRY
        >>> from aboveboard.registry.read import read
        >>> registry = read(with_collector(EXAMPLE_REGISTRY, "https://collector.example"))
        >>> collector = FakeCollector(registry)
        >>> telemetry = memory_telemetry(registry, transport=collector, mode="on")
        >>> telemetry.count("file.opened", by=3)
        >>> telemetry.flush(now=True)[0].answer
        '201 kept'
        >>> [entry["value"] for entry in collector.entries("file.opened")]
        [3]
    """

    def __init__(
        self,
        *registries: Registry,
        clock: Clock | None = None,
        private_keys: Sequence[bytes] = (),
    ) -> None:
        self.requests: list[Asked] = []
        self.answered: set[str] = set()
        self._registries: dict[str, Registry] = {}
        self._versions: dict[str, set[str]] = {}
        self._kept: dict[tuple[str, str], Checked] = {}
        self._seen: set[tuple[str, str]] = set()
        self._gone: dict[tuple[str, str], str] = {}
        self._acts: deque[Act] = deque()
        self._lock = threading.RLock()
        self._clock = clock
        self._private_keys = tuple(private_keys)
        for registry in registries:
            self.know(registry)

    def know(self, registry: Registry) -> None:
        """Take reports by this registry, too: of another app, or of another version."""
        with self._lock:
            self._registries[registry.app] = registry
            self._versions.setdefault(registry.app, set()).add(registry.fingerprint)

    @property
    def registries(self) -> tuple[Registry, ...]:
        """The registries of the apps whose reports it takes, the newest of each."""
        with self._lock:
            return tuple(self._registries.values())

    @property
    def reports(self) -> list[dict[str, Any]]:
        """The JSON of each report that it keeps."""
        with self._lock:
            return [checked.content for checked in self._kept.values()]

    @property
    def set_aside(self) -> list[tuple[str, str]]:
        """Metric and reason of each entry that did not count."""
        with self._lock:
            asides = [aside for checked in self._kept.values() for aside in checked.aside]
            return [(metric, reason.value) for metric, reason in asides]

    @property
    def facts(self) -> list[Fact]:
        """Metric, key, day and count of everything that it keeps."""
        with self._lock:
            return [fact for checked in self._kept.values() for fact in checked.facts]

    def entries(self, metric: str) -> list[dict[str, Any]]:
        """Give what the reports that it keeps say of a metric, as it stands in them."""
        with self._lock:
            kept = [entry for checked in self._kept.values() for entry in checked.kept]
            return [entry for entry in kept if entry["metric"] == metric]

    # What it does next, in place of what it should; first asked, first done.

    def will_answer(
        self,
        status: int,
        code: str = "",
        *,
        times: int = 1,
        retry_after: int | None = None,
        keeping: bool = False,
    ) -> None:
        """Let it answer the next requests so.

        Args:
            status: HTTP status: 503, 429, 400…
            code: the code in the body; ``""`` for an empty body, as from a proxy.
            times: how many requests.
            retry_after: seconds to wait, for the header ``Retry-After``.
            keeping: whether it keeps the reports all the same, and only its own answer is lost.
        """
        body = _json({"code": code}) if code else b""
        self._acts.extend([Act(Answer(status, body, retry_after), keeping)] * times)

    def will_hang(self, times: int = 1, *, keeping: bool = False) -> None:
        """Let the next requests get no answer; ``keeping``: although it keeps the reports."""
        self._acts.extend([Act(Silence.HANG, keeping)] * times)

    def will_drip(self, times: int = 1, *, keeping: bool = False) -> None:
        """Let the next requests get an answer that never ends."""
        self._acts.extend([Act(Silence.DRIP, keeping)] * times)

    def will_close(self, times: int = 1, *, keeping: bool = False) -> None:
        """Let the next requests get no answer but the end of the connection."""
        self._acts.extend([Act(Silence.CLOSE, keeping)] * times)

    # The port Transport.

    def put(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Take a report; it raises SendError at once where a real one would let wait in vain."""
        return self._heard("PUT", url, headers, body)

    def delete(self, url: str, headers: dict[str, str]) -> Answer:
        """Take a report back."""
        return self._heard("DELETE", url, headers, b"")

    @contextlib.contextmanager
    def serving(self) -> Iterator[str]:
        """Answer at an address of this machine, which it gives, as long as the block lasts."""
        from aboveboard.testing.server import serve  # noqa: PLC0415 most tests need no server

        with serve(self._take) as url:
            yield url

    def _heard(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        lower = {name.lower(): value for name, value in headers.items()}
        reply = self._take(method, url, lower, body)
        if isinstance(reply, Silence):
            raise SendError(_UNHEARD[reply])
        return reply

    def _take(
        self, method: str, url: str, headers: dict[str, str], body: bytes
    ) -> Answer | Silence:
        with self._lock:
            act = self._acts.popleft() if self._acts else None
            reply: Answer | Silence
            if act is None:
                reply = self._answer(method, url, headers, body)
            else:
                reply = act.reply
                if act.keeps:
                    self._answer(method, url, headers, body)
            self.requests.append(Asked(method, url, headers, body, reply))
            return reply

    def _answer(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        _, found, rest = url.rpartition(REPORTS)
        place = rest.split("/")
        if not found or len(place) != PARTS:
            where = "A report goes to /reports/{app}/{report-id}."
            return _refusal(Refused(Reason.NO_SUCH_ADDRESS, where))
        match method:
            case "PUT":
                return self._keep(place[0], place[1], headers, body)
            case "DELETE":
                return self._take_back(place[0], place[1], headers)
            case _:
                return _refusal(Refused(Reason.METHOD_NOT_ALLOWED, "A report is sent with PUT."))

    def _keep(self, app: str, report_id: str, headers: Mapping[str, str], body: bytes) -> Answer:
        found = check(app, report_id, headers, body, self._known())
        if isinstance(found, Refused):
            return _refusal(found)
        repeated = (app, report_id) in self._seen
        if not repeated:
            self._seen.add((app, report_id))
            self._kept[app, report_id] = found
        code = "repeated" if repeated else "kept"
        content: dict[str, object] = {"code": code, "aside": len(found.aside)}
        if self.answered:
            content["answered"] = sorted(self.answered)
        return Answer(200 if repeated else 201, _json(content))

    def _take_back(self, app: str, report_id: str, headers: Mapping[str, str]) -> Answer:
        place = (app, report_id)
        shown = headers.get("authorization", "")
        token = _hash(shown[len(BEARER) :]) if shown.lower().startswith(BEARER) else ""
        if not token:
            return _refusal(Refused(Reason.NO_TOKEN, "The token is missing."))
        kept = self._kept.get(place)
        if kept is None and place not in self._gone:
            return _refusal(Refused(Reason.UNKNOWN_REPORT, "There is no such report."))
        right = self._gone[place] if kept is None else kept.content.get("withdrawal")
        if right != token:
            return _refusal(Refused(Reason.WRONG_TOKEN, "That is not the token of this report."))
        self._gone[place] = token
        self._kept.pop(place, None)
        return Answer(200, _json({"code": "deleted"}))

    def _known(self) -> Known:
        today = self._clock.now().date() if self._clock is not None else None
        return Known(self._registries, self._versions, self.answered, today, self._open)

    def _open(self, sealed: bytes, key_id: bytes, info: bytes) -> bytes:
        try:
            from aboveboard.adapters.hpke import HpkeOpener  # noqa: PLC0415 it takes an extra
        except ImportError as error:
            message = "opening needs the extra: pip install 'aboveboard[seal]'"
            raise SealError(message) from error
        return HpkeOpener(self._private_keys).open(sealed, key_id, info)


def _hash(token: str) -> str:
    """Give the hash of a token; ``""`` for what is none."""
    try:
        secret = bytes.fromhex(token)
    except ValueError:
        return ""
    return hex_digest(secret) if len(secret) == TOKEN_BYTES else ""


def _refusal(refused: Refused) -> Answer:
    content = {"code": refused.reason.value, "detail": refused.detail}
    return Answer(refused.reason.status, _json(content))


def _json(content: object) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode()
