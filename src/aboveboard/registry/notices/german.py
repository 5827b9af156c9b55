"""Enters: nothing. Leaves: the sentences of the notices in German."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboveboard.model.metric import Kind, Sensitivity
from aboveboard.registry.difference_words import FIRST_SAID, MOST_SAID
from aboveboard.registry.notices.words import (
    Common,
    ConsentWords,
    DpiaWords,
    PrivacyWords,
    RecordWords,
    Words,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from aboveboard.model.metric import Metric


def form(metric: Metric) -> str:
    """Say in German what a metric's values look like.

    Example:
        >>> from types import SimpleNamespace
        >>> form(SimpleNamespace(kind=Kind.COUNTER, by_day=True, largest=10_000))
        'eine Zahl je Tag, höchstens 10.000'
    """
    return _FORMS[metric.kind](metric)


def _most(metric: Metric) -> str:
    return f"höchstens {metric.largest:,}".replace(",", ".")


def _each(metric: Metric) -> str:
    return "je Tag" if metric.by_day else "je Woche"


def _some(words: Sequence[str]) -> str:
    if len(words) <= MOST_SAID:
        return ", ".join(words)
    return f"{', '.join(words[:FIRST_SAID])} und {len(words) - FIRST_SAID} weiteren"


def _extras(metric: Metric) -> str:
    return "; ".join(f"{name} ({_some(words)})" for name, words in metric.extras.items())


_FORMS: Mapping[Kind, Callable[[Metric], str]] = {
    Kind.COUNTER: lambda m: f"eine Zahl {_each(m)}, {_most(m)}",
    Kind.SECONDS: lambda m: f"Sekunden in Gebrauch {_each(m)}, {_most(m)}",
    Kind.FLAG: lambda _: "ja oder nein",
    Kind.CHOICE: lambda m: f"eines von: {_some(m.choices)}",
    Kind.VERSION: lambda m: f"{m.precision} Teil(e) der Version",
    Kind.QUANTITY: lambda m: f"wie viele, in {len(m.buckets)} Stufen",
    Kind.NAMES: lambda m: f"welche von: {_some(m.names)}",
    Kind.TIMING: lambda m: f"wie lange es dauert, in {len(m.buckets)} Stufen",
    Kind.DISTRIBUTION: lambda m: f"wie groß es ist, in {len(m.buckets)} Stufen",
    Kind.LABELLED: lambda m: f"eine Zahl {_each(m)} für jedes von: {_some(m.labels)}",
    Kind.EVENT: lambda m: f"eine Zahl {_each(m)} nach {_extras(m)}",
    Kind.ERROR: lambda m: f"wie oft es an welcher Stelle des Programms fehlschlug, {_each(m)}",
}
_KEPT = (
    "Der Sammelserver speichert Zahlen: je Messwert, Tag oder Woche, und Wert.",
    (
        "Dazu speichert er eine Zufallszahl, die für jeden Bericht neu ist, dessen Woche und den "
        "Tag, an dem er ankam."
    ),
    (
        "Solange sein Protokoll aufbewahrt wird, zeigt es, welche Zahlen in einem Bericht standen. "
        "Die Tabellen, die daraus entstehen, zeigen das nicht."
    ),
    "Er liest und speichert keine Netzwerkadressen, und nichts, was das Register nicht nennt.",
    "Er veröffentlicht nur Summen und verbirgt zu kleine Gruppen.",
)
_MEASURES = (
    "Kein Bericht enthält Namen, Adressen, eine Nummer des Geräts oder Texte, die jemand schrieb.",
    "Nichts wird gesendet, bevor die Person zustimmt, auch nicht, was vorher gezählt wurde.",
    "Die Person kann jeden Bericht sehen und behält eine Kopie davon.",
    (
        "Gerät und Sammelserver nehmen nichts an, was das Register nicht nennt, und nur in dessen "
        "Grenzen."
    ),
    "Der Sammelserver liest keine Netzwerkadressen und schreibt kein Zugriffsprotokoll.",
    "Ein Bericht ist auf der Platte, bevor sein Empfang bestätigt wird, und zählt einmal.",
    "Seine Tabellen enthalten Summen; keine zeigt, welche Zahlen aus einem Bericht stammen.",
    "Seine Tabellen kann nur befragen, wer auf seinem Rechner die Dateien des Besitzers liest.",
    "Zahlen von Gruppen unter dem Schwellenwert eines Messwerts werden nicht veröffentlicht.",
)
COMMON = Common(
    blank="[auszufüllen: {what}]",
    marked="Was mit ({language}) gekennzeichnet ist, steht im Register nur in dieser Sprache.",
    source="Erzeugt aus dem Register mit dem Fingerabdruck {fingerprint}.",
    form=form,
    until="bis {day}",
    endless="ohne Ende, weil: {reason}",
    groups="veröffentlicht nur für Gruppen von mindestens {threshold}",
    sensitivity={
        None: "nicht angegeben",
        Sensitivity.TECHNICAL: "technisch: über das Programm und das Gerät",
        Sensitivity.INTERACTION: "Nutzung: was jemand mit dem Programm tut",
        Sensitivity.CONTENT: "Inhalt: was jemand gemacht hat oder aufbewahrt",
        Sensitivity.SENSITIVE: "sensibel: über die Person",
    },
    address="Der Sammelserver unter {url}",
    sealed="Jeder Bericht wird auf dem Gerät verschlüsselt; nur der Sammelserver kann ihn öffnen.",
    unsealed="Die Berichte selbst sind nicht verschlüsselt, über den Schutz ihres Weges hinaus.",
    nobody="Niemand: Das Register nennt keinen Sammelserver, also kann nichts gesendet werden.",
    nothing="nichts",
    proposed="In Diskussion, weder gezählt noch gesendet:",
    retired="Nicht mehr gezählt:",
    contact="Fragen gehen an: {contact}",
    policy="Datenschutzerklärung: {policy}",
    kept=_KEPT,
    measures=_MEASURES,
    measure_tls="Berichte reisen über verschlüsselte Verbindungen (https).",
)
CONSENT = ConsentWords(
    title="Darf {product} Nutzungszahlen senden?",
    ask="{product} fragt, ob es einmal in der Woche einen Bericht mit den Zahlen senden darf, die "
    "hier stehen. Sie entscheiden; jede Antwort ist so gut wie die andere. Bevor Sie antworten, "
    "wird nichts gesendet, und was vor Ihrer Zustimmung gezählt wurde, wird nie gesendet.",
    what="Was in einem Bericht steht",
    never="Was in keinem Bericht steht",
    never_said=(
        "Ihr Name, Ihr Konto, Ihre Adresse oder eine Nummer, die für Sie oder Ihr Gerät steht",
        "Text, den jemand schrieb: Wörter kommen aus einer öffentlichen Liste",
        "die Uhrzeit: Eine Zahl nennt ihren Tag oder ihre Woche",
        "Ihre Netzwerkadresse: Der Sammelserver liest sie nicht und speichert sie nicht",
    ),
    who="Wer ihn bekommt",
    answers="Ihre Antwort",
    answers_said=(
        "Ja („on“): Es wird auf diesem Gerät gezählt und gesendet.",
        "Nein („local“): Es wird auf diesem Gerät gezählt und nicht gesendet.",
        "Nein („off“): Es wird nicht gezählt, und was gezählt wurde, wird gelöscht.",
    ),
    afterwards="Danach",
    afterwards_said=(
        "Sie können den nächsten Bericht sehen, bevor er geht, und Kopien von allen, die gingen.",
        (
            "Sie können Ihre Antwort jederzeit ändern. Ändern Sie sie in Nein, so werden wartende "
            "Berichte nicht gesendet."
        ),
        (
            "Ein Bericht, der angekommen ist, lässt sich noch nicht zurücknehmen; nichts darin "
            "sagt, dass er von Ihnen kam."
        ),
        "Wer auf einem Gerät DO_NOT_TRACK=1 oder ABOVEBOARD=off setzt, hat dort Nein gesagt.",
    ),
    not_sent="Was nicht gesendet wird",
)
PRIVACY = PrivacyWords(
    title="Datenschutzhinweis: Nutzungszahlen von {product}",
    who="Wer verantwortlich ist",
    who_blanks=(
        "Name und Anschrift des Verantwortlichen",
        "Vertreter in der Europäischen Union, falls es einen gibt",
        "Datenschutzbeauftragter, falls es einen gibt",
    ),
    what="Was gezählt wird, und wozu",
    what_said="Ein Bericht enthält nur dies. Er wird einmal in der Woche gesendet, wenn Sie "
    "zugestimmt haben.",
    question="Frage: {question}",
    decision="Was mit der Antwort entschieden wird: {decision}",
    form="Was gesagt wird: {form}",
    level="Gehört zu: {level}",
    closeness="Wie nahe es Ihnen kommt: {sensitivity}",
    end="Gemessen {end}",
    basis="Rechtsgrundlage",
    basis_said="Ihre Einwilligung (Artikel 6 Absatz 1 Buchstabe a DSGVO). Ohne sie wird nichts "
    "gesendet.",
    recipients="Wer die Berichte bekommt",
    recipients_blank="wer den Sammelserver betreibt, wer sonst Daten bekommt, in welchen Ländern",
    storage="Was gespeichert wird, und wie lange",
    storage_blank="wie lange Protokoll und Tabellen des Sammelservers aufbewahrt werden; die "
    "Software setzt keine Grenze",
    rights="Ihre Rechte",
    rights_said=(
        (
            "Auskunft: Ihr Gerät behält eine Kopie jedes Berichts, den es sendete, und das "
            "Programm kann sie Ihnen zeigen."
        ),
        (
            "Widerruf: Ändern Sie Ihre Antwort jederzeit. Von da an wird nichts gesendet. Was "
            "vorher gesendet wurde, bleibt rechtmäßig."
        ),
        (
            "Löschung: Mit der Antwort „off“ wird gelöscht, was auf Ihrem Gerät gezählt wurde. Ein "
            "Bericht, der angekommen ist, lässt sich noch nicht zurücknehmen."
        ),
        (
            "Berichtigung, Einschränkung, Übertragbarkeit, Löschung beim Sammelserver: Nichts in "
            "einem Bericht sagt, von wem er ist, also kann der Verantwortliche Ihren nicht finden "
            "(Artikel 11 DSGVO). Fragen Sie trotzdem."
        ),
    ),
    complaint_blank="die Behörde, an die Beschwerden gehen",
    must="Ob Sie müssen",
    must_said="Kein Gesetz und kein Vertrag verlangt, dass Sie zustimmen. Nichts wird von einer "
    "Maschine über Sie entschieden.",
    not_collected="Was nicht erhoben wird",
)
RECORD = RecordWords(
    title="Verzeichnis der Verarbeitung: Nutzungszahlen von {product} (Artikel 30 Absatz 1 DSGVO)",
    heads=("was", "Eintrag"),
    controller="(a) Verantwortlicher",
    controller_blanks=(
        "Name und Anschrift des Verantwortlichen",
        "gemeinsam Verantwortliche, falls es welche gibt",
        "Vertreter, falls es einen gibt",
        "Datenschutzbeauftragter, falls es einen gibt",
    ),
    purposes="(b) Zwecke",
    purposes_said="Die Entscheidungen, die die Tabelle unten nennt, Messwert für Messwert",
    subjects="(c) Personen",
    subjects_said="Menschen, die {product} benutzen und zugestimmt haben, dass Berichte gesendet "
    "werden",
    data="(c) Daten",
    data_said="Die Messwerte der Tabelle unten; eine Zufallszahl je Bericht; seine Woche; der Tag, "
    "an dem er ankam",
    recipients="(d) Empfänger",
    recipients_blank="Auftragsverarbeiter und andere Empfänger; veröffentlichte Summen sieht jeder",
    transfers="(e) Andere Länder",
    transfers_blank="Länder außerhalb des Europäischen Wirtschaftsraums, und die Garantien",
    limits="(f) Löschung",
    limits_blank="wann Protokoll und Tabellen des Sammelservers gelöscht werden; die Software "
    "setzt keine Grenze",
    security="(g) Sicherheit",
    security_blank="Zugänge, Sicherungen, verschlüsselte Platten, wer den Server betreut, ob ein "
    "anderer vor ihm Adressen speichert",
    metrics="Messwerte",
    metric_heads=("Messwert", "Zweck", "Ebene", "Kategorie", "gemessen"),
    not_processed="Messwerte, die nicht verarbeitet werden",
)
DPIA = DpiaWords(
    title="Datenschutz-Folgenabschätzung: Nutzungszahlen von {product} (Artikel 35 Absatz 7 DSGVO)",
    intro="Ein Gerüst: Was das Register weiß, ist ausgefüllt; der Rest ist Sache von Menschen. Ob "
    "eine Folgenabschätzung nötig ist, entscheiden ebenfalls Menschen.",
    description="(a) Was getan wird, und wofür",
    description_said="{product} zählt {metrics} Messwerte auf den Geräten derer, die es benutzen. "
    "Erwartete Installationen: {installs}. Stimmt eine Person zu, so geht einmal in der Woche ein "
    "Bericht an den Sammelserver.",
    installs_unknown="nicht angegeben",
    description_blank="Art, Umfang und Umstände; wer die Menschen sind; ob Kinder darunter sind; "
    "welches Recht für das Zählen auf einem Gerät gilt, bevor jemand gefragt wurde",
    necessity="(b) Warum es nötig ist, und nicht zu viel",
    necessity_blank="warum weniger nicht genügt",
    approved="Gebilligt von {by} am {day}: {where}",
    unapproved="In dieser Datei von niemandem gebilligt",
    risks="(c) Risiken für Menschen",
    together="Ein Bericht kann eine Installation um bis zu {sent} Bit von anderen unterscheiden, "
    "so wie Berichte heute gesendet werden, und um bis zu {allowed} Bit, wenn Messwerte nur mit "
    "denen reisten, die das Register nennt.",
    crowd="Von {installs} Installationen senden voraussichtlich etwa {sharing} dasselbe.",
    alone="Von {installs} Installationen kann jede die einzige sein, die genau dies sendet.",
    close="Über das, was Menschen gemacht haben oder aufbewahren, oder über sie selbst:",
    small="Veröffentlicht für kleinere Gruppen, als ihre Nähe zu Menschen verlangt:",
    unsaid="Niemand hat gesagt, wie nahe sie Menschen kommen:",
    forever="Ohne Ende gemessen:",
    risk_blanks=(
        "wie wahrscheinlich ein Schaden ist",
        "wie schwer er wäre",
        "welches Risiko bleibt",
    ),
    measures="(d) Was gegen die Risiken getan wird",
    measures_blank="weitere Maßnahmen, und wer sich bis wann darum kümmert",
    people="Wer gehört wurde",
    people_blanks=(
        "Rat des Datenschutzbeauftragten",
        "Standpunkt der betroffenen Menschen",
        "ob die Behörde zu konsultieren ist (Artikel 36)",
    ),
    sign="Entscheidung",
    sign_blanks=("Entscheidung und Gründe", "Name, Amt, Tag", "Tag der nächsten Überprüfung"),
    not_assessed="Messwerte, die nicht gemessen werden",
)
GERMAN = Words(COMMON, CONSENT, PRIVACY, RECORD, DPIA)
