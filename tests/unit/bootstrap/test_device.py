from __future__ import annotations

import json
import logging
import os.path
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import aboveboard
from aboveboard.adapters.memory import MemoryTransport, SetClock
from aboveboard.adapters.sqlite_file import SqliteFile
from aboveboard.adapters.sqlite_store import SqliteEventStore
from aboveboard.adapters.system import SystemClock
from aboveboard.adapters.withdrawals_file import FileWithdrawals
from aboveboard.bootstrap import late
from aboveboard.bootstrap.device import assemble
from aboveboard.device.telemetry import Telemetry
from aboveboard.errors import SetupError
from aboveboard.model.consent import Mode, Rule
from aboveboard.model.event import Event
from aboveboard.model.period import Week
from aboveboard.model.renewal import Renewal
from aboveboard.model.report import Delivery, Fate
from aboveboard.model.withdrawal import Taking, Withdrawal
from aboveboard.ports.device import Answer
from aboveboard.registry.read import read
from aboveboard.settings import DeviceSettings
from aboveboard.testing import EXAMPLE_REGISTRY, strict

ADDRESS = b'[collector]\nurl = "https://collector.example"\n'
WORD = "quetzalcoatl"
REST = b"""
title = "A title"
question = "A question?"
decision = "A decision."
owner = "Release manager"
review = "https://editor.example/reviews/1"
approved = { on = 2026-01-15, by = "The council", where = "https://editor.example/1" }
expires = { never = "So." }
level = "usage"
"""
REGISTRY = b"".join(
    [
        EXAMPLE_REGISTRY,
        ADDRESS,
        f'[metric."choice.word"]\nkind = "choice"\nchoices = ["{WORD}"]'.encode(),
        REST,
        b'[metric."app.version"]\nkind = "version"',
        REST,
    ]
)


@pytest.fixture(autouse=True)
def no_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no rule of the machine that runs the tests decide."""
    monkeypatch.delenv("ABOVEBOARD", raising=False)
    monkeypatch.delenv("DO_NOT_TRACK", raising=False)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def start(home: Path) -> Callable[..., Telemetry]:
    """Give a function that opens the telemetry with a collector in memory that accepts all."""

    def begin() -> Telemetry:
        transport = MemoryTransport(lambda *_: Answer(201, b'{"code":"kept"}'))
        return assemble(
            read(REGISTRY),
            DeviceSettings(str(home)),
            "2.1",
            clock=SetClock(),
            transport=transport,
            background=False,
        )

    return begin


def id_of(delivery: Delivery) -> str:
    return delivery.report


def use(telemetry: Telemetry) -> None:
    with telemetry:
        telemetry.count("file.opened")
        telemetry.set("choice.word", WORD)
        telemetry.preview(local=True)
        telemetry.flush(now=True)
        telemetry.journal()


def everything(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(lambda path: path, id="path"),
        pytest.param(str, id="path-as-text"),
        pytest.param(lambda path: path.read_bytes(), id="bytes"),
        pytest.param(lambda path: read(path.read_bytes()), id="registry"),
    ],
)
def test_a_registry_may_come_in_any_form(
    tmp_path: Path, home: Path, form: Callable[[Path], Any]
) -> None:
    path = tmp_path / "editor.toml"
    path.write_bytes(EXAMPLE_REGISTRY)

    with aboveboard.open("editor", registry=form(path), home=str(home)) as telemetry:
        telemetry.count("file.opened")

    assert telemetry.misuse == {}
    assert list((home / "live").iterdir())


def test_the_usual_place_is_taken_if_none_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    with aboveboard.open("editor", registry=EXAMPLE_REGISTRY) as telemetry:
        telemetry.count("file.opened")

    assert list((tmp_path / "aboveboard" / "editor" / "live").iterdir())


def test_the_version_is_counted(home: Path) -> None:
    with aboveboard.open("editor", registry=REGISTRY, version="2.1.3", home=home) as telemetry:
        (shown,) = telemetry.preview(local=True)

    assert json.loads(shown)["entries"] == [{"metric": "app.version", "value": "2.1"}]


BAD: list[Any] = [
    pytest.param(b"format = 2", id="registry-with-problems"),
    pytest.param(b"\xff", id="no-text"),
    pytest.param(REGISTRY.replace(b'"editor"', b'"writer"'), id="registry-of-another-app"),
    pytest.param(Path("/missing/editor.toml"), id="file-that-is-missing"),
    pytest.param(
        b"x = " + b"[" * 5000,
        id="registry-of-an-attacker",
    ),
    pytest.param(
        "editor\x00.toml",
        id="path-that-is-none",
    ),
]


@pytest.mark.parametrize("registry", BAD)
def test_a_registry_that_cannot_be_used_counts_nothing_and_never_raises(
    home: Path, registry: bytes | Path | str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        telemetry = aboveboard.open("editor", registry=registry, home=home)
        use(telemetry)

    assert telemetry.mode is Mode.OFF
    assert [(r.name, r.levelname) for r in caplog.records] == [("aboveboard", "WARNING")]
    assert "nothing is counted" in caplog.text
    assert not home.exists()


ANYTHING: Any = object()


@pytest.mark.parametrize(
    "strange",
    [
        pytest.param({"registry": ANYTHING}, id="registry"),
        pytest.param({"registry": REGISTRY, "lock": Path("\0"), "mode": ANYTHING}, id="mode"),
        pytest.param({"registry": REGISTRY, "packages": 7}, id="packages"),
        pytest.param({"registry": REGISTRY, "most_bytes": "much"}, id="most-bytes"),
    ],
)
def test_whatever_it_is_opened_with_it_never_raises(home: Path, strange: dict[str, Any]) -> None:
    with aboveboard.open("editor", home=home, **strange) as telemetry:
        telemetry.count("file.opened")

    assert telemetry.mode is Mode.OFF
    assert not home.exists()


@pytest.mark.parametrize("most_bytes", [999_999, 100_000_001, 2e6, True, "2000000", None])
def test_a_bound_that_is_none_is_told_under_strict(home: Path, most_bytes: Any) -> None:  # noqa: ANN401 anything
    told = "most_bytes is not a whole number from 1,000,000 to 100,000,000"
    with strict(), pytest.raises(SetupError, match=told):
        aboveboard.open("editor", registry=REGISTRY, home=home, most_bytes=most_bytes)


@pytest.mark.parametrize(
    ("bound", "goes"),
    [
        pytest.param({}, False, id="usual"),
        pytest.param({"most_bytes": 1_000_000}, True, id="smaller"),
    ],
)
def test_a_program_may_say_how_much_is_kept(
    home: Path, bound: dict[str, Any], *, goes: bool
) -> None:
    store, now = SqliteEventStore(SqliteFile(str(home))), SystemClock().now().date()
    for ago in range(20, 0, -1):
        day = now - timedelta(ago)
        store.add(Event("file.opened", day, f"{number:060}") for number in range(1000))
    store.close()

    with aboveboard.open("editor", registry=REGISTRY, home=home, **bound) as telemetry:
        telemetry.flush()

    left = {event.day for event in store.events()}
    store.close()
    assert (len(left) < 20) is goes
    assert max(left) == now - timedelta(1), "the oldest goes first"
    assert (home / "counts.sqlite").stat().st_size > 10_000


def test_the_sender_of_a_program_that_ended_keeps_to_its_bound(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[str, ...]] = []

    def detach(*words: str) -> bool:
        started.append(words)
        return True

    monkeypatch.setattr(late, "detach", detach)
    path = tmp_path / "editor.toml"
    path.write_bytes(REGISTRY)
    with aboveboard.open("editor", registry=path, home=home, most_bytes=2_000_000) as telemetry:
        telemetry.choose("on")
        telemetry.count("file.opened")
    assert started == [(str(home), str(path), str(Path.cwd()), "", "2000000")]


def test_a_registry_that_cannot_be_used_is_not_blamed_on_the_environment(home: Path) -> None:
    telemetry = aboveboard.open("editor", registry=b"format = 2", home=home)

    assert telemetry.consent.rule is Rule.BROKEN
    assert telemetry.consent.explain().startswith("off: telemetry could not be opened")


def test_a_choice_under_a_registry_that_cannot_be_used_erases_nothing(
    home: Path, start: Callable[..., Telemetry]
) -> None:
    use(start())

    aboveboard.open("editor", registry=b"format = 2", home=home).choose("on")

    with start() as telemetry:
        assert b"file.opened" in b"".join(telemetry.preview(local=True))


def test_a_machine_without_a_home_folder_never_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "USERPROFILE", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)

    telemetry = aboveboard.open("editor", registry=EXAMPLE_REGISTRY)

    assert telemetry.mode is not Mode.ON


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("ABOVEBOARD", "off", id="ABOVEBOARD=off"),
        pytest.param("ABOVEBOARD", "no", id="ABOVEBOARD=no"),
        pytest.param("DO_NOT_TRACK", "1", id="DO_NOT_TRACK=1"),
    ],
)
def test_nothing_is_written_where_the_environment_refuses(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    use(aboveboard.open("editor", registry=REGISTRY, version="2.1", home=home))

    assert not home.exists()


def test_nothing_is_written_before_there_is_something_to_keep(home: Path) -> None:
    with aboveboard.open("editor", registry=REGISTRY, home=home) as telemetry:
        telemetry.preview(local=True)
        telemetry.flush(now=True)
        telemetry.journal()
        telemetry.count("file.opend")

    assert not home.exists()


def test_while_off_nothing_but_the_choice_is_on_disk(
    home: Path, start: Callable[..., Telemetry]
) -> None:
    start().choose("off")
    use(start())

    assert [path.name for path in home.iterdir()] == ["choice.json"]


def test_off_leaves_nothing_of_the_counts_in_any_file_but_the_journal(
    home: Path, start: Callable[..., Telemetry]
) -> None:
    with start() as telemetry:
        telemetry.choose("on")
        telemetry.count("file.opened", by=7)
        deliveries = telemetry.flush(now=True)
        telemetry.set("choice.word", WORD)
        telemetry.flush()
        assert WORD.encode() in everything(home)

        telemetry.choose("off")

        assert WORD.encode() not in everything(home)
        assert sorted(telemetry.journal(), key=id_of) == sorted(deliveries, key=id_of)
        assert {delivery.fate for delivery in deliveries} == {Fate.DELIVERED}


def test_everything_is_found_again_after_a_restart(
    home: Path, start: Callable[..., Telemetry]
) -> None:
    with start() as first:
        first.choose("on")
        first.count("file.opened")
    with start() as second:
        second.count("file.opened")
        deliveries = second.flush(now=True)
    with start() as third:
        journal = third.journal()

    entries = [entry for done in deliveries for entry in json.loads(done.body)["entries"]]
    values = {entry["metric"]: entry["value"] for entry in entries}
    assert values["file.opened"] == 2
    assert sorted(journal, key=id_of) == sorted(deliveries, key=id_of)
    assert home.exists()


def test_a_home_that_cannot_be_used_never_reaches_the_host(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")

    use(aboveboard.open("editor", registry=REGISTRY, home=tmp_path / "file" / "home"))

    assert str(tmp_path) not in caplog.text
    assert len(caplog.records) == 1


def test_without_a_clock_of_its_own_it_takes_the_systems(home: Path) -> None:
    telemetry = assemble(read(REGISTRY), DeviceSettings(home=str(home)))

    with telemetry, telemetry.time("file.opened"):
        telemetry.choose("local")

    choice = telemetry.consent.choice
    assert choice is not None
    assert abs(choice.day - SystemClock().now().date()) <= timedelta(days=1)


APPROVAL = b"""
[approval]
needed = 1
[approval.approvers.ana]
title = "Ana"
key = "ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
"""


def test_a_signed_registry_is_taken_as_its_signatures_have_it(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "editor.toml"
    file.write_bytes(EXAMPLE_REGISTRY + APPROVAL)
    for registry in (file, EXAMPLE_REGISTRY + APPROVAL):
        with aboveboard.open("editor", registry=registry, home=home) as telemetry:
            telemetry.count("file.opened")
            assert telemetry.misuse == {"unknown_metric": 1}
            assert telemetry.preview(local=True) == []


def test_a_registry_with_a_log_has_a_way_to_it(home: Path) -> None:
    key = "collector.example/log+d1af6a51+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    log = f'[collector]\nurl = "http://127.0.0.1:9"\nlog = "{key}"\n'.encode()
    with aboveboard.open("editor", registry=EXAMPLE_REGISTRY + log, home=home) as telemetry:
        telemetry.choose("on")
        assert telemetry.renew().state is Renewal.NOT_REACHED


@pytest.mark.parametrize("choice", ["off", "local"])
def test_what_was_taken_back_and_lies_here_after_off_is_owed(tmp_path: Path, choice: str) -> None:
    settings, day = DeviceSettings(str(tmp_path)), SystemClock().now().date()
    row = Delivery("0" * 32, Week.of(day), Fate.DELIVERED, "201", b"{}", 9, day)
    back = Withdrawal(row.report, "editor", ("https://c.example",), "", "", day)
    with assemble(read(REGISTRY), settings, background=False) as telemetry:
        telemetry.choose("local")
        telemetry._core.parts.outbox.settle(row, "token")  # noqa: SLF001 as if it had been sent
        telemetry.choose(choice)
    assert not late.owed(settings)

    FileWithdrawals(tmp_path).put([replace(back, taking=Taking.DELETED)])
    assert late.owed(settings) is (choice == "off")

    with assemble(read(REGISTRY), settings, background=False) as telemetry:
        telemetry.flush()
    assert not late.owed(settings)


def test_where_a_choice_cannot_be_read_nothing_is_owed(tmp_path: Path) -> None:
    FileWithdrawals(tmp_path).put(())
    (tmp_path / "withdrawals.ndjson").touch()
    (tmp_path / "choice.json").write_text("{")
    assert not late.owed(DeviceSettings(str(tmp_path)))
