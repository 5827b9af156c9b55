from __future__ import annotations

import pytest

from aboveboard.errors import RegistryError
from aboveboard.wires.endless_bodies import Event
from aboveboard.wires.endless_catalogue_reader import read_catalogue
from aboveboard.wires.gvariant import Variant

UUID = bytes(range(16))
EVENT = """format = 1
[event.DeskUsed]
id = "00010203-0405-0607-0809-0a0b0c0d0e0f"
payload = ["(sua{sv})"]
says = { desk = "0", twice = "1 *2", half = "1 /2", height = "2.height", of = { all = "." } }
"""


def told(payload: Variant) -> dict[str, object]:
    known = read_catalogue(EVENT.encode()).known[UUID]
    return known.told(Event(UUID, "singular", "5", 1, "", 1, payload))


def test_further_events_are_data() -> None:
    value = ("oak", 7, {"height": Variant("v", Variant("u", 72))})
    assert told(Variant("(sua{sv})", value)) == {
        "desk": "oak",
        "twice": 14,
        "half": 3,
        "height": 72,
        "of": {"all": ("oak", 7, {"height": Variant("v", Variant("u", 72))})},
    }


def test_what_is_not_there_is_not_said() -> None:
    text = EVENT.replace("2.height", "2.7.height").replace('0", twice', '9", twice')
    known = read_catalogue(text.encode()).known[UUID]
    payload = Variant("(sua{sv})", ("oak", 7, {}))
    found = known.told(Event(UUID, "singular", "5", 1, "", 1, payload))
    assert set(found) == {"twice", "half", "of"}
    assert "height" not in told(payload)


def test_a_number_is_made_of_numbers_alone() -> None:
    text = EVENT.replace('desk = "0"', 'desk = "0 /2"')
    known = read_catalogue(text.encode()).known[UUID]
    payload = Variant("(sua{sv})", ("oak", 7, {}))
    found = known.told(Event(UUID, "singular", "5", 1, "", 1, payload))
    assert list(found) == ["desk"]
    assert found["desk"] == Variant("", None)


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("format = 1", "format = 2", "format"),
        ("format = 1", "format = 1\nmore = 1", "more"),
        ("format = 1", 'format = 1\n[past]\nx = "old"', "past.x"),
        ("id =", "name =", "event.DeskUsed.name"),
        ("id =", "name =", "event.DeskUsed.id"),
        ("0405-", "04-", "event.DeskUsed.id"),
        ("payload", 'kind = "plural"\npayload', "event.DeskUsed.kind"),
        ("(sua{sv})", "(sua{sv}", "event.DeskUsed.payload"),
        ('["(sua{sv})"]', '"s"', "event.DeskUsed.payload"),
        ("1 *2", "1 *0", "event.DeskUsed.says.twice"),
        ("1 *2", "1 magic", "event.DeskUsed.says.twice"),
        ('all = "."', 'all = ". magic"', "event.DeskUsed.says.of"),
        ("says =", "payloads =", "event.DeskUsed.says"),
        (EVENT, EVENT + EVENT.replace("format = 1", "").replace("Desk", "Seat"),
         "event.SeatUsed.id"),
        (EVENT, "format = 1\nevent = 7\n[tests]\ny = 1", "tests.y"),
    ],
)  # fmt: skip
def test_every_problem_of_a_catalogue_has_its_place(old: str, new: str, place: str) -> None:
    with pytest.raises(RegistryError) as raised:
        read_catalogue(EVENT.replace(old, new).encode())
    assert place in [problem.place for problem in raised.value.problems]


@pytest.mark.parametrize("content", [b"=", b"\xff"])
def test_what_is_no_toml_is_told(content: bytes) -> None:
    with pytest.raises(RegistryError) as raised:
        read_catalogue(content, "mine.toml")
    assert [problem.code for problem in raised.value.problems] == ["not_toml"]
