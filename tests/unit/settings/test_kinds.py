from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.settings.kinds import (
    Choice,
    Folder,
    Kind,
    LogName,
    Number,
    Prefix,
    Store,
    Text,
    WrongError,
    without_password,
)
from aboveboard.settings.lists import (
    Among,
    Formed,
    Lists,
    Networks,
    Paths,
    Secrets,
    Streams,
)

BASE = Path("/etc/aboveboard")
STORE = Store(("duckdb", "postgresql"))
WIRES = Among("wires", ("a", "b"))
LISTS = Lists("lists", ("native", "x"))
STREAMS = Streams("streams")
FOREIGN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
KINDS = [
    *(Number(1, 9), Text("a name"), Choice(("a", "b")), Folder(), STORE, Networks(), WIRES, LISTS),
    *(STREAMS, Formed("pairs"), Paths("paths"), Prefix("a path"), LogName("a name")),
]


@pytest.mark.parametrize(
    ("kind", "given_value", "value"),
    [
        pytest.param(Number(1, 9), 9, 9, id="number"),
        pytest.param(Number(1, 9), " 9 ", 9, id="digits"),
        pytest.param(Text("a name"), "log/1", "log/1", id="text"),
        pytest.param(Choice(("on", "off")), "off", "off", id="choice"),
        pytest.param(Folder(), "/srv/x", Path("/srv/x"), id="folder"),
        pytest.param(Folder(), "x", BASE / "x", id="folder-beside-the-file"),
        pytest.param(Folder(), Path("x"), Path("x"), id="path"),
        pytest.param(STORE, "", "", id="no-address"),
        pytest.param(STORE, "postgresql://db/x", "postgresql://db/x", id="address"),
        pytest.param(Networks(), "10.0.0.1, ::1,", ("10.0.0.1", "::1"), id="networks-in-a-row"),
        pytest.param(Networks(), ["10.0.0.0/8"], ("10.0.0.0/8",), id="networks-as-a-list"),
        pytest.param(WIRES, "b,a", ("b", "a"), id="words"),
        pytest.param(Formed("pairs"), "a=b=c", ("a=b=c",), id="pairs"),
        pytest.param(Paths("paths"), "/a,/b", ("/a", "/b"), id="paths"),
        pytest.param(Prefix("a path"), "/a", "/a", id="prefix"),
        pytest.param(Prefix("a path"), "", "", id="no-prefix"),
        pytest.param(LogName("a name"), "editor.example/log", "editor.example/log", id="log"),
        pytest.param(LogName("a name"), "", "", id="no-log"),
        pytest.param(LISTS, ["a", "a=b=x"], ("a", "a=b=x"), id="lists"),
        pytest.param(STREAMS, "1:2:s=a,UA-1=a", ("1:2:s=a", "UA-1=a"), id="streams"),
    ],
)
def test_what_is_of_a_kind_is_read(kind: Kind, given_value: object, value: object) -> None:
    assert kind.read(given_value, BASE) == value


@pytest.mark.parametrize(
    ("kind", "given_value", "why"),
    [
        pytest.param(Number(1, 9), 10, "must lie between 1 and 9, not 10", id="too-large"),
        pytest.param(Number(1, 9), True, "must be a whole number, not True", id="no-number"),
        pytest.param(Number(1, 9), "1e0", "must be a whole number, not '1e0'", id="no-digits"),
        pytest.param(Text("a name", 3), "long", "must be one line of at most 3", id="too-long"),
        pytest.param(Text("a name"), "a\nb", "must be one line", id="two-lines"),
        pytest.param(Text("a name"), 1, "must be text, not 1", id="no-text"),
        pytest.param(WIRES, "c,a,d", "holds 'c', 'd'; there are a, b", id="unknown-words"),
        pytest.param(Formed("pairs"), "a=b,a=,=b,a", "pairs, unlike entries 2, 3, 4", id="no-pair"),
        pytest.param(Secrets("keys"), "secret", "must hold keys, unlike entry 1", id="no-key"),
        pytest.param(Paths("paths"), "a", "must hold paths, unlike entry 1", id="no-slash"),
        pytest.param(Prefix("a path"), "a", "must begin with a slash, not as 'a'", id="no-prefix"),
        pytest.param(LogName("a name"), "a b", "must be a name without spaces", id="no-log-name"),
        pytest.param(STORE, "duckdb:x", "must be duckdb:/// and a folder", id="no-folder"),
        pytest.param(LISTS, "a=y,=x,a=", "must hold lists, unlike entries 1, 2, 3", id="no-list"),
        pytest.param(STREAMS, "G-1=a,G-1:=a,:s=a,G-1:s=,UA-1=", "1, 2, 3, 4, 5", id="no-stream"),
        pytest.param(Choice(("a", "b", "c")), "d", "must be a, b or c, not 'd'", id="no-choice"),
        pytest.param(Folder(), "", "must be a path, not ''", id="no-path"),
        pytest.param(STORE, 1, "must be an address, not 1", id="no-address"),
        pytest.param(STORE, "x://h", "duckdb:// or postgresql://", id="no-such-scheme"),
        pytest.param(STORE, "http://[", "duckdb:// or postgresql://", id="broken-address"),
        pytest.param(Networks(), 5, "must be a list of addresses", id="no-networks"),
        pytest.param(Networks(), "home", "not 'home'", id="no-network"),
    ],
)
def test_what_is_of_no_kind_is_told_in_words(kind: Kind, given_value: object, why: str) -> None:
    with pytest.raises(WrongError) as caught:
        kind.read(given_value, BASE)
    assert why in str(caught.value)


def test_a_tilde_without_a_home_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home(_: Path) -> Path:
        raise RuntimeError

    monkeypatch.setattr(Path, "expanduser", no_home)
    with pytest.raises(WrongError, match="no home folder"):
        Folder().read("~/x", BASE)


@given(FOREIGN)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: type(kind).__name__)
def test_nothing_that_a_file_may_hold_raises_anything_else(kind: Kind, value: object) -> None:
    with contextlib.suppress(WrongError):
        assert isinstance(kind.shown(kind.read(value, BASE)), str)


@given(st.text(min_size=4, alphabet="abcdefgh0123456789"))
def test_no_password_is_shown(password: str) -> None:
    url = f"postgresql://Q:{password}Z@H:1/D?password={password}Z"
    assert f"{password}Z" not in STORE.shown(url)
    assert STORE.shown(url) == "postgresql://Q:***@H:1/D?***"


def test_what_is_no_address_is_hidden_whole() -> None:
    assert without_password("http://[secret") == "***"
    assert without_password("postgresql://ana@h/d") == "postgresql://ana@h/d"


def test_values_are_shown_as_they_are() -> None:
    assert Number(1, 9).shown(3) == "3"
    assert Folder().shown(None) == ""
    assert Networks().shown(("::1", "10.0.0.1")) == "::1, 10.0.0.1"
    assert Networks().shown(None) == ""
