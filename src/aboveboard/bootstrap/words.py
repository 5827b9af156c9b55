"""Enters: what the main process and its workers tell each other. Leaves: lines of JSON, typed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from aboveboard.bootstrap.measured import Measured
from aboveboard.collector.tagged import Note
from aboveboard.settings.collector import CollectorSettings


class Order(msgspec.Struct, frozen=True):
    """What a worker is told at its start.

    Attributes:
        log: the name of its log.
        listener: the descriptor of the socket that all workers share.
        settings: the collector's.
        registries: app to the fingerprint of the registry that the main process serves.
        versions: app to the fingerprints of all registries that its reports may be made with.
        answered: app to its metrics that ended because their question is answered.
        counts: the descriptor of the memory in which all count what networks send, if any do.
    """

    log: str
    listener: int
    settings: CollectorSettings
    registries: dict[str, str]
    versions: dict[str, frozenset[str]]
    answered: dict[str, frozenset[str]]
    counts: int | None = None


class News(msgspec.Struct, frozen=True):
    """What a worker is told later on.

    Attributes:
        answered: as in an order.
        end: whether it is to end in good order.
    """

    answered: dict[str, frozenset[str]] = {}
    end: bool = False


class Said(msgspec.Struct, frozen=True):
    """What a worker says of itself.

    Attributes:
        outcomes: how many requests ended how.
        asides: how many entries were set aside.
        log_well: whether the last attempt to write its log succeeded.
        cut_bytes: how many bytes of a torn tail it put aside.
        measured: what it measured.
        notes: what it noted of requests with a tag.
    """

    outcomes: dict[str, int] = {}
    asides: int = 0
    log_well: bool = True
    cut_bytes: int = 0
    measured: Measured = Measured()
    notes: list[Note] = []


_encoder = msgspec.json.Encoder(enc_hook=lambda path: str(path.absolute()), order="sorted")


def _path(_kind: type, text: Any) -> Path:  # noqa: ANN401 as msgspec calls it
    return Path(text)


_order = msgspec.json.Decoder(Order, dec_hook=_path)
_news = msgspec.json.Decoder(News)
_said = msgspec.json.Decoder(Said)


def line(word: Order | News | Said) -> bytes:
    """Write a word as one line, without its end.

    Example:
        >>> line(News(end=True))
        b'{"answered":{},"end":true}'
    """
    return _encoder.encode(word)


def order(told: bytes) -> Order:
    """Read an order."""
    return _order.decode(told)


def news(told: bytes) -> News:
    """Read what there is of news."""
    return _news.decode(told)


def said(told: bytes) -> Said:
    """Read what a worker said; of one that said something else nothing is known."""
    try:
        return _said.decode(told)
    except msgspec.DecodeError:
        return Said()
