from __future__ import annotations

import gzip
import hashlib
import zlib
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.endless_vectors import EMPTY_2, EMPTY_3, EMPTY_OF_PROXY, FULL_2, FULL_3, HASHES, REAL_3

from aboveboard.adapters.registry_files import shipped_folder
from aboveboard.wires.endless import EndlessWire
from aboveboard.wires.endless_bodies import TYPE_2, TYPE_3, read_2, read_3
from aboveboard.wires.endless_catalogue import NO_PAYLOAD
from aboveboard.wires.endless_catalogue_reader import read_catalogue
from aboveboard.wires.foreign import Answer, Asked, Understood
from aboveboard.wires.gvariant import Variant
from aboveboard.wires.gvariant_writer import encode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aboveboard.model.said import Said

NOW = 1_600_000_000.0
NANO = 1_000_000_000
PLAIN = "text/plain; charset=utf-8"
OK = Answer(200, b"OK", PLAIN)
STARTED = UUID("bf7e8aed-2932-455c-a28e-d407cfd5aaba").bytes
BLOCKED = UUID("9d03daad-f1ed-41a8-bc5a-6b532c075832").bytes
SESSION = UUID("5dc0b53c-93f9-4df0-ad6f-bd25e9fe638f").bytes
USAGE = UUID("22cdaa7c-e125-5f65-a535-c8345e5434f2").bytes
COMPUTER = UUID("81f303aa-448d-443d-97f9-8d8a9169321c").bytes
PAST = UUID("9af2cc74-d6dd-423f-ac44-600a6eee2d96").bytes
TEST = UUID("350ac4ff-3026-4c25-9e7e-e8103b4fd5d8").bytes
OPEN = UUID("b5e11a3d-13f8-4219-84fd-c9ba0bf3d1f0").bytes
APP = Variant("s", "app/org.gnome.Maps/x86_64/stable")
IMAGE = "eos-eos3.7-amd64-amd64.190419-225606.base"


@cache
def wire(prefix: str = "", largest_inflated: int = 1 << 20) -> EndlessWire:
    content = (shipped_folder() / "mappings" / "endless-events.toml").read_bytes()
    return EndlessWire(read_catalogue(content), "endless", prefix, largest_inflated)


def put(
    body: bytes,
    form: int = 3,
    headers: Mapping[str, str] | None = None,
    sent: bytes | None = None,
    received: float = NOW,
) -> Understood:
    path = f"/{form}/{hashlib.sha512(body).hexdigest()}"
    sent = body if sent is None else sent
    return wire().read(Asked("PUT", path, "", headers or {}, sent, received))


def body_3(
    *singulars: tuple[Any, ...],
    aggregates: list[tuple[Any, ...]] | None = None,
    times: tuple[int, int] = (2 * NANO, int(NOW) * NANO),
    image: str = IMAGE,
    flags: int = 0,
) -> bytes:
    return encode(TYPE_3, (*times, image, {}, flags, list(singulars), aggregates or []))


def said_3(*singulars: tuple[Any, ...], received: float = NOW, **more: Any) -> list[Said]:  # noqa: ANN401 as body_3
    return list(put(body_3(*singulars, **more), received=received).said)


def ids(found: Understood) -> list[str]:
    return [said.id for said in found.said]


@pytest.mark.parametrize("body", HASHES)
def test_the_vectors_have_the_hashes_of_their_page(body: bytes) -> None:
    assert hashlib.sha512(body).hexdigest() == HASHES[body]
    form = 2 if body in {EMPTY_2, FULL_2, EMPTY_OF_PROXY} else 3
    packed = {"x-endless-content-encoding": "gzip"}
    for found in (put(body, form), put(body, form, packed, gzip.compress(body, 9, mtime=0))):
        assert found.answer == OK
        assert not found.discarded or body == FULL_2


def test_a_full_request_of_the_third_form_is_understood() -> None:
    told = [(said.event, dict(said.values), said.at) for said in put(FULL_3).said]
    phases = ("firmware", "loader", "kernel", "initrd", "userspace", "total")
    assert told == [
        ("startup_finished", dict.fromkeys(phases, 0), NOW - 0.5),
        ("parental_controls_blocked_flatpak_install", {"times": NO_PAYLOAD}, NOW - 1),
        ("daily_session_time", {"time": 3600}, 1_599_998_400.0),
        ("monthly_app_usage", {"app": {"org.gnome.Totem": 120}}, 1_601_467_200.0),
    ]
    assert all(said.app == "endless" and not said.who for said in put(FULL_3).said)
    assert {said.version for said in put(FULL_3).said} == {"metrics-3"}


def test_a_full_request_of_the_second_form_is_understood_without_who_sent_it() -> None:
    found = put(FULL_2, 2)
    assert [(said.event, dict(said.values), said.at) for said in found.said] == [
        ("daily_app_usage", {"app": NO_PAYLOAD}, NOW - 0.5),
        ("shell_app_is_open", {"app": {"org.gnome.Podcasts": 0}}, NOW - 1),
    ]
    assert found.discarded == {"past_event": 1}
    machine, users = bytes(range(16)), ("1001", "1002", "1003")
    for said in found.said:
        text = repr(said)
        assert machine.hex() not in text
        assert repr(machine)[2:-1] not in text
        assert not any(user in text for user in users)
        assert said.who == ""
    other = encode(TYPE_2, (8, 2 * NANO, int(NOW) * NANO, b"\xff" * 16, *_events_of(FULL_2, 9)))
    assert ids(put(other, 2)) == ids(found)


def _events_of(body: bytes, user: int) -> tuple[Any, ...]:
    """Give the events of a body as if they were of another user."""
    found = read_2(body)
    assert found is not None
    by_kind: dict[str, list[tuple[Any, ...]]] = {"singular": [], "aggregate": [], "sequence": []}
    for each in found.events:
        tail: tuple[Any, ...] = (user, each.id)
        if each.kind == "singular":
            tail += (each.at, each.payload)
        elif each.kind == "aggregate":
            tail += (each.amount, each.at, each.payload)
        else:
            assert each.at is not None
            tail += ([(each.at, each.payload), (each.at + each.amount, None)],)
        by_kind[each.kind].append(tail)
    return tuple(by_kind.values())


def test_what_is_not_normal_gets_its_answer_and_is_counted() -> None:
    for body in (EMPTY_OF_PROXY, b"\0", EMPTY_3 + b"\0"):
        found = put(body)
        assert (found.answer, list(found.said)) == (OK, [])
        assert found.discarded == {"not_normal": 1}
    assert put(EMPTY_3, 2).discarded == {"not_normal": 1}


@pytest.mark.parametrize("form", [0, 1])
def test_the_oldest_forms_are_taken_so_that_they_stop(form: int) -> None:
    found = put(b"anything", form, sent=b"something else")
    assert found.answer == OK
    assert found.discarded == {"old_form": 1}


def test_other_methods_and_paths_have_the_original_s_answers() -> None:
    ours = wire()
    for path in ("/3/", "/3/abc", f"/2/{'0' * 128}", "/17"):
        assert ours.takes("GET", path)
        for method in ("GET", "HEAD"):
            found = ours.read(Asked(method, path)).answer
            assert found == Answer(200, b"<html>\n<body>\nOK\n</body>\n</html>\n", PLAIN)
        assert ours.read(Asked("POST", path)).answer == Answer(200, b"", "application/octet-stream")
        for method in ("DELETE", "PATCH", "OPTIONS"):
            _is_not_allowed(ours.read(Asked(method, path)).answer)
    digest = hashlib.sha512(EMPTY_3).hexdigest()
    for path in (f"/4/{digest}", f"/3/{digest[:-1]}", f"/3/{digest.upper()}", f"/3/{digest}/"):
        assert ours.takes("PUT", path)
        _is_not_allowed(ours.read(Asked("PUT", path, body=EMPTY_3)).answer)


def _is_not_allowed(answer: Answer) -> None:
    wanted = (405, b"405: Method Not Allowed", (("allow", "GET,HEAD,POST"),))
    assert (answer.status, answer.body, tuple(answer.headers)) == wanted


def test_paths_of_others_are_left_to_them() -> None:
    for path in ("/", "/reports/editor/1", "/v1/ping", "/apps/3/x", "", "/x3/"):
        assert not wire().takes("PUT", path)
    nobody = EndlessWire(read_catalogue(b"format = 1"), "")
    assert not nobody.takes("PUT", f"/3/{'0' * 128}")


def test_a_prefix_stands_before_every_path() -> None:
    ours, digest = wire("/base/"), hashlib.sha512(EMPTY_3).hexdigest()
    assert ours.takes("GET", "/base")
    assert ours.takes("PUT", f"/base/3/{digest}")
    assert not ours.takes("PUT", f"/3/{digest}")
    assert not ours.takes("GET", "/basement")
    asked = Asked("PUT", f"/base/3/{digest}", body=EMPTY_3, received=NOW)
    assert ours.read(asked).answer == OK
    assert ours.read(Asked("PUT", "/base", body=EMPTY_3)).answer.status == 405


@pytest.mark.parametrize("value", ["", "identity", "GZIP", "deflate", "gzip "])
def test_its_own_encoding_is_gzip_or_none(value: str) -> None:
    found = put(EMPTY_3, headers={"x-endless-content-encoding": value}).answer
    assert found == Answer(400, f"Unknown request encoding: {value}".encode(), PLAIN)


def test_the_usual_encoding_is_undone_too_and_first() -> None:
    packers: dict[str, Callable[[bytes], bytes]] = {
        "gzip": gzip.compress,
        "deflate": zlib.compress,
    }
    for encoding, pack in packers.items():
        packed = {"content-encoding": encoding}
        assert put(EMPTY_3, headers=packed, sent=pack(EMPTY_3)).answer == OK
        both = packed | {"x-endless-content-encoding": "gzip"}
        assert put(EMPTY_3, headers=both, sent=pack(gzip.compress(EMPTY_3))).answer == OK


@pytest.mark.parametrize("name", ["content-encoding", "x-endless-content-encoding"])
def test_compression_that_is_broken_is_sent_again(name: str) -> None:
    for sent in (b"no gzip", gzip.compress(EMPTY_3)[:-1], gzip.compress(EMPTY_3) + b"x"):
        found = put(EMPTY_3, headers={name: "gzip"}, sent=sent).answer
        assert found == Answer(400, b"Invalid request: corrupt compression", PLAIN)


@pytest.mark.parametrize("name", ["content-encoding", "x-endless-content-encoding"])
def test_a_bomb_is_stopped(name: str) -> None:
    bomb = gzip.compress(bytes(1 << 23))
    found = put(bytes(1 << 23), headers={name: "gzip"}, sent=bomb).answer
    text = "Maximum request body size 1048576 exceeded, actual body size 1048576"
    assert found == Answer(413, text.encode(), PLAIN)
    assert found == wire().too_large(Asked("PUT", "/3/"))
    assert wire().largest == (1 << 20) - 1


def test_a_request_has_so_many_events_at_most_and_a_record_any_number() -> None:
    many = [(BLOCKED, "4", at, APP) for at in range(5001)]
    assert len(put(body_3(*many[:-1])).said) == 5000
    found = put(body_3(*many))
    assert (found.answer, list(found.said)) == (wire().too_large(Asked("PUT", "/3/")), [])
    assert len(wire().understand("3", body_3(*many), NOW).said) == 5001


def test_an_empty_body_and_a_wrong_hash_are_told() -> None:
    empty = Answer(400, b"Invalid request: empty body", PLAIN)
    assert put(b"").answer == empty
    packed = {"x-endless-content-encoding": "gzip"}
    assert put(b"", headers=packed, sent=gzip.compress(b"")).answer == empty
    asked = Asked("PUT", f"/3/{'0' * 128}", body=EMPTY_3)
    found = hashlib.sha512(EMPTY_3).hexdigest()
    text = f"SHA512 mismatch: expected {'0' * 128} but got {found}"
    assert wire().read(asked).answer == Answer(400, text.encode(), PLAIN)


def test_when_nothing_can_be_kept_a_machine_tries_again() -> None:
    assert wire().later(Asked("PUT", "/3/")).status == 503


@pytest.mark.parametrize(
    ("gap", "repaired"), [(-0.5, False), (599.0, False), (-2.0, True), (601.0, True)]
)
def test_a_calendar_that_is_wrong_is_set_right(gap: float, repaired: bool) -> None:  # noqa: FBT001 a row of a table
    [said] = said_3((BLOCKED, "4.0.0", NANO, APP), received=NOW + gap)
    assert said.at == pytest.approx(NOW - 1 + (gap if repaired else 0))


def test_the_second_form_s_calendar_is_believed() -> None:
    body = encode(TYPE_2, (1, 5 * NANO, NANO, b"m" * 16, [(7, BLOCKED, 2 * NANO, APP)], [], []))
    [said] = put(body, 2).said
    assert said.at == -2.0


@pytest.mark.parametrize(
    ("period", "at"),
    [
        ("2020-09-13", 1_599_998_400.0),
        ("20200913", 1_599_998_400.0),
        ("2020-W37-7", 1_599_998_400.0),
        ("2020-09", 1_601_467_200.0),
        ("2020-02", 1_582_977_600.0),
        ("", None),
        ("September", None),
        ("2020-13", None),
        ("2020-09-31", None),
    ],
)
def test_a_period_is_a_day_or_the_last_day_of_a_month(period: str, at: float | None) -> None:
    found = put(body_3(aggregates=[(SESSION, "4.0.0", period, 60, None)]))
    assert [said.at for said in found.said] == ([] if at is None else [at])
    assert found.discarded == ({"bad_period": 1} if at is None else {})


def test_variants_in_variants_are_unwrapped() -> None:
    for times in (1, 2, 3):
        payload = Variant("s", "org.gnome.Maps")
        for _ in range(times - 1):
            payload = Variant("v", payload)
        aggregates = [(USAGE, "4.0.0", "2020-08", 120, payload)]
        [said] = said_3(aggregates=aggregates)
        assert said.values == {"app": {"org.gnome.Maps": 2}}


def test_numbers_without_a_sign_have_a_largest_one() -> None:
    largest = (1 << 64) - 1
    payload = Variant("(tttttt)", (largest,) * 6)
    [said] = said_3((STARTED, "4.0.0", 1, payload))
    assert set(said.values.values()) == {((1 << 63) - 1) // 1000}


@pytest.mark.parametrize(
    ("flags", "dual_boot", "live"),
    [(0, False, False), (1, True, False), (2, False, True), (255, True, True)],
)
def test_what_the_request_says_of_the_machine_comes_with_its_daily_event(
    flags: int,
    dual_boot: bool,  # noqa: FBT001 a row of a table
    live: bool,  # noqa: FBT001 a row of a table
) -> None:
    payload = Variant("(uuuua(sqd))", (3900, 232, 40, 192, []))
    computer, image = said_3((COMPUTER, "5.1.0", 1, payload), flags=flags)
    assert computer.event == "computer_information"
    assert set(computer.values) == {"total_ram", "total_disk", "used_disk", "free_disk"}
    assert image.event == "image"
    assert (image.values["dual_boot"], image.values["live"]) == (dual_boot, live)
    assert image.values["site_label"] == ""
    assert image.values["product"] == "eos"
    assert image.id != computer.id


@pytest.mark.parametrize(
    "image", ["", "unknown", "fedora-workstation-40", "x" * 9, "a-b-c-d.1-2.e"]
)
def test_any_image_is_fine(image: str) -> None:
    payload = Variant("(uuuua(sqd))", (3900, 232, 40, 192, []))
    said = said_3((COMPUTER, "5.1.0", 1, payload), image=image)
    assert len(said) == 2
    assert "branch" not in said[1].values


def test_an_event_whose_id_is_none_stands_in_nobody_s_way() -> None:
    found = put(body_3((b"short", "4", 1, None), (BLOCKED, "4", 2, APP)))
    assert len(found.said) == 1
    assert found.discarded == {"bad_event_id": 1}


def test_what_is_past_and_what_only_tests_send_is_dropped_and_counted() -> None:
    found = put(body_3((PAST, "4", 1, None), (TEST, "4", 2, None), (TEST, "4", 3, None)))
    assert not found.said
    assert found.discarded == {"past_event": 1, "test_event": 2}


def test_a_sequence_takes_from_its_beginning_to_its_end() -> None:
    def opened(*steps: tuple[int, Variant | None]) -> Understood:
        events: tuple[Any, ...] = ([], [], [(1001, OPEN, list(steps))])
        return put(encode(TYPE_2, (7, 0, int(NOW) * NANO, b"m" * 16, *events)), 2)

    app = Variant("s", "org.gnome.Maps")
    [said] = opened((NANO, app), (3 * NANO, None), (9 * NANO, None)).said
    assert said.values == {"app": {"org.gnome.Maps": 8}}
    assert said.at == NOW + 1
    for steps in ((), ((NANO, app),)):
        [said] = opened(*steps).said
        assert said.values == {"app": NO_PAYLOAD}


def test_a_request_that_comes_again_with_fresh_times_says_the_same() -> None:
    events = ((BLOCKED, "4", 5 * NANO, APP), (STARTED, "4", 6 * NANO, None))
    days = [(SESSION, "4", "2020-09-12", 60, None), (SESSION, "4", "2020-09-12", 60, None)]
    first = body_3(*events, aggregates=days)
    again = body_3(*events, aggregates=days, times=(4 * NANO + 5, int(NOW + 2) * NANO + 7))
    larger = body_3(
        *events,
        (BLOCKED, "4", 7 * NANO, APP),
        aggregates=[*days, (SESSION, "4", "2020-09-12", 60, None)],
        times=(9 * NANO, int(NOW + 7) * NANO),
    )
    known = ids(put(first))
    assert len(set(known)) == 4
    assert ids(put(again, received=NOW + 2)) == known
    assert set(ids(put(larger, received=NOW + 7))) > set(known)
    assert len(set(ids(put(larger)))) == 6


def test_counts_without_an_event_are_told_apart_by_when_a_machine_s_clock_began() -> None:
    days = [(SESSION, "4", "2020-09-12", 60, None)]
    now = int(NOW) * NANO
    first = body_3(aggregates=days, times=(100 * NANO, now + NANO // 2))
    again = body_3(aggregates=days, times=(104 * NANO, now + 4 * NANO + NANO // 2 + 900))
    other = body_3(aggregates=days, times=(107 * NANO, now + NANO // 2))
    assert ids(put(first)) == ids(put(again, received=NOW + 4)) == ids(put(first, received=0.0))
    assert ids(put(first)) != ids(put(other))


def test_what_differs_is_not_the_same() -> None:
    singular = (BLOCKED, "4", 5, APP)
    known = ids(put(body_3(singular)))
    for other in (
        body_3((BLOCKED, "4", 6, APP)),
        body_3((BLOCKED, "5", 5, APP)),
        body_3((BLOCKED, "4", 5, Variant("s", "x"))),
        body_3((BLOCKED, "4", 5, None)),
        body_3(singular, flags=1),
        body_3(singular, image="unknown"),
    ):
        assert ids(put(other)) != known


def test_an_event_that_waits_is_told_again_by_the_catalogue_in_force() -> None:
    uuid = "01234567-89ab-4def-8123-456789abcdef"
    [said] = said_3((UUID(uuid).bytes, "5.1", NANO, Variant("s", "oak")))
    assert said.event == "event_01234567_89ab_4def_8123_456789abcdef"
    assert said.raw is not None
    text = f'format = 1\n[event.DeskUsed]\nid = "{uuid}"\npayload = ["s"]\n'
    known = EndlessWire(read_catalogue(f'{text}says = {{ desk = "." }}'.encode()))
    again = known.again(said.raw())
    assert again is not None
    assert (again.event, again.values, again.at) == ("desk_used", {"desk": "oak"}, said.at)
    past = EndlessWire(read_catalogue(f'format = 1\n[past]\n"{uuid}" = "Desk"'.encode()))
    assert past.again(said.raw()) is None
    assert known.again("[]") is None
    [wrong] = said_3(aggregates=[(SESSION, "5.1", "2020-09-13", 60, None)])
    assert wrong.raw is not None
    again = wire().again(wrong.raw())
    assert again is not None
    assert (again.event, again.values, again.at) == (wrong.event, wrong.values, wrong.at)


@given(
    st.sampled_from(["GET", "PUT", "POST", "X"]),
    st.sampled_from(["/3/", "/2/", "/0/"]),
    st.dictionaries(
        st.sampled_from(["content-encoding", "x-endless-content-encoding"]),
        st.sampled_from(["", "gzip", "deflate", "br", "zstd", "x\xff"]),
    ),
    st.binary(max_size=100) | st.sampled_from([EMPTY_2, EMPTY_3, REAL_3]),
    st.floats(0, 1e12),
)
@settings(deadline=None)
def test_no_request_makes_it_raise(
    method: str, path: str, headers: dict[str, str], body: bytes, received: float
) -> None:
    path += hashlib.sha512(body).hexdigest()
    found = wire().read(Asked(method, path, "", headers, body, received))
    assert found.answer.status in {200, 400, 405, 413}


@given(st.sampled_from([FULL_2, FULL_3]), st.integers(0, 400), st.integers(0, 255))
@settings(max_examples=300, deadline=None)
def test_no_bent_body_makes_it_raise(body: bytes, at: int, byte: int) -> None:
    at %= len(body)
    bent = body[:at] + bytes([byte]) + body[at + 1 :]
    for form in (2, 3):
        assert put(bent, form).answer == OK


UUIDS = st.sampled_from([STARTED, BLOCKED, SESSION, USAGE, COMPUTER, OPEN, PAST]) | st.binary(
    min_size=15, max_size=17
)
PAYLOADS = st.none() | st.sampled_from([
    APP,
    Variant("(tttttt)", (1 << 63,) * 6),
    Variant("(uuuua(sqds))", (1, 2, 3, 4, [("", 0, float("nan"), "a b")])),
    Variant("(uuuua(sqd))", (1, 2, 3, 4, [("x", 0, float("inf"))])),
    Variant("a{sv}", {"AppFilter": Variant("s", "")}),
    Variant("v", Variant("a{ss}", {})),
])  # fmt: skip
INT64 = st.integers(-(1 << 63), (1 << 63) - 1)


@given(
    st.lists(st.tuples(UUIDS, st.just("4"), INT64, PAYLOADS), max_size=5),
    st.lists(
        st.tuples(
            UUIDS,
            st.just("4"),
            st.sampled_from(["0001-01", "9999-12-31", "x", "2020-01"]),
            st.integers(0, (1 << 32) - 1),
            PAYLOADS,
        ),
        max_size=3,
    ),
    st.tuples(INT64, INT64),
)
@settings(deadline=None)
def test_every_normal_body_is_understood(
    singulars: list[tuple[Any, ...]], aggregates: list[tuple[Any, ...]], times: tuple[int, int]
) -> None:
    found = put(body_3(*singulars, aggregates=aggregates, times=times))
    assert found.answer == OK
    dropped = sum(found.discarded.values())
    images = sum(said.event == "image" for said in found.said)
    assert len(found.said) - images + dropped == len(singulars) + len(aggregates)
    assert read_3(body_3(), 0.0) is not None
