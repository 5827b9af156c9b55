"""Format 1: what may stand in a registry file about the product, its collector and approvers."""

from __future__ import annotations

import base64
from datetime import date

import pytest

from aboveboard.errors import RegistryError
from aboveboard.model.metric import Status
from aboveboard.model.registry import Approver, CollectorAddress, Committee, ProductWords, Sends
from aboveboard.registry.read import read
from aboveboard.testing import EXAMPLE_REGISTRY

KEYS = [base64.b64encode(bytes([each]) * 32).decode() for each in range(6)]
LOG = "editor.example/log+0011aabb+" + base64.b64encode(b"\x01" + bytes(32)).decode()
COLLECTOR = "[collector]\nurl = "
APPROVAL = """
[approval]
needed = {needed}
[approval.approvers.ana]
title = "Ana, elected 2026"
key = "ed25519:{first}"
until = 2027-12-31
[approval.approvers.ben]
title = "Ben, elected 2026"
key = "ed25519:{second}"
"""


def body(lines: str = "", product: str = "") -> bytes:
    head = EXAMPLE_REGISTRY.replace(b"[product]", f"[product]\n{product}".encode())
    return head + lines.encode()


def approval(needed: int = 2, first: str = KEYS[0], second: str = KEYS[1]) -> str:
    return APPROVAL.format(needed=needed, first=first, second=second)


def codes(file: bytes) -> list[tuple[str, str]]:
    with pytest.raises(RegistryError) as caught:
        read(file)
    return [(problem.code, problem.place) for problem in caught.value.problems]


def test_a_collector_may_have_several_addresses_and_keys_a_log_and_mirrors() -> None:
    lines = (
        f'{COLLECTOR}["https://a.example/", "https://b.example"]\n'
        f'key = ["x25519:{KEYS[0]}", "x25519:{KEYS[1]}"]\nlog = "{LOG}"\n'
        'mirrors = ["https://m.example/log"]\n'
    )
    address = read(body(lines)).collector
    assert address == CollectorAddress(
        ("https://a.example", "https://b.example"),
        (bytes(32), b"\x01" * 32),
        LOG,
        ("https://m.example/log",),
    )
    assert (address.url, address.key) == ("https://a.example", bytes(32))


def test_one_address_and_no_key_will_do() -> None:
    address = read(body(f'{COLLECTOR}"https://a.example"')).collector
    assert address == CollectorAddress(("https://a.example",))
    assert address.key is None


@pytest.mark.parametrize(
    ("lines", "code", "place"),
    [
        pytest.param(f"{COLLECTOR}[]", "bad_list", "collector.url", id="no-address"),
        pytest.param(f"{COLLECTOR}[1]", "bad_list", "collector.url", id="number"),
        pytest.param(
            f'{COLLECTOR}["https://a.example", "https://a.example/"]',
            "bad_list",
            "collector.url",
            id="same-address",
        ),
        pytest.param(
            f'{COLLECTOR}["https://a.example"]\nmirrors = ["ftp://m.example"]',
            "not_a_link",
            "collector.mirrors",
            id="mirror",
        ),
        pytest.param(
            f'{COLLECTOR}"https://a.example"\nkey = ["x25519:AAAA"]',
            "bad_key",
            "collector.key",
            id="short-key",
        ),
        pytest.param(
            f'{COLLECTOR}"https://a.example"\nlog = "no key"', "bad_key", "collector.log", id="log"
        ),
        pytest.param(f"{COLLECTOR}3", "wrong_type", "collector.url", id="number-for-a-text"),
    ],
)
def test_what_is_no_collector_is_a_problem(lines: str, code: str, place: str) -> None:
    assert (code, place) in codes(body(lines))


def test_a_committee_is_read_and_then_the_file_need_not_say_who_approved() -> None:
    text = body(approval()).replace(b"approved = ", b"# ")
    registry = read(text)
    ana = Approver("ana", "Ana, elected 2026", bytes(32), date(2027, 12, 31))
    ben = Approver("ben", "Ben, elected 2026", b"\x01" * 32)
    assert registry.committee == Committee(2, (ana, ben))
    (metric,) = registry.metrics.values()
    assert (metric.status, metric.approved) == (Status.PROPOSED, None)


def test_a_proposed_metric_needs_no_approval_either() -> None:
    text = body('status = "proposed"').replace(b"approved = ", b"# ")
    (metric,) = read(text).metrics.values()
    assert metric.approved is None


@pytest.mark.parametrize(
    ("lines", "code", "place"),
    [
        pytest.param(approval(3), "impossible_approval", "approval.needed", id="more-than-all"),
        pytest.param(approval(0), "out_of_bounds", "approval.needed", id="nobody"),
        pytest.param(
            "[approval]\nneeded = 1\n[approval.approvers]",
            "impossible_approval",
            "approval.needed",
            id="no-approvers",
        ),
        pytest.param(
            approval(second=KEYS[0]), "same_key", "approval.approvers", id="one-hand-signs-twice"
        ),
        pytest.param(approval(first="x"), "bad_key", "approval.approvers.ana.key", id="no-key"),
        pytest.param(
            approval().replace("ben", "Ben B"), "not_toml", "file", id="name-with-a-space"
        ),
        pytest.param(
            approval().replace("approvers.ben", "approvers.Ben"),
            "bad_name",
            "approval.approvers.Ben",
            id="name-in-capitals",
        ),
        pytest.param("[approval]\nneeded = 1", "missing", "approval.approvers", id="none-named"),
        pytest.param(
            approval().replace("needed = 2", ""), "missing", "approval.needed", id="how-many"
        ),
    ],
)
def test_what_is_no_committee_is_a_problem(lines: str, code: str, place: str) -> None:
    assert (code, place) in codes(body(lines))


def test_reports_leave_every_week_unless_the_product_says_otherwise() -> None:
    assert read(body()).sends is Sends.WEEK
    for sends in Sends:
        assert read(body(product=f'sends = "{sends.value}"')).sends is sends


def test_a_product_may_ask_for_what_was_counted_earlier() -> None:
    assert not read(body()).asks_for_earlier
    assert not read(body(product="asks_for_earlier = false")).asks_for_earlier
    assert read(body(product="asks_for_earlier = true")).asks_for_earlier


def test_a_product_may_let_values_of_clients_of_others_wait() -> None:
    assert not read(body()).raw_quarantine
    assert read(body(product="raw_quarantine = true")).raw_quarantine
    lets, not_yet = read(body(product="raw_quarantine = true")), read(body())
    assert lets.fingerprint != not_yet.fingerprint
    assert lets.parts["product"] != not_yet.parts["product"]
    assert {**lets.parts, "product": ""} == {**not_yet.parts, "product": ""}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        pytest.param('sends = "year"', ("unknown_sends", "product.sends"), id="year"),
        pytest.param("sends = 7", ("wrong_type", "product.sends"), id="number"),
        pytest.param('sends = " "', ("empty", "product.sends"), id="nothing"),
        pytest.param(
            "asks_for_earlier = 1", ("wrong_type", "product.asks_for_earlier"), id="neither"
        ),
        pytest.param(
            'raw_quarantine = "yes"', ("wrong_type", "product.raw_quarantine"), id="a-word"
        ),
    ],
)
def test_how_reports_are_sent_and_asked_for_is_said_in_known_words(
    line: str, code: tuple[str, str]
) -> None:
    assert codes(body(product=line)) == [code]


def test_a_product_has_its_words_in_other_languages() -> None:
    product = (
        'languages = ["en", "de"]\nmost_bits = 12\n'
        'translations.de = { title = "Ein Editor", levels = { usage = "Was benutzt wird." } }'
    )
    registry = read(body(product=product))
    german = ProductWords("Ein Editor", {"usage": "Was benutzt wird."})
    assert dict(registry.translations) == {"de": german}
    assert registry.most_bits == 12


@pytest.mark.parametrize(
    ("words", "code", "place"),
    [
        pytest.param(
            'translations.fr = { title = "T", levels = { usage = "U" } }',
            "unknown_language",
            "product.translations.fr",
            id="language-not-named",
        ),
        pytest.param(
            'languages = ["en", "de"]\ntranslations.de = { title = "T", levels = {} }',
            "missing",
            "product.translations.de.levels.usage",
            id="level-missing",
        ),
        pytest.param(
            'languages = ["en", "de"]\n'
            'translations.de = { title = "T", levels = { usage = "U", more = "M" } }',
            "unknown_level",
            "product.translations.de.levels.more",
            id="level-unknown",
        ),
        pytest.param("most_bits = 100001", "out_of_bounds", "product.most_bits", id="bits"),
    ],
)
def test_words_that_do_not_fit_the_product_are_problems(words: str, code: str, place: str) -> None:
    assert (code, place) in codes(body(product=words))
