"""Enters: a request of a machine with Endless OS. Leaves: what it said, and the answer it expects.

A machine keeps its events until it hears that they arrived, and repeats them after any answer but
2xx. So what will never become good is answered like the rest, and counted for the operator.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections import Counter
from typing import TYPE_CHECKING

from aboveboard.model.verdict import Reason, Refused
from aboveboard.wires.codecs import inflate
from aboveboard.wires.endless_bodies import read_2, read_3
from aboveboard.wires.endless_said import Teller
from aboveboard.wires.foreign import Answer, Understood

if TYPE_CHECKING:
    from aboveboard.model.said import Said
    from aboveboard.wires.endless_catalogue import Catalogue
    from aboveboard.wires.foreign import Asked

MEBIBYTE = 1024 * 1024
MOST_EVENTS = 5000
"""Events of a request; a hundred kilobytes, which a machine sends by itself at most, hold 2,900."""
ENCODING, OWN_ENCODING = "content-encoding", "x-endless-content-encoding"
TEXT = "text/plain; charset=utf-8"
"""As the original's framework writes it."""
OK = Answer(200, b"OK", TEXT)
HEALTHY = Answer(200, b"<html>\n<body>\nOK\n</body>\n</html>\n", TEXT)
EMPTY = Answer(200, b"", "application/octet-stream")
NOT_ALLOWED = Answer(405, b"405: Method Not Allowed", TEXT, (("allow", "GET,HEAD,POST"),))
LATER = Answer(503, b"503: Service Unavailable", TEXT)
OLD_FORMS = ("0", "1")
NOT_NORMAL, OLD_FORM, TOO_MANY = "not_normal", "old_form", "too_many_events"
HASH_MISMATCH, EMPTY_BODY = "hash_mismatch", "empty_body"
_OTHERS = {"GET": HEALTHY, "HEAD": HEALTHY, "POST": EMPTY}
_OURS = re.compile(r"/[0-9]+(/.*)?", re.DOTALL)
_UPLOAD = re.compile(r"/([0-3])/([0-9a-f]{128})")


class EndlessWire:
    """The wire of Endless OS: ``PUT /3/<sha512>``.

    Args:
        catalogue: the events that are known.
        app: the product that they are about; without one no request is taken.
        prefix: what stands before the paths, for machines whose ``server_url`` has a path.
        largest_inflated: bytes of a body when its compression is undone.
    """

    name = "endless"
    largest = MEBIBYTE - 1

    def __init__(
        self,
        catalogue: Catalogue,
        app: str = "endless",
        prefix: str = "",
        largest_inflated: int = MEBIBYTE,
    ) -> None:
        self._teller = Teller(app, catalogue)
        self._app = app
        self._prefix = prefix.rstrip("/")
        self._largest_inflated = largest_inflated

    def takes(self, method: str, path: str) -> bool:
        """Whether a path begins with the number of a form.

        The original takes every path. Without a prefix others live on this host: ``/`` is its
        page, so whoever asks for the health of a collector of Endless asks for ``/3/``.
        """
        del method
        return bool(self._app) and self._own(path) is not None

    def read(self, asked: Asked) -> Understood:
        """Read a request."""
        place = _UPLOAD.fullmatch(self._own(asked.path) or "")
        if asked.method == "PUT" and place is not None:
            return self._upload(asked, place[1], place[2])
        if asked.method in _OTHERS:
            return Understood(_OTHERS[asked.method])
        return _refused(NOT_ALLOWED, Reason.METHOD_NOT_ALLOWED.value)

    def _upload(self, asked: Asked, form: str, wanted: str) -> Understood:
        client = f"metrics-{form}"
        if form in OLD_FORMS:
            return _refused(OK, OLD_FORM, client)
        body = self._plain(asked, client)
        if isinstance(body, Understood):
            return body
        if not body:
            return _refused(_bad("Invalid request: empty body"), EMPTY_BODY, client)
        found = hashlib.sha512(body).hexdigest()
        if found != wanted:
            text = f"SHA512 mismatch: expected {wanted} but got {found}"
            return _refused(_bad(text), HASH_MISMATCH, client)
        understood = self.understand(form, body, asked.received, MOST_EVENTS)
        if TOO_MANY in understood.discarded:
            return _refused(_too_large(MEBIBYTE), TOO_MANY, client)
        return understood

    def understand(
        self, form: str, body: bytes, received: float, most: int = sys.maxsize
    ) -> Understood:
        """Read a body of the form 2 or 3, with so many events at most."""
        found = read_3(body, received) if form == "3" else read_2(body)
        discarded: Counter[str] = Counter()
        client = f"metrics-{form}"
        if found is None:
            return _refused(OK, NOT_NORMAL, client)
        if len(found.events) > most:
            return _refused(OK, TOO_MANY, client)
        said = self._teller.tell(found, client, received, discarded)
        return Understood(OK, said, discarded, client=client)

    def again(self, text: str) -> Said | None:
        """Read an event again that waited, by the catalogue in force; None if it is none."""
        return self._teller.again(text)

    def too_large(self, asked: Asked) -> Answer:
        """Give the answer of the original to a body of a mebibyte or more."""
        del asked
        return _too_large(MEBIBYTE)

    def later(self, asked: Asked) -> Answer:
        """Give an answer after which a machine tries again, seven times, and at its next turn."""
        del asked
        return LATER

    def _own(self, path: str) -> str | None:
        """Give a path behind the prefix; None if it is not of this wire."""
        if self._prefix:
            begins = path == self._prefix or path.startswith(self._prefix + "/")
            return path.removeprefix(self._prefix) if begins else None
        return path if _OURS.fullmatch(path) else None

    def _plain(self, asked: Asked, client: str) -> bytes | Understood:
        """Undo both compressions, the one of the way first."""
        body: bytes | Refused = asked.body
        if ENCODING in asked.headers:
            body = inflate(asked.body, asked.headers[ENCODING], self._largest_inflated)
        own = asked.headers.get(OWN_ENCODING)
        if isinstance(body, bytes) and own is not None:
            if own != "gzip":
                answer = _bad(f"Unknown request encoding: {own}")
                return _refused(answer, Reason.UNKNOWN_ENCODING.value, client)
            body = inflate(body, own, self._largest_inflated)
        if isinstance(body, bytes):
            return body
        large = body.reason is Reason.TOO_LARGE_INFLATED
        corrupt = _bad("Invalid request: corrupt compression")
        answer = _too_large(self._largest_inflated) if large else corrupt
        return _refused(answer, body.reason.value, client)


def _refused(answer: Answer, code: str, client: str = "") -> Understood:
    return Understood(answer, (), Counter([code]), client=client)


def _bad(text: str) -> Answer:
    # What a client wrote into a header goes back to it as plain text and nowhere else.
    return Answer(400, text.encode(errors="replace"), TEXT)


def _too_large(most: int) -> Answer:
    text = f"Maximum request body size {most} exceeded, actual body size {most}"
    return Answer(413, text.encode(), TEXT)
