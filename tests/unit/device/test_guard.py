from __future__ import annotations

import logging

import pytest

from aboveboard.device.guard import Guard

SECRET = "/home/ana/geheim"  # noqa: S105 a word to look for


def test_nothing_gets_out() -> None:
    guard = Guard()

    with guard:
        raise RuntimeError(SECRET)

    assert guard.failed == 1


def test_the_class_of_the_first_error_is_logged_once_and_its_text_never(
    caplog: pytest.LogCaptureFixture,
) -> None:
    guard = Guard()

    with caplog.at_level(logging.DEBUG):
        for error in (ZeroDivisionError, OSError, OSError):
            with guard:
                raise error(SECRET)

    assert guard.failed == 3
    assert [(r.name, r.levelname) for r in caplog.records] == [("aboveboard", "WARNING")]
    assert "ZeroDivisionError" in caplog.text
    assert SECRET not in caplog.text


def test_nothing_is_printed_by_a_program_that_set_up_no_logging(
    capfd: pytest.CaptureFixture[str],
) -> None:
    logger = logging.getLogger("aboveboard")
    before, logger.propagate = logger.propagate, False
    try:
        with Guard():
            raise RuntimeError(SECRET)
    finally:
        logger.propagate = before

    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(KeyboardInterrupt, id="interrupt"),
        pytest.param(SystemExit, id="exit"),
        pytest.param(GeneratorExit, id="generator"),
    ],
)
def test_what_ends_a_program_is_not_held_back(error: type[BaseException]) -> None:
    guard = Guard()

    with pytest.raises(error), guard:
        raise error

    assert guard.failed == 0


def test_a_strict_guard_lets_errors_through() -> None:
    guard = Guard(strict=True)

    with pytest.raises(ZeroDivisionError), guard:
        raise ZeroDivisionError

    assert guard.failed == 0


def test_what_goes_well_is_not_counted() -> None:
    guard = Guard()

    with guard:
        pass

    assert guard.failed == 0
