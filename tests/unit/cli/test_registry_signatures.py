"""The commands of a committee: sign, verify, status."""

from __future__ import annotations

import io
import json
import re
import sys
from datetime import date
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from aboveboard.adapters.key_files import new_key_file
from aboveboard.adapters.signed_registries import approvals_of, approvals_path
from aboveboard.adapters.system import SystemClock
from aboveboard.cli.registry_approver import approver
from aboveboard.cli.registry_sign import sign
from aboveboard.cli.registry_status import status
from aboveboard.cli.registry_verify import verify
from aboveboard.cli.signing import make_key
from aboveboard.errors import SealError, SetupError
from aboveboard.registry.formats import FORMATS
from aboveboard.testing import EXAMPLE_REGISTRY

NAMES = ("ana", "ben", "cleo")
WHERE = "https://editor.example/minutes/1"


class Terminal(io.BytesIO):
    """What somebody types at a terminal."""

    def isatty(self) -> bool:
        return True


def today() -> date:
    return SystemClock().now().date()


def call(command: click.Command, *words: object, typed: str | None = None) -> Result:
    """Run a command; ``typed`` means that somebody is there."""
    stream = Terminal(typed.encode()) if typed is not None else None
    return CliRunner().invoke(command, [str(word) for word in words], input=stream)


class Committee:
    """A registry, the keys of three who approve it, and two who must sign."""

    def __init__(self, folder: Path) -> None:
        self.keys = folder / "keys"
        self.path = folder / "editor.toml"
        self.keys.mkdir()
        text = EXAMPLE_REGISTRY.decode() + '[collector]\nurl = "https://collector.example"\n'
        text += "[approval]\nneeded = 2\n"
        for name in NAMES:
            made = call(approver, self.key(name), "--title", name.title(), "--no-passphrase")
            assert made.exit_code == 0, made.output
            text += made.stdout
        self.path.write_text(text, encoding="utf-8")

    def key(self, name: str) -> Path:
        return self.keys / f"{name}.pem"

    def sign(self, name: str, *words: str, typed: str | None = None) -> Result:
        sure = () if typed is not None else ("--yes",)
        options = ("--key", self.key(name), "--where", WHERE, *sure)
        return call(sign, self.path, *words, *options, typed=typed)

    def signed(self) -> dict[str, date]:
        """Tell on what day each signed last: a test may begin before midnight and end after."""
        approvals = approvals_of(self.path)
        assert approvals is not None
        return {said.approver: said.on for said in approvals.statements}

    def rewrite(self, old: str, new: str) -> None:
        text = self.path.read_text(encoding="utf-8")
        assert old in text
        self.path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def committee(tmp_path: Path) -> Committee:
    return Committee(tmp_path)


# sign


def test_enough_signatures_approve(committee: Committee) -> None:
    begun = today()
    first = committee.sign("ana")
    assert first.exit_code == 0, first.output
    assert "file.opened: Files opened\n  question  How much is the editor used?\n" in first.stdout
    assert first.stdout.endswith(
        "product: 1 of 2 needed\ncollector: 1 of 2 needed\nfile.opened: 1 of 2 needed\n"
        "Nothing is sent before enough have signed: product (1 of 2 needed) and collector "
        "(1 of 2 needed).\n"
    )
    second = committee.sign("ben", "file.opened")
    assert second.stdout.endswith("file.opened: 2 of 2 needed: approved\n")
    approvals = approvals_of(committee.path)
    assert approvals is not None
    assert [(said.approver, said.where) for said in approvals.statements] == [
        ("ana", WHERE),
        ("ben", WHERE),
    ]
    assert all(begun <= said.on <= today() for said in approvals.statements)


def test_what_was_signed_is_not_signed_again_unless_it_is_asked_for(committee: Committee) -> None:
    committee.sign("ana")
    assert committee.sign("ana").stdout == "There is nothing left to sign for Ana.\n"
    again = committee.sign("ana", "--all")
    assert "You approved it as it is on " in again.stdout
    committee.rewrite("How much is the editor used?", "How much do people write?")
    day = committee.signed()["ana"]
    other = committee.sign("ana")
    assert f"  You approved other words of it on {day}: {WHERE}\n" in other.stdout
    assert other.stdout.endswith("\nfile.opened: 1 of 2 needed\n")


def test_what_is_retired_is_named(committee: Committee) -> None:
    committee.sign("ana")
    committee.sign("ben")
    assert committee.sign("ana", "--retire").exit_code == 2
    assert committee.sign("ana", "--retire", "file.opened").exit_code == 0
    gone = committee.sign("ben", "--retire", "file.opened")
    assert gone.stdout.endswith("file.opened: 2 of 2 needed: retired\n")
    assert committee.sign("ana").stdout == "There is nothing left to sign for Ana.\n"
    assert committee.sign("ana", "--retire", "--all").exit_code == 0


def test_somebody_who_is_there_is_asked(committee: Committee) -> None:
    no = committee.sign("ana", typed="n\n")
    assert no.exit_code == 1
    assert "Approve these 3 parts as Ana? [y/N]: n\nNothing was signed.\n" in no.stdout
    assert not approvals_path(committee.path).exists()
    yes = committee.sign("ana", "product", typed="y\n")
    assert "Approve this part as Ana? [y/N]: y\nproduct: 1 of 2 needed\n" in yes.stdout
    gone = committee.sign("ana", "product", "--retire", typed="y\n")
    assert "Retire this part as Ana? [y/N]: y\n" in gone.stdout


def test_where_nobody_is_there_nothing_is_signed_without_a_word(committee: Committee) -> None:
    done = call(sign, committee.path, "--key", committee.key("ana"), "--where", WHERE)
    assert isinstance(done.exception, SetupError)
    assert "--yes" in str(done.exception)


def test_a_locked_key_asks_for_its_passphrase(committee: Committee, tmp_path: Path) -> None:
    path = tmp_path / "dora.pem"
    made = call(approver, path, "--title", "Dora", typed="secret\nsecret\n")
    with committee.path.open("a", encoding="utf-8") as stream:
        stream.write(made.stdout)
    words = (committee.path, "product", "--key", path, "--where", WHERE)
    done = call(sign, *words, typed="secret\ny\n")
    assert done.exit_code == 0, done.output
    assert isinstance(call(sign, *words, typed="wrong\ny\n").exception, SetupError)
    alone = call(sign, *words, "--yes")
    assert "use a terminal" in str(alone.exception)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["nothing.here"], id="part"),
        pytest.param(["metric file.opened"], id="inner-name"),
    ],
)
def test_a_part_that_is_not_there_is_refused(committee: Committee, words: list[str]) -> None:
    done = committee.sign("ana", *words)
    assert done.exit_code == 2
    assert "There are: product, collector, file.opened." in done.stderr


def test_a_place_that_nobody_can_read_is_refused(committee: Committee) -> None:
    words = ("--key", committee.key("ana"), "--where", "our cellar", "--yes")
    assert call(sign, committee.path, *words).exit_code == 2


def test_a_stranger_cannot_sign(committee: Committee) -> None:
    new_key_file(committee.key("zoe"), "")
    done = committee.sign("zoe")
    assert str(done.exception) == (
        "this key is none of the approvers of editor; nothing was signed"
    )


def test_after_a_term_nobody_signs(committee: Committee) -> None:
    committee.rewrite('title = "Ana"', 'title = "Ana"\nuntil = 2020-12-31')
    assert "term of Ana ended on 2020-12-31" in str(committee.sign("ana").exception)


def test_without_a_committee_there_is_nobody_to_sign(committee: Committee) -> None:
    committee.path.write_bytes(EXAMPLE_REGISTRY)
    assert "add a table [approval]" in str(committee.sign("ana").exception)


def test_the_signatures_of_another_product_are_left_alone(committee: Committee) -> None:
    committee.sign("ana")
    committee.rewrite('id = "editor"', 'id = "viewer"')
    assert "are for editor, not for viewer" in str(committee.sign("ana").exception)


def test_without_the_extra_it_says_what_to_install(
    committee: Committee, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "aboveboard.adapters.key_files", None)
    assert isinstance(committee.sign("ana").exception, SealError)
    with pytest.raises(SealError, match=r"pip install 'aboveboard\[seal\]'"):
        make_key(committee.key("zoe"), "")


# verify


def test_what_enough_signed_passes(committee: Committee) -> None:
    committee.sign("ana")
    committee.sign("ben")
    done = call(verify, committee.path.parent)
    assert done.exit_code == 0
    assert done.stdout == (
        f"{committee.path}: every signature is good (2 statements; metrics: 0 proposed, 1 approved,"
        " 0 retired).\n"
    )


def test_what_too_few_signed_does_not_pass(committee: Committee) -> None:
    done = call(verify, committee.path)
    assert done.exit_code == 1
    lines = committee.path.read_text(encoding="utf-8").splitlines()
    place = f"{committee.path}:{lines.index('[product]') + 1}: product: "
    assert done.stdout.splitlines()[0] == (
        f"{place}0 of the 2 needed have signed it, so nothing is sent. "
        "[not_signed] Let approvers sign it."
    )
    assert len(done.stdout.splitlines()) == 2


def test_every_problem_is_told_with_its_file_and_line(committee: Committee) -> None:
    committee.sign("ana")
    committee.sign("ben")
    committee.rewrite("How much is the editor used?", "How much do people write?")
    file = approvals_path(committee.path)
    text = file.read_text(encoding="utf-8").replace('"ben"', '"cleo"')
    file.write_text(text, encoding="utf-8")
    done = call(verify, committee.path, "--format", "json")
    assert done.exit_code == 1
    found = json.loads(done.stdout)["problems"]
    assert [(one["file"], one["code"], one["place"]) for one in found] == [
        (str(file), "false_signature", "statements.1"),
        (str(committee.path), "not_signed", "product"),
        (str(committee.path), "not_signed", "collector"),
        (str(committee.path), "changed_since", "metric.file.opened"),
    ]
    assert text.splitlines()[found[0]["line"] - 1].strip() == '"approver": "cleo",'
    assert [one["line"] > 1 for one in found] == [True] * 4


def test_a_false_signature_does_not_pass_beside_enough_true_ones(committee: Committee) -> None:
    for name in NAMES:
        committee.sign(name)
    file = approvals_path(committee.path)
    lines = file.read_text(encoding="utf-8").splitlines()
    signatures = [number for number, line in enumerate(lines) if '"signature"' in line]
    lines[signatures[2]] = lines[signatures[1]]
    file.write_text("\n".join(lines), encoding="utf-8")
    done = call(verify, committee.path)
    assert done.exit_code == 1
    assert [line.partition("[")[2][:15] for line in done.stdout.splitlines()] == ["false_signature"]


@pytest.mark.parametrize("form", list(FORMATS))
def test_every_form_is_written(committee: Committee, form: str) -> None:
    assert call(verify, committee.path, "--format", form).stdout.count("not_signed") >= 2
    committee.sign("ana")
    committee.sign("ben")
    good = call(verify, committee.path, "--format", form)
    assert good.exit_code == 0
    assert ("every signature is good" in good.stdout) == (form == "text")


@pytest.mark.parametrize(
    ("body", "place"),
    [
        pytest.param("nonsense", "1: file: it is not JSON", id="no-json"),
        pytest.param('{"format": 1,\n"app": "editor",\n"x": 1}', "1: statements", id="parts"),
        pytest.param(
            '{"format": 1, "app": "editor", "statements": [{}, {\n"approver": 3}]}',
            "1: statements.1.approver",
            id="statement",
        ),
    ],
)
def test_signatures_that_cannot_be_read_do_not_pass(
    committee: Committee, body: str, place: str
) -> None:
    file = approvals_path(committee.path)
    file.write_text(body, encoding="utf-8")
    done = call(verify, committee.path)
    assert done.exit_code == 1
    assert f"{file}:{place}" in done.stdout


def test_a_registry_that_cannot_be_read_does_not_pass(committee: Committee) -> None:
    committee.rewrite("homepage = ", "homepag = ")
    done = call(verify, committee.path)
    assert done.exit_code == 1
    assert f"{committee.path}:" in done.stdout
    assert "[unknown_key]" in done.stdout


def test_signatures_that_belong_to_another_product_do_not_pass(committee: Committee) -> None:
    committee.sign("ana")
    committee.rewrite('id = "editor"', 'id = "viewer"')
    assert (
        f"{approvals_path(committee.path)}:1: statements: " in call(verify, committee.path).stdout
    )


def test_a_file_that_names_nobody_does_not_pass(committee: Committee) -> None:
    committee.path.write_bytes(EXAMPLE_REGISTRY)
    done = call(verify, committee.path)
    assert done.exit_code == 1
    assert f"{committee.path}:1: file: it names nobody" in done.stdout


def test_a_plug_in_s_metric_is_told_where_it_stands(committee: Committee) -> None:
    plugin = committee.path.parent / "plugins" / "spell.toml"
    plugin.parent.mkdir()
    metric = EXAMPLE_REGISTRY.decode().partition("[metric")[2].replace("file.opened", "spell.used")
    plugin.write_text(
        'format = 1\n[plugin]\nid = "spell"\ntitle = "Spell"\nprefix = "spell"\n'
        'homepage = "https://s.example"\ncontact = "Forum"\n'
        f'[metric{metric}\nstatus = "approved"\n',
        encoding="utf-8",
    )
    committee.rewrite("format = 1", 'format = 1\ninclude = ["plugins/*.toml"]')
    done = call(verify, committee.path)
    assert f"{plugin}:8: metric.spell.used: 0 of the 2" in done.stdout


def test_a_folder_without_products_and_what_is_none_are_told(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    (tmp_path / "folder.toml").mkdir()
    assert "there is no registry file" in str(call(verify, tmp_path).exception)
    (tmp_path / "broken.toml").write_bytes(b"\xff")
    done = call(verify, tmp_path, tmp_path / "broken.toml")
    assert done.stdout.count("not_utf8") == 1


# status


def test_where_each_part_stands_is_shown(committee: Committee) -> None:
    committee.rewrite('title = "Cleo"', 'title = "Cleo"\nuntil = 2020-12-31')
    committee.sign("ana")
    committee.sign("ben", "product", "collector")
    shown = call(status, committee.path)
    assert shown.exit_code == 0
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in shown.stdout.splitlines()]
    signed = committee.signed()
    ana, ben = f"Ana {signed['ana']}", f"Ben {signed['ben']}"
    assert [row for row in rows if row] == [
        ["product", "approved", ana, ""],
        ["", "", ben, ""],
        ["collector", "approved", ana, ""],
        ["", "", ben, ""],
        ["file.opened", "1 of 2", ana, "Ben"],
    ]
    lines = shown.stdout.splitlines()
    assert lines[0] == "An example editor: 2 of 3 must sign."
    assert lines[-1] == "Reports may go to https://collector.example."


def test_it_fits_a_narrow_terminal_without_colours(
    committee: Committee, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    committee.sign("ana")
    shown = call(status, committee.path)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown.stdout)
    assert max(map(len, plain.splitlines())) <= 40
    assert "…" not in plain
    assert "\x1b[32m" not in shown.stdout


def test_a_product_without_a_committee_is_shown_in_a_sentence(committee: Committee) -> None:
    committee.path.write_bytes(EXAMPLE_REGISTRY)
    assert call(status, committee.path).stdout == (
        "An example editor: nobody approves by signature; the file's own word counts.\n"
    )
