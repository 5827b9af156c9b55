from __future__ import annotations

import json
import os
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from tests.patience import PATIENCE
from tests.postgres import PASSWORD, Server

from aboveboard.adapters import postgres_connections, postgres_facts
from aboveboard.adapters.postgres_connections import Connections, shown
from aboveboard.adapters.postgres_facts import PostgresFacts
from aboveboard.errors import FactsError, SetupError
from aboveboard.model.total import Total
from aboveboard.ports.collector import ONLY_LOG, LogPosition, LogSlice

Database = Callable[[Path], str]


def part(*numbers: int, metric: str = "made.up") -> LogSlice:
    records = [
        {
            "id": f"{number:032x}",
            "app": "editor",
            "week": "2026-W47",
            "day": "2026-11-18",
            "facts": [{"m": "system.os", "d": None, "k": "linux", "c": 1}],
            "aside": [{"m": metric, "r": "unknown_metric"}],
        }
        for number in numbers
    ]
    lines = [json.dumps(record).encode() for record in records]
    return LogSlice(lines, LogPosition(1, numbers[-1]))


def linux(n: int) -> list[Total]:
    return [Total("system.os", "week", "2026-W47", "linux", n, n, n)]


def assert_away(store: PostgresFacts, match: str) -> None:
    """Whatever is asked of a store whose server is away is refused."""
    for call in (
        lambda: store.position(ONLY_LOG),
        store.apps,
        store.size,
        store.rewrite,
        lambda: store.load(part(3)),
        lambda: store.query("select 1", 1),
    ):
        with pytest.raises(FactsError, match=match):
            call()


@pytest.fixture
def url(postgres: Database, tmp_path: Path) -> str:
    return postgres(tmp_path)


@pytest.fixture
def store(url: str) -> Iterator[PostgresFacts]:
    with closing(PostgresFacts(url)) as opened:
        yield opened


def test_a_server_that_comes_back_is_used_again_and_nothing_counts_twice(
    store: PostgresFacts, postgres_server: Server
) -> None:
    store.load(part(1, 2))
    postgres_server.stop()
    assert_away(store, "OperationalError")
    postgres_server.start()
    assert store.position(ONLY_LOG) == LogPosition(1, 2)
    assert store.load(part(2, 3)) == 1
    assert store.totals("editor") == linux(3)
    assert store.query("select count(*) from reports", 1).rows == ((3,),)


CUT_WHO_WAITS = """
select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock'
"""


def test_a_loader_whose_connection_is_cut_in_its_transaction_loads_all_of_it_once(
    store: PostgresFacts, url: str
) -> None:
    store.load(part(1))
    said: list[str] = []
    with psycopg.connect(url, autocommit=True) as connection, connection.transaction():
        # The next load waits for the position, all but done.
        connection.execute("lock table aboveboard.position in share mode")
        loader = threading.Thread(target=_load, args=(store, part(2), said))
        loader.start()
        while not connection.execute(CUT_WHO_WAITS).fetchall():
            time.sleep(0.01)
        loader.join(PATIENCE)
    [text] = said
    assert text.startswith("a part of the log cannot be loaded: AdminShutdown")
    assert store.position(ONLY_LOG) == LogPosition(1, 1)
    assert store.load(part(2)) == 1
    assert store.totals("editor") == linux(2)


def _load(store: PostgresFacts, records: LogSlice, said: list[str]) -> None:
    try:
        store.load(records)
    except FactsError as error:
        said.append(str(error))


def test_what_is_in_a_record_is_in_no_error(store: PostgresFacts) -> None:
    for broken in (b'{"id": "mellon"}', b"mellon", b'"\x01mellon\x02"'):
        with pytest.raises(FactsError) as caught:
            store.load(LogSlice([broken], LogPosition(1, 1)))
        assert "mellon" not in str(caught.value)
        assert caught.value.__suppress_context__


def test_a_zero_character_does_not_stop_the_loader(store: PostgresFacts) -> None:
    assert store.load(part(1, metric="made\0up")) == 1
    assert store.query("select metric from asides", 1).rows == (("made\ufffdup",),)


def test_whatever_stands_in_a_record_is_kept_as_it_is(store: PostgresFacts) -> None:
    odd = 'a\\b\t"c"\n\r\\.\\N,\u2028\U0001f600'
    assert store.load(part(1, metric=odd)) == 1
    assert store.query("select metric from asides", 1).rows == ((odd,),)


def test_texts_are_ordered_byte_by_byte_whatever_the_database_speaks(
    store: PostgresFacts,
) -> None:
    records = [
        json.dumps(
            {
                "id": f"{number:032x}",
                "app": "editor",
                "week": "2026-W47",
                "day": "2026-11-18",
                "facts": [{"m": "a", "d": None, "k": key, "c": 1}],
                "aside": [],
            }
        ).encode()
        for number, key in enumerate(["b", "B", "a", "ä", "_", "-"])
    ]
    store.load(LogSlice(records, LogPosition(1, 1)))
    assert [total.key for total in store.totals("editor")] == ["-", "B", "_", "a", "b", "ä"]


def test_a_database_takes_the_log_of_one_data_folder_alone(url: str) -> None:
    PostgresFacts(url, "one").close()
    PostgresFacts(url, "one").close()
    with pytest.raises(SetupError, match="holds what the collector of another data folder loaded"):
        PostgresFacts(url, "other")


def test_a_person_may_ask_without_the_right_to_make_roles(
    url: str, postgres_server: Server
) -> None:
    name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
    postgres_server.run(
        "create role plain login", f"grant create on database {name} to plain", database=str(name)
    )
    plain = postgres_server.url(str(name), "plain")
    with closing(PostgresFacts(plain)) as store:
        store.load(part(1))
        who = "select current_user, count(*) from reports"
        assert store.query(who, 1).rows == (("plain", 1),)
    postgres_server.run(
        "create role aboveboard_reader", "grant aboveboard_reader to plain", database=str(name)
    )
    with closing(PostgresFacts(plain)) as store:
        assert store.query(who, 1).rows == (("aboveboard_reader", 1),)


def test_a_role_that_another_made_and_did_not_lend_is_not_taken(
    url: str, postgres_server: Server
) -> None:
    name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
    postgres_server.run(
        "create role plain login",
        "create role aboveboard_reader",
        f"grant create on database {name} to plain",
    )
    with closing(PostgresFacts(postgres_server.url(str(name), "plain"))) as store:
        assert store.query("select current_user", 1).rows == (("plain",),)


def test_a_user_without_any_right_is_told_so(url: str, postgres_server: Server) -> None:
    name = psycopg.conninfo.conninfo_to_dict(url)["dbname"]
    postgres_server.run("create role plain login")
    with pytest.raises(FactsError, match=r"cannot be opened: InsufficientPrivilege \(42501\)"):
        PostgresFacts(postgres_server.url(str(name), "plain"))


@pytest.fixture
def by_network(url: str, postgres_server: Server) -> Iterator[str]:
    """Give the name of a database that is reached by network as well."""
    postgres_server.stop()
    postgres_server.start_on_a_free_port()
    postgres_server.run(f"create role ana login password '{PASSWORD}' superuser")
    yield str(psycopg.conninfo.conninfo_to_dict(url)["dbname"])
    postgres_server.stop()
    postgres_server.start()


def test_a_password_opens_it_and_a_wrong_one_is_told_but_never_shown(
    by_network: str, postgres_server: Server
) -> None:
    PostgresFacts(postgres_server.by_network(by_network, "ana", PASSWORD)).close()
    with pytest.raises(SetupError) as caught:
        PostgresFacts(postgres_server.by_network(by_network, "ana", "hunter2"))
    text = str(caught.value)
    assert "password authentication failed" in text
    assert "Check that it runs, and the user, password and database" in text
    assert "hunter2" not in text
    assert caught.value.__suppress_context__


def test_a_server_that_is_away_is_told_at_once() -> None:
    with pytest.raises(
        SetupError, match=r"the store cannot be reached: postgresql://ana@127.0.0.1:1/x: "
    ):
        PostgresFacts("postgresql://ana:hunter2@127.0.0.1:1/x")


def test_a_server_that_is_away_may_come_later(
    store: PostgresFacts, url: str, postgres_server: Server
) -> None:
    store.load(part(1))
    postgres_server.stop()
    with closing(PostgresFacts(url, may_be_away=True)) as late:
        # To write everything anew, it connects by itself.
        assert_away(late, "the store cannot be reached|OperationalError")
        postgres_server.start()
        assert late.load(part(2)) == 1
        assert late.totals("editor") == linux(2)
        who = late.query("select current_user, count(*) from reports", 1).rows
        assert who == (("aboveboard_reader", 2),)


def test_a_database_that_is_another_collectors_is_found_out_when_it_comes(
    url: str, postgres_server: Server
) -> None:
    PostgresFacts(url, "one").close()
    postgres_server.stop()
    with closing(PostgresFacts(url, "other", may_be_away=True)) as late:
        postgres_server.start()
        assert_away(late, "holds what the collector of another data folder loaded")


def test_a_database_that_is_there_and_refuses_is_not_waited_for(
    by_network: str, postgres_server: Server
) -> None:
    wrong = postgres_server.by_network(by_network, "ana", "hunter2")
    for url in (wrong, postgres_server.url("no_such")):
        with pytest.raises(SetupError, match="cannot be reached"):
            PostgresFacts(url, may_be_away=True)


def test_one_alone_waits_for_a_server_that_says_nothing() -> None:
    # A test's own folder may have too long a name for a socket.
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as silent:
        silent.bind(f"{folder}/.s.PGSQL.5432")
        silent.listen()
        url = f"postgresql://ana@/x?host={folder}&connect_timeout=2"
        with closing(PostgresFacts(url, may_be_away=True)) as late:
            heard: list[str] = []

            def ask() -> None:
                with pytest.raises(FactsError) as caught:
                    late.apps()
                heard.append(str(caught.value))

            asking = [threading.Thread(target=ask) for _ in range(5)]
            for each in asking:
                each.start()
            for each in asking:
                each.join(PATIENCE)
    assert len(heard) == 5
    assert "the tables cannot be read: the database is being reached" in heard
    assert heard[-1].startswith(
        "the tables cannot be read: the store cannot be reached: postgresql://ana@"
    )


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ana:hun ter2@db/x",
        "postgresql://ana:hunter2@db/x?nothing=1",
        "postgresql://ana:hunter2%zz@db/x",
    ],
)
def test_an_address_that_is_none_is_refused_and_not_shown(url: str) -> None:
    for call in (lambda: PostgresFacts(url), lambda: shown(url)):
        with pytest.raises(SetupError, match="the address of the store is none") as caught:
            call()
        assert "ter2" not in str(caught.value)


def test_an_address_is_shown_without_its_password_wherever_it_stands() -> None:
    assert shown("postgresql:///x?host=/run/pg&user=ana&password=hunter2") == (
        "postgresql://ana@/run/pg/x"
    )


def test_whoever_finds_every_connection_in_use_waits_and_then_gives_up(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_connections, "PATIENCE_SECONDS", 0.1)
    connections = Connections(url, "public", 1, 60)
    with (
        connections.lend(),
        pytest.raises(FactsError, match="the database is busy"),
        connections.lend(),
    ):
        pass
    with connections.lend() as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    connections.close()


def test_whoever_waits_for_a_server_that_stands_still_hears_of_it(
    store: PostgresFacts, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_facts, "LONGEST_READING", 0.3)
    with closing(PostgresFacts(url)) as impatient:
        [(pid,)] = impatient.query("select pg_backend_pid()", 1).rows
        os.kill(int(str(pid)), signal.SIGSTOP)
        try:
            with pytest.raises(FactsError, match=r"OperationalError \(no answer\)"):
                impatient.apps()
            assert impatient.apps() == {}
        finally:
            os.kill(int(str(pid)), signal.SIGCONT)
    assert store.apps() == {}


def test_a_connection_is_not_cut_when_it_is_back(url: str) -> None:
    connections = Connections(url, "public", 1, 0.05)
    with connections.lend() as connection:
        pass
    time.sleep(0.1)
    with connections.lend() as again:
        assert again is connection
        assert again.execute("select 1").fetchone() == (1,)
    connections.close()


def test_a_transaction_that_was_left_open_is_rolled_back(url: str) -> None:
    connections = Connections(url, "public", 1, 60)
    with connections.lend() as connection:
        connection.execute("begin")
        connection.execute("create table left_open (a int)")
    with connections.lend() as again:
        assert again is not connection
        found = again.execute("select to_regclass('left_open')").fetchone()
    assert found == (None,)
    connections.close()


def test_a_connection_that_broke_in_a_transaction_is_not_lent_again(url: str) -> None:
    connections = Connections(url, "public", 1, 60)
    with psycopg.connect(url, autocommit=True) as other:
        with connections.lend() as connection:
            connection.execute("begin")
            other.execute("select pg_terminate_backend(%s, 10000)", [connection.info.backend_pid])
        with connections.lend() as again:
            assert again is not connection
            assert again.execute("select 1").fetchone() == (1,)
    connections.close()


def test_an_idle_connection_that_the_program_itself_closed_is_not_lent(url: str) -> None:
    connections = Connections(url, "public", 2, 60)
    with connections.lend() as one:
        pass
    one.close()
    with connections.lend() as again:
        assert again.execute("select 1").fetchone() == (1,)
    connections.close()


def test_many_may_read_at_once(store: PostgresFacts) -> None:
    assert postgres_facts.MOST_READERS > 1
    store.load(part(1))
    together = threading.Barrier(4, timeout=PATIENCE)
    found: list[list[Total]] = []

    def read() -> None:
        together.wait()
        found.extend(store.totals("editor") for _ in range(5))

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert found == [linux(1)] * 20
