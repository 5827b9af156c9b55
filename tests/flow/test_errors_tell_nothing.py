"""A program breaks in every way, full of secrets: none of them is in anything that is kept or sent.

Each way to break is a row of ``WAYS``; each thing that is looked at is a row of ``evidence``. More
of either are welcome: a file as its bytes, a request as its body and headers.
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import logging
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType, ModuleType

import pytest

from aboveboard.adapters.error_hooks import ErrorHooks
from aboveboard.adapters.error_log import LoggingHandler
from aboveboard.adapters.memory import MemoryTransport
from aboveboard.adapters.memory_parts import memory_parts
from aboveboard.adapters.own_code import own_code
from aboveboard.adapters.papers_folder import PapersFolder
from aboveboard.adapters.sqlite_file import SqliteFile
from aboveboard.adapters.sqlite_outbox import SqliteOutbox
from aboveboard.adapters.sqlite_store import SqliteEventStore
from aboveboard.collector.receive import Limits, Submission
from aboveboard.collector.verify import verify
from aboveboard.device.breaking import MARK
from aboveboard.device.broke import describe
from aboveboard.device.error_parts import ErrorParts
from aboveboard.device.telemetry import Telemetry
from aboveboard.device.whose import Code
from aboveboard.model.broke import Broke
from aboveboard.model.metric import Kind
from aboveboard.model.registry import CollectorAddress, Registry
from aboveboard.model.verdict import Accepted
from aboveboard.ports.device import Answer
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY

NAME, MAIL = "anneliese", "anneliese.schmidt@firma.example"
HOME = "/home/anneliese/Geheime Briefe/an den Arzt.odt"
TOKENS = (
    "sk-4eC39HqLyjWDarjtT1zdp7dc",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "AKIAIOSFODNN7EXAMPLE",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm5hIn0.dozjgNryP4J3jVmNHl0w5N",
    "4111 1111 1111 1111",
    "192.168.178.23",
    "https://anneliese:passwort@firma.example/?kunde=4711",
)
PASSWORD = "Rosenkohl"  # noqa: S105 a word to look for
TELLTALE = (
    NAME,
    "schmidt",
    "firma",
    "arzt",
    "briefe",
    "geheim",
    PASSWORD,
    "kunde",
    *TOKENS,
    "4711",
)
ALL_OF_IT = f"{NAME} {MAIL} {HOME} {PASSWORD} {' '.join(TOKENS)}"

EDITOR = '''
import json

class Broken(Exception):
    """Broken by Anneliese."""

def save(path, password="Rosenkohl", *args, **more):
    briefe = {"arzt": path, "kunde": password}
    return write(path, briefe)

def write(path, briefe):
    raise Broken(path, briefe, "Rosenkohl")

def chained(text):
    try:
        json.loads(text)
    except ValueError as error:
        error.add_note(f"while reading {text}")
        raise Broken(text) from error

def deep(text, n=400):
    return deep(text, n - 1) if n else save(text)

def plugin(code, name):
    exec(compile(code, name, "exec"), {"__name__": "editor_of_ours", "__file__": __file__})

def inner(code, name):
    exec(compile(code, name, "exec"))
'''
PLUGIN = """
class AnnelieseSchmidt(Exception): pass
def brief_an_arzt(geheim):
    raise AnnelieseSchmidt(geheim)
brief_an_arzt("Rosenkohl")
"""
Way = Callable[[ModuleType], object]


def _typed(_: ModuleType) -> None:
    kind = type(f"{NAME} <{MAIL}>", (Exception,), {"__module__": HOME})
    raise kind(ALL_OF_IT)


def _claiming(_: ModuleType) -> None:
    kind = type("Anneliese", (ValueError,), {"__module__": "builtins", "__doc__": ALL_OF_IT})
    raise kind(ALL_OF_IT)


def _noted(_: ModuleType) -> None:
    error = ValueError(ALL_OF_IT)
    error.add_note(ALL_OF_IT)
    error.geheim = ALL_OF_IT  # type: ignore[attr-defined]
    raise error


def _grouped(editor: ModuleType) -> None:
    errors = []
    for way in (_typed, _noted, lambda each: each.chained(ALL_OF_IT)):
        try:
            way(editor)
        except Exception as error:  # noqa: BLE001 whatever it is
            errors.append(error)
    raise ExceptionGroup(ALL_OF_IT, errors)


def _in_tasks(editor: ModuleType) -> None:
    async def work() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.to_thread(editor.save, ALL_OF_IT), name=ALL_OF_IT)

    asyncio.run(work())


def _renamed(editor: ModuleType) -> None:
    function = editor.write
    code = function.__code__
    function.__code__ = code.replace(co_name=MAIL, co_qualname=MAIL, co_filename=HOME)
    try:
        editor.save(ALL_OF_IT)
    finally:
        function.__code__ = code


def _script(_: ModuleType) -> None:
    script = ModuleType("anneliese_plans")
    script.__file__ = HOME
    sys.modules["anneliese_plans"] = script
    try:
        exec(compile(PLUGIN, HOME, "exec"), vars(script))  # noqa: S102 somebody's own script
    finally:
        del sys.modules["anneliese_plans"]


WAYS: Mapping[str, Way] = {
    "arguments and locals": lambda editor: editor.save(ALL_OF_IT),
    "more arguments": lambda editor: editor.save(HOME, PASSWORD, MAIL, kunde=ALL_OF_IT),
    "a chain": lambda editor: editor.chained(ALL_OF_IT),
    "a deep recursion": lambda editor: editor.deep(ALL_OF_IT),
    "a file that is not there": lambda _: Path(HOME).read_text(encoding="utf-8"),
    "a key that is not there": lambda _: {}[ALL_OF_IT],  # type: ignore[index]
    "a number that is none": lambda _: int(ALL_OF_IT),
    "a text that cannot be read": lambda _: ALL_OF_IT.encode().decode("utf-16", "strict") + "ö".encode("ascii").decode(),  # noqa: E501
    "an attribute that is not there": lambda _: getattr(ALL_OF_IT, PASSWORD),
    "a module that is not there": lambda _: __import__(f"{NAME}.{PASSWORD}"),
    "an assertion": lambda _: (_ for _ in ()).throw(AssertionError(ALL_OF_IT)),
    "notes and attributes": _noted,
    "the name of a type": _typed,
    "a type that calls itself built in": _claiming,
    "a group": _grouped,
    "tasks": _in_tasks,
    "a plug-in that is run from a text": lambda editor: editor.plugin(PLUGIN, HOME),
    "a text that calls itself our file": lambda editor: editor.plugin(PLUGIN, editor.__file__),
    "a text that is run among our names": lambda editor: editor.inner(PLUGIN, HOME),
    "a text whose name is a secret": lambda editor: editor.inner(PLUGIN, MAIL),
    "a function whose name is a secret": _renamed,
    "a script in somebody's folder": _script,
    "a text that is no code": lambda editor: editor.inner(f"def {PASSWORD}(: '{MAIL}'", HOME),
    "a message of two lines": lambda _: (_ for _ in ()).throw(ValueError(f"\n{ALL_OF_IT}\n{MAIL}")),
    "each secret alone": lambda _: (_ for _ in ()).throw(
        ExceptionGroup(NAME, [ValueError(secret) for secret in (*TOKENS, HOME, MAIL, PASSWORD)])
    ),
}  # fmt: skip


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Give the program, installed in a home folder whose name nobody is to learn."""
    folder = tmp_path / NAME / "Geheime Programme"
    folder.mkdir(parents=True)
    (folder / "editor_of_ours.py").write_text(EDITOR)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, "editor_of_ours", raising=False)
    made: ModuleType = __import__("editor_of_ours")
    return made


@pytest.fixture
def code(editor: ModuleType) -> Code:
    return own_code([editor.__name__])


@pytest.fixture
def registry() -> Registry:
    """Give a registry of which one metric never tells a message, and one does."""
    known = read(EXAMPLE_REGISTRY)
    base = replace(known.metrics["file.opened"], kind=Kind.ERROR)
    metrics = {
        "app.broke": replace(base, name="app.broke"),
        "app.failed": replace(base, name="app.failed", message_level="usage"),
    }
    collector = CollectorAddress(("https://collector.example",))
    return replace(known, metrics=MappingProxyType(metrics), collector=collector)


DAY = date(2026, 11, 18)


def evidence(
    errors: Iterable[BaseException], code: Code, registry: Registry, home: Path
) -> Iterator[tuple[str, bytes]]:
    """Give everything that is kept or sent of some errors, each with its name."""
    accepted = Answer(201, b'{"code":"kept"}')
    transport = MemoryTransport(lambda *_: accepted)
    file = SqliteFile(home)
    parts = memory_parts(
        store=SqliteEventStore(file),
        outbox=SqliteOutbox(file),
        papers=PapersFolder(home),
        transport=transport,
        errors=ErrorParts(lambda: code, ErrorHooks, LoggingHandler),
        strict=True,
    )
    telemetry = Telemetry(registry, parts)
    telemetry.choose("on")
    for error in errors:
        for name, metric in registry.metrics.items():
            broke = describe(error, code, message=bool(metric.message_level))
            yield "value", repr(broke).encode()
            error.__dict__.pop(MARK, None)  # the same error, for each of the metrics
            telemetry.record_error(error, name)
    yield from ((f"before: {each.name}", each.read_bytes()) for each in _files(home))
    for body in telemetry.preview(local=True) + telemetry.preview():
        yield "preview", body
    deliveries = telemetry.flush(now=True)
    assert sum(delivery.body.count(b'"frames"') for delivery in deliveries) > 0
    for delivery in deliveries:
        yield "journal", repr(delivery).encode()
        submission = Submission("editor", delivery.report, delivery.body)
        verdict = verify(submission, {"editor": registry}, DAY, Limits())
        assert isinstance(verdict, Accepted)
        assert verdict.aside == 0
        yield "what a collector keeps", verdict.record
    assert len(transport.sent) == len(deliveries)
    for url, sent, headers in transport.sent:
        yield "request", f"{url} {headers}".encode() + gzip.decompress(sent)
    telemetry.close()
    yield from ((f"after: {each.name}", each.read_bytes()) for each in _files(home))


def _files(home: Path) -> list[Path]:
    return [file for file in home.rglob("*") if file.is_file()]


def told(blob: bytes, secrets: Iterable[str]) -> list[str]:
    """Give the secrets that are in it, whatever they are written in."""
    small = blob.lower()
    return [secret for secret in secrets if any(form in small for form in _forms(secret))]


def _forms(secret: str) -> list[bytes]:
    plain = secret.encode()
    coded = (
        plain.hex().encode(),
        base64.b64encode(plain).rstrip(b"=")[:-1],
        secret.encode("utf-16-le"),
    )
    return [form.lower() for form in (plain, *coded)]


def caught(way: Callable[[], object]) -> BaseException:
    with pytest.raises(Exception) as found:  # noqa: PT011 each breaks in its own way
        way()
    return found.value


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_nothing_of_an_error_s_data_is_left(
    way: Way, editor: ModuleType, code: Code, registry: Registry, tmp_path: Path
) -> None:
    error = caught(lambda: way(editor))
    secrets = (*TELLTALE, str(tmp_path), editor.__file__ or "")
    for name, blob in evidence([error], code, registry, tmp_path / "store"):
        assert told(blob, secrets) == [], name


def test_nothing_of_all_of_them_together_is_left(
    editor: ModuleType, code: Code, registry: Registry, tmp_path: Path
) -> None:
    errors = [caught(lambda way=way: way(editor)) for way in WAYS.values()]  # type: ignore[misc]
    for name, blob in evidence(errors, code, registry, tmp_path / "store"):
        assert told(blob, (*TELLTALE, str(tmp_path))) == [], name


def test_what_the_program_s_own_code_did_is_told_all_the_same(
    editor: ModuleType, code: Code
) -> None:
    broke = describe(caught(lambda: editor.chained(ALL_OF_IT)), code, message=True)
    assert broke.types == ("editor_of_ours.Broken", "json.decoder.JSONDecodeError")
    assert broke.frames[-1] == "editor_of_ours:chained:19"
    assert describe(caught(lambda: editor.save(HOME)), code).frames[-2:] == (
        "editor_of_ours:save:9",
        "editor_of_ours:write:12",
    )


def test_hooks_and_logging_lead_to_the_same_and_tell_nothing_either(
    editor: ModuleType, code: Code, tmp_path: Path, capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    found: list[Broke] = []

    def record(error: BaseException) -> None:
        found.append(describe(error, code, message=True))

    monkeypatch.setattr(threading, "excepthook", lambda _: None)
    hooks, handler = ErrorHooks(record), LoggingHandler(record)
    logger = logging.getLogger("editor_of_ours")
    logger.propagate = False
    logger.addHandler(handler)
    hooks.install()
    thread = threading.Thread(target=editor.save, args=(ALL_OF_IT,), name=ALL_OF_IT)
    thread.start()
    thread.join()
    try:
        editor.save(ALL_OF_IT)
    except editor.Broken:
        logger.exception("could not save %s for %s", HOME, MAIL)
    finally:
        hooks.uninstall()
        logger.removeHandler(handler)
    assert len({broke.fingerprint for broke in found}) == 1
    assert len(found) == 2
    shown = capfd.readouterr()
    for text in (repr(found), shown.out, shown.err):
        assert told(text.encode(), (*TELLTALE, str(tmp_path))) == []


def test_the_search_itself_finds_secrets() -> None:
    for secret in TELLTALE:
        for form in (secret, secret.upper(), secret.encode().hex()):
            assert secret in told(form.encode(), TELLTALE)
        assert secret in told(base64.b64encode(secret.encode()), TELLTALE)
