from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from aboveboard.adapters.error_hooks import ErrorHooks

Record = Callable[[BaseException], object]


class Broken(Exception):  # noqa: N818 an example
    pass


@pytest.fixture
def before(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give who was called before, in place of the interpreter's own hooks."""
    called: list[str] = []
    monkeypatch.setattr(sys, "excepthook", lambda *told: called.append(f"program {len(told)}"))
    monkeypatch.setattr(threading, "excepthook", lambda _: called.append("thread"))
    monkeypatch.setattr(sys, "unraisablehook", lambda _: called.append("interpreter"))
    return called


@pytest.fixture
def errors() -> list[BaseException]:
    return []


@pytest.fixture
def hooks(before: list[str], errors: list[BaseException]) -> Iterator[ErrorHooks]:
    assert before == []
    made = ErrorHooks(errors.append, unraisable=True)
    made.install()
    yield made
    made.uninstall()


def of_program(error: BaseException) -> None:
    sys.excepthook(type(error), error, error.__traceback__)


def of_thread(error: BaseException) -> None:
    def fail() -> None:
        raise error

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()


def of_interpreter(error: BaseException) -> None:
    class Dying:
        def __del__(self) -> None:
            raise error

    dying: Dying | None = Dying()
    del dying


CALLS = {"program 3": of_program, "thread": of_thread, "interpreter": of_interpreter}
every_hook = pytest.mark.parametrize(("name", "call"), CALLS.items(), ids=CALLS)


@every_hook
@pytest.mark.usefixtures("hooks")
def test_an_error_that_nobody_caught_is_recorded_and_told_as_before(
    name: str, call: Record, before: list[str], errors: list[BaseException]
) -> None:
    error = Broken()
    call(error)
    assert errors == [error]
    assert before == [name]


@every_hook
def test_whoever_was_told_before_is_told_also_if_recording_fails(
    name: str, call: Record, before: list[str]
) -> None:
    def fail(_: BaseException) -> None:
        message = "no disk"
        raise OSError(message)

    hooks = ErrorHooks(fail, unraisable=True)
    hooks.install()
    call(Broken())
    hooks.uninstall()
    assert before == [name]


def test_whoever_was_told_before_is_told_also_if_recording_is_interrupted(
    before: list[str],
) -> None:
    def stop(_: BaseException) -> None:
        raise KeyboardInterrupt

    hooks = ErrorHooks(stop)
    hooks.install()
    with pytest.raises(KeyboardInterrupt):
        of_program(Broken())
    hooks.uninstall()
    assert before == ["program 3"]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(1)], ids=["keyboard", "exit"])
@pytest.mark.usefixtures("hooks")
def test_ending_a_program_on_purpose_is_no_error(
    error: BaseException, before: list[str], errors: list[BaseException]
) -> None:
    of_program(error)
    assert errors == []
    assert before == ["program 3"]


@pytest.mark.usefixtures("hooks")
def test_a_thread_that_tells_no_error_is_passed_on(
    before: list[str], errors: list[BaseException]
) -> None:
    threading.excepthook(threading.ExceptHookArgs((Broken, None, None, None)))
    assert errors == []
    assert before == ["thread"]


@pytest.mark.usefixtures("before")
def test_only_what_is_wanted_is_listened_to() -> None:
    program, thread, interpreter = sys.excepthook, threading.excepthook, sys.unraisablehook
    hooks = ErrorHooks(print, threads=False)
    hooks.install()
    assert sys.excepthook is not program
    assert threading.excepthook is thread
    assert sys.unraisablehook is interpreter
    hooks.uninstall()
    assert sys.excepthook is program


@every_hook
def test_after_leaving_everything_is_as_before(
    name: str, call: Record, before: list[str], hooks: ErrorHooks, errors: list[BaseException]
) -> None:
    hooks.uninstall()
    hooks.uninstall()
    call(Broken())
    assert errors == []
    assert before == [name]


@every_hook
def test_twice_installed_is_installed_once(
    name: str, call: Record, before: list[str], hooks: ErrorHooks, errors: list[BaseException]
) -> None:
    hooks.install()
    call(Broken())
    assert len(errors) == 1
    assert before == [name]


def test_a_hook_that_came_on_top_stays_and_no_hook_calls_itself(
    before: list[str],
    hooks: ErrorHooks,
    errors: list[BaseException],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours = sys.excepthook

    def on_top(kind: type[BaseException], error: BaseException, trace: object) -> None:
        before.append("on top")
        ours(kind, error, trace)  # type: ignore[arg-type]

    monkeypatch.setattr(sys, "excepthook", on_top)
    hooks.uninstall()
    of_program(Broken())
    assert errors == []
    assert before == ["on top", "program 3"]
    hooks.install()
    of_program(Broken())
    assert len(errors) == 1
    assert before == ["on top", "program 3"] * 2
    monkeypatch.setattr(sys, "excepthook", ours)
