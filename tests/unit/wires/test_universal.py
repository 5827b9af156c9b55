from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.wires.foreign import Asked, Understood
from aboveboard.wires.universal import UniversalWire

WIRE = UniversalWire({"UA-151671255-2": "mongooseim"})


def hit(category: str = "hosts", action: str = "count", label: str = "1") -> str:
    said = f'&cid="5fe3-77"&ec={category}&ea={action}&el={label}'
    return f"v=1&tid=UA-151671255-2&t=event{said}"


def ask(*lines: str) -> Understood:
    body = "\n".join(lines).encode()
    return WIRE.read(Asked("POST", "/batch", headers={"content-type": ""}, body=body))


def test_it_takes_batches_alone() -> None:
    assert WIRE.takes("POST", "/batch")
    assert not WIRE.takes("POST", "/v1/batch")
    assert not WIRE.takes("GET", "/batch")


def test_each_line_says_one_thing_of_a_cluster() -> None:
    understood = ask(
        hit(), hit("cluster", "uptime", '"0002-00:05:01"'), hit("mod_mam", "backend", "rdbms")
    )
    assert [(said.event, dict(said.values), said.part) for said in understood.said] == [
        ("hosts", {"count": "1"}, "hosts/count"),
        ("cluster", {"uptime": "0002-00:05:01"}, "cluster/uptime"),
        ("mod_mam", {"backend": "rdbms"}, "mod_mam/backend"),
    ]
    assert {said.who for said in understood.said} == {"5fe3-77"}
    assert {said.id for said in understood.said} == {""}


def test_the_answer_is_a_picture_of_35_bytes() -> None:
    answer = ask(hit()).answer
    assert (answer.status, answer.media_type) == (200, "image/gif")
    assert len(answer.body) == 35
    assert answer.body.startswith(b"GIF89a\x01\x00\x01\x00")
    assert WIRE.too_large(Asked("POST", "/batch")) == answer
    assert WIRE.later(Asked("POST", "/batch")).status == 503


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("v=1&tid=UA-2&t=event&cid=7&ec=a&ea=b&el=c", "unknown_stream"),
        ("nonsense", "no_stream"),
        ("tid=UA-151671255-2&t=pageview&cid=7", "not_an_event"),
        ("tid=UA-151671255-2&t=event&cid=7&ec=a", "not_an_event"),
        ("tid=UA-151671255-2&t=event&ec=a&ea=b", "not_an_event"),
    ],
)
def test_other_lines_are_left_out_and_counted(line: str, reason: str) -> None:
    understood = ask(line, hit())
    assert len(understood.said) == 1
    assert understood.discarded == {reason: 1}


def test_a_request_has_20_lines_at_most() -> None:
    understood = ask(*[hit()] * 23)
    assert len(understood.said) == 20
    assert understood.discarded == {"too_many_hits": 3}


def test_a_body_is_bounded() -> None:
    body = gzip.compress(b"v=1\n" * 100_000)
    asked = Asked("POST", "/batch", headers={"content-encoding": "gzip"}, body=body)
    assert WIRE.read(asked).discarded == {"too_large_inflated": 1}


@given(st.binary(max_size=300), st.dictionaries(st.just("content-encoding"), st.text(max_size=8)))
def test_nothing_makes_it_raise(body: bytes, headers: dict[str, str]) -> None:
    assert WIRE.read(Asked("POST", "/batch", headers=headers, body=body)).answer.status == 200
