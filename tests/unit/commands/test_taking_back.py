from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from aboveboard.adapters.memory_parts import memory_parts
from aboveboard.adapters.memory_sending import MemoryWithdrawals
from aboveboard.device.telemetry import Telemetry
from aboveboard.model.withdrawal import Proof, Taking, Withdrawal
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY, FakeCollector

Run = Callable[..., Any]


@pytest.fixture
def sent(telemetry: Telemetry) -> str:
    """Give the id of a report that was sent."""
    telemetry.choose("on")
    telemetry.count("file.opened")
    return telemetry.flush(now=True)[0].report


def test_one_report_is_deleted(run: Run, sent: str, collector: FakeCollector) -> None:
    said = run("forget", sent[:10])
    assert said.status == 0
    assert said.out.startswith(f"{sent[:8]}  https://telemetry.editor.example says that it has")
    assert collector.reports == []
    assert run("receipts").out == said.out
    assert run("forget", sent).out == "Nothing had been sent that could be taken back.\n"


def test_the_journal_shows_what_was_sent_and_what_was_asked_back(
    run: Run, sent: str, collector: FakeCollector
) -> None:
    collector.will_close()
    run("forget", sent)
    asked = run("journal", "--short").lines[1]
    assert asked == (
        f"2026-11-18 13:00 CET  {sent[:8]}  asked back  asked: not reached (RemoteDisconnected)"
        "  to https://telemetry.editor.example"
    )
    run("forget", "--all")
    (head, _, asked, request) = run("journal").lines
    assert "  taken_back: 201 kept  to " in head
    assert "  asked back  deleted: 200 deleted  to " in asked
    assert request == f"DELETE https://telemetry.editor.example/reports/editor/{sent}"
    (report, withdrawal) = map(json.loads, run("journal", "--json").lines)
    assert list(report) == list(withdrawal)
    assert (withdrawal["period"], withdrawal["sealed"], withdrawal["body"]) == ("", 0, "")
    assert (report["kind"], report["answer"]) == ("report", "201 kept")
    assert (withdrawal["kind"], withdrawal["fate"]) == ("withdrawal", "deleted")
    assert (withdrawal["report"], withdrawal["tries"]) == (sent, 2)
    assert withdrawal["url"] == request.removeprefix("DELETE ")


def test_off_leaves_of_what_was_taken_back_only_that_it_was(run: Run, sent: str) -> None:
    run("forget", "--all")
    run("off")
    (asked,) = run("journal", "--short").lines
    assert f"  {sent[:8]}  asked back  deleted: 200 deleted" in asked


def test_all_that_was_sent_and_all_that_waits_is_taken_back(
    run: Run, sent: str, telemetry: Telemetry, collector: FakeCollector
) -> None:
    telemetry.count("file.saved")
    collector.will_answer(503, "cannot_keep")
    telemetry.flush(now=True)
    said = run("forget", "--all")
    assert said.lines[0] == "Taken out before it left: 1."
    assert sent[:8] in said.out
    assert run("outbox").err == "Nothing waits.\n"
    assert collector.reports == []


def test_it_must_be_said_which(run: Run, sent: str) -> None:
    for words in ([], [sent, "--all"]):
        said = run("forget", *words)
        assert (said.status, "which report?" in said.err) == (2, True)
    assert "there is no such report" in run("forget", "ffff").err


def test_who_cannot_be_reached_is_asked_again(
    run: Run, sent: str, collector: FakeCollector
) -> None:
    collector.will_close()
    said = run("forget", sent)
    assert said.status == 1
    assert "1 of 1 could not be asked for now" in said.err
    assert "is asked again" in run("receipts").out
    assert collector.reports


def test_a_refusal_is_said(run: Run, sent: str, collector: FakeCollector) -> None:
    collector.will_answer(403, "wrong_token")
    said = run("forget", sent)
    assert said.status == 1
    assert "refuses: 403 wrong_token" in said.out


def test_what_is_only_in_sums_is_said(run: Run, sent: str, collector: FakeCollector) -> None:
    collector.will_answer(410, "no_longer_linked")
    said = run("forget", sent)
    assert said.status == 1
    assert "has only sums left" in said.out


def test_nothing_was_taken_back_at_first(run: Run) -> None:
    assert run("receipts").err == "Nothing was ever taken back.\n"


def test_a_signed_receipt_is_shown_as_it_came(run_with: Callable[[Telemetry], Run]) -> None:
    receipts = MemoryWithdrawals()
    note = "deleted 0f\n\n— editor.example/log AAAA\n"
    day = date(2026, 11, 18)
    receipts.put(
        [
            Withdrawal(
                "0f" * 16,
                "editor",
                ("https://telemetry.editor.example",),
                "",
                "",
                day,
                taking=Taking.DELETED,
                receipt=note,
                proof=Proof.SIGNED,
                deleted=day,
            )
        ]
    )
    telemetry = Telemetry(read(EXAMPLE_REGISTRY), memory_parts(withdrawals=receipts))
    said = run_with(telemetry)("receipts")
    assert said.lines[0] == (
        "0f0f0f0f  https://telemetry.editor.example has deleted it (2026-11-18)"
        " and signed a receipt for it"
    )
    assert note in said.out
