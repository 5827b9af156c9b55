from __future__ import annotations

from datetime import timedelta

from aboveboard.adapters.memory import SetClock
from aboveboard.collector.tagged import MOST_NOTES, Tagged
from aboveboard.model.said import Said
from aboveboard.model.verdict import Reason
from aboveboard.registry.translate import Statement

SAID = Said("editor", "file", {"opened": 3})


def test_what_became_of_a_message_is_there_for_ten_minutes() -> None:
    clock = SetClock()
    tagged = Tagged(clock)
    found = [Statement("p", asides=[("file.odd", Reason.WRONG_KIND)], ignored=2)]
    tagged.note("ana", "segment", SAID, found)
    tagged.discarded("ana", "segment", "editor", ["no_user"])
    one, two = tagged.notes()
    assert (one.tag, one.event, one.asides, one.ignored) == (
        "ana",
        "file",
        [("file.odd", "wrong_kind")],
        2,
    )
    assert two.asides == [("", "no_user")]
    clock.move(timedelta(minutes=11))
    assert tagged.notes() == []


def test_only_so_much_is_noted() -> None:
    tagged = Tagged(SetClock())
    for number in range(MOST_NOTES + 5):
        tagged.note(str(number), "segment", SAID, [])
    assert tagged.notes()[0].tag == "5"
    assert len(tagged.notes()) == MOST_NOTES
