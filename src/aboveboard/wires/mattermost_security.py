"""Enters: a Mattermost server's check for security updates. Leaves: the notices, and a count.

An unmodified server asks ``GET /security`` once a day and says with it what it runs on; it reads a
JSON array whatever the status is, and takes none for none. For each notice that names its exact
version it asks ``GET /bulletins/<id>`` and mails what it gets to every administrator, if the status
is 200. So nothing but a notice of the operator's ever has that status under that address.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING

from aboveboard.model.said import Said
from aboveboard.wires import queries
from aboveboard.wires.foreign import JSON, Answer, Understood

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboveboard.model.bulletin import Bulletin
    from aboveboard.ports.bulletins import Bulletins
    from aboveboard.wires.foreign import Asked

SECURITY = "/security"
BULLETINS = "/bulletins/"
APP = "mattermost"
EVENT = "security"
HTML = "text/html; charset=utf-8"
QUIET = ("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:")
"""A notice may be opened in a browser as well: it looks as in a mail, and runs nothing."""
KEPT = ("auc", "be", "db", "os", "tc", "uc", "ut")
"""What a server says as it is; ``b`` is taken apart, ``id`` is who says it, the rest is ignored."""
LONGEST = 100
"""Characters of one value."""
MOST_VALUES = 50
NO_ID, BAD_QUERY, NO_NOTICE = "no_id", "bad_query", "no_such_notice"
_BUILT = re.compile(r"(?P<version>\d{1,4}\.\d{1,4}\.\d{1,4})\.(?P<build>.{1,60})\Z", re.ASCII)
_RELEASE = re.compile(r"\d+(\.\d+){1,3}\Z", re.ASCII)
_CANDIDATE = re.compile(r"\d[\d.]*-?rc\d*\Z", re.ASCII | re.IGNORECASE)


class MattermostSecurity:
    """The check for security updates of Mattermost servers.

    Args:
        bulletins: the operator's notices.
        app: the product whose registry takes the counts; ``""`` if the collector has none, and then
            nothing is counted. Without notices as well, nothing is answered either.
    """

    name = "mattermost-security"
    largest = 1024

    def __init__(self, bulletins: Bulletins, app: str = APP) -> None:
        self._bulletins = bulletins
        self._app = app
        self._listed: tuple[Sequence[Bulletin], bytes] | None = None

    def takes(self, method: str, path: str) -> bool:
        """Whether a request asks for the notices, or for one of them."""
        if method != "GET" or not (path == SECURITY or path.startswith(BULLETINS)):
            return False
        return bool(self._app or self._bulletins.now())

    def read(self, asked: Asked) -> Understood:
        """Give the notices and what the server said, or the page of one notice."""
        if asked.path != SECURITY:
            return self._page(asked.path.removeprefix(BULLETINS))
        said, why = self._said(asked)
        discarded = Counter([why]) if why else Counter[str]()
        return Understood(self._list(200), [said] if said else [], discarded)

    def too_large(self, asked: Asked) -> Answer:
        """Give the notices all the same: a server takes its own status for none of its business."""
        del asked
        return self._list(413)

    def later(self, asked: Asked) -> Answer:
        """Give the notices all the same: that a count cannot be kept must not hide a hole.

        The client does not try again before the next day, whatever it is told.
        """
        del asked
        return self._list(503)

    def _said(self, asked: Asked) -> tuple[Said | None, str]:
        """Give what the server said, or why nothing of it is counted; no reason without an app."""
        try:
            pairs = queries.pairs(asked.query, MOST_VALUES)
        except ValueError:
            return None, BAD_QUERY
        said = {key: value for key, value in reversed(pairs) if len(value) <= LONGEST}
        who = said.get("id", "")
        if not who:
            return None, NO_ID
        if not self._app:
            return None, ""
        values: dict[str, object] = {key: said[key] for key in KEPT if key in said}
        values |= _built(said.get("b", ""))
        version = f"mattermost/{values['version']}" if "version" in values else ""
        return Said(self._app, EVENT, values, who=who, version=version), ""

    def _list(self, status: int) -> Answer:
        notices = self._bulletins.now()
        if self._listed is None or self._listed[0] != notices:
            listed = [
                {"id": bulletin.id, "applies_to_version": version}
                for bulletin in notices
                for version in bulletin.versions
            ]
            self._listed = notices, json.dumps(listed, separators=(",", ":")).encode()
        return Answer(status, self._listed[1], JSON)

    def _page(self, name: str) -> Understood:
        for bulletin in self._bulletins.now():
            if bulletin.id == name:
                return Understood(Answer(200, bulletin.page, HTML, [QUIET]))
        missing = Answer(404, b"There is no such notice.\n")
        return Understood(missing, discarded=Counter([NO_NOTICE]))


def _built(text: str) -> dict[str, object]:
    """Take ``<version>.<build number>`` apart: which version, and what kind of build.

    Example:
        >>> _built("5.37.0.5.37.0")
        {'version': '5.37.0', 'build': 'release'}
        >>> _built("5.37.0.5.37.0-rc2"), _built("5.37.0.dev")["build"], _built("mine")
        ({'version': '5.37.0', 'build': 'candidate'}, 'development', {})
    """
    found = _BUILT.match(text)
    if found is None:
        return {}
    build = found["build"]
    kind = "release" if _RELEASE.match(build) else "development"
    return {"version": found["version"], "build": "candidate" if _CANDIDATE.match(build) else kind}
