"""Enters: nothing. Leaves: the one definition of all commands, in the order of the help."""

from __future__ import annotations

from aboveboard.commands.command import Command, Parameter, Takes

_LEVEL = Parameter(
    "--level", "Only this level; may be given more than once.", Takes.TEXTS, metavar="NAME"
)
_JSON = Parameter("--json", "As JSON.", Takes.FLAG)
_KEY = Parameter("--key", "Its key, x25519:…; without one, TLS alone.", metavar="KEY")
_REPORT = Parameter("report", "The id of a report, or how it begins.")

COMMANDS: tuple[Command, ...] = (
    Command(("status",), "Say what is counted and sent, and who decided.", "choosing:status"),
    Command(
        ("explain",), "Say every rule in its order, and which one decides.", "choosing:explain"
    ),
    Command(
        ("on",), "Count, show and send; nothing counted before is sent.", "choosing:on", (_LEVEL,)
    ),
    Command(("local",), "Count and show, but send nothing.", "choosing:local", (_LEVEL,)),
    Command(
        ("off",),
        "Count nothing, and delete what was counted.",
        "choosing:off",
        (
            _LEVEL,
            Parameter("--forget", "Before, have deleted what was sent.", Takes.FLAG),
        ),
    ),
    Command(
        ("ask",),
        "Be asked now, with all that it is about.",
        "asking:ask",
        (
            Parameter("--json", "Print the question as JSON.", Takes.FLAG),
            Parameter("--answer", "Take the answer as JSON; - for standard input.", metavar="FILE"),
        ),
    ),
    Command(
        ("show",),
        "Print the exact JSON of what would be sent now.",
        "seeing:show",
        (
            Parameter("--local", "All that is counted here, also what stays here.", Takes.FLAG),
            Parameter("--next", "Say when the next report may leave.", Takes.FLAG),
        ),
    ),
    Command(("outbox",), "Show what waits to leave.", "outbox:outbox", (_JSON,)),
    Command(
        ("outbox", "strike"),
        "Take a report out, or one metric out of it.",
        "outbox:strike",
        (_REPORT, Parameter("metric", "The name of a metric.", needed=False)),
    ),
    Command(
        ("outbox", "wait"),
        "Let nothing leave before it waited so many days.",
        "outbox:wait",
        (Parameter("days", "0 to 90.", Takes.NUMBER),),
    ),
    Command(
        ("outbox", "export"),
        "Write what waits into a file that is carried by hand.",
        "carrying:export",
        (Parameter("file", "The file; it must not be there yet."),),
    ),
    Command(
        ("outbox", "import"),
        "Take note of the answers to what was carried by hand.",
        "carrying:settle",
        (Parameter("file", "The file of answers."),),
    ),
    Command(
        ("journal",),
        "Show every report that was made, and what became of it.",
        "seeing:journal",
        (_JSON, Parameter("--short", "Without the bytes of each.", Takes.FLAG)),
    ),
    Command(
        ("forget",),
        "Have deleted what was sent: one report, or all of them.",
        "taking_back:forget",
        (
            Parameter("report", _REPORT.help, needed=False),
            Parameter("--all", "All of them.", Takes.FLAG),
        ),
    ),
    Command(("receipts",), "Show what became of what was taken back.", "taking_back:receipts"),
    Command(("send-now",), "Send now what could be sent, and wait for it.", "delivering:send_now"),
    Command(
        ("redirect",),
        "Send reports to a collector of yours instead.",
        "delivering:redirect",
        (
            Parameter("url", "Its address.", needed=False),
            _KEY,
            Parameter("--off", "To the program's own collector again.", Takes.FLAG),
        ),
    ),
    Command(
        ("also",),
        "Send a copy of each report there as well.",
        "delivering:also",
        (
            Parameter("url", "Its address."),
            _KEY,
            Parameter("--off", "No longer.", Takes.FLAG),
        ),
    ),
    Command(("news",), "Say what is new since you chose.", "asking:news"),
    Command(("renew",), "Look for a newer list of what is counted.", "asking:renew"),
    Command(("agree",), "Agree to what is new.", "asking:agree"),
)
