from __future__ import annotations

import pytest

from aboveboard.wires.endless_values import HOWS, divided, multiplied, number


@pytest.mark.parametrize(
    ("how", "value", "made"),
    [
        ("family", "Intel(R) Core(TM) i7-1165G7", "intel core i7"),
        ("family", "Intel(R) Core(TM) Ultra 7 155H", "intel core ultra"),
        ("family", "Intel(R) Atom(TM) CPU Z3735F", "intel atom"),
        ("family", "AMD A8-7410 APU", "amd a-series"),
        ("family", "AMD Athlon Silver 3050U", "amd athlon"),
        ("family", "Cortex-A72", "arm cortex-a72"),
        ("family", "QEMU Virtual CPU version 2.5+", "virtual"),
        ("family", "Ana's own processor", "other"),
        ("ending", [], "other"),
        ("ending", "/home/ana/x.rpm", "rpm"),
        ("ending", ["/home/ana/letter.odt"], "other"),
        ("length", 7, None),
        ("limited", 7, None),
        ("filled", 7, None),
        ("on", False, "off"),
        ("list", True, "allowlist"),
        ("yes", None, "no"),
        ("format", "my format", "other"),
        ("seconds", "a while", "other"),
        ("seconds", "inf", "other"),
        ("seconds", "1.25", 1250),
        ("vendor", "Hewlett-Packard Co.", "hewlett-packard"),
        ("crash", {"binary": "!home!ana!bin!secret"}, None),
        ("crash", {"binary": "!sysroot!home!ana!x"}, None),
        ("crash", {"binary": "!var!home!ana!x"}, None),
        ("crash", 7, None),
        ("part", {"binary": "!usr!bin!x"}, "system"),
        ("part", {"runtime_ref": "runtime/org.gnome.Platform"}, "runtime"),
        ("part", 7, None),
        ("", 1 << 70, (1 << 63) - 1),
        ("", "as it is", "as it is"),
    ],
)
def test_what_is_made_of_a_piece(how: str, value: object, made: object) -> None:
    assert HOWS[how](value, 1) == made


def test_fingerprints_hold_no_text_and_tell_what_differs_apart() -> None:
    crash, message = HOWS["crash"], HOWS["message"]
    programs = [{"binary": "!usr!bin!a"}, {"binary": "!usr!bin!b"}]
    assert len({crash(each, 1) for each in programs}) == 2
    assert message("cannot open /home/ana", 1) == message("cannot open /home/ben", 1)
    assert message("cannot open /home/ana", 1) != message("cannot write /home/ana", 1)


def test_numbers_are_divided_down_and_have_a_largest_one() -> None:
    assert divided(1000)(1999, 1) == 1
    assert divided(1)(2400.7, 1) == 2400
    assert multiplied(1000)(42, 1) == 42_000
    assert number(1 << 64) == (1 << 63) - 1
    for value in (True, "7", None):
        with pytest.raises(TypeError):
            number(value)
