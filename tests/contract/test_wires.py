"""Every foreign wire: who is refused finds the reason among what is told, whatever was sent."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.adapters.memory_bulletins import MemoryBulletins
from aboveboard.analysis.wire_codes import CODES
from aboveboard.analysis.wire_words import ANSWERS, meaning
from aboveboard.bootstrap.wire_makers import MAKERS
from aboveboard.model.bulletin import Bulletin
from aboveboard.wires.backdrop import BackdropWire
from aboveboard.wires.endless import EndlessWire
from aboveboard.wires.endless_catalogue_reader import read_catalogue
from aboveboard.wires.foreign import Asked, Wire
from aboveboard.wires.ga4 import Ga4Wire, Stream
from aboveboard.wires.mattermost_security import MattermostSecurity
from aboveboard.wires.otlp import OtlpWire
from aboveboard.wires.phone_home import PhoneHomeWire
from aboveboard.wires.segment import SegmentWire
from aboveboard.wires.sentry import SentryWire
from aboveboard.wires.universal import UniversalWire

ROOT = Path(__file__).parents[2]
CATALOGUE = read_catalogue((ROOT / "registry" / "mappings" / "endless-events.toml").read_bytes())
KEYS = {"key": "editor", "off": ""}
NOTICE = Bulletin("one", ("1.0.0",), "One", b"<p>one</p>")
WIRES: dict[str, Wire] = {
    wire.name: wire
    for wire in (
        BackdropWire({}, host="telemetry.example"),
        EndlessWire(CATALOGUE),
        Ga4Wire({"G-1": Stream("editor", ("secret",))}),
        MattermostSecurity(MemoryBulletins([NOTICE])),
        OtlpWire(KEYS, {}),
        PhoneHomeWire(),
        SegmentWire(KEYS),
        SentryWire(KEYS, {}),
        UniversalWire({"UA-1": "editor"}),
    )
}
FALSE = "0" * 128
PATHS = [
    "/post",
    f"/3/{FALSE}",
    "/2/x",
    f"/3/{hashlib.sha512(b'{}').hexdigest()}",
    "/mp/collect",
    "/debug/mp/collect",
    "/security",
    "/bulletins/one",
    "/bulletins/two",
    "/v1/metrics",
    "/v1/logs",
    "/v1/ping",
    "/v1/activate",
    "/v1/batch",
    "/v1/track",
    "/v1/import",
    "/pixel/v1/track",
    "/api/1/envelope/",
    "/api/1/store/",
    "/batch",
]
METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "content-type": st.sampled_from(["application/json", "application/x-protobuf", "text/csv"]),
        "content-encoding": st.sampled_from(["", "gzip", "rar", "deflate"]),
        "x-endless-content-encoding": st.sampled_from(["gzip", "zip"]),
        "authorization": st.sampled_from(["Basic a2V5Og==", "Bearer off", "Bearer key", "Basic b"]),
        "x-sentry-auth": st.sampled_from(["Sentry sentry_key=key", "Sentry sentry_key=other"]),
        "x-site-key": st.sampled_from(["", "site"]),
        "anonymousid": st.just("a"),
        "accept": st.sampled_from(["text/html", "*/*"]),
        "host": st.sampled_from(["telemetry.example", "other.example"]),
        "origin": st.just("https://editor.example"),
    },
)
BODIES = st.sampled_from(
    [
        b"",
        b"{}",
        b"[]",
        b"{",
        b'{"exception":{}}',
        b"{}\n" + b'{"type":"event"}\n{"exception":[{"type":"A"}]}\n',
        json.dumps({"batch": [{"type": "track", "channel": "web"}, 3]}).encode(),
        gzip.compress(b"{}"),
        gzip.compress(b"0" * 6_000_000),
    ]
) | st.binary(max_size=200)
QUERIES = st.sampled_from(["", "sentry_key=off", "measurement_id=G-1", "a=" + "&a=" * 99, "id=x"])


@st.composite
def requests(draw: st.DrawFn) -> Asked:
    """Draw what anybody might ask."""
    path = draw(st.sampled_from(PATHS))
    method = draw(st.sampled_from(METHODS))
    return Asked(method, path, draw(QUERIES), draw(HEADERS), draw(BODIES), 1.8e9)


def test_every_wire_that_there_is_has_a_contract_and_sentences() -> None:
    assert WIRES.keys() == MAKERS.keys() == CODES.keys()


@given(requests())
def test_who_is_refused_finds_the_reason_among_what_is_told(asked: Asked) -> None:
    for wire in WIRES.values():
        if wire.takes(asked.method, asked.path):
            found = wire.read(asked)
            assert found.answer.status < 400 or found.discarded
            assert found.discarded.keys() <= CODES[wire.name].keys()


@given(requests())
def test_what_is_too_large_or_comes_too_early_has_an_answer_of_its_own(asked: Asked) -> None:
    for wire in WIRES.values():
        if wire.takes(asked.method, asked.path):
            assert wire.too_large(asked).status in {200, 204, 400, 413}
            assert wire.later(asked).status in {429, 503}


GZIP = {"x-endless-content-encoding": "gzip"}
REFUSED = [
    ("endless", Asked("PUT", f"/3/{FALSE}", body=b"x"), 400, "hash_mismatch"),
    ("endless", Asked("PUT", f"/3/{FALSE}"), 400, "empty_body"),
    (
        "endless",
        Asked("PUT", f"/2/{FALSE}", headers={"x-endless-content-encoding": "zip"}, body=b"x"),
        400,
        "unknown_encoding",
    ),
    ("endless", Asked("PUT", f"/3/{FALSE}", "", GZIP, b"x"), 400, "broken_compression"),
    (
        "endless",
        Asked("PUT", f"/3/{FALSE}", "", GZIP, gzip.compress(b"0" * 2_000_000)),
        413,
        "too_large_inflated",
    ),
    ("endless", Asked("PUT", "/4/x"), 405, "method_not_allowed"),
    ("endless", Asked("DELETE", "/3/"), 405, "method_not_allowed"),
    ("phone-home", Asked("PUT", "/v1/ping", body=b"{}"), 400, "wrong_form"),
    ("phone-home", Asked("PUT", "/v1/ping", "", {"accept": "text/html"}), 406, "not_acceptable"),
    (
        "phone-home",
        Asked("PUT", "/v1/activate", "", {"content-encoding": "gzip"}, b"x"),
        400,
        "broken_compression",
    ),
    ("mattermost-security", Asked("GET", "/bulletins/two"), 404, "no_such_notice"),
]


@pytest.mark.parametrize(
    ("name", "asked", "status", "code"),
    REFUSED,
    ids=[f"{each[0]}-{each[1].path[:12]}-{each[3]}" for each in REFUSED],
)
def test_a_refusal_has_the_reason_that_its_page_names(
    name: str, asked: Asked, status: int, code: str
) -> None:
    found = WIRES[name].read(asked)
    assert (found.answer.status, found.discarded) == (status, {code: 1})


@pytest.mark.parametrize(
    ("path", "client"),
    [(f"/3/{FALSE}", "metrics-3"), (f"/0/{FALSE}", "metrics-0"), ("/v1/ping", "ping-1")],
)
def test_machines_of_endless_are_told_apart_by_their_form(path: str, client: str) -> None:
    [wire] = [each for each in WIRES.values() if each.takes("PUT", path)]
    assert wire.read(Asked("PUT", path, body=b"x")).client == client


@pytest.mark.parametrize("name", WIRES)
def test_every_code_of_a_wire_has_a_sentence_and_so_has_each_answer(name: str) -> None:
    for code, sentence in [*CODES[name].items(), *ANSWERS.items()]:
        assert sentence.endswith(".")
        assert meaning(code, name)[0].isupper()
