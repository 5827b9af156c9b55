# /// script
# requires-python = ">=3.11"
# dependencies = ["aboveboard", "flask>=3.1"]
# ///
"""Enters: requests of visitors. Leaves: pages, entries, and counts on the terms of who runs it.

A small guestbook on Flask. Everything that has to do with telemetry stands in
:func:`open_telemetry`, :func:`count_requests` and :func:`add_commands`, and in one line of
:func:`create_app`.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import Flask, abort, g, got_request_exception, redirect, render_template_string, request
from werkzeug.serving import make_server

import aboveboard
import aboveboard.commands

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse

VERSION = "2.0.1"
HERE = Path(__file__).parent
ROUTES = ("home", "sign", "about")
LONGEST_NAME, LONGEST_ENTRY = 60, 500
MOST_SHOWN = 50


def create_app(folder: Path = HERE / "instance") -> Flask:
    """Make the application.

    Args:
        folder: where the entries are kept, and what is counted.
    """
    folder.mkdir(parents=True, exist_ok=True)
    app = Flask(__name__)
    book = Book(folder / "guestbook.sqlite")
    telemetry = open_telemetry(folder / "telemetry")
    count_requests(app, telemetry)
    add_commands(app, telemetry)

    @app.get("/")
    def home() -> str:
        return render_template_string(HOME, entries=book.entries())

    @app.post("/sign")
    def sign() -> AnyResponse:
        name, text = (request.form.get(field, "").strip() for field in ("name", "text"))
        if not 0 < len(name) <= LONGEST_NAME or not 0 < len(text) <= LONGEST_ENTRY:
            abort(400)
        book.add(name, text)
        telemetry.observe("entry.letters", len(text))  # how many, never which
        return redirect("/", 303)

    @app.get("/about")
    def about() -> str:
        metrics = telemetry.registry.metrics.values()
        return render_template_string(ABOUT, metrics=metrics, why=telemetry.consent.explain())

    return app


# --- Telemetry ------------------------------------------------------------------------------------


def open_telemetry(home: Path) -> aboveboard.Telemetry:
    """Open the telemetry; threads and processes share it, and none of them ever waits for it."""
    telemetry = aboveboard.open(
        "guestbook", registry=HERE / "guestbook.toml", version=VERSION, home=home
    )
    telemetry.set("system.python", f"{sys.version_info.major}.{sys.version_info.minor}")
    return telemetry


def count_requests(app: Flask, telemetry: aboveboard.Telemetry) -> None:
    """Count each request by its route, its result and its time, and each place where it breaks."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def count(response: Response) -> Response:
        # The name of a route and never the address: an address holds what a visitor typed.
        route = request.endpoint if request.endpoint in ROUTES else "other"
        results = {2: "ok", 3: "moved", 4: "refused", 5: "broke"}
        result = results.get(response.status_code // 100, "other")
        telemetry.event("request.served", route=route, result=result)
        telemetry.took("request.took", round((time.perf_counter() - g.began) * 1000))
        return response

    def broke(_: Flask, exception: BaseException) -> None:
        telemetry.record_error(exception)

    got_request_exception.connect(broke, app, weak=False)


def add_commands(app: Flask, telemetry: aboveboard.Telemetry) -> None:
    """Let whoever runs it see and decide: ``flask --app guestbook telemetry status``."""
    group = aboveboard.commands.click_group(lambda: telemetry)

    @group.command()
    def send() -> None:
        """Send what is due; for a daily job."""
        for delivery in telemetry.flush():
            click.echo(f"{delivery.fate.value}: {delivery.answer}")

    app.cli.add_command(group)


# --- The book and its pages -----------------------------------------------------------------------


class Book:
    """Keeps entries in an SQLite file, which threads and processes share."""

    def __init__(self, file: Path) -> None:
        self._file = file
        with closing(self._open()) as connection, connection:
            connection.execute("CREATE TABLE IF NOT EXISTS entry (name TEXT, text TEXT)")

    def add(self, name: str, text: str) -> None:
        """Add an entry."""
        with closing(self._open()) as connection, connection:
            connection.execute("INSERT INTO entry VALUES (?, ?)", (name, text))

    def entries(self) -> list[tuple[str, str]]:
        """Give the newest entries, the newest first."""
        with closing(self._open()) as connection:
            order = "SELECT name, text FROM entry ORDER BY rowid DESC LIMIT ?"
            return connection.execute(order, (MOST_SHOWN,)).fetchall()

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._file, timeout=10)


HOME = """<!doctype html>
<html lang="en">
<title>Guestbook</title>
<h1>Guestbook</h1>
<form method="post" action="/sign">
<p><label>Your name <input name="name" maxlength="60" required></label></p>
<p><label>Your entry <textarea name="text" maxlength="500" required></textarea></label></p>
<p><button>Sign</button></p>
</form>
{% for name, text in entries %}<p><b>{{ name }}</b>: {{ text }}</p>
{% else %}<p>Nobody has signed yet.</p>
{% endfor %}<p><a href="/about">What is counted here</a></p>
</html>
"""
ABOUT = """<!doctype html>
<html lang="en">
<title>What is counted here</title>
<h1>What is counted here</h1>
<p>{{ why }}</p>
<dl>
{% for metric in metrics %}<dt>{{ metric.title }}</dt><dd>{{ metric.question }}</dd>
{% endfor %}</dl>
</html>
"""


def main() -> None:
    """Serve it on this machine."""
    parser = argparse.ArgumentParser(prog="guestbook", description="A guestbook on this machine.")
    parser.add_argument("--port", type=int, default=5000, help="0 takes a free one")
    parser.add_argument("--folder", type=Path, default=HERE / "instance", help="where it keeps all")
    parser.add_argument("--processes", type=int, default=1, help="how many serve at a time")
    asked = parser.parse_args()
    app = create_app(asked.folder)
    alone = asked.processes == 1
    server = make_server("127.0.0.1", asked.port, app, threaded=alone, processes=asked.processes)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
