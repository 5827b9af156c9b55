from __future__ import annotations

import base64
import sys
from datetime import date
from pathlib import Path

import pytest

from aboveboard.adapters.ed25519 import Ed25519Checker, Ed25519Signer
from aboveboard.adapters.registry_files import read_file
from aboveboard.adapters.registry_writer import write_approvals_of
from aboveboard.adapters.signed_registries import approvals_of, approvals_path, read_in_force
from aboveboard.errors import RegistryError, SealError, SetupError
from aboveboard.model.metric import Status
from aboveboard.registry.approvals import Approvals, Verdict
from aboveboard.registry.approve import parts_to_sign, tally
from aboveboard.registry.sign import add_statement
from aboveboard.testing import EXAMPLE_REGISTRY

KEY = Ed25519Signer(bytes([1]) * 32)
COMMITTEE = f"""
[approval]
needed = 1
[approval.approvers.ana]
title = "Ana"
key = "ed25519:{base64.b64encode(KEY.public_key).decode()}"
""".encode()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "editor.toml"
    file.write_bytes(EXAMPLE_REGISTRY + COMMITTEE)
    return file


def sign(path: Path) -> None:
    registry = read_file(path)
    assert registry.committee is not None
    signed = add_statement(
        registry,
        Approvals("editor"),
        tally(registry, None, Ed25519Checker()),
        registry.committee.approvers[0],
        KEY,
        verdict=Verdict.APPROVE,
        parts=parts_to_sign(registry),
        on=date(2026, 11, 22),
        where="https://editor.example/minutes/1",
    )
    write_approvals_of(path, signed)


def test_what_was_signed_is_in_force(path: Path) -> None:
    assert approvals_of(path) is None
    assert read_in_force(path).metrics["file.opened"].status is Status.PROPOSED
    sign(path)
    assert read_in_force(path).metrics["file.opened"].status is Status.APPROVED
    assert read_in_force(path, Ed25519Checker()) == read_in_force(path)


def test_without_a_committee_the_signatures_are_not_even_read(path: Path) -> None:
    path.write_bytes(EXAMPLE_REGISTRY)
    approvals_path(path).write_bytes(b"nonsense")
    assert read_in_force(path) == read_file(path)


def test_bad_signatures_are_told_with_the_file_s_name(path: Path) -> None:
    approvals_path(path).write_bytes(b"nonsense")
    with pytest.raises(RegistryError, match=r"^editor\.approvals\.json: 1 problem"):
        read_in_force(path)


def test_signatures_that_cannot_be_read_are_told(path: Path) -> None:
    approvals_path(path).mkdir()
    with pytest.raises(SetupError, match=r"approvals\.json' cannot be read: Is a directory"):
        read_in_force(path)


def test_where_signatures_cannot_be_checked_nothing_is_in_force(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign(path)
    monkeypatch.setitem(sys.modules, "aboveboard.adapters.ed25519", None)
    with pytest.raises(SealError):
        read_in_force(path)
