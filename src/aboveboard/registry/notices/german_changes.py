"""Enters: a change of a registry that people are asked about. Leaves: a sentence in German."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from aboveboard.registry.change import Code
from aboveboard.registry.notices.german_form import form

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aboveboard.registry.change import Change, Detail

_NEW = "Neu: {subject} ({form})."
_MORE = "{subject}: sagt jetzt mehr ({form})."
_OTHERWISE = "{subject}: wird jetzt aus etwas anderem gemacht ({after})."
_VERSIONS = "{subject}: wird von mehr Versionen gemessen."
SENTENCES: Mapping[Code, str] = {
    Code.PRODUCT: "Das Produkt ist jetzt {after} statt {before}.",
    Code.LEVEL_REWORDED: "Der Teil {last} sagt jetzt „{after}“ statt „{before}“.",
    Code.COLLECTOR_ADDED: "Berichte gehen jetzt an {after}; vorher wurde nichts gesendet.",
    Code.COLLECTOR_ADDRESS: "Berichte gehen jetzt an {after} statt an {before}.",
    Code.COLLECTOR_KEY: "Berichte werden jetzt auch für einen anderen Schlüssel verschlüsselt.",
    Code.COLLECTOR_UNSEALED: "Berichte werden nicht mehr verschlüsselt.",
    Code.SENDS_MORE_OFTEN: "Berichte gehen öfter als bisher.",
    Code.RAW_QUARANTINE: "Was fremde Programme senden und keine Messgröße kennt, darf jetzt einige "
    "Tage samt Werten aufbewahrt werden.",
    Code.ASKS_FOR_EARLIER: "Die Frage gilt jetzt auch dem, was vor der Antwort gezählt wurde.",
    Code.NEW: _NEW,
    Code.MEASURED: _NEW,
    Code.MESSAGE_ADDED: "{subject}: eine bereinigte Fehlermeldung reist mit (Teil {after}).",
    Code.MESSAGE_LEVEL: "{subject}: die Fehlermeldung gehört jetzt zum Teil {after}.",
    Code.KIND: "{subject}: gemessen wird jetzt etwas anderes ({form}).",
    Code.DECISION: "{subject}: damit wird jetzt etwas anderes entschieden („{after}“).",
    Code.EXPIRES_LATER: "{subject}: wird länger gemessen ({after}).",
    Code.GOES_ON_WHEN_ANSWERED: "{subject}: endet nicht mehr, wenn die Frage beantwortet ist.",
    Code.LEVEL: "{subject}: gehört jetzt zum Teil {after} statt {before}.",
    Code.CHOICES_ADDED: "{subject}: unterscheidet jetzt auch {after}.",
    Code.PRECISION_HIGHER: _MORE,
    Code.LARGEST_HIGHER: _MORE,
    Code.BUCKETS_FINER: _MORE,
    Code.BUCKETS_MOVED: _MORE,
    Code.PERIOD_FINER: _MORE,
    Code.REDUCER: _OTHERWISE,
    Code.SOURCE: _OTHERWISE,
    Code.THRESHOLD_LOWER: "{subject}: wird schon für Gruppen von {after} veröffentlicht.",
    Code.SENSITIVITY_RAISED: "{subject}: kommt Menschen näher, als gesagt war ({after}).",
    Code.TRAVELS_WITH_MORE: "{subject}: reist jetzt auch zusammen mit {after}.",
    Code.SINCE_EARLIER: _VERSIONS,
    Code.UNTIL_LATER: _VERSIONS,
}
"""Every code that widens; a test compares them."""


def change_said(change: Change, titles: Mapping[str, str]) -> str:
    """Say a change that people must be asked about.

    Args:
        change: what changed; its metric has its German title, where somebody translated it.
        titles: the titles of the metrics that it may speak of, by name.
    """
    return SENTENCES[change.code].format(
        subject=change.subject,
        form=form(change.metric) if change.metric is not None else "",
        before=_said(change.before, titles),
        after=_said(change.after, titles),
        last=change.place.rpartition(".")[2],
    )


def _said(detail: Detail, titles: Mapping[str, str]) -> str:
    match detail:
        case None | "":
            return "ohne Ende"
        case tuple():
            return ", ".join(titles.get(str(part), str(part)) for part in detail)
        case date():
            return f"bis {detail.isoformat()}"
        case _:
            return str(detail)
