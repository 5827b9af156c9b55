"""A product's registry is renewed through the transparency log, and never otherwise."""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import date

import pytest

from aboveboard.adapters.ed25519 import Ed25519Checker, Ed25519Signer
from aboveboard.adapters.memory import MemoryTransport
from aboveboard.adapters.memory_ledger import MemoryLedger
from aboveboard.adapters.memory_parts import memory_parts
from aboveboard.adapters.memory_source import MemorySource
from aboveboard.adapters.memory_store import MemoryEventStore
from aboveboard.collector.announce import announce, known_versions
from aboveboard.collector.receive import Limits, Submission
from aboveboard.collector.verify import Known, verify
from aboveboard.device import log_memory
from aboveboard.device.parts import LogParts
from aboveboard.device.telemetry import Telemetry
from aboveboard.errors import MisuseError, SealError, StoreError
from aboveboard.model.metric import Status
from aboveboard.model.registry import Registry
from aboveboard.model.renewal import Delivered, LogMemory, Renewal
from aboveboard.model.report import Fate
from aboveboard.model.verdict import Accepted, Reason, Refused
from aboveboard.ports.device import Answer
from aboveboard.registry.approvals import (
    Approvals,
    Statement,
    Verdict,
    signed_bytes,
    write_approvals,
)
from aboveboard.registry.approvals_reader import read_approvals
from aboveboard.registry.approve import in_force
from aboveboard.registry.canonical import COLLECTOR, PRODUCT, digest
from aboveboard.registry.read import read
from aboveboard.registry.served import Served, content_of
from aboveboard.testing import EXAMPLE_REGISTRY
from aboveboard.transparency import proven
from aboveboard.transparency.entries import ConsentEntry, RegistryEntry
from aboveboard.transparency.log import TransparencyLog

DAY = date(2026, 11, 18)
ORIGIN = "collector.example/log"
COLLECTOR_KEY = Ed25519Signer(bytes([9]) * 32)
LOG_KEY = str(TransparencyLog(MemoryLedger(), COLLECTOR_KEY, ORIGIN).key)
PEOPLE = {name: Ed25519Signer(bytes([n]) * 32) for n, name in enumerate(("ana", "ben", "cleo"), 1)}


def file(change: Callable[[str], str] = str, *, mirrors: str = "") -> bytes:
    lines = [
        EXAMPLE_REGISTRY.decode(),
        "[collector]",
        'url = "https://collector.example"',
        f'log = "{LOG_KEY}"',
        mirrors,
    ]
    return change("\n".join(lines)).encode()


def signed_file(change: Callable[[str], str] = str, *, needed: int = 2) -> bytes:
    people = "".join(
        f'[approval.approvers.{name}]\ntitle = "{name.title()}"\n'
        f'key = "ed25519:{base64.b64encode(key.public_key).decode()}"\n'
        for name, key in PEOPLE.items()
    )
    return file(lambda text: change(f"{text}\n[approval]\nneeded = {needed}\n{people}"))


def narrower(text: str) -> str:
    return text.replace('level = "usage"', 'level = "usage"\nthreshold = 500')


def wider(text: str) -> str:
    return text.replace('level = "usage"', 'level = "usage"\nthreshold = 2')


@dataclass
class World:
    """A collector with its log, and the devices that know it."""

    log: TransparencyLog = field(
        default_factory=lambda: TransparencyLog(MemoryLedger(), COLLECTOR_KEY, ORIGIN)
    )
    source: MemorySource = field(init=False)
    sent: list[str] = field(default_factory=list)
    places: dict[str, MemorySource] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.source = MemorySource(self.log)
        self.places["https://collector.example/log"] = self.source

    def publish(self, body: bytes, approvals: bytes = b"") -> Registry:
        said = read_approvals(approvals) if approvals else None
        registry = in_force(read(body), said, Ed25519Checker())
        announce(self.log, [Served(registry, content_of(body), approvals)], DAY)
        return registry

    def answer(self, url: str, _body: bytes, _headers: dict[str, str]) -> Answer:
        self.sent.append(url)
        return Answer(201, b'{"code":"kept"}')

    def device(self, registry: Registry, store: MemoryEventStore | None = None) -> Telemetry:
        parts = memory_parts(
            store=store or MemoryEventStore(),
            transport=MemoryTransport(self.answer),
            logs=LogParts(self.places.__getitem__, Ed25519Checker()),
            strict=True,
        )
        telemetry = Telemetry(registry, parts)
        telemetry.choose("on")
        return telemetry


@pytest.fixture
def world() -> World:
    return World()


def approve(
    registry: Registry, before: Approvals | None, *names: str, parts: Collection[str] = ()
) -> Approvals:
    """Have some people sign everything as it is, or some parts of it."""
    signed = {part: registry.parts[part] for part in parts or registry.parts}
    statements = list(before.statements) if before is not None else []
    for name in names:
        number = 1 + sum(said.approver == name for said in statements)
        said = Statement(name, number, DAY, Verdict.APPROVE, "https://editor.example/1", signed)
        signature = PEOPLE[name].sign(signed_bytes(registry.app, said))
        statements.append(replace(said, signature=signature))
    return Approvals(registry.app, tuple(statements))


def test_a_report_is_sent_once_the_log_has_shown_the_registry(world: World) -> None:
    telemetry = world.device(world.publish(file()))
    telemetry.count("file.opened")
    (done,) = telemetry.flush(now=True)
    assert done.fate is Fate.DELIVERED
    asked = world.source.asked
    telemetry.count("file.opened")
    telemetry.flush(now=True)
    assert (len(world.sent), world.source.asked) == (2, asked)


def test_a_fork_under_the_old_name_does_not_report_to_the_original_collector(
    world: World,
) -> None:
    original = world.publish(file())
    fork = read(file(wider))
    telemetry = world.device(fork)
    telemetry.count("file.opened")
    (kept,) = telemetry.flush(now=True)
    assert (kept.fate, world.sent) == (Fate.WAITING, [])
    assert kept.answer.startswith("not_listed: ")

    # One that leaves the check out is refused by the collector itself.
    unchecked = replace(fork, collector=None)
    careless = world.device(unchecked)
    careless.count("file.opened")
    (body,) = careless.preview()
    submission = Submission("editor", f"{1:032x}", body.replace(b"\n", b""))
    known = Known(known_versions(world.log, ["editor"])["editor"])
    verdict = verify(submission, {"editor": original}, DAY, Limits(), known)
    assert isinstance(verdict, Refused)
    assert verdict.reason is Reason.UNKNOWN_REGISTRY

    honest = world.device(original)
    honest.count("file.opened")
    (body,) = honest.preview()
    submission = Submission("editor", f"{1:032x}", body)
    assert isinstance(verify(submission, {"editor": original}, DAY, Limits(), known), Accepted)


def test_a_fork_of_a_signed_product_sends_nothing_at_all(world: World) -> None:
    body = signed_file()
    said = approve(read(body), None, "ana", "ben")
    original = world.publish(body, write_approvals(said))
    assert original.collector is not None

    renamed = in_force(
        read(signed_file(lambda text: text.replace('title = "', 'title = "Better ', 1))),
        said,
        Ed25519Checker(),
    )
    assert renamed.collector is None
    telemetry = world.device(renamed)
    telemetry.count("file.opened")
    (kept,) = telemetry.flush(now=True)
    assert (kept.fate, kept.answer) == (Fate.WAITING, "the registry names no collector")
    assert (world.sent, world.source.asked) == ([], 0)


def test_without_a_word_of_the_log_a_report_waits(world: World) -> None:
    registry = world.publish(file())
    world.source.log = None
    telemetry = world.device(registry)
    telemetry.count("file.opened")
    (kept,) = telemetry.flush(now=True)
    assert (kept.fate, kept.answer) == (Fate.WAITING, "not_reached: the log was not reached")
    world.source.log = world.log
    (done,) = telemetry.flush()
    assert done.fate is Fate.DELIVERED


def test_where_nobody_can_ask_a_log_nothing_is_sent(world: World) -> None:
    parts = memory_parts(transport=MemoryTransport(None))
    telemetry = Telemetry(world.publish(file()), parts)
    telemetry.choose("on")
    telemetry.count("file.opened")
    (kept,) = telemetry.flush(now=True)
    assert kept.answer.startswith("not_reached: there is no way to the collector's log")
    assert telemetry.renew().state is Renewal.NOT_REACHED


def test_what_measures_no_more_takes_force_and_lasts(world: World) -> None:
    shipped, store = world.publish(file()), MemoryEventStore()
    telemetry = world.device(shipped, store)
    telemetry.count("file.opened")
    assert telemetry.renew().state is Renewal.CURRENT
    newer = world.publish(file(narrower))

    found = telemetry.renew()

    assert found.state is Renewal.RENEWED
    assert any("published for groups of 500" in change for change in found.changes)
    assert telemetry.registry.fingerprint == newer.fingerprint
    assert telemetry.registry.collector == shipped.collector
    telemetry.count("file.opened")
    (done,) = telemetry.flush(now=True)
    assert done.fate is Fate.DELIVERED
    assert newer.fingerprint.encode() in done.body
    again = world.device(shipped, store)
    assert again.registry.fingerprint == newer.fingerprint
    assert again.renew().state is Renewal.CURRENT


def test_what_measures_more_waits_until_the_person_has_agreed(world: World) -> None:
    shipped = world.publish(file())
    telemetry = world.device(shipped)
    newer = world.publish(file(wider))
    assert telemetry.news().waiting == ()
    for _ in range(2):
        found = telemetry.renew()
        assert found.state is Renewal.WAITING
        assert found.changes
        assert telemetry.registry.fingerprint == shipped.fingerprint
    waits, asked = telemetry.renew().changes, world.source.asked
    assert (telemetry.news().changes, telemetry.news().waiting) == ((), waits)
    assert world.source.asked == asked  # it was known already

    assert telemetry.agree().state is Renewal.RENEWED
    assert telemetry.registry.fingerprint == newer.fingerprint
    choice = telemetry.consent.choice
    assert choice is not None
    assert (choice.registry, choice.number) == (newer.fingerprint, 2)
    assert telemetry.agree().state is Renewal.CURRENT
    telemetry.count("file.opened")
    (done,) = telemetry.flush(now=True)
    assert done.fate is Fate.DELIVERED


class NoChecker:
    """Stands for a machine on which signatures cannot be checked."""

    def check(self, key: bytes, message: bytes, signature: bytes) -> bool:  # noqa: ARG002 a port
        raise SealError


def test_what_waits_and_cannot_be_read_is_not_told(world: World) -> None:
    shipped, body = world.publish(file()), signed_file(wider)
    said = write_approvals(approve(read(body), None, "ana", "ben"))
    store = MemoryEventStore()
    for waiting in (Delivered(1, b'{"format":2}'), Delivered(1, content_of(body), said)):
        memory = LogMemory(LOG_KEY, shipped=shipped.fingerprint, waiting=waiting)
        store.keep(log_memory.PLACE, log_memory.write(memory))
        logs = LogParts(world.places.__getitem__, NoChecker())
        telemetry = Telemetry(shipped, memory_parts(store=store, logs=logs, strict=True))
        assert telemetry.news().waiting == ()


def test_an_updated_product_brings_its_own_registry(world: World) -> None:
    store = MemoryEventStore()
    telemetry = world.device(world.publish(file()), store)
    world.publish(file(narrower))
    telemetry.renew()
    shipped = world.publish(file(wider))
    assert world.device(shipped, store).registry.fingerprint == shipped.fingerprint


def test_nobody_is_asked_unless_the_person_said_yes(world: World) -> None:
    telemetry = world.device(world.publish(file()))
    telemetry.choose("local")
    world.publish(file(narrower))
    assert telemetry.renew().state is Renewal.NOT_ASKED
    assert world.source.asked == 0


def test_a_registry_without_a_log_only_changes_with_the_product(world: World) -> None:
    registry = read(EXAMPLE_REGISTRY + b'[collector]\nurl = "https://collector.example"\n')
    telemetry = world.device(registry)
    assert telemetry.renew().state is Renewal.NO_LOG
    assert telemetry.agree().state is Renewal.CURRENT
    telemetry.count("file.opened")
    (done,) = telemetry.flush(now=True)
    assert done.fate is Fate.DELIVERED


def test_a_newer_version_must_be_signed_by_those_who_approved_the_old_one(world: World) -> None:
    body, store = signed_file(), MemoryEventStore()
    said = approve(read(body), None, "ana", "ben")
    telemetry = world.device(world.publish(body, write_approvals(said)), store)
    telemetry.count("file.opened")

    newer = signed_file(narrower, needed=1)
    alone = approve(read(newer), said, "cleo")
    world.publish(newer, write_approvals(alone))
    found = telemetry.renew()
    assert found.state is Renewal.REFUSED
    assert "have not signed" in found.text

    both = approve(read(newer), alone, "ben")
    renewed = world.publish(newer, write_approvals(both))
    assert telemetry.renew().state is Renewal.RENEWED
    assert telemetry.registry.fingerprint == renewed.fingerprint
    assert telemetry.registry.metrics["file.opened"].status is Status.APPROVED

    # From now on one signature is enough: those signed for it who were needed before.
    last = signed_file(
        lambda text: narrower(text).replace("threshold = 500", "threshold = 600"), needed=1
    )
    world.publish(last, write_approvals(approve(read(last), both, "cleo")))
    assert telemetry.renew().state is Renewal.RENEWED
    assert world.device(read_shipped(body, said), store).registry == telemetry.registry


def read_shipped(body: bytes, said: Approvals) -> Registry:
    return in_force(read(body), said, Ed25519Checker())


def test_what_nobody_approved_is_not_measured_however_it_came(world: World) -> None:
    body = signed_file()
    said = approve(read(body), None, "ana", "ben", parts=(PRODUCT, COLLECTOR))
    telemetry = world.device(world.publish(body, write_approvals(said)))
    world.publish(signed_file(narrower), write_approvals(said))
    assert telemetry.renew().state is Renewal.RENEWED
    with pytest.raises(MisuseError, match="unknown_metric"):
        telemetry.count("file.opened")
    assert telemetry.preview(local=True) == []


@pytest.mark.parametrize(
    ("content", "approvals", "text"),
    [
        pytest.param(b'{"format":2}', b"", "problems", id="no-registry"),
        pytest.param(
            content_of(EXAMPLE_REGISTRY.replace(b'"editor"', b'"viewer"')),
            b"",
            "registry of viewer",
            id="another-product",
        ),
        pytest.param(content_of(file(narrower)), b"{", "problems", id="no-approvals"),
    ],
)
def test_what_is_no_registry_of_this_product_is_refused(
    world: World, content: bytes, approvals: bytes, text: str
) -> None:
    telemetry = world.device(world.publish(file()))
    signed = digest(approvals) if approvals else ""
    world.log.add(RegistryEntry("editor", digest(content), signed, DAY), [content, approvals])
    found = telemetry.renew()
    assert found.state is Renewal.REFUSED
    assert text in found.text


class Liar(MemorySource):
    """A collector that hands out something else than its log says."""

    def __init__(self, log: TransparencyLog, **answers: object) -> None:
        super().__init__(log)
        self.answers = answers

    def blob(self, name: str) -> bytes | None:
        return self.answers["blob"] if "blob" in self.answers else super().blob(name)  # type: ignore[return-value]

    def registry(self, app: str, fingerprint: str = "") -> bytes | None:
        found = self.answers.get("registry")
        return super().registry(app, fingerprint) if found is None else found  # type: ignore[return-value]


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param({"blob": None}, id="nothing"),
        pytest.param({"blob": b"something else"}, id="another-content"),
        pytest.param({"registry": b"{}"}, id="no-proof"),
    ],
)
def test_a_collector_that_hands_out_something_else_is_doubted(
    world: World, answers: dict[str, object]
) -> None:
    telemetry = world.device(world.publish(file()))
    telemetry.renew()
    world.publish(file(narrower))
    world.places["https://collector.example/log"] = Liar(world.log, **answers)
    found = telemetry.renew()
    assert found.state is Renewal.DOUBTED
    assert found.text


def test_an_entry_about_something_else_is_doubted(world: World) -> None:
    telemetry = world.device(world.publish(file()))
    text = b"Yes?"
    index = world.log.add(ConsentEntry("editor", "0" * 64, "fr", digest(text), DAY), [text])
    for body in (
        proven.write(world.log.proven(index)),
        proven.write(replace(world.log.proven(0), index=1)),
        proven.write(World().log.proven(0)) if World().log.size() else b"[]",
    ):
        world.places["https://collector.example/log"] = Liar(world.log, registry=body)
        assert telemetry.renew().state is Renewal.DOUBTED


def test_another_version_than_the_one_asked_for_is_doubted(world: World) -> None:
    world.publish(file())
    body = proven.write(world.log.proven(0))
    world.places["https://collector.example/log"] = Liar(world.log, registry=body)
    telemetry = world.device(read(file(narrower)))
    telemetry.count("file.opened")
    (kept,) = telemetry.flush(now=True)
    assert kept.answer.startswith("doubted: ")


def test_a_log_that_rewrites_its_history_is_doubted(world: World) -> None:
    telemetry = world.device(world.publish(file()))
    telemetry.renew()
    other = World()
    for body in (file(wider), file(), file(narrower)):
        other.publish(body)
    world.source.log = other.log
    found = telemetry.renew()
    assert found.state is Renewal.DOUBTED
    world.source.log = World().log
    assert telemetry.renew().state is Renewal.NOT_LISTED


def test_a_collector_that_shows_this_device_something_else_than_its_mirror_is_caught(
    world: World,
) -> None:
    """Two faces: the same key signs one history for everybody and another for one person."""
    mirrored = file(mirrors='mirrors = ["https://mirror.example/log"]')
    telemetry = world.device(world.publish(mirrored))
    public = World()
    public.publish(mirrored)
    public.publish(file(narrower))
    mirror = MemorySource(public.log)
    world.places["https://mirror.example/log"] = mirror
    world.publish(file(wider))
    assert telemetry.renew().state is Renewal.DOUBTED
    assert telemetry.registry.fingerprint == read(mirrored).fingerprint

    mirror.log = world.log  # it saw the same: nothing to doubt
    assert telemetry.renew().state is Renewal.WAITING
    mirror.log = None  # it rests: that says nothing
    assert telemetry.renew().state is Renewal.WAITING
    stranger = TransparencyLog(MemoryLedger(), Ed25519Signer(bytes([7]) * 32), ORIGIN)
    mirror.log = stranger  # what another key signed proves nothing about this log
    assert telemetry.renew().state is Renewal.WAITING


@pytest.mark.parametrize("size", ["smaller", "larger"])
def test_a_mirror_that_is_behind_or_ahead_agrees(world: World, size: str) -> None:
    mirrored = file(mirrors='mirrors = ["https://mirror.example/log"]')
    shipped = world.publish(mirrored)
    copy = World()
    copy.publish(mirrored)
    telemetry = world.device(shipped)
    if size == "smaller":
        world.publish(file(narrower, mirrors='mirrors = ["https://mirror.example/log"]'))
    world.places["https://mirror.example/log"] = MemorySource(copy.log)
    assert telemetry.renew().state is (Renewal.RENEWED if size == "smaller" else Renewal.CURRENT)


def test_what_is_remembered_of_another_log_is_forgotten(world: World) -> None:
    registry, store = world.publish(file()), MemoryEventStore()
    for body in (b"{", b"[]", b'{"log":"x"}', b'{"note":3}'):
        store.keep(log_memory.PLACE, body)
        assert world.device(registry, store).renew().state is Renewal.CURRENT
    memory = log_memory.read(store.kept(log_memory.PLACE), registry)
    elsewhere = replace(memory, log="other.example/log+00000000+AAAA", listed="0" * 64)
    again = log_memory.read(log_memory.write(elsewhere), registry)
    assert (again.note, again.listed) == (b"", "")


def test_a_damaged_memory_of_an_accepted_registry_falls_back_to_the_shipped_one(
    world: World,
) -> None:
    registry, store = world.publish(file()), MemoryEventStore()
    world.publish(file(narrower))
    world.device(registry, store).renew()
    memory = log_memory.read(store.kept(log_memory.PLACE), registry)
    assert memory.accepted is not None
    broken = replace(memory, accepted=replace(memory.accepted, content=b"{}"), note=b"torn")
    store.keep(log_memory.PLACE, log_memory.write(broken))
    assert world.device(registry, store).registry.fingerprint == registry.fingerprint


def test_a_log_in_memory_is_asked_like_any_other(world: World) -> None:
    world.publish(file())
    assert list(world.source.entries(0, 1)) == world.log.entries(0, 1)
    assert world.source.consistency(0, 99) == ()


def test_a_store_that_fails_leaves_everything_as_it_was(world: World) -> None:
    class Breaking(MemoryEventStore):
        broken = False

        def kept(self, name: str) -> bytes | None:
            if self.broken:
                message = f"{name} cannot be read"
                raise StoreError(message)
            return super().kept(name)

    store = Breaking()
    parts = memory_parts(
        store=store,
        transport=MemoryTransport(None),
        logs=LogParts(world.places.__getitem__, Ed25519Checker()),
    )
    telemetry = Telemetry(world.publish(file()), parts)
    telemetry.choose("on")
    store.broken = True
    assert telemetry.renew().state is Renewal.NOT_REACHED


def test_an_old_version_is_not_taken_for_a_newer_one(world: World) -> None:
    class Backward(MemorySource):
        def registry(self, app: str, fingerprint: str = "") -> bytes | None:
            if fingerprint:
                return super().registry(app, fingerprint)
            return proven.write(world.log.proven(0))

    world.publish(file(narrower))
    shipped = world.publish(file())
    telemetry = world.device(shipped)
    world.places["https://collector.example/log"] = Backward(world.log)
    assert telemetry.renew().state is Renewal.CURRENT
    assert telemetry.registry.fingerprint == shipped.fingerprint
