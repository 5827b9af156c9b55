from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import pytest
from tests.patience import PATIENCE

from aboveboard.adapters.error_log import LoggingHandler


@pytest.fixture
def errors() -> list[BaseException]:
    return []


@pytest.fixture
def host(errors: list[BaseException]) -> Iterator[logging.Logger]:
    """Give the logger of a program that hands its errors over."""
    logger = logging.getLogger("a_host_program")
    logger.propagate = False
    handler = LoggingHandler(errors.append)
    logger.addHandler(handler)
    yield logger
    logger.removeHandler(handler)
    logger.propagate = True


def fail(logger: logging.Logger, level: int = logging.ERROR, *, told: bool = True) -> ValueError:
    try:
        int("secret")
    except ValueError as error:
        logger.log(level, "no %s", "secret", exc_info=told)
        return error
    raise AssertionError


def test_the_exception_of_a_record_is_handed_over(
    host: logging.Logger, errors: list[BaseException]
) -> None:
    first = fail(host)
    second = ValueError()
    host.critical("no", exc_info=second)
    assert errors == [first, second]


def test_what_is_no_error_or_has_no_exception_is_left_alone(
    host: logging.Logger, errors: list[BaseException]
) -> None:
    fail(host, logging.WARNING)
    fail(host, told=False)
    host.error("no", exc_info=True)
    assert errors == []


@pytest.mark.parametrize("told", [True, (ValueError, "secret", None), "secret", ()])
def test_a_record_that_somebody_made_does_no_harm(told: object) -> None:
    found: list[BaseException] = []
    made = logging.makeLogRecord({"levelno": logging.ERROR, "exc_info": told})
    LoggingHandler(found.append).handle(made)
    assert found == []


def test_the_text_of_a_record_is_never_made(errors: list[BaseException]) -> None:
    class Asked:
        def __str__(self) -> str:
            raise AssertionError

    error = ValueError()
    record = logging.makeLogRecord(
        {"levelno": logging.ERROR, "msg": Asked(), "args": (Asked(),), "exc_info": (0, error, 0)}
    )
    LoggingHandler(errors.append).handle(record)
    assert errors == [error]


def test_our_own_log_does_not_come_round_again(errors: list[BaseException]) -> None:
    handler = LoggingHandler(errors.append)
    for name in ("aboveboard", "aboveboard.device"):
        logger = logging.getLogger(name)
        logger.addHandler(handler)
        fail(logger)
        logger.removeHandler(handler)
    assert errors == []


def test_what_is_logged_while_an_error_is_recorded_does_not_come_round_again(
    host: logging.Logger,
) -> None:
    found: list[BaseException] = []

    def record(error: BaseException) -> None:
        found.append(error)
        fail(host)

    handler = LoggingHandler(record)
    host.addHandler(handler)
    fail(host)
    fail(host)
    host.removeHandler(handler)
    assert len(found) == 2


def test_an_error_of_recording_does_not_reach_the_program(
    host: logging.Logger, capsys: pytest.CaptureFixture[str]
) -> None:
    def break_down(_: BaseException) -> None:
        message = "secret"
        raise OSError(message)

    handler = LoggingHandler(break_down)
    host.addHandler(handler)
    fail(host)
    host.removeHandler(handler)
    assert capsys.readouterr() == ("", "")


def test_two_threads_do_not_wait_for_each_other() -> None:
    both_are_there = threading.Barrier(2, timeout=PATIENCE)
    handler = LoggingHandler(lambda _: both_are_there.wait())
    logger = logging.getLogger("two_threads")
    logger.propagate = False
    logger.addHandler(handler)
    threads = [threading.Thread(target=fail, args=(logger,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    logger.removeHandler(handler)
    assert not both_are_there.broken
