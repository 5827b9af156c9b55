"""Step 7. Enters: a request on the native wire. Leaves: a submission within limits, sender unknown.

Nothing here ever sees the sender's address: the web side hands over the path, three headers and
the body.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboveboard.errors import SealError
from aboveboard.model.verdict import Reason, Refused
from aboveboard.registry.names import APP_NAME, REPORT_ID
from aboveboard.wires import native
from aboveboard.wires.codecs import inflate

if TYPE_CHECKING:
    from aboveboard.ports.collector import Opener

ENCODINGS = {native.PLAIN_JSON: "identity", native.PLAIN_GZIP: "gzip"}
JSON_TYPES = {"", native.JSON_TYPE, "application/x-www-form-urlencoded"}
"""What plain JSON may be called; curl names every body the last one unless it is told."""
NO_SUCH_APP = Refused(Reason.UNKNOWN_APP, "No app has such a name.")


@dataclass(frozen=True, slots=True)
class Limits:
    """What is too much.

    Attributes:
        largest_body: bytes of a request's body as it travels.
        largest_inflated: bytes after compression is undone.
        oldest_weeks: how many weeks back a report's period may lie.
        keeps_asides: whether what is set aside is kept, to be judged again.
        largest_batch: bytes of a body with many reports as it travels.
        largest_batch_inflated: bytes of it after compression is undone.
        most_reports: how many reports it may hold.
    """

    largest_body: int = 256 * 1024
    largest_inflated: int = 1024 * 1024
    oldest_weeks: int = 53
    keeps_asides: bool = True
    largest_batch: int = 4 * 1024 * 1024
    largest_batch_inflated: int = 8 * 1024 * 1024
    most_reports: int = 1000


# Not frozen, as is Submission: that would take four times as long, and each report makes both.
@dataclass(slots=True)
class Request:
    """What the web side hands over.

    Attributes:
        app: second part of the path.
        report_id: third part of the path.
        body: the bytes that travelled.
        media_type: the header ``Content-Type``.
        encoding: the header ``Content-Encoding``.
    """

    app: str
    report_id: str
    body: bytes
    media_type: str = ""
    encoding: str = ""


@dataclass(slots=True)
class Submission:
    """A report's JSON as it was before it was compressed and sealed.

    Attributes:
        app: where it was sent, which its content must repeat.
        report_id: likewise; ``""`` where the address names none.
        body: at most ``Limits.largest_inflated`` bytes.
    """

    app: str
    report_id: str
    body: bytes


def receive(request: Request, limits: Limits, opener: Opener) -> Submission | Refused:
    """Bring a request within limits: check its address, open its seal, undo its compression."""
    if not APP_NAME.fullmatch(request.app):
        return NO_SUCH_APP
    if not REPORT_ID.fullmatch(request.report_id):
        detail = "A report's id is 32 lower-case hexadecimal digits."
        return Refused(Reason.BAD_REPORT_ID, detail)
    if len(request.body) > limits.largest_body:
        return too_large(limits.largest_body)
    media_type = request.media_type
    if media_type not in JSON_TYPES:
        media_type = kind_of(media_type)
    if media_type == native.SEALED_TYPE:
        body = _open(request, limits, opener)
    elif media_type in JSON_TYPES:
        body = inflate(request.body, request.encoding, limits.largest_inflated)
    else:
        detail = f"Content-Type may be {native.JSON_TYPE} or {native.SEALED_TYPE}."
        return Refused(Reason.UNKNOWN_MEDIA_TYPE, detail)
    if isinstance(body, Refused):
        return body
    return Submission(request.app, request.report_id, body)


def kind_of(media_type: str) -> str:
    """Give a media type without its parameters.

    Example:
        >>> kind_of("Application/JSON; charset=utf-8")
        'application/json'
    """
    return media_type.partition(";")[0].strip().lower()


def too_large(most: int) -> Refused:
    """Refuse a body for its size as it travels."""
    return Refused(Reason.TOO_LARGE, f"A body may have {most} bytes.")


def _open(request: Request, limits: Limits, opener: Opener) -> bytes | Refused:
    if request.encoding.strip().lower() not in {"", "identity"}:
        detail = "A sealed body is compressed before it is sealed, not after."
        return Refused(Reason.UNKNOWN_ENCODING, detail)
    key_id, sealed = request.body[: native.KEY_ID_BYTES], request.body[native.KEY_ID_BYTES :]
    info = native.seal_info(request.app, request.report_id)
    try:
        plain = opener.open(sealed, key_id, info)
    except SealError as error:
        return Refused(Reason.CANNOT_OPEN, f"The seal cannot be opened: {error}.")
    encoding = ENCODINGS.get(plain[:1])
    if encoding is None:
        return Refused(Reason.UNKNOWN_ENCODING, "The first sealed byte tells no compression.")
    return inflate(plain[1:], encoding, limits.largest_inflated)
