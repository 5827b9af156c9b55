from __future__ import annotations

import base64
import re
import string
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.registry.error_shapes import LONGEST_MESSAGE
from aboveboard.registry.scrub import LONGEST_READ, PLACEHOLDERS, is_scrubbed, scrub
from aboveboard.registry.scrub_words import WORDS

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ""),
        (" \n\t ", ""),
        ("...", ""),
        ("list index out of range", "list index out of range"),
        ("Division by ZERO", "division by zero"),
        ("can't read a read-only file", "can't read a read-only file"),
        ("[Errno 13] Permission denied: '/root/x'", "[errno <number>] permission denied: <quoted>"),
        ("'int' object is not subscriptable", "<quoted> object is not subscriptable"),
        ("the file (closed)", "the file (closed)"),
        ("first line\nsecret second line", "first line"),
        ("\n\n  first line", "first line"),
        ("cannot open /home/ana/x.odt", "cannot open <path>"),
        (r"cannot open C:\Users\Ana Smith\x.odt now", "cannot open <path> now"),
        ("cannot open ~ana", "cannot open <path>"),
        ("cannot open letter.odt, C:", "cannot open <path>, <word>:"),
        ("no user ana.smith@example.org", "no user <email>"),
        ("no user <ana@example.org>;", "no user <email>;"),
        ("https://ana:pw@example.org/?q=1 failed", "<url> failed"),
        ("at www.example.org", "at <url>"),
        ("at mailto:ana", "at <url>"),
        ("host 192.168.1.7:8080 or 10.0.0.0/8", "host <ip> or <ip>"),
        ("host fe80::1ff:fe23:4567:890a%eth0", "host <ip>"),
        ("from aa:bb:cc:dd:ee:ff and AA-BB-CC-DD-EE-FF", "from <mac> and <mac>"),
        ("from aabb.ccdd.eeff", "from <mac>"),
        ("key 123e4567-e89b-12d3-a456-426614174000", "key <id>"),
        (f"token {JWT}", "token <token>"),
        ("key sk-4eC39HqLyjWDarjtT1zdp7dc", "key <token>"),
        ("key ghp_16C7e42F292c6912E7710c838347Ae178B4a", "key <token>"),
        ("key AKIAIOSFODNN7EXAMPLE", "key <token>"),
        ("digest d41d8cd98f00b204e9800998ecf8427e", "digest <token>"),
        ("key aGVsbG8gd29ybGQ=", "key <token>"),
        ("password=hunter", "<token>"),
        ("number 42, not 4111 1111 1111 1111", "number <number>, not <number>"),
        ("on 12.03.1999 at +49-30-123456", "on <number> at <number>"),
        ("0x7f3a", "<token>"),
        ("user Ana Smith is not known", "user <word> is not known"),
        ("Größe unbekannt", "<word>"),
        ("a" * 21, "<token>"),
        ('he said "my secret" and "more', "<word> <quoted> and <quoted>"),
        (r"it's 'a \' secret' now", "it's <quoted> now"),
        ("b'bytes' and f\"text\"", "<quoted> and <quoted>"),
        (
            "`ls` and “ana” and „ana“ and \u201aana\u2018",
            "<quoted> and <quoted> and <quoted> and <quoted>",
        ),
        ("'it's' not open", "<quoted> not open"),
        ("ends with 'a back\\", "ends with <quoted>"),
        ("(((deep)))", "(<word>))"),
        ("<path> <word>", "<path> <word>"),
    ],
)
def test_a_message_is_scrubbed(text: str, said: str) -> None:
    assert scrub(text) == said
    assert is_scrubbed(said)


def test_a_long_message_ends_with_a_whole_word() -> None:
    said = scrub("permission " * 100)
    assert said == " ".join(["permission"] * 18)
    assert len(said) <= LONGEST_MESSAGE
    assert len(said) + len(" permission") > LONGEST_MESSAGE


def test_what_was_cut_is_not_told() -> None:
    half = f"{'a ' * (LONGEST_READ // 2 - 2)}filesecret"
    assert len(half) > LONGEST_READ
    assert "file" not in scrub(half)
    assert scrub("x" * 10**6) == ""


def test_the_list_holds_plain_small_words() -> None:
    assert all(re.fullmatch(r"[a-z]{1,20}('[a-z]{1,2})?", word) for word in WORDS)
    assert 700 < len(WORDS) < 1000


@given(st.text(max_size=1200))
def test_nothing_survives_but_listed_words_placeholders_and_plain_punctuation(text: str) -> None:
    said = scrub(text)
    pieces = said.split(" ") if said else []
    for piece in pieces:
        core = re.fullmatch(r"[(\[]?(.*?)[)\].,;:!?]{0,2}", piece)
        assert core is not None
        assert core[1] in PLACEHOLDERS or set(core[1].split("-")) <= WORDS
    assert len(said) <= LONGEST_MESSAGE
    assert not any(one == next_one in PLACEHOLDERS for one, next_one in pairwise(pieces))


MESSY = st.lists(
    st.sampled_from(
        [
            *"'\"`\\/~@:.,;-_=()[]{}<> \n\t\u2018\u2019“„«",
            "b'",
            "file",
            "can't",
            "<path>",
            "Ana",
            "4711",
            "a-b",
        ]
    ),
    max_size=80,
).map("".join)


@given(st.text(max_size=300) | MESSY)
def test_scrubbing_again_changes_nothing(text: str) -> None:
    said = scrub(text)
    assert scrub(said) == said
    assert is_scrubbed(said)


NAMES = st.from_regex(r"[A-Za-z]{3,12}", fullmatch=True).filter(lambda n: n.lower() not in WORDS)
TOKENS = st.one_of(
    st.text(string.ascii_letters + string.digits, min_size=16, max_size=64),
    st.binary(min_size=12, max_size=48).map(lambda raw: base64.b64encode(raw).decode()),
    st.binary(min_size=12, max_size=48).map(lambda raw: base64.urlsafe_b64encode(raw).decode()),
    st.binary(min_size=8, max_size=32).map(bytes.hex),
    st.uuids().map(str),
    st.from_regex(r"(sk-|ghp_|AKIA|xox[bp]-)[A-Za-z0-9]{16,36}", fullmatch=True),
    st.from_regex(r"eyJ[A-Za-z0-9_-]{10}\.[A-Za-z0-9_-]{20}\.[A-Za-z0-9_-]{20}", fullmatch=True),
    st.integers(1000, 10**19).map(str),
    st.ip_addresses().map(str).filter(lambda text: text != "::"),  # which tells nothing
)
AROUND = st.sampled_from(
    [
        "{}",
        "cannot open {}",
        "cannot open '{}'",
        "key={}",
        'no such user: "{}"',
        "<{}>",
        "({}), not found",
        "{} is not in the list",
        "'{} and more",
        "it isn't '{}', it's {}",
        "read [{}]: error",
    ]
)


@given(AROUND, TOKENS)
def test_a_planted_token_never_survives(around: str, secret: str) -> None:
    said = scrub(around.replace("{}", secret))
    assert secret not in said
    assert secret.lower() not in said
    assert not any(part in said for part in re.findall(r"[0-9]+|[a-z0-9]{8,}", secret))


@given(AROUND, NAMES, NAMES, st.sampled_from(["example.org", "mail.example.co.uk"]))
def test_a_planted_address_never_survives(around: str, name: str, other: str, host: str) -> None:
    said = scrub(around.replace("{}", f"{name}.{other}@{host}"))
    assert name.lower() not in _words(said)
    assert other.lower() not in _words(said)
    assert "example" not in said


@given(
    AROUND,
    NAMES,
    NAMES,
    st.sampled_from(
        ["/home/{}/{}/x.txt", "/Users/{} {}/x", r"C:\Users\{}\{}", "~{}/{}", "file:///home/{}/{}"]
    ),
)
def test_a_planted_home_never_survives(around: str, name: str, other: str, home: str) -> None:
    said = scrub(around.replace("{}", home.format(name, other)))
    assert name.lower() not in _words(said)
    assert other.lower() not in _words(said)
    assert not set("/\\~") & set(said)


def _words(said: str) -> set[str]:
    for placeholder in PLACEHOLDERS:
        said = said.replace(placeholder, " ")
    return set(re.findall(r"[a-z]+", said))
