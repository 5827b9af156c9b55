from __future__ import annotations

from typing import Any

from aboveboard.adapters.country_file import MemoryCountries
from aboveboard.collector.country import KnownCountries
from aboveboard.model.said import Said
from aboveboard.web.senders import Senders

KNOWN = KnownCountries(
    MemoryCountries({"198.51.100.7": ("DE", "EU"), "203.0.113.9": ("LI", "EU")}),
    frozenset({"editor"}),
)
SAID = [Said("editor", "a", {"b": 1}, "7"), Said("editor", "c", {"d": 1}, "7")]


def scope(client: object, forwarded: bytes = b"") -> dict[str, Any]:
    return {"client": client, "headers": [(b"x-forwarded-for", forwarded)]}


def added(made: Senders, messages: list[Said], *where: Any) -> list[Said]:  # noqa: ANN401 a scope's parts
    found = made.also(scope(*where), messages)
    assert list(found[: len(messages)]) == messages
    return list(found[len(messages) :])


def test_each_sender_is_said_to_come_from_somewhere_once() -> None:
    made = Senders(KNOWN)
    messages = [*SAID, Said("editor", "a", who="8")]
    assert added(made, messages, ("198.51.100.7", 1)) == [
        Said("editor", "sender", {"country": "DE"}, "7"),
        Said("editor", "sender", {"country": "DE"}, "8"),
    ]


def test_of_a_small_country_its_continent_is_told() -> None:
    [said] = added(Senders(KNOWN), SAID, ("203.0.113.9", 1))
    assert said.values == {"country": "europe"}


def test_behind_our_own_web_servers_their_word_counts() -> None:
    made = Senders(KNOWN, ["127.0.0.1"])
    [said] = added(made, SAID, ("127.0.0.1", 1), b"203.0.113.9, 198.51.100.7")
    assert said.values == {"country": "DE"}


def test_nobody_is_looked_up_whose_product_does_not_ask() -> None:
    class Broken:
        def find(self, packed: bytes) -> tuple[str, str]:
            raise AssertionError(packed)

    other = [Said("viewer", "a")]
    assert added(Senders(KnownCountries(Broken(), frozenset({"editor"}))), other, None) == []
    assert added(Senders(None), SAID, ("198.51.100.7", 1)) == []
    assert added(Senders(KNOWN), [], ("198.51.100.7", 1)) == []


def test_whoever_comes_from_nowhere_is_not_said_to() -> None:
    assert added(Senders(KNOWN), SAID, ("192.0.2.1", 1)) == []
    assert added(Senders(KNOWN), SAID, None) == []
