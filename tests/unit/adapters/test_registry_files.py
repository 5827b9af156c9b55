from __future__ import annotations

from pathlib import Path

import pytest

from aboveboard.adapters import registry_files
from aboveboard.adapters.ed25519 import Ed25519Checker
from aboveboard.adapters.registry_files import read_file, shipped_folder
from aboveboard.adapters.signed_registries import served_folder
from aboveboard.errors import RegistryError, SetupError
from aboveboard.registry.canonical import digest
from aboveboard.registry.read import read_content
from aboveboard.testing import EXAMPLE_REGISTRY

CHECKER = Ed25519Checker()


def write(folder: Path, name: str, app: str) -> None:
    body = EXAMPLE_REGISTRY.replace(b'id = "editor"', f'id = "{app}"'.encode())
    (folder / name).write_bytes(body)


def test_a_file_is_read(tmp_path: Path) -> None:
    write(tmp_path, "a.toml", "editor")

    assert read_file(tmp_path / "a.toml").app == "editor"


@pytest.mark.parametrize(
    "name", [pytest.param("missing.toml", id="missing"), pytest.param(".", id="folder")]
)
def test_a_file_that_cannot_be_read_is_a_setup_error_that_names_it(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(SetupError, match="cannot be read") as caught:
        read_file(tmp_path / name)

    assert str(tmp_path / name) in str(caught.value)


def test_a_file_with_problems_is_a_registry_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("format = 2")

    with pytest.raises(RegistryError, match=r"^bad\.toml: \d+ problems"):
        read_file(tmp_path / "bad.toml")


def test_every_registry_of_a_folder_is_read_by_its_app(tmp_path: Path) -> None:
    write(tmp_path, "b.toml", "writer")
    write(tmp_path, "a.toml", "editor")
    (tmp_path / "README.md").write_text("not a registry")

    assert [(app, s.registry.app) for app, s in served_folder(tmp_path, CHECKER).items()] == [
        ("editor", "editor"),
        ("writer", "writer"),
    ]


def test_one_bad_file_spoils_the_folder(tmp_path: Path) -> None:
    write(tmp_path, "a.toml", "editor")
    (tmp_path / "b.toml").write_text("format = 2")

    with pytest.raises(RegistryError, match=r"^b\.toml"):
        served_folder(tmp_path, CHECKER)


def test_two_files_for_one_app_are_a_setup_error(tmp_path: Path) -> None:
    write(tmp_path, "a.toml", "editor")
    write(tmp_path, "b.toml", "editor")

    with pytest.raises(SetupError, match=r"b\.toml and another file in .* name the app editor"):
        served_folder(tmp_path, CHECKER)


@pytest.mark.parametrize(
    "folder", [pytest.param(".", id="empty"), pytest.param("missing", id="missing")]
)
def test_a_folder_without_registries_is_a_setup_error(tmp_path: Path, folder: str) -> None:
    with pytest.raises(SetupError, match=r"no registry file \(\*\.toml\)"):
        served_folder(tmp_path / folder, CHECKER)


def test_the_registries_that_come_with_aboveboard_are_well() -> None:
    assert "aboveboard" in served_folder(shipped_folder(), CHECKER)


def test_in_an_installed_package_they_stand_beside_its_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry_files, "__file__", str(tmp_path / "adapters" / "here.py"))
    (tmp_path / "_registry").mkdir()

    assert shipped_folder() == tmp_path / "_registry"


def test_what_is_served_holds_the_content_that_the_fingerprint_names(tmp_path: Path) -> None:
    (tmp_path / "editor.toml").write_bytes(EXAMPLE_REGISTRY)
    served = served_folder(tmp_path, CHECKER)["editor"]
    assert digest(served.content) == served.registry.fingerprint
    assert served.approvals == b""
    assert read_content(served.content) == served.registry
