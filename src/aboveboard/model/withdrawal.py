"""Enters: a report that left. Leaves: the request to delete it, and what became of that."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import date

from aboveboard.model.report import COLLECTOR


class Taking(enum.StrEnum):
    """What became of a request to delete a report. The text never changes once released."""

    ASKED = "asked"
    """Nobody has answered yet; it is asked again."""
    DELETED = "deleted"
    """The collector says that it has deleted the report, or names the day on which it will."""
    UNKNOWN = "unknown"
    """The collector has no such report."""
    UNLINKED = "unlinked"
    """The collector has only sums left, in which nothing tells what came from the report."""
    REFUSED = "refused"
    """The collector does not accept the request."""


class Proof(enum.StrEnum):
    """What is known of a receipt."""

    NONE = "none"
    """There is none, or one that was made for something else."""
    SIGNED = "signed"
    """It is signed with the key of the collector's transparency log."""
    UNCHECKED = "unchecked"
    """There is one, but its signature could not be checked here."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """One report that one collector is asked to delete. It needs nothing else that is kept.

    Attributes:
        report: its id.
        app: the product.
        urls: the collector's base addresses, the one that took the report first.
        token: what proves the right to it; ``""`` once the request is over.
        log: the key of the collector's log, as ``name+id+key``; ``""`` if it has none.
        day: when the person asked.
        destination: which of the report's destinations it is.
        taking: what became of it.
        answer: the answer in words.
        receipt: the collector's signed note, as it came.
        proof: what is known of that receipt.
        deleted: the day of deletion that the receipt names.
        tries: how often it was asked.
        due: the moment before which it is not asked again, in seconds since 1970.
        url: where it was asked last; ``""`` as long as it was not.
        at: the moment of the last try, ISO 8601 to the second; ``""`` for none.
    """

    report: str
    app: str
    urls: tuple[str, ...]
    token: str = field(repr=False)
    log: str
    day: date
    destination: str = COLLECTOR
    taking: Taking = Taking.ASKED
    answer: str = ""
    receipt: str = ""
    proof: Proof = Proof.NONE
    deleted: date | None = None
    tries: int = 0
    due: int = 0
    url: str = ""
    at: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from others."""
        return self.report, self.urls[0]

    @property
    def is_over(self) -> bool:
        """Whether the collector can do no more: it has deleted the report, or has none left."""
        return self.taking in {Taking.DELETED, Taking.UNKNOWN, Taking.UNLINKED}

    @property
    def times(self) -> str:
        """How often it was asked, in words."""
        return "once" if self.tries == 1 else f"{self.tries} times"

    def explain(self) -> str:
        """Say in a sentence how it stands."""
        return _WORDS[self.taking, self.proof].format(self=self)


_WORDS = {
    **{
        (Taking.ASKED, proof): "{self.urls[0]} was asked {self.times} and is asked again"
        for proof in Proof
    },
    **{(Taking.UNKNOWN, proof): "{self.urls[0]} has no such report" for proof in Proof},
    **{(Taking.REFUSED, proof): "{self.urls[0]} refuses: {self.answer}" for proof in Proof},
    **{
        (Taking.UNLINKED, proof): (
            "{self.urls[0]} has only sums left, and nothing tells what part of them it was"
        )
        for proof in Proof
    },
    (Taking.DELETED, Proof.SIGNED): (
        "{self.urls[0]} has deleted it ({self.deleted}) and signed a receipt for it"
    ),
    (Taking.DELETED, Proof.UNCHECKED): (
        "{self.urls[0]} has deleted it ({self.deleted}); its receipt could not be checked here"
    ),
    (Taking.DELETED, Proof.NONE): "{self.urls[0]} says that it has deleted it, without a receipt",
}
