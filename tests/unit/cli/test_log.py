from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from aboveboard.adapters.ed25519 import Ed25519Signer
from aboveboard.adapters.file_ledger import FileLedger, pin_key
from aboveboard.cli.main import commands, run
from aboveboard.model.period import Week
from aboveboard.transparency.checkpoint import Checkpoint, sign
from aboveboard.transparency.entries import ConsentEntry, Entry, RegistryEntry, TotalsEntry
from aboveboard.transparency.hashes import content_name
from aboveboard.transparency.log import TransparencyLog
from aboveboard.transparency.merkle import leaf_hash
from aboveboard.transparency.note import Key

SIGNER = Ed25519Signer(bytes(range(32)))
ORIGIN = "editor.example/log"
KEY = str(Key(ORIGIN, SIGNER.public_key))
OTHER = str(Key("other.example/log", SIGNER.public_key))
DAY = date(2026, 11, 18)
MARK = content_name(b"a")
ENTRIES: list[Entry] = [
    RegistryEntry("editor", MARK, "", DAY),
    RegistryEntry("editor", MARK, MARK, DAY),
    ConsentEntry("editor", MARK, "en", MARK, DAY),
    TotalsEntry("editor", Week(2026, 47), MARK, DAY),
]


@pytest.fixture(autouse=True)
def group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(commands.places, "log", "aboveboard.cli.log:log")


def collector(folder: Path, words: str) -> str:
    """Give the folder of a log with a registry for each word."""
    log = TransparencyLog(FileLedger(folder), SIGNER, ORIGIN)
    for word in words:
        blob = word.encode()
        log.add(RegistryEntry("editor", content_name(blob), "", DAY), [blob])
    return str(folder)


def told(capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    printed = capsys.readouterr()
    return printed.out, printed.err


def test_a_log_is_mirrored_and_the_key_pinned_for_later_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log, mirror = collector(tmp_path / "log", "ab"), str(tmp_path / "mirror")
    assert run(["log", "mirror", log, mirror, "--key", KEY]) == 0
    assert told(capsys)[0] == (
        f"{ORIGIN}: 2 new entries; all 2 entries are checked and kept in {mirror}.\n"
    )
    collector(tmp_path / "log", "c")
    assert run(["log", "mirror", log, mirror]) == 0
    assert "1 new entry; all 3 entries" in told(capsys)[0]
    assert run(["log", "check", mirror]) == 0
    assert "all checked" in told(capsys)[0]


def test_a_torn_entry_of_a_mirror_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log, mirror = collector(tmp_path / "log", "ab"), tmp_path / "mirror"
    run(["log", "mirror", log, str(mirror), "--key", KEY])
    with (mirror / "entries.ndjson").open("ab") as stream:
        stream.write(b"torn")
    assert run(["log", "mirror", log, str(mirror)]) == 0
    assert "Put 4 bytes" in told(capsys)[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param([], "give the one that its owner publishes with --key", id="none"),
        pytest.param(["--key", "nonsense"], "is no key of a log", id="nonsense"),
    ],
)
def test_without_the_key_nothing_is_mirrored(
    arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = collector(tmp_path / "log", "ab")
    assert run(["log", "mirror", log, str(tmp_path / "mirror"), *arguments]) == 1
    assert words in told(capsys)[1]
    assert not (tmp_path / "mirror").exists()


def test_another_key_than_the_pinned_one_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log, mirror = collector(tmp_path / "log", "ab"), str(tmp_path / "mirror")
    run(["log", "mirror", log, mirror, "--key", KEY])
    assert run(["log", "mirror", log, mirror, "--key", OTHER]) == 1
    assert "ask why" in told(capsys)[1]


def test_a_mirror_that_meets_another_log_keeps_evidence_and_stays_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mirror = tmp_path / "mirror"
    run(["log", "mirror", collector(tmp_path / "a", "abc"), str(mirror), "--key", KEY])
    before = (mirror / "entries.ndjson").read_bytes()
    told(capsys)
    assert run(["log", "mirror", collector(tmp_path / "b", "abxd"), str(mirror)]) == 1
    assert "[history_rewritten]" in told(capsys)[1]
    assert (mirror / "entries.ndjson").read_bytes() == before
    [evidence] = (mirror / "evidence").glob("*.json")
    assert run(["log", "check", str(evidence)]) == 0
    assert "proves that editor.example/log has signed two logs" in told(capsys)[0]
    assert run(["log", "check", str(evidence.with_suffix(".checkpoint"))]) == 1
    assert "proves nothing" in told(capsys)[1]


def test_an_old_copy_is_doubted_and_kept_though_it_proves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mirror = tmp_path / "mirror"
    run(["log", "mirror", collector(tmp_path / "a", "abc"), str(mirror), "--key", KEY])
    assert run(["log", "mirror", collector(tmp_path / "b", "ab"), str(mirror)]) == 1
    assert "[log_shrank]" in told(capsys)[1]
    assert [path.suffix for path in (mirror / "evidence").iterdir()] == [".checkpoint"]


def test_evidence_that_cannot_be_written_or_read_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = collector(tmp_path / "a", "a"), collector(tmp_path / "b", "b")
    (tmp_path / "a" / "evidence").write_bytes(b"")
    assert run(["log", "compare", a, b, "--key", KEY]) == 1
    assert "the evidence cannot be written" in told(capsys)[1]
    monkeypatch.setattr(Path, "read_bytes", unreadable)
    assert run(["log", "check", str(tmp_path / "a" / "evidence"), "--key", KEY]) == 1


def unreadable(path: Path) -> bytes:
    raise PermissionError(13, "Permission denied", path)


def test_a_log_that_was_altered_does_not_pass(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = collector(tmp_path / "log", "ab")
    entries = tmp_path / "log" / "entries.ndjson"
    entries.write_bytes(entries.read_bytes().replace(b"2026-11-18", b"2026-11-17"))
    assert run(["log", "check", log, "--key", KEY]) == 1
    assert "[entries_differ]" in told(capsys)[1]
    assert not (tmp_path / "log" / "evidence").exists()


def test_two_views_of_one_log_are_said_to_be_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a, b = collector(tmp_path / "a", "ab"), collector(tmp_path / "b", "abc")
    assert run(["log", "compare", a, b, "--key", KEY]) == 0
    assert told(capsys)[0] == f"{ORIGIN}: one log; {a} is 1 entry behind {b}.\n"
    assert run(["log", "compare", b, a, "--key", KEY]) == 0
    assert told(capsys)[0] == f"{ORIGIN}: one log; {a} is 1 entry behind {b}.\n"
    assert run(["log", "compare", a, a, "--key", KEY]) == 0
    assert told(capsys)[0] == f"{ORIGIN}: the same 2 entries in both.\n"


def test_two_views_that_contradict_each_other_fail_with_evidence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a, b = collector(tmp_path / "a", "abc"), collector(tmp_path / "b", "ax")
    where = ["--evidence", str(tmp_path / "kept")]
    assert run(["log", "compare", a, b, "--key", KEY, *where]) == 1
    assert "[log_forked]" in told(capsys)[1]
    [evidence] = (tmp_path / "kept").glob("*.json")
    assert run(["log", "check", str(evidence), "--key", KEY]) == 0


def test_folders_with_keys_of_different_logs_are_not_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a, b = collector(tmp_path / "a", "a"), collector(tmp_path / "b", "a")
    pin_key(Path(a), Key(ORIGIN, SIGNER.public_key))
    pin_key(Path(b), Key("other.example/log", SIGNER.public_key))
    assert run(["log", "compare", a, b]) == 1
    assert "keys of different logs" in told(capsys)[1]


def test_entries_are_shown_in_words_the_newest_last(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = TransparencyLog(FileLedger(tmp_path), SIGNER, ORIGIN)
    for entry in ENTRIES:
        log.add(entry, [b"a"])
    assert run(["log", "show", str(tmp_path)]) == 0
    mark = MARK[:12]
    assert told(capsys)[0].splitlines() == [
        f"     0  2026-11-18  editor: registry {mark}, without approvals",
        f"     1  2026-11-18  editor: registry {mark}, with approvals",
        f"     2  2026-11-18  editor: wording {mark} in en, for registry {mark}",
        f"     3  2026-11-18  editor: totals {mark} of 2026-W47",
    ]


def test_an_entry_of_an_unknown_kind_is_shown_as_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = FileLedger(tmp_path)
    ledger.append([b"{}"])
    ledger.keep(sign(Checkpoint(ORIGIN, 1, leaf_hash(b"{}")), SIGNER))
    assert run(["log", "show", str(tmp_path)]) == 0
    assert "an entry of an unknown kind" in told(capsys)[0]


def test_what_is_no_log_is_not_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "checkpoint").write_bytes(b"nonsense")
    assert run(["log", "show", str(tmp_path)]) == 1
    assert "is no log" in told(capsys)[1]


def test_the_group_tells_its_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["log", "--help"]) == 0
    assert "compare" in told(capsys)[0]
