from __future__ import annotations

import contextlib
import functools
import json
import struct
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.needed import need

from aboveboard.wires.gvariant import (
    MOST_VARIANTS,
    NotNormal,
    Variant,
    decode,
    unwrapped,
    width_of,
)
from aboveboard.wires.gvariant_types import (
    DEEPEST_TYPE,
    LONGEST_TYPE,
    NotAType,
    is_signature,
    parse_type,
)
from aboveboard.wires.gvariant_writer import Just, Value, encode

NUMBERS = {
    "y": st.integers(0, 255), "n": st.integers(-32768, 32767), "q": st.integers(0, 65535),
    "i": st.integers(-(1 << 31), (1 << 31) - 1), "u": st.integers(0, (1 << 32) - 1),
    "x": st.integers(-(1 << 63), (1 << 63) - 1), "t": st.integers(0, (1 << 64) - 1),
    "d": st.floats(allow_nan=False), "b": st.booleans(), "h": st.integers(0, 9),
}  # fmt: skip
TEXTS = {
    "s": st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=300),
    "o": st.sampled_from(["/", "/a", "/org/gnome/Totem_1"]),
    "g": st.sampled_from(["", "s", "a{sv}(ii)", "v"]),
}
BASIC = st.sampled_from([*NUMBERS, *TEXTS])


def _containers(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        inner.map(lambda text: f"a{text}"),
        inner.map(lambda text: f"m{text}"),
        st.lists(inner, max_size=4).map(lambda texts: f"({''.join(texts)})"),
        st.tuples(BASIC, inner).map(lambda pair: f"a{{{pair[0]}{pair[1]}}}"),
        st.tuples(BASIC, inner).map(lambda pair: f"{{{pair[0]}{pair[1]}}}"),
    )


TYPES = st.recursive(BASIC | st.just("v"), _containers, max_leaves=6)


def _values(text: str) -> st.SearchStrategy[Any]:
    of = parse_type(text)
    if of.kind in NUMBERS:
        return NUMBERS[of.kind]
    if of.kind in TEXTS:
        return TEXTS[of.kind]
    if of.kind == "v":
        return BASIC.flatmap(
            lambda inner: _values(inner).map(lambda value: Variant(inner, value))
        ).flatmap(lambda found: st.sampled_from([found, Variant("v", found)]))
    if of.kind == "m":
        return st.none() | _values(of.members[0].text).map(Just)
    if of.kind == "a":
        return _many(of.members[0].text)
    return st.tuples(*(_values(member.text) for member in of.members))


def _many(text: str) -> st.SearchStrategy[Any]:
    if text == "y":
        return st.binary(max_size=300)
    if text.startswith("{"):
        key, value = parse_type(text).members
        return st.dictionaries(_values(key.text), _values(value.text), max_size=5)
    return st.lists(_values(text), max_size=5)


TYPED = TYPES.flatmap(lambda text: st.tuples(st.just(text), _values(text)))


def _told(value: Value) -> Value:
    """Give what is read of what was written: a maybe does not tell what it holds from nothing."""
    if isinstance(value, Just):
        return _told(value.value)
    if isinstance(value, Variant):
        return Variant(value.type, _told(value.value))
    if isinstance(value, dict):
        return {key: _told(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_told(inner) for inner in value)
    return value


@given(TYPED)
@settings(max_examples=300, deadline=None)
def test_what_was_written_is_read(typed: tuple[str, Any]) -> None:
    text, value = typed
    assert decode(text, encode(text, value)) == _told(value)


@given(st.one_of(TYPES, st.just("(xxsa{ss}ya(aysxmv)a(ayssumv))")), st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_no_bytes_do_more_than_not_be_normal(text: str, data: bytes) -> None:
    with contextlib.suppress(NotNormal):
        decode(text, data)


@given(TYPED, st.data())
@settings(max_examples=300, deadline=None)
def test_there_is_one_spelling_of_each_value(typed: tuple[str, Any], data: st.DataObject) -> None:
    text, value = typed
    written = bytearray(encode(text, value))
    if not written or "m" in text or "a{" in text or "d" in text:
        return  # A maybe within a maybe, a key that comes twice and -0.0 are not told apart.
    written[data.draw(st.integers(0, len(written) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        found = decode(text, bytes(written))
    except NotNormal:
        return
    if "m" not in repr(found) and "{" not in repr(found):
        assert encode(text, found) == bytes(written)


@pytest.mark.parametrize(
    ("text", "data", "value"),
    [
        # Mostly the little-endian examples of the GVariant specification, section 2.5.
        ("s", b"hello world\0", "hello world"),
        ("ms", b"hello world\0\0", "hello world"),
        ("ms", b"", None),
        ("ab", b"\1\0\0\1\1", [True, False, False, True, True]),
        ("(si)", b"foo\0\xff\xff\xff\xff\4", ("foo", -1)),
        ("a(si)", b"hi\0\0\xfe\xff\xff\xff\3\0\0\0bye\0\xff\xff\xff\xff\4\x09\x15",
         [("hi", -2), ("bye", -1)]),
        ("as", b"i\0can\0has\0strings?\0\2\6\n\x13", ["i", "can", "has", "strings?"]),
        ("((ys)as)", b"ican\0has\0strings?\0\4\r\5", ((ord("i"), "can"), ["has", "strings?"])),
        ("(yy)", b"\x70\x80", (0x70, 0x80)),
        ("(iy)", b"\x60\0\0\0\x70\0\0\0", (96, 0x70)),
        ("a(iy)", b"\x60\0\0\0\x70\0\0\0\0\2\0\0\xf7\0\0\0", [(96, 0x70), (512, 0xF7)]),
        ("ay", b"\4\5\6\7", b"\4\5\6\7"),
        ("{si}", b"a key\0\0\0\2\2\0\0\6", ("a key", 514)),
        ("()", b"\0", ()),
        ("a()", b"\0\0", [(), ()]),
        ("(msms)", b"\0", (None, None)),
        ("(asasas)", b"\0\0", ([], [], [])),
        ("a(asas)", b"\0\1", [([], [])]),
        ("mv", b"Up!\0\0s\0", Variant("s", "Up!")),
        ("mv", struct.pack("<qq", 1, 2) + b"\0(xx)\0", Variant("(xx)", (1, 2))),
        ("v", b"x\0\0s\0v", Variant("v", Variant("s", "x"))),
        ("v", b"\0as", Variant("as", [])),
    ],
)  # fmt: skip
def test_the_spellings_of_the_specification_are_read(text: str, data: bytes, value: object) -> None:
    assert decode(text, data) == value


@pytest.mark.parametrize(
    ("text", "data"),
    [
        pytest.param("b", b"\2", id="a boolean is 0 or 1"),
        pytest.param("ab", b"\0\2", id="each of them"),
        pytest.param("u", b"\0\0\0", id="a number has its size"),
        pytest.param("s", b"", id="a text has a NUL"),
        pytest.param("s", b"a", id="at its end"),
        pytest.param("s", b"a\0b\0", id="and nowhere else"),
        pytest.param("s", b"\xff\0", id="and is UTF-8"),
        pytest.param("s", b"\xed\xa0\x80\0", id="without surrogates"),
        pytest.param("o", b"a\0", id="an object path begins with a stroke"),
        pytest.param("o", b"/a/\0", id="and ends with none"),
        pytest.param("g", b"a\0", id="a signature is of whole types"),
        pytest.param("g", b"ms\0", id="without a maybe"),
        pytest.param("my", b"\1\2", id="a maybe holds one value"),
        pytest.param("ms", b"a\0\1", id="and NUL behind it"),
        pytest.param("au", b"\0\0\0\0\0", id="numbers have their size"),
        pytest.param("as", b"a\0\3", id="an offset lies within the array"),
        pytest.param("as", b"a\0b\0\4\2", id="offsets go up"),
        pytest.param("as", b"a\0\0", id="the last one tells where they begin"),
        pytest.param("aau", b"\1\0\0\0\0\5", id="elements have their size"),
        pytest.param(
            "a(us)", b"\1\0\0\0a\0\1\0\2\0\0\0b\0\6\x0e", id="padding is zero in an array"
        ),
        pytest.param("a(us)", b"\1\0\0\0\6\7", id="an element begins behind padding"),
        pytest.param("(yu)", b"\1\2\0\0\1\0\0\0", id="in a tuple of numbers"),
        pytest.param("(uy)", b"\1\0\0\0\1\0\0\1", id="behind the last number"),
        pytest.param("(uy)", b"\1\0\0\0\1", id="and is there"),
        pytest.param("(ybu)", b"\1\1\1\0\1\0\0\0", id="in a tuple of a fixed size"),
        pytest.param("(bu)", b"\1\0\0\0\1\0\0\0\0", id="which it has"),
        pytest.param("(ub)", b"\1\0\0\0\1\1\0\0", id="and at its end"),
        pytest.param("()", b"\1", id="in a tuple of nothing"),
        pytest.param("(su)", b"\0\1\0\0\1\0\0\0\1", id="and in any other"),
        pytest.param("(su)", b"\0\0\0\0\1\0\0\0\0\1", id="nothing stands between"),
        pytest.param("(ss)", b"", id="a tuple is not empty"),
        pytest.param("(ss)", b"a\0b\0\5", id="its offsets lie within it"),
        pytest.param("(msms)", b"", id="they are there, though its members are nothing"),
        pytest.param("(asasas)", b"\0", id="every one of them"),
        pytest.param("a(asas)", b"\0", id="within an array, too"),
        pytest.param("m(asas)", b"\0", id="within a maybe"),
        pytest.param("v", b"\0(asas)", id="and within a variant"),
        pytest.param("v", b"", id="a variant has a type"),
        pytest.param("v", b"a\0", id="which is not empty"),
        pytest.param("v", b"a\0\0ss", id="is one"),
        pytest.param("v", b"a\0\0\xff", id="and is known"),
        pytest.param("v", b"a\0\0" + b"a" * 300, id="and not too long"),
    ],
)
def test_other_spellings_are_refused(text: str, data: bytes) -> None:
    with pytest.raises(NotNormal):
        decode(text, data)


def test_offsets_are_no_wider_than_they_must_be() -> None:
    wide = b"a" * 253 + b"\0" + (254).to_bytes(2, "little")
    with pytest.raises(NotNormal):
        decode("as", wide)
    with pytest.raises(NotNormal):
        decode("(sy)", b"a" * 252 + b"\0\1" + (253).to_bytes(2, "little"))
    assert decode("as", b"a" * 253 + b"\0" + b"\xfe") == ["a" * 253]
    assert decode("as", b"a" * 254 + b"\0" + (255).to_bytes(2, "little")) == ["a" * 254]


@pytest.mark.parametrize("length", [254, 255, 256, 65532, 65534, 65536])
def test_containers_of_every_width_are_read(length: int) -> None:
    for text, value in {"as": ["a" * length], "(ss)": ("a" * length, "b")}.items():
        assert decode(text, encode(text, value)) == value
    assert width_of(1 << 40) == 8


def _wrapped(found: Variant, times: int) -> Variant:
    for _ in range(times - 1):
        found = Variant("v", found)
    return found


def test_variants_within_one_another_are_taken_out_up_to_a_bound() -> None:
    deep = _wrapped(Variant("s", "x"), MOST_VARIANTS)
    assert unwrapped(decode("v", encode("v", deep))) == Variant("s", "x")  # type: ignore[arg-type]
    with pytest.raises(NotNormal):
        decode("v", encode("v", Variant("v", deep)))


@pytest.mark.parametrize(
    "text",
    ["", "z", "a", "m", "(", "(s", "{s}", "{ss", "{sss}", "{vs}", "{(s)s}", "ss", "r", "*", "a?",
     ")", "a" * DEEPEST_TYPE + "as", "(" + "s" * LONGEST_TYPE + ")"],
)  # fmt: skip
def test_what_no_value_can_have_is_no_type(text: str) -> None:
    with pytest.raises(NotAType):
        decode(text, b"")


def test_a_signature_is_not_endless() -> None:
    assert not is_signature("s" * (LONGEST_TYPE + 1))
    assert is_signature("s" * LONGEST_TYPE)


# GLib takes a tuple of no bytes for one whose members are empty, though its offsets are not there,
# and the specification counts that as not normal. So it is asked, too, what it writes itself.
GLIB = """
import json, sys
from gi.repository import GLib
def members(found):
    return [found.get_child_value(at) for at in range(found.n_children())]
def value(found):
    text = found.get_type_string()
    if text[0] not in "am({v":
        return found.unpack()
    inner = [value(member) for member in members(found)]
    if text[0] == "a":
        return dict(inner) if text[1] == "{" else inner
    return tuple(inner) if text[0] in "({" else inner[0] if inner else None
def again(found):
    kind = found.get_type_string()[0]
    if kind not in "am({v":
        return found
    inner = [again(member) for member in members(found)]
    if kind == "a":
        return GLib.Variant.new_array(found.get_type().element(), inner)
    if kind == "m":
        return GLib.Variant.new_maybe(found.get_type().element(), inner[0] if inner else None)
    if kind == "(":
        return GLib.Variant.new_tuple(*inner)
    return GLib.Variant.new_variant(*inner) if kind == "v" else GLib.Variant.new_dict_entry(*inner)
def tell(text, data):
    given = GLib.Bytes(data)
    found = GLib.Variant.new_from_bytes(GLib.VariantType(text), given, False)
    if found.is_normal_form() and again(found).get_data_as_bytes().equal(given):
        return ascii(value(found))
print(json.dumps([tell(text, bytes.fromhex(data)) for text, data in json.load(sys.stdin)]))
"""
SYSTEM_PYTHON = "/usr/bin/python3"


def _glib(cases: list[tuple[str, bytes]]) -> list[str | None]:
    asked = json.dumps([(text, data.hex()) for text, data in cases])
    done = subprocess.run(
        [SYSTEM_PYTHON, "-c", GLIB], input=asked, capture_output=True, text=True, check=True
    )
    found: list[str | None] = json.loads(done.stdout)
    return found


@functools.cache
def _has_glib() -> bool:
    if not Path(SYSTEM_PYTHON).exists():
        return False
    asked = [SYSTEM_PYTHON, "-c", "from gi.repository import GLib"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def _as_glib(value: Value) -> Value:
    if isinstance(value, Variant):
        return _as_glib(value.value)
    if isinstance(value, bytes):
        return list(value)
    if isinstance(value, dict):
        return {_as_glib(key): _as_glib(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_as_glib(inner) for inner in value)
    return value


def _ours(text: str, data: bytes) -> str | None:
    try:
        return ascii(_as_glib(decode(text, data)))
    except NotNormal:
        return None


def _bent(written: bytes, where: int, how: int) -> bytes:
    """Give bytes that are no longer quite what was written."""
    if not written:
        return b""
    at = where % len(written)
    return (
        written[:at] + bytes([how & 255]) + written[at + 1 :],
        written[:at] + bytes([written[at] ^ 1 << how % 8]) + written[at + 1 :],
        written[:at] + written[at + 1 :],
        written[:at] + b"\0" + written[at:],
    )[how % 4]


BENT = st.tuples(TYPED, st.integers(0, 5000), st.integers(0, 255))


@given(st.lists(BENT, min_size=20, max_size=40))
@settings(max_examples=20, deadline=None, phases=[Phase.generate])
def test_glib_finds_the_same_in_the_same_bytes(
    bent: list[tuple[tuple[str, Any], int, int]],
) -> None:
    need("PyGObject", there=_has_glib())
    cases = []
    for (text, value), where, how in bent:
        written = encode(text, value)
        cases += [(text, written), (text, _bent(written, where, how))]
    found = zip(cases, _glib(cases), [_ours(text, data) for text, data in cases], strict=True)
    wrong = [each for each in found if each[1] != each[2]]
    assert wrong == []


def test_glib_writes_no_tuple_without_its_offsets() -> None:
    need("PyGObject", there=_has_glib())
    without = [("(msms)", b""), ("a(asas)", b"\0"), ("m(asas)", b"\0"), ("v", b"\0(asas)")]
    assert _glib(without) == [None] * len(without)
    there = [("(msms)", b"\0"), ("a(asas)", b"\0\1"), ("m(asas)", b"\0\0"), ("v", b"\0\0(asas)")]
    assert _glib(there) == ["(None, None)", "[([], [])]", "([], [])", "([], [])"]
