from __future__ import annotations

import io
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from aboveboard.adapters.registry_files import read_file
from aboveboard.cli.registry_propose import propose
from aboveboard.errors import RegistryError, SetupError
from aboveboard.model.metric import Kind, Status
from aboveboard.testing import EXAMPLE_REGISTRY

TEXTS = {
    "title": "Words added",
    "question": "Do people use their own dictionary?",
    "decision": "Whether the dictionary can be shared.",
    "owner": "Release manager",
    "review": "https://editor.example/reviews/7",
    "level": "usage",
    "expires": "2028-12-31",
}


class Terminal(io.BytesIO):
    """What somebody types at a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "editor.toml"
    file.write_bytes(EXAMPLE_REGISTRY.strip())
    return file


def call(path: Path, name: str, *words: str, typed: str | None = None, **said: str) -> Result:
    options = [word for key, text in said.items() for word in (f"--{key}", text)]
    stream = Terminal(typed.encode()) if typed is not None else None
    return CliRunner().invoke(propose, [str(path), name, *options, *words], input=stream)


def test_a_proposal_stands_at_the_end_and_nothing_else_changes(path: Path) -> None:
    done = call(path, "word.added", kind="counter", largest="500", **TEXTS)
    assert done.exit_code == 0, done.output
    body = path.read_bytes()
    assert body == EXAMPLE_REGISTRY.strip() + (
        b'\n\n[metric."word.added"]\nkind = "counter"\ntitle = "Words added"\n'
        b'question = "Do people use their own dictionary?"\n'
        b'decision = "Whether the dictionary can be shared."\nowner = "Release manager"\n'
        b'review = "https://editor.example/reviews/7"\nexpires = 2028-12-31\nlevel = "usage"\n'
        b'largest = 500\nstatus = "proposed"\n'
    )
    metric = read_file(path).metrics["word.added"]
    assert (metric.status, metric.approved, metric.largest) == (Status.PROPOSED, None, 500)


def test_what_only_people_can_write_is_listed(path: Path) -> None:
    done = call(path, "word.added", kind="counter", **{**TEXTS, "owner": "Ana"})
    first, second, *rest = done.stdout.splitlines()
    assert first == f"word.added is proposed in {path}."
    assert second == "What only people can write or decide:"
    assert any("[owner_is_private]" in line for line in rest)
    assert all(line.startswith("- metric.word.added.") for line in rest)


def test_a_proposal_that_lacks_nothing_is_told_so(path: Path) -> None:
    more = {"sensitivity": "interaction", "example": "3", "unit": "words"}
    done = call(path, "word.added", kind="counter", **TEXTS, **more)
    assert done.stdout.endswith("\nThe checks find nothing that it lacks.\n")


@pytest.mark.parametrize(
    ("kind", "said", "field", "value"),
    [
        ("choice", {"choices": "a, b"}, "choices", ("a", "b", "other")),
        ("labelled", {"labels": "a,b"}, "labels", ("a", "b", "other")),
        ("names", {"names": "org.a,org.b"}, "names", ("org.a", "org.b", "other")),
        ("timing", {"buckets": "0, 10"}, "buckets", (0, 10)),
        ("version", {"precision": "3"}, "precision", 3),
        ("error", {"message-level": "usage"}, "message_level", "usage"),
        ("flag", {"threshold": "50"}, "threshold", 50),
        ("flag", {"example": "true"}, "example", True),
        ("version", {"example": "2.1"}, "example", "2.1"),
        ("counter", {"period": "week"}, "period", "week"),
        ("labelled", {"precision": "3"}, "precision", 3),
        (
            "event",
            {"extras": "how=menu,key; ok=yes"},
            "extras",
            {"how": ("menu", "key", "other"), "ok": ("yes", "other")},
        ),
    ],
)
def test_each_kind_is_written_with_its_bounds(
    path: Path, kind: str, said: dict[str, str], field: str, value: object
) -> None:
    done = call(path, "word.added", kind=kind, **TEXTS, **said)
    assert done.exit_code == 0, done.output
    metric = read_file(path).metrics["word.added"]
    assert metric.kind is Kind(kind)
    assert getattr(metric, field) == value


def test_what_never_expires_has_its_reason(path: Path) -> None:
    texts = {key: text for key, text in TEXTS.items() if key != "expires"}
    done = call(path, "word.added", kind="flag", never="It is the base.", **texts)
    assert done.exit_code == 0, done.output
    assert read_file(path).metrics["word.added"].never_expires_because == "It is the base."


def test_what_is_missing_is_asked_for_where_somebody_is_there(path: Path) -> None:
    answers = ["choice", "Words", "Which?", "This.", "Manager", "https://e.example/1"]
    answers += ["2028-12-31", "nothing", "usage", "a, b"]
    done = call(path, "word.added", typed="\n".join([*answers, ""]))
    assert done.exit_code == 0, done.output
    assert "The question that it answers: Which?" in done.stdout
    assert "The level of consent that it belongs to (usage): nothing" in done.stdout
    assert read_file(path).metrics["word.added"].choices == ("a", "b", "other")


def test_what_is_missing_is_told_where_nobody_is_there(path: Path) -> None:
    done = call(path, "word.added", kind="timing", title="Words")
    assert done.exit_code == 2
    assert "--question, --decision, --owner, --review, --expires, --level, --buckets" in " ".join(
        done.stderr.split()
    )
    assert "--kind, --title" in call(path, "word.added").stderr


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"kind": "timing", "buckets": "0, ten"}, id="buckets"),
        pytest.param({"kind": "flag", "expires": "tomorrow"}, id="expires"),
        pytest.param({"kind": "colour"}, id="kind"),
        pytest.param({"kind": "counter", "largest": "many"}, id="largest"),
    ],
)
def test_what_cannot_be_understood_is_told(path: Path, said: dict[str, str]) -> None:
    before = path.read_bytes()
    assert call(path, "word.added", **{**TEXTS, **said}).exit_code == 2
    assert path.read_bytes() == before


def test_nothing_is_written_that_cannot_be_read(path: Path) -> None:
    before = path.read_bytes()
    done = call(path, "WordAdded", kind="counter", **{**TEXTS, "level": "all"}, precision="2")
    assert isinstance(done.exception, RegistryError)
    assert {problem.code for problem in done.exception.problems} == {
        "bad_name",
        "unknown_level",
        "bound_of_another_kind",
    }
    assert path.read_bytes() == before


def test_a_name_that_is_or_was_taken_is_refused(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b'\naliases = ["file.open"]\n')
    for name, why in (("file.opened", "has a metric file.opened"), ("file.open", "was called")):
        done = call(path, name, kind="flag", **TEXTS)
        assert isinstance(done.exception, SetupError)
        assert why in str(done.exception)


def test_in_a_file_that_is_signed_it_awaits_signatures(path: Path) -> None:
    key = "ed25519:" + "A" * 43 + "="
    committee = (
        f'\n[approval]\nneeded = 1\n[approval.approvers.ana]\ntitle = "Ana"\nkey = "{key}"\n'
    )
    path.write_bytes(path.read_bytes() + committee.encode())
    assert call(path, "word.added", kind="flag", **TEXTS).exit_code == 0
    assert read_file(path).metrics["word.added"].status is Status.PROPOSED


def test_its_help_tells_every_option() -> None:
    shown = CliRunner().invoke(propose, ["--help"]).stdout
    options = [option for option in propose.params if isinstance(option, click.Option)]
    assert [option.opts[0] for option in options if option.opts[0] not in shown] == []
