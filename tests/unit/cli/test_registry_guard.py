from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from aboveboard.cli.main import run
from aboveboard.registry.formats import FORMATS
from aboveboard.registry.guard import FAILURES, NOTES

PAGE = Path(__file__).parents[3] / "docs" / "registry-guard.md"
FILE = """
format = 1

[product]
id = "editor"
title = "An editor"
homepage = "https://editor.example"
contact = "The issue tracker"
policy = "https://editor.example/privacy"

[product.levels]
usage = "Which parts of the editor are used."

[metric."theme.dark"]
kind = "flag"
title = "Dark theme in use"
question = "How many people use the dark theme?"
decision = "Which of the two themes is drawn first."
owner = "Design lead"
review = "https://editor.example/reviews/1"
approved = { on = 2026-01-15, by = "The council", where = "https://editor.example/minutes/3" }
expires = 2028-12-31
level = "usage"
sensitivity = "technical"
example = true
"""
VERSION = (
    FILE[FILE.index("[metric.") :]
    .replace("theme.dark", "app.version")
    .replace('"flag"', '"version"')
    .replace("Dark theme in use", "Versions")
    .replace("minutes/3", "minutes/9")
    .replace("example = true", 'example = "2.1"')
)
WIDER = FILE.replace("expires = 2028", "expires = 2029")
Printed = pytest.CaptureFixture[str]


@pytest.fixture
def base(tmp_path: Path) -> Path:
    path = tmp_path / "base" / "editor.toml"
    path.parent.mkdir()
    path.write_text(FILE, encoding="utf-8")
    return path


@pytest.fixture
def head(tmp_path: Path) -> Path:
    path = tmp_path / "head" / "editor.toml"
    path.parent.mkdir()
    path.write_text(FILE + VERSION, encoding="utf-8")
    return path


def test_the_bits_are_printed_with_how_they_were_made(
    base: Path, head: Path, capsys: Printed
) -> None:
    head.write_text(head.read_text().replace("[product]\n", "[product]\ninstalls = 4000\n"))
    assert run(["registry", "guard", str(base), str(head)]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    rows = re.findall(r"│ (\S+) +│ (\S+) +│ (\S+) +│ (.+?) +│", printed.out)
    assert rows == [
        ("app.version", "–", "4.3", "20 values, each as likely"),
        ("theme.dark", "1.0", "1.0", "2 values, each as likely"),
    ]
    assert printed.out.partition("┘\n")[2].splitlines() == [
        (
            "As sent, the most telling report (app.version): 1.0 -> 4.3 bits; "
            "about 200 of 4,000 installs say the same."
        ),
        (
            "If linked, all reports of an install: 1.0 -> 5.3 bits; "
            "about 100 of 4,000 installs say the same."
        ),
        "Bound: none stated.",
        "",
        (
            f"note: {head.as_posix()}:27: metric.app.version: a report may tell 4.3 bits instead "
            "of 0.0. [uniqueness_higher] Look whether the answer is worth it; state a bound as "
            "`most_bits` in [product]."
        ),
        (
            f"note: {head.as_posix()}:27: metric.app.version: Versions: it was not measured "
            "before. [consent_widened] Plan for the question in the next release."
        ),
        "1 product guarded: 0 problems, 2 notes.",
    ]


def test_a_metric_that_is_gone_has_a_row_and_few_installs_are_told(
    base: Path, head: Path, capsys: Printed
) -> None:
    base.write_text(FILE.replace("[product]\n", "[product]\ninstalls = 2\n"))
    assert run(["registry", "guard", str(head), str(base), "--most-bits", "1"]) == 0
    out = capsys.readouterr().out
    assert re.search(r"app.version +│ 4.3 +│ – +│ no longer measured", out)
    assert "Bound: 1 bits, as sent." in out
    base.write_text(base.read_text().replace("installs = 2\n", "installs = 1\n"))
    assert run(["registry", "guard", str(head), str(base)]) == 0
    assert "of 1 installs, each can be the only one of its kind" in capsys.readouterr().out


def test_a_report_may_stay_within_the_bound_and_all_of_them_linked_do_not(
    base: Path, head: Path, capsys: Printed
) -> None:
    asked = ["registry", "guard", str(base), str(head), "--most-bits", "5"]
    assert run(asked) == 0
    assert "Bound: 5 bits, as sent." in capsys.readouterr().out
    assert run([*asked, "--if-linked"]) == 1
    assert "Bound: 5 bits, if linked." in capsys.readouterr().out


def test_of_a_report_with_many_metrics_the_first_are_named(
    base: Path, head: Path, capsys: Printed
) -> None:
    names = [f"theme.{word}" for word in ("a", "b", "c", "d", "e")]
    flag = FILE[FILE.index("[metric.") :]
    flags = [
        flag.replace("theme.dark", name)
        + f"correlates_with = {[other for other in names if other != name]}\n"
        for name in names
    ]
    head.write_text("".join([FILE[: FILE.index("[metric.")], *flags]))
    run(["registry", "guard", str(base), str(head)])
    told = "the most telling report (theme.a, theme.b, theme.c and 2 more): 1.0 -> 5.0 bits."
    assert told in capsys.readouterr().out


def test_a_product_that_measures_nothing_tells_nothing(
    base: Path, head: Path, capsys: Printed
) -> None:
    head.write_text(FILE.replace("example = true", 'example = true\nstatus = "proposed"'))
    assert run(["registry", "guard", str(base), str(head)]) == 0
    assert "As sent, the most telling report: 1.0 -> 0.0 bits." in capsys.readouterr().out


@pytest.mark.parametrize("form", list(FORMATS))
def test_a_silent_widening_fails_in_every_format(
    base: Path, head: Path, form: str, capsys: Printed
) -> None:
    head.write_text(WIDER)
    assert run(["registry", "guard", str(base), str(head), "--format", form]) == 1
    printed = capsys.readouterr()
    assert "consent_widened_silently" in printed.out
    assert printed.err.endswith("1 product guarded: 1 problem, 1 note.\n")
    assert ("theme.dark" in printed.err) is (form in {"sarif", "github"})


def test_json_has_everything(base: Path, head: Path, capsys: Printed) -> None:
    head.write_text(WIDER)
    run(["registry", "guard", str(base), str(head), "--format", "json", "--most-bits", "3"])
    (product,) = json.loads(capsys.readouterr().out)["products"]
    problems, notes = product.pop("problems"), product.pop("notes")
    assert product == {
        "id": "editor",
        "bound": 3,
        "bound_about": "as sent",
        "installs": None,
        "as_sent": {"before": 1.0, "after": 1.0},
        "if_linked": {"before": 1.0, "after": 1.0},
        "reports": [{"names": ["theme.dark"], "before": 1.0, "after": 1.0}],
        "metrics": [
            {
                "metric": "theme.dark",
                "before": 1.0,
                "after": 1.0,
                "basis": "2 values, each as likely",
            }
        ],
    }
    assert [(each["code"], each["line"]) for each in problems] == [("consent_widened_silently", 14)]
    assert [(each["code"], each["line"]) for each in notes] == [("consent_widened", 22)]
    run(["registry", "guard", str(head), str(head), "--format", "json"])
    assert json.loads(capsys.readouterr().out)["products"][0]["problems"] == []


def test_sarif_bears_the_guard_s_own_name_and_tells_its_rules(
    base: Path, head: Path, capsys: Printed
) -> None:
    head.write_text(WIDER.replace("Design lead", "Ana"))
    run(["registry", "guard", str(base), str(head), "--format", "sarif"])
    driver = json.loads(capsys.readouterr().out)["runs"][0]["tool"]["driver"]
    assert driver["name"] == "aboveboard registry guard"
    told = {rule["id"]: rule["help"]["text"] for rule in driver["rules"]}
    assert set(told) == {"owner_is_private", "consent_widened_silently"}
    assert all(told.values())


def test_products_of_folders_are_matched_by_their_ids(
    base: Path, head: Path, capsys: Printed
) -> None:
    head.rename(head.with_name("renamed.toml"))
    (head.parent / "other.toml").write_text(FILE.replace('"editor"', '"other"'))
    (base.parent / "gone.toml").write_text(FILE.replace('"editor"', '"gone"'))
    (base.parent / "pyproject.toml").write_text("[project]\n")
    (base.parent / "folder.toml").mkdir()
    assert run(["registry", "guard", str(base.parent), str(head.parent)]) == 0
    out = capsys.readouterr().out
    assert re.findall(r"reports of (\w+) may", out) == ["other", "editor"]
    assert out.endswith("2 products guarded: 0 problems, 3 notes.\n")


def test_an_empty_folder_before_means_that_all_is_new(
    tmp_path: Path, head: Path, capsys: Printed
) -> None:
    (tmp_path / "empty").mkdir()
    head.write_text(FILE.replace("Design lead", "Ana"))
    assert run(["registry", "guard", str(tmp_path / "empty"), str(head)]) == 1
    assert "[owner_is_private]" in capsys.readouterr().out


def test_a_problem_of_a_plug_in_stands_in_its_file(base: Path, head: Path, capsys: Printed) -> None:
    head.write_text(f'include = ["plug.toml"]\n{FILE}')
    plugin = """
format = 1
[plugin]
id = "spell"
title = "Spelling"
prefix = "spell"
homepage = "https://spell.example"
contact = "The issue tracker"
"""
    metric = FILE[FILE.index("[metric.") :].replace("theme.dark", "spell.used")
    head.with_name("plug.toml").write_text(plugin + metric.replace("Dark theme", "Spelling"))
    assert run(["registry", "guard", str(base), str(head)]) == 1
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "borrowed" in line]
    assert line.startswith(f"{head.with_name('plug.toml').as_posix()}:16: ")


def test_what_cannot_be_compared_is_told_and_fails(base: Path, head: Path, capsys: Printed) -> None:
    empty = base.parent / "empty"
    empty.mkdir()
    assert run(["registry", "guard", str(base), str(empty)]) == 1
    assert "there is no registry file" in capsys.readouterr().err
    broken = head.with_name("broken.toml")
    broken.write_bytes(b"\xff")
    assert run(["registry", "guard", str(base), str(broken)]) == 1
    assert "[not_utf8]" in capsys.readouterr().err
    assert run(["registry", "guard", str(base.parent), str(head.parent)]) == 1
    gone = head.parent / "gone.toml"
    gone.symlink_to("nowhere")
    broken.unlink()
    assert run(["registry", "guard", str(base.parent), str(head.parent)]) == 1
    assert run(["registry", "guard", str(base), str(base.parent / "nobody")]) == 2


def test_the_page_tells_every_code_and_what_it_does() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| (fails|note) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    told = [(row.code, "fails") for row in FAILURES] + [(row.code, "note") for row in NOTES]
    assert rows == told
