"""Step 5. Enters: a report's bytes. Leaves: what travels, which only the collector can open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboveboard.wires import native

if TYPE_CHECKING:
    from aboveboard.model.registry import CollectorAddress
    from aboveboard.ports.device import Sealer


@dataclass(frozen=True, slots=True)
class Parcel:
    """What travels.

    Attributes:
        url: where to.
        body: the bytes.
        headers: what the collector must know to open them.
    """

    url: str
    body: bytes
    headers: dict[str, str]


def seal(
    app: str, report_id: str, body: bytes, collector: CollectorAddress, sealer: Sealer
) -> Parcel:
    """Seal a report's JSON for its collector (HPKE, RFC 9180), or compress it if there is no key.

    Raises:
        SealError: the collector has a key but sealing is not available here. The report then
            waits: it never leaves unsealed where its registry promises a seal.
    """
    url = collector.url + native.path(app, report_id)
    if collector.key is None:
        headers = {"Content-Type": native.JSON_TYPE, "Content-Encoding": "gzip"}
        return Parcel(url, native.compress(body), headers)
    info = native.seal_info(app, report_id)
    sealed = sealer.seal(native.sealed_plain(body), collector.key, info)
    headers = {"Content-Type": native.SEALED_TYPE}
    return Parcel(url, native.sealed_body(collector.key, sealed), headers)
