from __future__ import annotations

import re
from pathlib import Path

import pytest

from aboveboard.adapters.consumer_name import consumer_name
from aboveboard.errors import SetupError


def test_a_folder_has_one_name_for_ever_and_no_other_folder_has_it(tmp_path: Path) -> None:
    name = consumer_name(tmp_path / "one")
    assert consumer_name(tmp_path / "one") == name
    assert consumer_name(tmp_path / "two") != name


def test_a_name_has_nothing_that_a_key_is_divided_by(tmp_path: Path) -> None:
    (tmp_path / "consumer").write_bytes(b"a:b\n\xff")
    assert re.fullmatch(r"[A-Za-z0-9.-]+-a-b--", consumer_name(tmp_path))


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "consumer").mkdir()
    with pytest.raises(SetupError, match="cannot be used"):
        consumer_name(tmp_path)
