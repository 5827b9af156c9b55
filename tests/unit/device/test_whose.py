from __future__ import annotations

import builtins
import json
import sys
from types import ModuleType

import pytest

from aboveboard.device.whose import Code, Named, frame_module, module_of, type_name

CODE = Code(
    app=(("editor", "/opt/editor"), ("tool", "/opt/tools/tool"), ("odd", "")),
    installed=("/usr/lib/python3/site-packages", "/usr/lib/python3", ""),
)


@pytest.mark.parametrize(
    ("name", "file", "named"),
    [
        ("editor", "/opt/editor/__init__.py", Named("editor", own=True)),
        ("editor.files", "/opt/editor/files.py", Named("editor.files", own=True)),
        ("editor.files", "/opt/editor/files/__init__.pyc", Named("editor.files", own=True)),
        ("editor.files", "\\opt\\editor\\files.py", Named("editor.files", own=True)),
        ("__main__", "/opt/editor/__main__.py", Named("editor.__main__", own=True)),
        ("tool", "/opt/tools/tool.py", Named("tool", own=True)),
        ("__main__", "/opt/tools/tool.py", Named("tool", own=True)),
        ("json.decoder", "/usr/lib/python3/json/decoder.py", Named("json.decoder", own=False)),
        ("zlib", "/usr/lib/python3/zlib.cpython-311-x86_64-linux-gnu.so", Named("zlib", own=False)),
        ("__main__", "/usr/lib/python3/pdb.py", Named("pdb", own=False)),
        ("rich", "/usr/lib/python3/site-packages/rich/__init__.py", Named("rich", own=False)),
        (
            "__main__",
            "/usr/lib/python3/site-packages/x/__main__.py",
            Named("x.__main__", own=False),
        ),
    ],
)
def test_known_code_is_named_by_where_it_lies(name: str, file: str, named: Named) -> None:
    assert module_of(name, file, CODE) == named


def test_a_package_inside_another_s_folder_goes_by_its_own_name() -> None:
    code = Code((*CODE.app, ("plug", "/opt/editor/plug")), CODE.installed[::-1])
    assert module_of("plug.x", "/opt/editor/plug/x.py", code) == Named("plug.x", own=True)
    file = "/usr/lib/python3/site-packages/rich/box.py"
    assert module_of("rich.box", file, code) == Named("rich.box", own=False)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        pytest.param("editor.files", "/home/ana/editor/files.py", id="elsewhere"),
        pytest.param("editor.files", "/opt/editor/other.py", id="another-file"),
        pytest.param("editor.files", "/opt/editor2/files.py", id="a-folder-that-begins-alike"),
        pytest.param("secret.plans", "/opt/editor/files.py", id="another-name"),
        pytest.param("__main__", "/home/ana/plans.py", id="a-script"),
        pytest.param("editor.files", "<string>", id="a-text"),
        pytest.param("editor.files", "", id="no-file"),
        pytest.param("tool", "/opt/tools/__init__.py", id="the-folder-above"),
        pytest.param(None, "/opt/editor/files.py", id="no-name"),
        pytest.param("editor.files", None, id="nothing-for-a-file"),
        pytest.param(type("S", (str,), {})("editor.files"), "/opt/editor/files.py", id="no-text"),
        pytest.param("anything", "/anything", id="an-empty-folder-holds-nothing"),
    ],
)
def test_other_code_has_no_name(name: object, file: object) -> None:
    assert module_of(name, file, CODE) is None


def module(name: str, file: str | None, text: str = "") -> ModuleType:
    made = ModuleType(name)
    if file is not None:
        made.__file__ = file
    exec(compile(text, file or "<string>", "exec"), vars(made))  # noqa: S102 code of another place
    return made


GRAB = "import sys\ndef grab(): return sys._getframe()\n"


def test_a_frame_is_named_if_its_module_is_loaded_under_that_name() -> None:
    files = module("editor.files", "/opt/editor/files.py", GRAB)
    code = Code(CODE.app, modules={"editor.files": files})
    assert frame_module(files.grab(), code) == Named("editor.files", own=True)
    assert frame_module(files.grab(), CODE_WITHOUT) is None


CODE_WITHOUT = Code(CODE.app, modules={"editor.files": ModuleType("editor.files")})


@pytest.mark.parametrize(
    "variables",
    [
        pytest.param({"__name__": "editor.files"}, id="other-variables"),
        pytest.param({"__name__": 3}, id="number-for-a-name"),
        pytest.param({}, id="no-name"),
    ],
)
def test_code_that_only_calls_itself_so_is_not_named(variables: dict[str, object]) -> None:
    exec(compile(GRAB, "/opt/editor/files.py", "exec"), variables)  # noqa: S102 as above
    grab = variables["grab"]
    assert callable(grab)
    assert frame_module(grab(), CODE_WITHOUT) is None


class Outer:
    class Broken(Exception):  # noqa: N818 an example
        pass


ERRORS = module(
    "editor.errors",
    "/opt/editor/errors.py",
    """
class Broken(Exception):
    class Deeply(Exception): pass
def make():
    class Local(Exception): pass
    return Local
class Renamed(Exception): pass
Renamed.__qualname__ = 'Broken'
class Moved(Exception): pass
Moved.__module__ = 'editor'
class Odd(Exception): pass
Odd.__module__ = 3
""",
)
KNOWN = Code(
    CODE.app,
    installed=(json.__file__.rpartition("/json/")[0],),
    modules={
        **{name: sys.modules[name] for name in ("builtins", "json", "json.decoder")},
        "editor.errors": ERRORS,
        "plans": module("plans", "/home/ana/plans.py", "class AnaSmith(Exception): pass"),
        "made": module("made", None, "class Made(Exception): pass"),
        "lazy": object(),
    },
)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (ValueError, "builtins.ValueError"),
        (json.JSONDecodeError, "json.decoder.JSONDecodeError"),
        (ERRORS.Broken, "editor.errors.Broken"),
        (ERRORS.Broken.Deeply, "editor.errors.Broken.Deeply"),
    ],
)
def test_a_type_is_named_if_it_is_found_under_its_name(kind: type, name: str) -> None:
    assert type_name(kind, KNOWN) == name


class Lying(type):
    def __getattribute__(cls, name: str) -> object:
        return {"__module__": "builtins", "__qualname__": "ValueError"}.get(name, name)


class Liar(Exception, metaclass=Lying):  # noqa: N818 an example
    """It answers to any name when it is asked."""


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(KNOWN.modules["plans"].AnaSmith, id="of-a-script"),  # type: ignore[attr-defined]
        pytest.param(KNOWN.modules["made"].Made, id="of-a-module-without-a-file"),  # type: ignore[attr-defined]
        pytest.param(ERRORS.make(), id="of-a-function"),
        pytest.param(ERRORS.Renamed, id="under-another-s-name"),
        pytest.param(ERRORS.Moved, id="of-a-module-that-is-not-loaded"),
        pytest.param(ERRORS.Odd, id="of-a-number"),
        pytest.param(Outer.Broken, id="of-a-module-that-is-not-known"),
        pytest.param(Liar, id="of-a-liar"),
        pytest.param(
            type("Ana", (Exception,), {"__module__": "builtins"}), id="that-claims-to-be-built-in"
        ),
        pytest.param(type("Ana", (Exception,), {"__module__": "lazy"}), id="of-no-module"),
        pytest.param(type("my secret", (Exception,), {}), id="with-no-name-at-all"),
    ],
)
def test_other_types_have_no_name(kind: type) -> None:
    assert type_name(kind, KNOWN) == "(elsewhere)"


def test_a_type_whose_name_would_be_too_long_has_none() -> None:
    name = "B" * 81
    long = module("editor.long", "/opt/editor/long.py", f"class {name}(Exception): pass")
    code = Code(CODE.app, modules={"editor.long": long})
    assert type_name(getattr(long, name), code) == "(elsewhere)"


def test_without_any_knowledge_nothing_is_named() -> None:
    assert type_name(ValueError, Code()) == "(elsewhere)"
    assert type_name(ValueError, Code(modules={"builtins": builtins})) == "builtins.ValueError"
