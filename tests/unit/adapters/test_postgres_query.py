from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.patience import PATIENCE

from aboveboard.adapters import postgres_query
from aboveboard.adapters.postgres_facts import PostgresFacts
from aboveboard.errors import FactsError, QueryError
from aboveboard.ports.collector import LogPosition, LogSlice

MORE = """
create or replace function public.own() returns int language sql as 'select 1';
create schema secrets;
create table secrets.diary (a int);
create schema control;
create table control.receipts (a int);
create sequence if not exists public.s
"""
REPORT = (
    b'{"id":"00000000000000000000000000000001","app":"editor","week":"2026-W47",'
    b'"day":"2026-11-18","facts":[{"m":"system.os","d":null,"k":"linux","c":1}],"aside":[]}'
)


@pytest.fixture
def url(postgres: Callable[[Path], str], tmp_path: Path) -> str:
    return postgres(tmp_path)


@pytest.fixture
def store(url: str) -> Iterator[PostgresFacts]:
    """Give a store whose user may do everything, the worst that there can be."""
    with closing(PostgresFacts(url)) as opened:
        opened.load(LogSlice([REPORT], LogPosition(1, 9)))
        yield opened


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("select app, 1 from reports", id="select"),
        pytest.param("(select app, 1 from reports)", id="in-brackets"),
        pytest.param("table position", id="table"),
        pytest.param("values (1, 2)", id="values"),
        pytest.param("/* all */ -- of them\n select 1", id="after-comments"),
        pytest.param("explain select * from reports", id="explain"),
        pytest.param("explain analyze select * from totals", id="explain-analyze"),
        pytest.param("explain (analyze, format json) select 1", id="explain-with-options"),
        pytest.param("select 'system.os', random(), now(), clock_timestamp()", id="harmless"),
        pytest.param("select '100 %', '%s', $$ ; $$", id="signs"),
        pytest.param("select pg_total_relation_size('reports')", id="sizes"),
    ],
)
def test_a_person_may_read(query: str, store: PostgresFacts) -> None:
    assert store.query(query, 10).rows


@pytest.mark.parametrize(
    "query",
    [
        "select set_config('transaction_read_only', 'off', false)",
        "select SET_CONFIG('role', 'admin', true)",
        "select \"set_config\"('role', 'admin', true)",
        "select set_config /* now */ ('role', 'admin', true)",
        "select $t$x$t$,pg_sleep(9)",
        "select * from pg_read_file('/etc/passwd')",
        "select * from rows from (pg_ls_dir('/etc'))",
        "select pg_catalog.pg_terminate_backend(pid) from pg_stat_activity",
        "select lo_import('/etc/passwd')",
        "select lo_export(1, '/tmp/x')",
        "select nextval('s')",
        "select pg_advisory_lock(1)",
        "select pg_notify('a', 'b')",
        "select pg_reload_conf()",
        "select query_to_xml('delete from reports', true, true, '')",
        "select u&\"\\0073et_config\"('role', 'admin', true)",
        "select U&\"s!0065t_config\" uescape '!' ('role', 'admin', true)",
        "select public.own()",
        "select own(1)",
        "explain analyze select set_config('role', 'admin', true)",
        "explain analyze create table mine as select 1",
        "explain analyze execute mine",
        "explain (analyze) delete from reports",
        "select 1 into mine",
        "with a as (delete from reports returning 1) select * from a",
        "select * from reports for update",
        "copy reports to program 'id'",
        "do $$ begin delete from reports; end $$",
        "listen a",
        "prepare mine as select 1",
        "set role admin",
        "reset role",
        "begin",
        "declare more cursor for select 1",
        "fetch all from asked",
        "vacuum",
        "select * from pg_authid",
        "select * from secrets.diary",
        "select * from control.receipts",
        "select 1; select 2",
        "select 1; commit; delete from reports",
        "select '",
        "select \ud800",
        "select 'infinity'::date",
        "/**//**//**//**//**//**//**//**//**//**//**//**//**//**//**//**//**//**//**//**/ x",
    ],
)
def test_what_could_do_more_is_refused_even_where_the_user_may_everything(
    query: str, store: PostgresFacts, url: str
) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(MORE)
    with pytest.raises(QueryError):
        store.query(query, 10)
    assert store.apps() == {"editor": 1}
    assert store.query("select current_user, current_setting('transaction_read_only')", 1).rows == (
        ("aboveboard_reader", "on"),
    )
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("drop function public.own; drop sequence public.s")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("delete from reports", "one reading statement is allowed"),
        ("selec 1", "one reading statement is allowed"),
        ("select * from nothing", 'relation "nothing" does not exist'),
        ("select pg_sleep(1)", "the function pg_sleep may do more than read"),
    ],
)
def test_a_refusal_says_why(query: str, words: str, store: PostgresFacts) -> None:
    with pytest.raises(QueryError, match=words):
        store.query(query, 1)


def test_a_query_without_an_end_is_stopped(
    store: PostgresFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_query, "QUERY_SECONDS", 0.2)
    endless = "select count(*) from generate_series(1, 1000000) a, generate_series(1, 1000000) b"
    with pytest.raises(QueryError, match=r"it took more than 0\.2 seconds"):
        store.query(endless, 1)
    assert store.query("select 1", 1).rows == ((1,),)


def test_only_the_rows_that_are_wanted_are_made(store: PostgresFacts) -> None:
    result = store.query("select generate_series(1, 1000000000000)", 2)
    assert (result.rows, result.cut) == (((1,), (2,)), True)


def test_a_server_that_goes_away_under_a_query_is_no_fault_of_the_query(
    store: PostgresFacts, url: str
) -> None:
    said: list[FactsError] = []

    def ask() -> None:
        try:
            store.query("select count(*) from generate_series(1, 1000000000) a", 1)
        except FactsError as error:
            said.append(error)

    asker = threading.Thread(target=ask)
    asker.start()
    cut = (
        "select pg_terminate_backend(pid, 10000) from pg_stat_activity"
        " where query like 'fetch%' and state = 'active' and pid <> pg_backend_pid()"
    )
    with psycopg.connect(url, autocommit=True) as connection:
        while not connection.execute(cut).fetchall():
            time.sleep(0.01)
    asker.join(PATIENCE)
    [error] = said
    assert not isinstance(error, QueryError)
    assert str(error).startswith("the tables cannot be read: AdminShutdown")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=40) | st.text("select *();'\"-/$1,apg_\\", max_size=40))
@example(query="select 1 /*")
def test_no_text_gets_anything_but_an_answer_or_a_refusal(query: str, store: PostgresFacts) -> None:
    with contextlib.suppress(QueryError):
        store.query(query, 5)
    assert store.apps() == {"editor": 1}
