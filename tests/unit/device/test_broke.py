from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from types import ModuleType
from typing import Any, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.device.broke import MOST_ERRORS, describe
from aboveboard.device.whose import Code
from aboveboard.model.broke import Broke
from aboveboard.registry.names import ERROR_MARK

APP = (("editor", "/opt/editor"),)
LIB = ("/usr/lib/python3",)


def load(**texts: str) -> Code:
    """Load modules of the editor, and of a library as far as their names begin with lib."""
    modules: dict[str, object] = {"builtins": sys.modules["builtins"]}
    for name, text in texts.items():
        full, folder = (name, LIB[0]) if name.startswith("lib") else (f"editor.{name}", APP[0][1])
        module = ModuleType(full)
        module.__file__ = f"{folder}/{name}.py"
        vars(module).update({k.rpartition(".")[2]: v for k, v in modules.items()})
        exec(compile(text, module.__file__, "exec"), vars(module))  # noqa: S102 code of another place
        modules[full] = module
    return Code(APP, LIB, modules=modules)


def caught(call: Callable[[], Any]) -> BaseException:
    with pytest.raises(BaseException) as found:  # noqa: PT011 whatever it is
        call()
    return found.value


def broke(code: Code, call: Callable[[], Any], **how: bool) -> Broke:
    return describe(caught(call), code, **how)


def further(call: Callable[[], Any]) -> Any:  # noqa: ANN401 whatever it gives
    return call()


def module(code: Code, name: str) -> Any:  # noqa: ANN401 whatever it defines
    return code.modules[name]


FILES = """
class Broken(Exception): pass
def save(how=None):
    return write(how)
def write(how):
    try:
        return 1 / 0
    except ZeroDivisionError as error:
        if how is None:
            raise Broken('secret') from error
        if how == 'bare':
            raise Broken('secret') from None
        raise Broken('secret')
"""


def test_an_error_is_told_by_its_types_and_its_places() -> None:
    code = load(files=FILES)
    found = broke(code, module(code, "editor.files").save)
    assert found.types == ("editor.files.Broken", "builtins.ZeroDivisionError")
    assert found.frames == ("(elsewhere)", "editor.files:save:4", "editor.files:write:10")
    assert ERROR_MARK.fullmatch(found.fingerprint)
    assert found.message == ""


@pytest.mark.parametrize(
    ("how", "types"),
    [
        ("bare", ("editor.files.Broken",)),
        ("during", ("editor.files.Broken", "builtins.ZeroDivisionError")),
    ],
)
def test_what_was_suppressed_is_not_told(how: str, types: tuple[str, ...]) -> None:
    code = load(files=FILES)
    assert broke(code, lambda: module(code, "editor.files").save(how)).types == types


def test_a_message_is_told_only_where_it_is_wanted_and_scrubbed() -> None:
    code = load(files="def save(): open('/nowhere/ana')")
    save = module(code, "editor.files").save
    assert broke(code, save).message == ""
    said = broke(code, save, message=True)
    assert said.message == "[errno <number>] no such file or directory: <quoted>"
    assert said.fingerprint == broke(code, save).fingerprint


def test_the_same_error_has_the_same_mark_after_small_changes_and_on_other_machines() -> None:
    before = load(lib1="def call(f): f()", files="def save(): lib1.call(bad)\ndef bad(): 1 / 0")
    after = load(
        lib2="def call(f): inner(f)\ndef inner(f): f()",
        files="\n\n# moved\ndef save():\n    lib2.call(bad)\n\ndef bad():\n    1 / 0",
    )
    marks = set()
    for code in (before, after):
        save = module(code, "editor.files").save
        marks.add(broke(code, save).fingerprint)
        marks.add(broke(Code(code.app, (), modules=code.modules), save).fingerprint)
        marks.add(broke(code, partial(further, save)).fingerprint)
    assert len(marks) == 1


def test_other_places_and_other_types_have_other_marks() -> None:
    code = load(
        files="def a(): 1 / 0\ndef b(): 1 / 0\ndef c(): [][0]",
        more="def a(): 1 / 0",
        lib1="def a(): 1 / 0\ndef b(): 1 / 0",
    )
    files, more, lib = (module(code, name) for name in ("editor.files", "editor.more", "lib1"))
    calls = (files.a, files.b, files.c, more.a, lib.a, lib.b)
    assert len({broke(code, call).fingerprint for call in calls}) == len(calls)


def test_comprehensions_leave_no_trace_in_the_mark() -> None:
    old = load(files="def f(): return [1 / 0 for _ in 'a']")
    new = load(files="def f():\n    for _ in 'a': 1 / 0")
    first, second = (broke(code, module(code, "editor.files").f) for code in (old, new))
    assert first.fingerprint == second.fingerprint


DEEP = """
import sys
def odd(n, end):
    return even(n - 1, end) if n else leaf(end)
def even(n, end):
    return odd(n - 1, end) if n else leaf(end)
def leaf(end):
    return end()
def alone(n):
    return alone(n - 1) if n else 1 / 0
def forever():
    return forever()
def there():
    return back()
def back():
    return there()
"""


def test_the_depth_of_a_recursion_does_not_matter() -> None:
    code = load(files=DEEP)
    files = module(code, "editor.files")
    marks = {
        broke(code, lambda n=n: files.odd(n, lambda: 1 / 0)).fingerprint  # type: ignore[misc]
        for n in (3, 4, 50, 301)
    }
    assert len(marks) == 1
    assert len({broke(code, lambda n=n: files.alone(n)).fingerprint for n in (1, 2, 90)}) == 1  # type: ignore[misc]


@pytest.mark.parametrize("name", ["forever", "there"])
def test_where_a_recursion_gets_too_deep_does_not_matter(name: str) -> None:
    code = load(files=DEEP)
    endless = getattr(module(code, "editor.files"), name)
    found = [broke(code, endless), broke(code, partial(further, endless))]
    assert len({each.fingerprint for each in found}) == 1
    assert found[0].types == ("builtins.RecursionError",)
    assert len(found[0].frames) <= 50


def test_a_recursion_without_a_loop_is_told_by_its_places() -> None:
    code = load(files="def f(): raise RecursionError")
    assert broke(code, module(code, "editor.files").f).frames[-1] == "editor.files:f:1"


def test_of_many_frames_the_inner_ones_are_kept() -> None:
    text = "\n".join(f"def f{n}(): return f{n + 1}()" for n in range(60)) + "\ndef f60(): 1 / 0"
    code = load(files=text)
    frames = broke(code, module(code, "editor.files").f0).frames
    assert len(frames) == 50
    assert frames[-1] == "editor.files:f60:61"


def test_a_chain_is_walked_once_whatever_it_looks_like() -> None:
    first, second = ValueError(), KeyError()
    first.__context__, second.__context__ = second, first
    found = describe(first, load())
    assert found.types == ("builtins.ValueError", "builtins.KeyError")
    assert found.frames == ()


def test_a_long_chain_has_an_end() -> None:
    error = last = ValueError()
    for _ in range(10 * MOST_ERRORS):
        last.__cause__ = last = type("Ana", (Exception,), {})()
    assert describe(error, load()).types == ("builtins.ValueError", "(elsewhere)")


def test_of_many_types_the_first_are_told() -> None:
    code = load(files="\n".join(f"class E{n}(Exception): pass" for n in range(20)))
    kinds = [getattr(module(code, "editor.files"), f"E{n}") for n in range(20)]
    errors = [kind() for kind in kinds]
    for one, cause in pairwise(errors):
        one.__cause__ = cause
    assert describe(errors[0], code).types == tuple(f"editor.files.E{n}" for n in range(10))


GROUP = """
def one(): 1 / 0
def two(): [][0]
def both(*order):
    found = []
    for each in order:
        try:
            each()
        except Exception as error:
            found.append(error)
    raise ExceptionGroup('secret', found)
"""


def test_a_group_is_told_with_its_members_and_the_places_of_the_first() -> None:
    code = load(files=GROUP)
    files = module(code, "editor.files")
    found = broke(code, lambda: files.both(files.one, files.two))
    assert found.types == (
        "builtins.ExceptionGroup",
        "builtins.ZeroDivisionError",
        "builtins.IndexError",
    )
    assert found.frames[1:] == ("editor.files:both:11", "editor.files:both:8", "editor.files:one:2")


def test_a_group_in_a_group_is_walked_too() -> None:
    code = load(files=GROUP)
    files = module(code, "editor.files")
    found = broke(code, lambda: files.both(lambda: files.both(files.two)))
    assert found.types == ("builtins.ExceptionGroup", "builtins.IndexError")
    assert found.frames[-1] == "editor.files:two:3"


def test_a_group_of_groups_has_an_end() -> None:
    group: BaseException = KeyboardInterrupt()
    for _ in range(10 * MOST_ERRORS):
        group = BaseExceptionGroup("secret", [group])
    assert describe(group, load()).types == ("builtins.BaseExceptionGroup",)


class Nasty(Exception):  # noqa: N818 an example
    """It does harm wherever it is asked."""

    def __getattribute__(self, name: str) -> NoReturn:
        raise SystemExit

    def __str__(self) -> NoReturn:
        raise SystemExit

    __repr__ = __bool__ = __hash__ = __len__ = __str__


class Quiet(Exception):  # noqa: N818 an example
    def __str__(self) -> str:
        return SecretText("no such file: ana@example.org")


class SecretText(str):
    """A text with its own mind."""

    __slots__ = ()

    def __getitem__(self, _: object) -> str:
        return "ana@example.org"

    strip = split = splitlines = lower = __str__ = __getitem__  # type: ignore[assignment]


def test_an_error_that_does_harm_when_it_is_asked_is_not_asked() -> None:
    nasty = Nasty("secret")
    found = describe(nasty, load(), message=True)
    assert found.types == ("(elsewhere)",)
    assert found.message == ""
    outer = ValueError()
    outer.__context__ = nasty
    assert describe(outer, load()).types == ("builtins.ValueError", "(elsewhere)")


def test_a_message_of_an_odd_kind_is_scrubbed_all_the_same() -> None:
    assert describe(Quiet(), load(), message=True).message == "no such file: <email>"


def test_what_is_no_error_at_all_is_told_as_nothing() -> None:
    found = describe("no error", load())  # type: ignore[arg-type]
    assert found == describe(None, load())  # type: ignore[arg-type]
    assert found.types == ("(elsewhere)",)
    assert ERROR_MARK.fullmatch(found.fingerprint)


def test_there_is_an_answer_where_no_room_is_left() -> None:
    answers = []

    def deeper() -> None:
        try:
            deeper()
        finally:
            answers.append(describe(ValueError(), Code(), message=True))

    caught(deeper)
    assert {answer.types for answer in answers} == {("(elsewhere)",)}


@given(st.text(max_size=200), st.lists(st.text(max_size=20), max_size=3))
def test_no_text_of_an_error_is_told(text: str, args: list[str]) -> None:
    error = ValueError(text, *args)
    error.add_note(text)
    found = describe(error, Code())
    assert found.types == ("(elsewhere)",)
    assert found.frames == ()
    assert found.message == ""
