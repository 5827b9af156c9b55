"""Enters: a collector's settings. Leaves: the wires of Google Analytics, with their streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.bootstrap.named import named
from aboveboard.errors import SetupError
from aboveboard.wires.ga4 import Ga4Wire, Stream
from aboveboard.wires.universal import UniversalWire

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aboveboard.model.registry import Registry
    from aboveboard.settings.collector import CollectorSettings

FORM = "a stream must be written ID:SECRET=APP, or UA-ID=APP for one of Universal Analytics"
UNIVERSAL = "UA-"


def ga4(settings: CollectorSettings, registries: Mapping[str, Registry]) -> Ga4Wire:
    """Make the Measurement Protocol.

    Raises:
        SetupError: a stream is not written as it must be, or names an app that is not there.
    """
    return Ga4Wire(streams(settings.ga4_streams, registries))


def universal(settings: CollectorSettings, registries: Mapping[str, Registry]) -> UniversalWire:
    """Make the batches of Universal Analytics, whose streams have no secret.

    Raises:
        SetupError: as above.
    """
    old = [each for each in settings.ga4_streams if each.startswith(UNIVERSAL)]
    return UniversalWire(dict(_app(each, registries) for each in old))


def streams(texts: Sequence[str], registries: Mapping[str, object]) -> dict[str, Stream]:
    """Read streams; the same id may be there twice, with another secret.

    Raises:
        SetupError: as above.

    Example:
        >>> streams(["G-1:old=editor", "G-1:new=editor"], {"editor": None})["G-1"].secrets
        ('old', 'new')
    """
    found: dict[str, Stream] = {}
    for text in texts:
        if text.startswith(UNIVERSAL):
            continue
        whole, app = _app(text, registries)
        stream, colon, secret = whole.rpartition(":")  # the id of an app's stream has colons
        if not (stream and colon and secret):
            raise SetupError(FORM)
        before = found.get(stream, Stream(app, ()))
        if before.app != app:
            message = f"the stream {stream} is there twice, for two apps"
            raise SetupError(message)
        found[stream] = Stream(app, (*before.secrets, secret))
    return found


def _app(text: str, registries: Mapping[str, object]) -> tuple[str, str]:
    stream, app = named(text, FORM)
    if app not in registries:
        message = f"a stream names the app {app}, but no registry does"
        raise SetupError(message)
    return stream, app
