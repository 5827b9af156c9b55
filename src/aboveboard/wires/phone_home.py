"""Enters: what eos-phone-home sends, over HTTP or as a record. Leaves: what it said, the answer.

A census without identities: a machine says once that it was activated, and then at most once a day
how often it said so before. Nothing else is needed to count: pings without a former one are new
machines, those with at least thirty are machines of thirty days.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from aboveboard.model.said import Said
from aboveboard.model.verdict import Refused
from aboveboard.wires.codecs import inflate
from aboveboard.wires.endless_image import read_image
from aboveboard.wires.endless_values import HOWS
from aboveboard.wires.foreign import Answer, Understood

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aboveboard.wires.foreign import Asked

LARGEST = 100 * 1024
MOST_MAC_HASH = (1 << 32) - 1
JSON = "application/json; charset=utf-8"
GOOD = Answer(200, b'{"success":true}', JSON)
WRONG = Answer(400, b'{"error":"Request failed schema validation","success":false}', JSON)
TOO_LARGE = Answer(413, b'{"error":"Request entity too large","success":false}', JSON)
NOT_ACCEPTABLE = Answer(406, b"Not Acceptable", "text/html; charset=utf-8")
LATER = Answer(503, b'{"error":"Service unavailable","success":false}', JSON)
_ACCEPTED = frozenset({"application/json", "application/*", "*/*"})
_ALWAYS = ("image", "vendor", "product", "release")


class Form(NamedTuple):
    """What a message may be.

    Attributes:
        event: its name.
        flags: keys that hold yes or no.
        texts: keys that hold a text, if they are there.
        numbers: keys that hold a whole number, and the largest.
    """

    event: str
    flags: tuple[str, ...]
    texts: tuple[str, ...]
    numbers: Mapping[str, int | None]


ACTIVATION = Form("activation", ("dualboot", "live"), ("serial",), {"mac_hash": MOST_MAC_HASH})
PING = Form("ping", ("dualboot", "metrics_enabled"), ("metrics_environment",), {"count": None})
PATHS = {"/v1/activate": ACTIVATION, "/v1/ping": PING}


class PhoneHomeWire:
    """The wire of eos-phone-home: ``PUT /v1/ping`` and ``/v1/activate``.

    Args:
        app: the product that it is about; without one no request is taken.
    """

    name = "phone-home"
    largest = LARGEST

    def __init__(self, app: str = "endless") -> None:
        self._app = app

    def takes(self, method: str, path: str) -> bool:
        """Whether it is one of the two requests; of anything else of the original none is left."""
        return bool(self._app) and method == "PUT" and path in PATHS

    def read(self, asked: Asked) -> Understood:
        """Read a request."""
        form = PATHS[asked.path]
        if not _accepts_json(asked.headers.get("accept", "*/*")):
            return _refused(NOT_ACCEPTABLE, "not_acceptable", form)
        body = inflate(asked.body, asked.headers.get("content-encoding", ""), LARGEST)
        if isinstance(body, Refused):
            return _refused(WRONG, body.reason.value, form)
        said = self.tell(form, body)
        return _refused(WRONG, "wrong_form", form) if said is None else Understood(GOOD, [said])

    def tell(self, form: Form, body: bytes) -> Said | None:
        """Give what a message says, or None if it is not of its form.

        It has no name: many machines say the same, and each of them counts.

        Args:
            form: what it may be.
            body: its JSON.
        """
        try:
            found = json.loads(body)
        except (ValueError, RecursionError):
            return None
        if not isinstance(found, dict) or not _fits(found, form):
            return None
        values = _VALUES[form.event](found)
        values |= {
            "release": found["release"],
            "product": read_image(found["image"], 0.0).get("product"),
            "vendor": HOWS["vendor"](found["vendor"], 1),
            "dual_boot": found.get("dualboot"),
        }
        if isinstance(country := found.get("country"), str):
            values["country"] = country.lower()
        told = {key: value for key, value in values.items() if value is not None}
        return Said(self._app, form.event, told, version=_client(form))

    def too_large(self, asked: Asked) -> Answer:
        """Give the answer to a body of more than 100 KiB."""
        del asked
        return TOO_LARGE

    def later(self, asked: Asked) -> Answer:
        """Give an answer after which a machine tries again in three hours."""
        del asked
        return LATER


def read_record(wire: PhoneHomeWire, form: Form, record: bytes) -> Said | None:
    """Read what eos-activation-server pushed to a list; equal bytes are the same message.

    The server wrote a time into it, to the millisecond, and in which country the sender was.
    """
    said = wire.tell(form, record) if len(record) <= LARGEST else None
    if said is None:
        return None
    return replace(said, id=hashlib.sha256(record).hexdigest(), at=_made(record))


def _refused(answer: Answer, code: str, form: Form) -> Understood:
    return Understood(answer, (), Counter([code]), client=_client(form))


def _client(form: Form) -> str:
    return f"{form.event}-1"


def _made(record: bytes) -> float | None:
    try:
        return datetime.fromisoformat(str(json.loads(record).get("created_at"))).timestamp()
    except (ValueError, OverflowError):
        return None


def _accepts_json(accept: str) -> bool:
    if accept in _ACCEPTED:
        return True
    kinds = [each.partition(";") for each in accept.lower().split(",")]
    return any(
        kind.strip() in _ACCEPTED and "q=0" not in more.replace(" ", "").split(";")
        for kind, _, more in kinds
    )


def _fits(found: Mapping[str, object], form: Form) -> bool:
    """Whether a message is of its form; further keys do no harm."""
    for key in _ALWAYS:
        if not isinstance(found.get(key), str):
            return False
    for key in form.texts:
        if not isinstance(found.get(key, ""), str):
            return False
    for key in form.flags:
        # Records say null where a request says nothing.
        if not isinstance(found.get(key), bool | None):
            return False
    return all(_in(found.get(key), most) for key, most in form.numbers.items())


def _in(value: object, most: int | None) -> bool:
    if value is None:
        return True
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value // 1:
        return False
    return value >= 0 and (most is None or value <= most)


def _activation(found: Mapping[str, object]) -> dict[str, object]:
    return {"machines": 1, "live": found.get("live")}


def _ping(found: Mapping[str, object]) -> dict[str, object]:
    return {
        "days": found.get("count") or 0,
        "metrics_enabled": found.get("metrics_enabled"),
        "environment": found.get("metrics_environment"),
    }


_VALUES: Mapping[str, Callable[[Mapping[str, object]], dict[str, object]]] = {
    "activation": _activation,
    "ping": _ping,
}
