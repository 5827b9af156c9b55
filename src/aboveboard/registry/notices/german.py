"""Enters: nothing. Leaves: the sentences of the notices in German."""

from __future__ import annotations

from aboveboard.model.consent import Mode
from aboveboard.model.metric import Sensitivity
from aboveboard.model.registry import Sends
from aboveboard.registry.notices.german_changes import change_said
from aboveboard.registry.notices.german_form import form
from aboveboard.registry.notices.words import (
    Common,
    ConsentWords,
    DpiaWords,
    PrivacyWords,
    QuestionWords,
    RecordWords,
    Words,
)

_KEPT = (
    "Der Sammelserver speichert Zahlen: je Messwert, Tag oder Woche, und Wert.",
    (
        "Dazu speichert er eine Zufallszahl, die für jeden Bericht neu ist, dessen Woche und den "
        "Tag, an dem er ankam."
    ),
    (
        "Solange sein Protokoll aufbewahrt wird, zeigt es, welche Zahlen in einem Bericht standen "
        "und in welcher Reihenfolge Berichte kamen. Die Tabellen, die daraus entstehen, zeigen das "
        "nicht."
    ),
    (
        "Er speichert keine Netzwerkadressen. Was das Register nicht nennt, wird nirgends gezählt; "
        "was davon trotzdem ankommt, wartet einige Tage, falls es aufgenommen wird, und wird dann "
        "gelöscht."
    ),
    "Er veröffentlicht nur Summen und verbirgt zu kleine Gruppen.",
)
_MEASURES = (
    "Kein Bericht enthält Namen, Adressen, eine Nummer des Geräts oder Texte, die jemand schrieb.",
    "Die Person kann jeden Bericht sehen und behält eine Kopie davon.",
    (
        "Was nicht zusammen ankommen muss, steht in getrennten Berichten, die nichts gemeinsam "
        "haben als das Produkt, die Woche und die Fassung des Registers."
    ),
    (
        "Das Gerät nimmt nichts an, was das Register nicht nennt, und nur in dessen Grenzen; der "
        "Sammelserver zählt nichts anderes."
    ),
    (
        "Der Sammelserver speichert keine Netzwerkadresse und schreibt kein Zugriffsprotokoll. "
        "Begrenzt er, wie viel ein Netz sendet, so zählt er unter einem Hash mit Zufallsschlüssel, "
        "im Arbeitsspeicher, eine Minute lang."
    ),
    "Ein Bericht lässt sich aus Protokoll, Tabellen und Summen zurücknehmen, mit Quittung.",
    "Ein Bericht ist auf der Platte, bevor sein Empfang bestätigt wird, und zählt einmal.",
    "Seine Tabellen enthalten Summen; keine zeigt, welche Zahlen aus einem Bericht stammen.",
    (
        "Seine Tabellen kann nur befragen, wer auf seinem Rechner die Dateien des Besitzers liest, "
        "außer sie liegen in einem PostgreSQL."
    ),
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
    often={
        Sends.HOUR: "einmal in der Stunde",
        Sends.DAY: "einmal am Tag",
        Sends.WEEK: "einmal in der Woche",
        Sends.MONTH: "einmal im Monat",
    },
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
    message="Bereinigte Fehlermeldungen: {title}",
    nothing="nichts",
    proposed="In Diskussion, weder gezählt noch gesendet:",
    retired="Nicht mehr gezählt:",
    contact="Fragen gehen an: {contact}",
    policy="Datenschutzerklärung: {policy}",
    kept=_KEPT,
    kept_errors="Zu einem Fehler speichert er, wo im Programm er geschah und welche Art von Fehler "
    "es war: Namen des Programms, keine Ordner, keine Dateien, keine Werte.",
    kept_messages="Wo jemand Fehlermeldungen zugestimmt hat, speichert er auch diese, bereinigt: "
    "Wörter aus einer öffentlichen Liste, mit Lücken, wo etwas anderes stand.",
    measures=_MEASURES,
    measure_before="Nichts wird gesendet, bevor die Person zustimmt, auch nicht, was vorher "
    "gezählt wurde.",
    measure_before_asked="Nichts wird gesendet, bevor die Person zustimmt; was vorher gezählt "
    "wurde, nur, wenn die Frage es zeigte und die Antwort Ja war.",
    measure_tls="Berichte reisen über verschlüsselte Verbindungen (https).",
)
CONSENT = ConsentWords(
    title="Darf {product} Nutzungszahlen senden?",
    ask="{product} fragt, ob es {often} die Zahlen senden darf, die hier stehen; was nicht "
    "zusammen ankommen muss, steht in getrennten Berichten. Sie entscheiden; jede Antwort ist so "
    "gut wie die andere.",
    before="Bevor Sie antworten, wird nichts gesendet, und was vor Ihrer Zustimmung gezählt "
    "wurde, wird nie gesendet.",
    before_asked="Bevor Sie antworten, wird nichts gesendet. Die Frage gilt auch dem, was bisher "
    "auf diesem Gerät gezählt wurde: Sie können genau das sehen, bevor Sie antworten, und es wird "
    "nur gesendet, wenn Sie dazu Ja sagen.",
    what="Was in den Berichten steht",
    never="Was in keinem Bericht steht",
    never_said=(
        "Ihr Name, Ihr Konto, Ihre Adresse oder eine Nummer, die für Sie oder Ihr Gerät steht",
        (
            "ein Kennzeichen, an dem zwei Berichte, aus einer Woche oder aus mehreren, als Ihre zu "
            "erkennen wären"
        ),
        "Text, den jemand schrieb: Wörter kommen aus einer öffentlichen Liste",
        "die Uhrzeit: Eine Zahl nennt ihren Tag oder ihre Woche",
        "Ihre Netzwerkadresse: Der Sammelserver speichert sie nicht",
    ),
    who="Wer sie bekommt",
    answers="Ihre Antwort",
    answers_said=(
        "Ja („on“): Es wird auf diesem Gerät gezählt und gesendet.",
        "Nein („local“): Es wird auf diesem Gerät gezählt und nicht gesendet.",
        "Nein („off“): Es wird nicht gezählt, und was gezählt wurde, wird gelöscht.",
    ),
    yes_earlier="Ja („on“): Es wird auf diesem Gerät gezählt und gesendet; auch, was hier bisher "
    "gezählt wurde.",
    by_level="Jeder Teil, der unter einem eigenen Namen steht, kann eine eigene Antwort haben.",
    afterwards="Danach",
    afterwards_said=(
        (
            "Sie können die nächsten Berichte sehen, bevor sie gehen, und Kopien von allen, die "
            "gingen."
        ),
        (
            "Sie können Ihre Antwort jederzeit ändern. Ändern Sie sie in Nein, so werden wartende "
            "Berichte nicht gesendet."
        ),
        (
            "Ein Bericht, der angekommen ist, lässt sich zurücknehmen: Ihr Gerät behält, was man "
            "dazu braucht, und nichts im Bericht sagt, dass er von Ihnen kam. Hat der Sammelserver "
            "sein Protokoll gelöscht, sind nur Summen übrig, und aus ihnen lässt sich kein Bericht "
            "mehr herausnehmen."
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
    what_said="Die Berichte enthalten nur dies. Sie werden {often} gesendet, wenn Sie zugestimmt "
    "haben. Was nicht zusammen ankommen muss, steht in getrennten Berichten, die nichts gemeinsam "
    "haben als das Produkt, die Woche und die Fassung des Registers.",
    what_earlier="Was auf Ihrem Gerät gezählt wurde, bevor Sie zustimmten, wird auch gesendet, "
    "wenn es Ihnen gezeigt wurde und Sie dem zugestimmt haben.",
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
    storage_blank="wie lange der Sammelserver Protokoll, Tabellen und Sicherungen behält; ohne "
    "andere Einstellung 60, 60 und 30 Tage, Kennungen von Berichten 53 Wochen, Summen für immer",
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
            "Bericht, der angekommen ist, lässt sich zurücknehmen, solange der Sammelserver sein "
            "Protokoll hat; das Programm verlangt es und bekommt eine unterschriebene Quittung."
        ),
        (
            "Berichtigung, Einschränkung, Übertragbarkeit: Nichts in "
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
    limits_blank="wann Protokoll, Tabellen und Sicherungen des Sammelservers gelöscht werden; ohne "
    "andere Einstellung nach 60, 60 und 30 Tagen",
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
    "Erwartete Installationen: {installs}. Stimmt eine Person zu, so gehen {often} Berichte an "
    "den Sammelserver; was nicht zusammen ankommen muss, steht in getrennten.",
    installs_unknown="nicht angegeben",
    description_blank="Art, Umfang und Umstände; wer die Menschen sind; ob Kinder darunter sind; "
    "welches Recht für das Zählen auf einem Gerät gilt, bevor jemand gefragt wurde",
    necessity="(b) Warum es nötig ist, und nicht zu viel",
    necessity_blank="warum weniger nicht genügt",
    approved="Gebilligt von {by} am {day}: {where}",
    unapproved="In dieser Datei von niemandem gebilligt",
    risks="(c) Risiken für Menschen",
    together="Der aussagekräftigste ihrer Berichte kann eine Installation um bis zu {sent} Bit von "
    "anderen unterscheiden; könnte jemand alle ihre Berichte verbinden, so wären es bis zu "
    "{linked} Bit.",
    crowd="Von {installs} Installationen senden voraussichtlich etwa {sharing} denselben "
    "aussagekräftigsten Bericht.",
    alone="Von {installs} Installationen kann jede die einzige sein, die ihren aussagekräftigsten "
    "Bericht so sendet.",
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
QUESTION = QuestionWords(
    would="Wenn Sie Ja sagen, sendet es {often} Berichte mit Zahlen an {receiver}.",
    part="{level} ({number} Zahlen)",
    part_one="{level} (1 Zahl)",
    never="Kein Bericht enthält Namen, Adressen, eine Nummer, die für Sie oder Ihr Gerät steht, "
    "oder Text, den jemand schrieb.",
    change="Sie können jede Antwort jederzeit ändern.",
    keys={
        "yes": "j",
        "local": "n",
        "keep": "n",
        "off": "g",
        "levels": "e",
        "data": "d",
        "text": "t",
        "later": "s",
    },
    answers={
        "yes": "Ja: zählen und senden",
        "local": "Nein: zählen, aber nicht senden",
        "keep": "Nein: was neu ist, bleibt hier",
        "off": "Gar nichts: nicht zählen, und löschen, was gezählt wurde",
        "levels": "Einzeln antworten, Teil für Teil",
        "data": "Die genauen Daten sehen",
        "text": "Den ganzen Text lesen",
        "later": "Später antworten",
    },
    modes={
        Mode.ON: ("j", "zählen und senden"),
        Mode.LOCAL: ("n", "zählen, nicht senden"),
        Mode.OFF: ("g", "gar nicht zählen"),
    },
    earlier="Und was hier bisher gezählt wurde?",
    yes_no={True: ("j", "auch senden"), False: ("n", "nicht senden")},
    pick="Eine Taste:",
    on_line="Ein Buchstabe, dann Eingabetaste:",
    back="Eine Taste führt zurück zur Frage.",
    more="Eine Taste blättert weiter.",
    data_shown="So sehen Berichte aus. Dies wurde bisher gezählt und bleibt hier, was immer Sie "
    "antworten:",
    data_earlier="Genau dies wird gesendet, wenn Sie Ja sagen; danach kommt dazu, was später "
    "gezählt wird:",
    data_none="Bisher wurde nichts gezählt.",
    answered="Ihre Antwort: {answer}",
    grown_title="{product} möchte mehr senden als bisher",
    grown="Sie haben zugestimmt, dass {product} Nutzungszahlen sendet. Was neu ist, bleibt hier, "
    "wenn Sie nicht Ja sagen:",
    grown_yes="Ja: auch senden, was neu ist",
    rest="… und {number} weitere Zeilen im ganzen Text",
    change_said=change_said,
)
GERMAN = Words(COMMON, CONSENT, PRIVACY, RECORD, DPIA, QUESTION)
