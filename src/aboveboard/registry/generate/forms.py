"""Enters: a kind. Leaves: the calls that its metrics have in Python, and what they forward to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aboveboard.model.metric import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = "self._name"
BLOCK = "AbstractContextManager[object]"


@dataclass(frozen=True, slots=True)
class Method:
    """A call of a metric, which forwards to one of the telemetry.

    Attributes:
        name: what it is called.
        parameters: what it takes, as Python writes it.
        text: what it does, in a sentence.
        call: the telemetry's call.
        arguments: what that is given.
        gives: what comes back.
    """

    name: str
    parameters: tuple[str, ...]
    text: str
    call: str
    arguments: tuple[str, ...]
    gives: str = "None"


@dataclass(frozen=True, slots=True)
class Form:
    """A class of metrics.

    Attributes:
        name: what it is called.
        text: what its values say, in a sentence.
        methods: its calls.
        base: the class that it stands on.
    """

    name: str
    text: str
    methods: tuple[Method, ...]
    base: str = "_Metric"


CALLS: Mapping[str, tuple[tuple[str, ...], str, str]] = {
    "count": (
        ("name: str", "by: int", "/", "*", "label: str | None = None"),
        "None",
        "Add to a counter, or to one of its labels.",
    ),
    "event": (("name: str", "/", "**said: str"), "None", "Count an event."),
    "names": (("name: str", "found: Iterable[str]", "/"), "None", "Say which names are there."),
    "observe": (("name: str", "amount: int", "/"), "None", "Add an amount."),
    "record_error": (("error: BaseException", "name: str", "/"), "None", "Count an error."),
    "set": (("name: str", "value: int | str", "/"), "None", "Say what is so."),
    "time": (("name: str", "/"), BLOCK, "Measure how long a block takes."),
    "took": (("name: str", "milliseconds: int", "/"), "None", "Add a time."),
    "use": (("name: str", "/"), BLOCK, "Count the seconds of a block."),
    "used": (("name: str", "seconds: int", "/"), "None", "Add seconds."),
}
"""The telemetry's calls: what they take, what comes back, what they do.

Whatever has them may stand in for the telemetry: what its parameters are called does not matter.
"""


def _set(parameter: str, text: str) -> Method:
    return Method("set", (parameter,), text, "set", (NAME, parameter.partition(":")[0]))


OPEN: Mapping[Kind, Form] = {
    Kind.COUNTER: Form(
        "Counter",
        "How often something happened.",
        (Method("add", ("by: int = 1",), "Add one, or ``by``.", "count", (NAME, "by")),),
    ),
    Kind.FLAG: Form("Flag", "Whether something is so.", (_set("value: YesNo", "Say yes or no."),)),
    Kind.VERSION: Form(
        "Version",
        "A version, of which the first parts are kept.",
        (_set("version: str", "Say which, such as ``3.11.7``."),),
    ),
    Kind.QUANTITY: Form(
        "Quantity",
        "How many there are, kept as a bucket.",
        (_set("amount: int", "Say how many."),),
    ),
    Kind.TIMING: Form(
        "Timing",
        "How long something takes, kept as a bucket.",
        (
            Method("measure", (), "Measure how long a block takes.", "time", (NAME,), BLOCK),
            Method(
                "took",
                ("milliseconds: int",),
                "Add a time that was measured elsewhere.",
                "took",
                (NAME, "milliseconds"),
            ),
        ),
    ),
    Kind.DISTRIBUTION: Form(
        "Distribution",
        "How large something is each time, kept as a bucket.",
        (Method("observe", ("amount: int",), "Add an amount.", "observe", (NAME, "amount")),),
    ),
    Kind.SECONDS: Form(
        "Seconds",
        "How long something is in use.",
        (
            Method("use", (), "Count the seconds that a block takes.", "use", (NAME,), BLOCK),
            Method(
                "used",
                ("seconds: int",),
                "Add seconds that were measured elsewhere.",
                "used",
                (NAME, "seconds"),
            ),
        ),
    ),
    Kind.ERROR: Form(
        "Errors",
        "How often something breaks, by places in the code.",
        (
            Method(
                "record",
                ("error: BaseException",),
                "Count an error; nothing of its text is kept.",
                "record_error",
                ("error", NAME),
            ),
        ),
    ),
    Kind.NAMES: Form(
        "Names",
        "Which of a list of names are there.",
        (
            Method(
                "found",
                ("names: Iterable[str]",),
                "Say all that was found; what the list lacks is counted and never named.",
                "names",
                (NAME, "names"),
            ),
        ),
    ),
}
"""The classes that all metrics of a kind share; where a list is closed, each has its own."""

BY_VERSION = Form(
    "CounterByVersion",
    "How often something happened, by the first parts of a version.",
    (
        Method(
            "add",
            ("version: str", "by: int = 1"),
            "Add one to a version, such as ``1.4.2``, or ``by``.",
            "count",
            (NAME, "by", "label=version"),
        ),
    ),
)
"""The class of labelled counters whose labels are versions."""
SHARED = (*OPEN.values(), BY_VERSION)

METHODS = frozenset({"add", "found", "measure", "observe", "record", "set", "took", "use", "used"})
"""Every call that a metric of any kind has."""
