from __future__ import annotations

from pathlib import Path

import pytest

from aboveboard.adapters.registry_files import read_file
from aboveboard.cli.main import run
from aboveboard.cli.registry_notice import NOTICES

OWN = Path(__file__).parents[3] / "registry" / "aboveboard.toml"
Printed = pytest.CaptureFixture[str]


@pytest.mark.parametrize("which", NOTICES)
@pytest.mark.parametrize("language", ["en", "de"])
def test_a_notice_is_printed_as_the_function_writes_it(
    which: str, language: str, capsys: Printed
) -> None:
    assert run(["registry", "notice", str(OWN), which, "--language", language]) == 0
    assert capsys.readouterr().out == NOTICES[which](read_file(OWN), language)


def test_the_file_s_own_language_is_the_default(capsys: Printed) -> None:
    assert run(["registry", "notice", str(OWN), "consent"]) == 0
    assert capsys.readouterr().out.startswith("# May Aboveboard command line send usage counts?\n")


def test_a_language_that_is_not_there_fails_with_a_code(capsys: Printed) -> None:
    assert run(["registry", "notice", str(OWN), "privacy", "--language", "fr"]) == 1
    assert "[no_such_notice] Use one of: de, en" in capsys.readouterr().err


def test_a_notice_that_is_not_there_is_not_understood() -> None:
    assert run(["registry", "notice", str(OWN), "licence"]) == 2


def test_where_signatures_decide_what_nobody_signed_is_under_discussion(
    tmp_path: Path, capsys: Printed
) -> None:
    key = "A" * 43 + "="
    ana = f'[approval.approvers.ana]\ntitle = "Ana"\nkey = "ed25519:{key}"'
    committee = f"[approval]\nneeded = 1\n{ana}"
    path = tmp_path / "own.toml"
    path.write_text(f"{OWN.read_text(encoding='utf-8')}\n{committee}\n", encoding="utf-8")
    assert run(["registry", "notice", str(path), "consent"]) == 0
    collected, _, rest = capsys.readouterr().out.partition("Under discussion")
    assert "Operating systems" not in collected
    assert "- Operating systems\n" in rest
