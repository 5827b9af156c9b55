from __future__ import annotations

import site
import sys
import sysconfig
from pathlib import Path
from types import ModuleType

import hypothesis
import pytest

from aboveboard.adapters.own_code import own_code
from aboveboard.device.broke import describe
from aboveboard.device.whose import Named, module_of, type_name


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Give a loaded package with a module that breaks, and a module of one file beside it."""
    folder = tmp_path / "really" / "an_editor"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("from an_editor import files\n")
    (folder / "files.py").write_text("class Broken(Exception): pass\ndef save(): raise Broken\n")
    (folder.parent / "a_tool.py").write_text("def save(): 1 / 0\n")
    (tmp_path / "called").symlink_to(folder.parent, target_is_directory=True)
    monkeypatch.syspath_prepend(tmp_path / "called")
    for name in ("an_editor", "an_editor.files", "a_tool"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    loaded: ModuleType = __import__("an_editor")
    __import__("a_tool")
    return loaded


def test_the_program_s_packages_are_found_where_they_are_loaded_from(package: ModuleType) -> None:
    with pytest.raises(package.files.Broken) as caught:
        package.files.save()
    found = describe(caught.value, own_code(["an_editor"]))
    assert found.types == ("an_editor.files.Broken",)
    assert found.frames[-1] == "an_editor.files:save:2"


def test_a_folder_counts_as_it_is_called_and_as_it_really_is(
    package: ModuleType, tmp_path: Path
) -> None:
    code = own_code([package.__name__, "a_tool"])
    for top in ("called", "really"):
        file = tmp_path / top / "an_editor" / "files.py"
        assert module_of("an_editor.files", str(file), code) == Named("an_editor.files", own=True)
        tool = str(tmp_path / top / "a_tool.py")
        assert module_of("a_tool", tool, code) == Named("a_tool", own=True)


def test_a_package_of_several_folders_counts_with_all_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spread = ModuleType("spread")
    spread.__path__ = ["/opt/a/spread", "/opt/b/spread"]
    monkeypatch.setitem(sys.modules, "spread", spread)
    assert own_code(["spread"]).app == (("spread", "/opt/a/spread"), ("spread", "/opt/b/spread"))


def test_a_package_that_is_not_loaded_has_no_folder() -> None:
    assert own_code(["not_loaded_at_all"]).app == ()


def test_what_is_installed_and_the_standard_library_are_known() -> None:
    code = own_code([])
    assert type_name(sysconfig.os.error, code) == "builtins.OSError"  # type: ignore[attr-defined]
    assert type_name(hypothesis.errors.Flaky, code) == "hypothesis.errors.Flaky"
    assert type_name(__import__("json").JSONDecodeError, code) == "json.decoder.JSONDecodeError"
    assert type_name(__import__("zlib").error, code) == "zlib.error"


def test_a_person_s_own_folder_of_packages_counts_only_where_the_program_lies_in_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = "/home/ana/.local/lib/site-packages"
    monkeypatch.setattr(site, "getusersitepackages", lambda: own)
    assert own not in own_code([]).installed
    editor = ModuleType("editor")
    editor.__file__ = f"{own}/editor/__init__.py"
    monkeypatch.setitem(sys.modules, "editor", editor)
    assert own in own_code(["editor"]).installed


def test_inner_folders_come_first() -> None:
    lengths = [len(folder) for folder in own_code([]).installed]
    assert lengths == sorted(lengths, reverse=True)


def test_a_script_may_be_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    script = ModuleType("__main__")
    script.__file__ = "/opt/tool/run.py"
    monkeypatch.setitem(sys.modules, "__main__", script)
    found = module_of("__main__", "/opt/tool/run.py", own_code(["__main__"]))
    assert found == Named("__main__", own=True)
