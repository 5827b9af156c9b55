"""Enters: what a site that runs Backdrop CMS posts. Leaves: what its projects said of it.

One request holds an object per project, of texts by key. It stands for all that the site has to say
of this project: keys that are missing this time say nothing any longer. The answers are those of
the server that Backdrop's makers run, to the byte: an empty one means that all is well (the command
line tool Bee takes nothing else for it), and errors come with status 200, too.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from aboveboard.model.metric import ACTIVE_ENDING
from aboveboard.model.said import Said
from aboveboard.wires.foreign import SOONER_OR_LATER, TEXT, Answer, Understood

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aboveboard.wires.backdrop_projects import Project
    from aboveboard.wires.foreign import Asked

PATHS = ("/post", "/telemetry/post")
HTML = "text/html; charset=UTF-8"
"""What PHP says of every answer of the original; it never sets another type."""
LARGEST = 256 * 1024
LONGEST_KEY = 128
"""Of a site's key the original keeps so much."""
LONGEST_VALUE = 1024
LARGEST_NUMBER = 10**12
KEYS_REMEMBERED = VERSIONS_REMEMBERED = 1000
"""Sites send the same ones again and again."""
MOST_KEYS = 200
"""Keys of a project that are looked at; the longest list known has thirteen."""
VERSION = "version"
UNKNOWN = "unknown"
"""What the module sends where a project does not tell its version."""
COUNTED = ACTIVE_ENDING.removeprefix(".")
"""What no site may say: that it is there is counted, once a day."""

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,59}")
_CORE = re.compile(r"\A[0-9]{1,2}\.x-(?=[0-9])")
"""Before the version of a project the one of the core that it is for: ``1.x-``."""
_TELLING = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}){0,3}(-[a-z0-9.]{1,12})?")
_GOOD = Answer(200, b"", HTML)


def _error(text: str) -> Answer:
    return Answer(200, f'{{\n    "error": "{text}"\n}}'.encode(), HTML)


_NO_JSON = _error("POST request did not contain valid JSON.")
_NO_KEY = _error("No X-Site-Key header specified, no data saved.")
_TOO_LARGE = _error("POST request is too large, no data saved.")
_LATER = Answer(503, b"", TEXT, (("retry-after", str(SOONER_OR_LATER)),))
_ELSEWHERE = Answer(404, b"", TEXT)


class BackdropWire:
    """Reads what core's telemetry module and Bee post.

    Args:
        projects: those that may report, by the names that sites give them.
        paths: where they post to.
        host: the only name under which they may; ``""`` for any.

    Attributes:
        name: ``backdrop``.
        largest: bytes of a body.

    Example:
        >>> from aboveboard.wires.backdrop_projects import Project
        >>> from aboveboard.wires.foreign import Asked
        >>> core = Project("backdrop", "Backdrop CMS", app="backdrop", group="backdrop")
        >>> wire = BackdropWire({"backdrop": core})
        >>> body = b'{"backdrop":{"version":"1.34.2","multisite":"No"}}'
        >>> found = wire.read(Asked("POST", "/post", "", {"x-site-key": "7NVS"}, body))
        >>> found.answer.status, found.answer.body, dict(found.said[0].values)
        (200, b'', {'version': '1.34.2', 'multisite': 'No'})
    """

    name = "backdrop"
    largest = LARGEST

    def __init__(
        self, projects: Mapping[str, Project], paths: Sequence[str] = PATHS, host: str = ""
    ) -> None:
        self._projects = projects
        self._paths = frozenset(paths)
        self._host = host.lower()

    def takes(self, method: str, path: str) -> bool:
        """Whether a request is one of a site; who looks at the address gets the original's word."""
        return method in {"POST", "GET"} and path in self._paths

    def read(self, asked: Asked) -> Understood:
        """Read what a site says; never raises."""
        if self._host and _name(asked.headers.get("host", "")) != self._host:
            return Understood(_ELSEWHERE, discarded=Counter({"wrong_host": 1}))
        try:
            told = msgspec.json.decode(asked.body)
        except (ValueError, RecursionError):
            told = None
        if told is None:
            return Understood(_NO_JSON, discarded=Counter({"not_json": 1}))
        site = asked.headers.get("x-site-key")
        if site is None:
            return Understood(_NO_KEY, discarded=Counter({"no_site_key": 1}))
        if not isinstance(told, dict):
            return Understood(_GOOD, discarded=Counter({"no_projects": 1}))
        if not 1 <= len(site) <= LONGEST_KEY:
            return Understood(_GOOD, discarded=Counter({"bad_site_key": 1}))
        discarded: Counter[str] = Counter()
        said = [*self._read(told, site, discarded)]
        return Understood(_GOOD, said, discarded)

    def too_large(self, asked: Asked) -> Answer:
        """Refuse with the status that lets a site wait for its next day, instead of try again."""
        del asked
        return _TOO_LARGE

    def later(self, asked: Asked) -> Answer:
        """Answer so that the site posts again when its cron runs next."""
        del asked
        return _LATER

    def _read(
        self, told: Mapping[str, object], site: str, discarded: Counter[str]
    ) -> Iterator[Said]:
        for name, values in told.items():
            project = self._projects.get(name)
            if project is None:
                discarded["unknown_project"] += 1
            elif not isinstance(values, dict | list):
                discarded["not_a_project"] += 1
            else:
                yield _said(project, site, _plain(values, discarded))


def _said(project: Project, site: str, values: dict[str, Any]) -> Said:
    version = values.get(VERSION)
    known = isinstance(version, str) and _TELLING.fullmatch(version) is not None
    client = f"{project.name}/{version}" if known else project.name
    return Said(project.app, project.group, values, who=site, part=project.group, version=client)


def _plain(said: dict[str, object] | list[object], discarded: Counter[str]) -> dict[str, Any]:
    """Keep what can be a value; PHP writes a project without any as an empty list."""
    if isinstance(said, list):
        return {}
    found: dict[str, Any] = {}
    for key, value in said.items():
        if len(found) == MOST_KEYS:
            discarded["too_many_keys"] += 1
            break
        if not _is_key(key):
            discarded["bad_key"] += 1
        elif isinstance(value, str):
            if len(value) > LONGEST_VALUE:
                discarded["long_value"] += 1
            elif text := _canonical(key, value):
                found[key] = text
        elif (reason := _wrong(value)) is not None:
            discarded[reason] += 1
        elif value is not None:
            found[key] = value
    return found


def _wrong(value: object) -> str | None:
    """Say why what is no text cannot be a value."""
    if isinstance(value, dict | list):
        return "nested_value"
    return "odd_number" if isinstance(value, int | float) and abs(value) > LARGEST_NUMBER else None


@lru_cache(KEYS_REMEMBERED)
def _is_key(key: str) -> bool:
    return _KEY.fullmatch(key) is not None and key.lower() != COUNTED


@lru_cache(KEYS_REMEMBERED)
def _is_version(key: str) -> bool:
    return key.lower().endswith(VERSION)


def _canonical(key: str, value: str) -> str:
    """Give a text as it is compared, an empty one for what says nothing."""
    return _canonical_version(value) if _is_version(key) else value.strip()


@lru_cache(VERSIONS_REMEMBERED)
def _canonical_version(value: str) -> str:
    """Give a version as it is compared; many thousand sites have the same few."""
    text = value.strip()
    return "" if text.lower() == UNKNOWN else _CORE.sub("", text)


def _name(host: str) -> str:
    """Give a host's name without its port."""
    return re.sub(r":[0-9]*\Z", "", host).lower()
