from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.patience import PATIENCE

from aboveboard.adapters.hpke import HpkeOpener
from aboveboard.adapters.memory import SetClock
from aboveboard.collector.accept import Acceptor
from aboveboard.collector.log import GroupCommit
from aboveboard.collector.receive import Request
from aboveboard.collector.seen import SeenIds
from aboveboard.errors import LogError
from aboveboard.model.registry import Registry
from aboveboard.model.verdict import Kept, Reason, Refused
from aboveboard.wires import native

ID = "0123456789abcdef0123456789abcdef"
OTHER_ID = "f" * 32
Write = Callable[..., bytes]


class Disk:
    """A disk that syncs when it is told to, and may fail."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []
        self.tries = 0
        self.failing = False
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def append(self, records: list[bytes]) -> None:
        self.tries += 1
        await self.go_on.wait()
        if self.failing:
            message = "no space left"
            raise LogError(message)
        self.kept += records


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
def acceptor(disk: Disk, registry: Registry, opener: HpkeOpener) -> Acceptor:
    return make(disk, registry, opener)


def make(disk: Disk, registry: Registry, opener: HpkeOpener) -> Acceptor:
    registries = {"editor": registry, "viewer": replace(registry, app="viewer")}
    return Acceptor(registries, GroupCommit(disk.append), SeenIds(), opener, SetClock())


def put(acceptor: Acceptor, *requests: Request) -> list[Kept | Refused]:
    """Send one request after the other."""

    async def run() -> list[Kept | Refused]:
        return [await acceptor.accept(request) for request in requests]

    return asyncio.run(run())


async def begin(acceptor: Acceptor, *requests: Request) -> list[asyncio.Task[Kept | Refused]]:
    tasks = [asyncio.ensure_future(acceptor.accept(request)) for request in requests]
    for _ in range(5):
        await asyncio.sleep(0)
    return tasks


def reasons(answers: list[Kept | Refused]) -> list[str]:
    return [answer.reason.value for answer in answers if isinstance(answer, Refused)]


def test_a_plain_report_is_kept(acceptor: Acceptor, disk: Disk, write: Write) -> None:
    assert put(acceptor, Request("editor", ID, write())) == [Kept(repeated=False)]
    assert len(disk.kept) == 1
    assert acceptor.outcomes == {"kept": 1}


def test_a_sealed_report_is_kept(
    acceptor: Acceptor, disk: Disk, write: Write, sealed: Callable[..., Request]
) -> None:
    assert put(acceptor, sealed(native.sealed_plain(write()))) == [Kept(repeated=False)]
    assert len(disk.kept) == 1


def test_a_repeated_report_is_kept_once(acceptor: Acceptor, disk: Disk, write: Write) -> None:
    request = Request("editor", ID, write({"metric": "made.up", "value": 1}))
    answers = put(acceptor, request, request)
    assert answers == [Kept(repeated=False, aside=1), Kept(repeated=True, aside=1)]
    assert len(disk.kept) == 1
    assert acceptor.outcomes == {"kept": 1, "repeated": 1}
    assert acceptor.asides == 1


def test_two_apps_may_draw_the_same_id(acceptor: Acceptor, disk: Disk, write: Write) -> None:
    editor = Request("editor", ID, write())
    viewer = Request("viewer", ID, write(app="viewer"))
    assert put(acceptor, editor, viewer) == [Kept(repeated=False), Kept(repeated=False)]
    assert len(disk.kept) == 2


def test_what_cannot_be_received_or_verified_is_refused_and_counted(
    acceptor: Acceptor, disk: Disk, write: Write
) -> None:
    answers = put(
        acceptor,
        Request("editor", "7", write()),
        Request("editor", OTHER_ID, write()),
    )
    assert reasons(answers) == ["bad_report_id", "address_mismatch"]
    assert acceptor.outcomes == {"bad_report_id": 1, "address_mismatch": 1}
    assert disk.kept == []


def test_what_was_found_before_a_whole_request_was_there_is_counted_too(
    acceptor: Acceptor,
) -> None:
    refused = Refused(Reason.INCOMPLETE_BODY, "It broke off.")
    assert acceptor.count(refused) is refused
    assert acceptor.outcomes == {"incomplete_body": 1}


def test_nobody_is_answered_before_the_report_is_on_disk(
    acceptor: Acceptor, disk: Disk, write: Write
) -> None:
    async def run() -> None:
        disk.go_on.clear()
        tasks = await begin(
            acceptor,
            Request("editor", ID, write()),
            Request("editor", OTHER_ID, write(id=OTHER_ID)),
        )
        assert disk.tries == 1
        assert not any(task.done() for task in tasks)
        disk.go_on.set()
        assert await asyncio.gather(*tasks) == [Kept(repeated=False), Kept(repeated=False)]

    asyncio.run(run())


def test_a_log_that_cannot_be_written_puts_everybody_off_and_the_report_may_come_again(
    acceptor: Acceptor, disk: Disk, write: Write
) -> None:
    requests = [Request("editor", f"{n:032x}", write(id=f"{n:032x}")) for n in range(3)]

    async def run() -> None:
        disk.failing = True
        tasks = await begin(acceptor, *requests)
        assert reasons(await asyncio.gather(*tasks)) == ["cannot_keep"] * 3
        assert not acceptor.log_well
        assert acceptor.asides == 0
        disk.failing = False
        tasks = await begin(acceptor, *requests)
        assert await asyncio.gather(*tasks) == [Kept(repeated=False)] * 3
        assert acceptor.log_well

    asyncio.run(run())
    assert Reason.CANNOT_KEEP.status == 503


@pytest.mark.parametrize(
    "failing", [pytest.param(False, id="kept"), pytest.param(True, id="cannot-be-kept")]
)
def test_a_repeat_waits_for_its_original_and_hears_no_better_news(
    failing: bool,  # noqa: FBT001 a parameter of the test
    acceptor: Acceptor,
    disk: Disk,
    write: Write,
) -> None:
    async def run() -> list[Kept | Refused]:
        disk.go_on.clear()
        disk.failing = failing
        request = Request("editor", ID, write())
        tasks = await begin(acceptor, request, request)
        assert not any(task.done() for task in tasks)
        disk.go_on.set()
        return await asyncio.gather(*tasks)

    answers = asyncio.run(run())
    if failing:
        assert reasons(answers) == ["cannot_keep", "cannot_keep"]
    else:
        assert answers == [Kept(repeated=False), Kept(repeated=True)]
    assert disk.tries == 1


def test_a_repeat_that_stops_waiting_does_not_disturb_its_original(
    acceptor: Acceptor, disk: Disk, write: Write
) -> None:
    async def run() -> None:
        disk.go_on.clear()
        request = Request("editor", ID, write())
        original, repeat, other = await begin(acceptor, request, request, request)
        repeat.cancel()
        disk.go_on.set()
        assert await original == Kept(repeated=False)
        assert await other == Kept(repeated=True)

    asyncio.run(run())


def test_an_original_that_stops_waiting_leaves_no_repeat_behind(
    acceptor: Acceptor, disk: Disk, write: Write
) -> None:
    async def run() -> None:
        disk.go_on.clear()
        request = Request("editor", ID, write())
        original, repeat = await begin(acceptor, request, request)
        original.cancel()
        disk.go_on.set()
        async with asyncio.timeout(PATIENCE):
            assert isinstance(await repeat, Kept)
        async with asyncio.timeout(PATIENCE):
            assert isinstance(await acceptor.accept(request), Kept)

    asyncio.run(run())


WORDS = st.one_of(st.text(max_size=40), st.sampled_from(["", "gzip", "zstd", native.SEALED_TYPE]))


@given(
    app=st.one_of(st.just("editor"), st.text(max_size=10)),
    report_id=st.one_of(st.just(ID), st.text(max_size=33)),
    body=st.binary(max_size=300),
    media_type=WORDS,
    encoding=WORDS,
)
def test_no_request_makes_the_collector_raise(  # noqa: PLR0913, PLR0917 all that a request has
    app: str,
    report_id: str,
    body: bytes,
    media_type: str,
    encoding: str,
    registry: Registry,
    opener: HpkeOpener,
) -> None:
    acceptor = make(Disk(), registry, opener)
    assert reasons(put(acceptor, Request(app, report_id, body, media_type, encoding)))


@given(plain=st.binary(max_size=300), changed=st.binary(max_size=80))
def test_no_sealed_bytes_make_the_collector_raise(
    plain: bytes,
    changed: bytes,
    registry: Registry,
    opener: HpkeOpener,
    sealed: Callable[..., Request],
) -> None:
    acceptor = make(Disk(), registry, opener)
    whole = sealed(plain)
    broken = replace(whole, body=native.sealed_body(opener.public_keys[0], changed))
    assert len(reasons(put(acceptor, whole, broken))) == 2


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
FIELDS = st.sampled_from(["format", "id", "app", "period", "registry", "entries", "more"])


@given(field=FIELDS, value=JSON)
def test_no_json_makes_the_collector_raise(
    field: str, value: object, registry: Registry, opener: HpkeOpener, write: Write
) -> None:
    acceptor = make(Disk(), registry, opener)
    (answer,) = put(acceptor, Request("editor", ID, write(**{field: value})))
    assert isinstance(answer, Kept | Refused)
