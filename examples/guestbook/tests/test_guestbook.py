"""What Guestbook does, and what it counts: the tests that its makers would write."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

import guestbook
from aboveboard.adapters.registry_files import read_file
from aboveboard.registry.checks import check
from aboveboard.testing import (
    Opened,
    assert_counted,
    assert_nothing_counted,
    assert_nothing_private,
    counted,
    instead,
)

ENTRY = {"name": "Ana Okonkwo", "text": "What a lovely place! ana@example.org"}


@pytest.fixture(autouse=True)
def opened() -> Iterator[Opened]:
    """Let every test count in memory."""
    with instead() as opened:
        yield opened


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """Give an application of its own to each test."""
    return guestbook.create_app(tmp_path)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a visitor."""
    return app.test_client()


def test_visitors_sign_and_read(client: FlaskClient) -> None:
    assert "Nobody has signed yet" in client.get("/").text
    assert client.post("/sign", data=ENTRY).status_code == 303
    assert "What a lovely place!" in client.get("/").text


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"name": "Ana", "text": "  "}, id="blank"),
        pytest.param({"name": "Ana", "text": "x" * 501}, id="too-long"),
        pytest.param({"name": "x" * 61, "text": "Hello"}, id="too-long-a-name"),
    ],
)
def test_an_entry_needs_a_name_and_a_text(
    client: FlaskClient, opened: Opened, entry: dict[str, str]
) -> None:
    assert client.post("/sign", data=entry).status_code == 400
    assert counted(opened, "request.served", {"route": "sign", "result": "refused"}) == 1
    assert counted(opened, "entry.letters") == 0


def test_what_visitors_write_is_shown_and_never_run(client: FlaskClient) -> None:
    client.post("/sign", data={"name": "Ben", "text": "<script>alert(1)</script>"})

    assert "<script>alert" not in client.get("/").text


def test_requests_are_counted_by_route_and_result(client: FlaskClient, opened: Opened) -> None:
    client.get("/")
    client.get("/about")
    client.post("/sign", data=ENTRY)
    client.get("/")

    assert_counted(
        opened,
        {
            "request.served": {
                "result=moved,route=sign": 1,
                "result=ok,route=about": 1,
                "result=ok,route=home": 2,
            },
            "request.took": 4,  # in whichever buckets
            "entry.letters": {0: 1},  # fewer than fifty
            "guestbook.broke": None,
        },
    )


@pytest.mark.parametrize("address", ["/wp-login.php", "/ana@example.org", "/sign/../../etc/passwd"])
def test_an_address_that_a_visitor_made_up_is_only_other(
    client: FlaskClient, opened: Opened, address: str
) -> None:
    client.get(address, headers={"User-Agent": "ana@example.org"})

    assert counted(opened, "request.served", "result=refused,route=other") == 1
    assert_nothing_private(opened, "wp-login", "ana@example.org", "passwd")


def test_nothing_of_a_visitor_is_kept_or_sent(client: FlaskClient, opened: Opened) -> None:
    opened.telemetry.choose("on")
    client.post("/sign", data=ENTRY, headers={"User-Agent": "Netscape 4"})
    opened.telemetry.flush(now=True)

    assert opened.collector.reports
    assert_nothing_private(opened, "Ana Okonkwo", "lovely", "ana@example.org", "Netscape")


def test_where_it_breaks_is_counted_and_not_what_it_was_told(app: Flask, opened: Opened) -> None:
    @app.get("/broken")
    def broken() -> str:
        message = f"cannot serve {ENTRY['name']}"
        raise RuntimeError(message)

    assert app.test_client().get("/broken").status_code == 500
    assert counted(opened, "guestbook.broke") == 1
    assert counted(opened, "request.served", {"result": "broke"}) == 1
    assert_nothing_private(opened, ENTRY["name"])


def test_many_threads_lose_no_count(app: Flask, opened: Opened) -> None:
    def visit(_: int) -> None:
        for _ in range(25):
            app.test_client().get("/about")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(visit, range(8)))

    assert counted(opened, "request.served", {"route": "about"}) == 200
    assert counted(opened, "request.took") == 200


def test_visitors_see_what_is_counted(client: FlaskClient, opened: Opened) -> None:
    page = client.get("/about").text

    assert "nobody has chosen yet" in page
    for metric in opened.telemetry.registry.metrics.values():
        assert metric.title in page


def test_whoever_runs_it_sees_decides_and_sends(app: Flask, opened: Opened) -> None:
    def run(*words: str) -> str:
        done = app.test_cli_runner().invoke(args=["telemetry", *words])
        assert done.exit_code == 0, done.output
        return done.output

    assert run("status").startswith("local: nobody has chosen yet")
    assert run("on").startswith("on: chosen by you")
    app.test_client().get("/")
    assert '"request.served"' in run("show", "--local")
    assert run("send") == ""
    opened.clock.move(timedelta(weeks=1))
    assert set(run("send").splitlines()) == {"delivered: 201 kept"}
    assert [entry["value"] for entry in opened.collector.entries("request.served")] == [
        {"result=ok,route=home": 1}
    ]
    app.test_client().get("/")
    assert "delivered: 201 kept  to https://telemetry.guestbook.example" in run("send-now")


def test_nothing_is_counted_where_somebody_said_no(client: FlaskClient, opened: Opened) -> None:
    opened.telemetry.choose("off")
    client.get("/")
    client.post("/sign", data=ENTRY)

    assert_nothing_counted(opened)


def test_every_route_has_its_word() -> None:
    metric = read_file(guestbook.HERE / "guestbook.toml").metrics["request.served"]

    assert metric.extras["route"] == (*guestbook.ROUTES, "other")


def test_the_registry_has_no_problem() -> None:
    assert check(read_file(guestbook.HERE / "guestbook.toml"), date(2026, 11, 25)) == []
