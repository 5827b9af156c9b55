from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from aboveboard.adapters.log_lines import Lines, kind, writing
from aboveboard.errors import FactsError

SENT = "horse-203.0.113.7"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    with writing("json", stream):
        yield stream


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def fail() -> None:
    try:
        int(SENT)
    except ValueError as error:
        message = f"a part cannot be loaded: {SENT}"
        raise FactsError(message) from error


def test_our_own_words_and_numbers_are_written(written: io.StringIO) -> None:
    logging.getLogger("aboveboard").info("kept %d of %s", 3, "the log")
    [line] = lines(written)
    assert line["message"] == "kept 3 of the log"
    assert (line["level"], line["from"]) == ("info", "aboveboard")
    assert str(line["at"]).endswith("+00:00")


def test_nothing_that_somebody_sent_is_written(written: io.StringIO) -> None:
    ours, theirs = logging.getLogger("aboveboard"), logging.getLogger("uvicorn.error")
    try:
        fail()
    except FactsError as error:
        ours.warning("loading stands still: %s", error)
        ours.exception("it broke")
        theirs.exception("Exception in application\n%s", SENT)
        theirs.warning("refused %s", SENT)
        theirs.warning(error)
        ours.warning("odd %s", [SENT])
    assert SENT not in written.getvalue()
    assert "horse" not in written.getvalue()
    said = [str(line["message"]) for line in lines(written)]
    assert said == [
        "loading stands still: FactsError: a part cannot be loaded <- ValueError",
        "it broke",
        "Exception in application",
        "refused %s",
        "FactsError",
        "odd list",
    ]
    places = lines(written)[1]["places"]
    assert isinstance(places, list)
    assert str(places[-1]).startswith("test_log_lines.py:")


@pytest.mark.parametrize(
    ("message", "arguments"),
    [
        pytest.param("wrong %d", (SENT,), id="no-number"),
        pytest.param("named %(who)s", ({"who": SENT},), id="by-name"),
    ],
)
def test_a_message_that_does_not_fit_is_written_as_it_stands_in_the_code(
    message: str, arguments: tuple[object, ...]
) -> None:
    record = logging.LogRecord("aboveboard", logging.INFO, "x.py", 1, message, arguments, None)
    assert json.loads(Lines("json").format(record))["message"] == message


def test_text_holds_the_same() -> None:
    with pytest.raises(FactsError) as caught:
        fail()
    info = (caught.type, caught.value, caught.tb)
    record = logging.LogRecord("aboveboard", logging.ERROR, "x.py", 1, "it broke", (), info)
    text = Lines("text").format(record)
    assert (
        "ERROR aboveboard: it broke (FactsError: a part cannot be loaded <- ValueError at " in text
    )
    assert SENT not in text
    plain = logging.LogRecord("aboveboard", logging.ERROR, "x.py", 1, "it broke", (), None)
    assert Lines("text").format(plain).endswith("ERROR aboveboard: it broke")


def test_the_system_may_say_why() -> None:
    assert kind(OSError(28, "No space left on device", SENT)) == "OSError: No space left on device"


def test_afterwards_everything_is_written_as_before() -> None:
    root, ours = logging.getLogger(), logging.getLogger("aboveboard")
    before = root.handlers[:], root.level, ours.level
    with writing("text", io.StringIO()):
        assert root.handlers != before[0]
    assert (root.handlers, root.level, ours.level) == before


def test_a_message_that_does_not_fit_its_values_is_written_as_it_stands(
    written: io.StringIO,
) -> None:
    record = logging.LogRecord("aboveboard", logging.INFO, "", 0, "%(name)s", ({"x": 1},), None)
    assert json.loads(Lines("json").format(record))["message"] == "%(name)s"
    assert lines(written) == []
