from __future__ import annotations

from collections.abc import Callable
from types import ModuleType, TracebackType
from typing import Any

import pytest

from aboveboard.device import frames as step
from aboveboard.device.frames import Place, places
from aboveboard.device.whose import Code

APP = (("editor", "/opt/editor"),)


def made(text: str, name: str = "editor.files", file: str = "/opt/editor/files.py") -> ModuleType:
    module = ModuleType(name)
    module.__file__ = file
    exec(compile(text, file, "exec"), vars(module))  # noqa: S102 code of another place
    return module


def trace(call: Callable[[], Any]) -> TracebackType | None:
    """Give the traceback of a call that fails, without this function's own frame."""
    with pytest.raises(ArithmeticError) as caught:
        call()
    return caught.value.__traceback__.tb_next if caught.value.__traceback__ else None


def told(module: ModuleType, call: Callable[[], Any]) -> list[str]:
    code = Code(APP, modules={module.__name__: module})
    return [place.frame for place in places(trace(call), code)]


NESTED = """
class Page:
    def save(self):
        return self.lines()
    def lines(self):
        return [each() for each in (lambda: 1 / 0,)]
"""


def test_frames_are_names_and_lines_outermost_first() -> None:
    module = made(NESTED)
    found = told(module, module.Page().save)
    assert found[:2] == ["editor.files:Page.save:4", "editor.files:Page.lines:6"]
    assert found[-1] == "editor.files:Page.lines.<locals>.<lambda>:6"


def test_the_program_s_own_places_are_marked() -> None:
    module = made("def f(): 1 / 0")
    code = Code(APP, modules={"editor.files": module})
    assert list(places(trace(module.f), code)) == [Place("editor.files:f", 1, own=True)]


def test_code_that_is_run_from_a_text_has_neither_name_nor_line() -> None:
    text = "exec(compile('def ana_smith(): 1 / 0\\nana_smith()', '/home/ana/x.py', 'exec'))"
    module = made(f"def f():\n    {text}")
    assert told(module, module.f) == ["editor.files:f:2", "(elsewhere)", "(elsewhere)"]


def test_a_script_in_somebody_s_folder_is_elsewhere() -> None:
    module = made("def ana_smith(): 1 / 0", "plans", "/home/ana/plans.py")
    code = Code(APP, modules={"plans": module})
    assert list(places(trace(module.ana_smith), code)) == [Place("(elsewhere)", 1, own=False)]
    assert told(module, module.ana_smith) == ["(elsewhere)"]


@pytest.mark.parametrize("name", ["f" * 81, "größe", "x"])
def test_a_name_that_is_none_is_elsewhere(name: str) -> None:
    module = made(f"def {name}(): 1 / 0")
    function = getattr(module, name)
    if name == "x":
        function.__code__ = function.__code__.replace(co_qualname="ana smith")
    assert told(module, function) == ["(elsewhere)"]


def test_what_stands_in_place_of_a_module_does_no_harm() -> None:
    class Bad:
        @property
        def __dict__(self) -> dict[str, object]:  # type: ignore[override]
            message = "not to be looked at"
            raise RuntimeError(message)

    module = made("def f(): 1 / 0")
    code = Code(APP, modules={"editor.files": Bad()})
    assert [place.where for place in places(trace(module.f), code)] == ["(elsewhere)"]


def test_a_line_that_cannot_be_is_told_as_the_nearest_that_can() -> None:
    module = made("def f(): 1 / 0")
    module.f.__code__ = module.f.__code__.replace(co_firstlineno=20_000_000)
    assert told(module, module.f) == ["editor.files:f:9999999"]


def test_without_a_traceback_there_are_no_places() -> None:
    assert list(places(None, Code())) == []


def test_a_traceback_has_an_end_that_is_not_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step, "MOST_WALKED", 10)
    module = made("def f(n):\n    return f(n - 1) if n else 1 / 0")
    assert len(told(module, lambda: module.f(50))) == 10
