from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.outside.conftest import Run

OWN = Path(__file__).parents[2] / "registry" / "aboveboard.toml"


def test_a_change_of_nothing_passes(run: Run) -> None:
    done = run("registry", "guard", str(OWN), str(OWN))
    assert done.returncode == 0, done.stderr
    assert "How many bits reports of aboveboard may tell" in done.stdout
    assert "7 days of a number around its example, 40" in done.stdout
    assert done.stdout.endswith("1 product guarded: 0 problems, 0 notes.\n")


def test_a_pull_request_that_asks_for_more_is_stopped(run: Run, tmp_path: Path) -> None:
    text = OWN.read_text(encoding="utf-8")
    base, head = tmp_path / "base", tmp_path / "head"
    for folder, precision in ((base, 2), (head, 3)):
        folder.mkdir()
        changed = text.replace("precision = 2", f"precision = {precision}")
        (folder / "aboveboard.toml").write_text(changed, encoding="utf-8")
    asked = ("registry", "guard", str(base), str(head), "--most-bits", "5")
    done = run(*asked, "--format", "json")
    assert done.returncode == 1
    (product,) = json.loads(done.stdout)["products"]
    codes = [problem["code"] for problem in product["problems"]]
    assert codes == ["uniqueness_raised", *["consent_widened_silently"] * 2]
    told = {tuple(report["names"]): report for report in product["reports"]}
    assert told["app.version",]["after"] > 5 > told["app.version",]["before"]
    assert product["if_linked"]["after"] > product["if_linked"]["before"]
    annotations = run(*asked, "--format", "github").stdout.splitlines()
    assert [line.startswith("::error file=") for line in annotations] == [True] * 3


def test_a_notice_names_every_metric(run: Run) -> None:
    for which in ("privacy", "consent", "record", "dpia"):
        done = run("registry", "notice", str(OWN), which, "--language", "de")
        assert done.returncode == 0, done.stderr
        assert "How long a command takes (en)" in done.stdout
