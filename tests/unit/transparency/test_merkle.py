from __future__ import annotations

import hashlib
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.transparency.merkle import (
    EMPTY_ROOT,
    Tree,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)

# The leaves, roots and proofs with which implementations of RFC 6962 are commonly tested.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LARGEST = 70
HASHES = [leaf_hash(b"%d" % number) for number in range(LARGEST)]
ALL = Tree(HASHES)


@cache
def plain_root(start: int, end: int) -> bytes:
    """Follow the definition in RFC 6962, section 2.1, word by word."""
    if end - start == 1:
        return HASHES[start]
    half = 1
    while half * 2 < end - start:
        half *= 2
    return node_hash(plain_root(start, start + half), plain_root(start + half, end))


def test_the_known_tree_has_the_known_roots() -> None:
    tree = Tree(map(leaf_hash, LEAVES))
    assert [tree.root(size).hex() for size in range(9)] == ROOTS
    assert tree.root().hex() == ROOTS[-1]


@pytest.mark.parametrize(
    ("index", "size", "proof"),
    [
        pytest.param(0, 1, [], id="alone"),
        pytest.param(
            0,
            8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
            id="first-of-eight",
        ),
        pytest.param(
            2,
            3,
            ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
            id="last-of-three",
        ),
    ],
)
def test_the_known_tree_has_the_known_inclusion_proofs(
    index: int, size: int, proof: list[str]
) -> None:
    made = Tree(map(leaf_hash, LEAVES)).inclusion_proof(index, size)
    assert [step.hex() for step in made] == proof


@pytest.mark.parametrize(
    ("old", "new", "proof"),
    [
        pytest.param(8, 8, [], id="same"),
        pytest.param(
            6,
            8,
            [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
            id="six-to-eight",
        ),
        pytest.param(
            2,
            5,
            [
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
            id="two-to-five",
        ),
    ],
)
def test_the_known_tree_has_the_known_consistency_proofs(
    old: int, new: int, proof: list[str]
) -> None:
    made = Tree(map(leaf_hash, LEAVES)).consistency_proof(old, new)
    assert [step.hex() for step in made] == proof


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert Tree().root() == EMPTY_ROOT == hashlib.sha256(b"").digest()
    assert len(Tree()) == 0


def test_every_root_is_the_one_of_the_definition() -> None:
    assert all(ALL.root(size) == plain_root(0, size) for size in range(1, LARGEST + 1))


def test_every_inclusion_proof_holds_for_its_own_leaf_alone() -> None:
    for size in range(1, LARGEST + 1):
        root = ALL.root(size)
        for index in range(size):
            proof = ALL.inclusion_proof(index, size)
            assert verify_inclusion(HASHES[index], index, size, proof, root)
            other = (index + 1) % LARGEST
            assert not verify_inclusion(HASHES[other], index, size, proof, root)
            assert not verify_inclusion(HASHES[index], other, size, proof, root)


def test_every_consistency_proof_holds_for_its_own_roots_alone() -> None:
    for new in range(LARGEST + 1):
        for old in range(new + 1):
            proof = ALL.consistency_proof(old, new)
            assert verify_consistency(old, ALL.root(old), new, ALL.root(new), proof)
            other = ALL.root((old + 1) % LARGEST)
            assert not verify_consistency(old, other, new, ALL.root(new), proof)
            assert (
                not verify_consistency(old, ALL.root(old), new, HASHES[0][::-1], proof) or not old
            )


@st.composite
def spoilt(draw: st.DrawFn, proof: list[bytes]) -> list[bytes]:
    """Change a proof in one way."""
    way = draw(st.sampled_from(["flip", "cut", "extend", "shorten", "swap"]))
    steps = list(proof)
    place = draw(st.integers(0, max(0, len(steps) - 1)))
    if way == "extend" or not steps:
        return [*steps[:place], draw(st.binary(min_size=32, max_size=32)), *steps[place:]]
    if way == "cut":
        return steps[:place] + steps[place + 1 :]
    if way == "shorten":
        steps[place] = steps[place][:-1]
    elif way == "flip":
        bit = draw(st.integers(0, 255))
        number = int.from_bytes(steps[place], "big") ^ (1 << bit)
        steps[place] = number.to_bytes(32, "big")
    else:
        steps[place] = steps[place][::-1]
    return steps


@given(st.data())
def test_no_spoilt_inclusion_proof_holds(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, LARGEST))
    index = data.draw(st.integers(0, size - 1))
    proof = data.draw(spoilt(ALL.inclusion_proof(index, size)))
    assert not verify_inclusion(HASHES[index], index, size, proof, ALL.root(size))


@given(st.data())
def test_no_spoilt_consistency_proof_holds(data: st.DataObject) -> None:
    new = data.draw(st.integers(0, LARGEST))
    old = data.draw(st.integers(0, new))
    proof = data.draw(spoilt(ALL.consistency_proof(old, new)))
    assert not verify_consistency(old, ALL.root(old), new, ALL.root(new), proof)


@given(
    st.integers(-5, 100),
    st.integers(-5, 100),
    st.binary(max_size=40),
    st.binary(max_size=40),
    st.lists(st.binary(max_size=40), max_size=9),
)
def test_nothing_foreign_makes_a_check_raise_or_hold(
    one: int, other: int, left: bytes, right: bytes, proof: list[bytes]
) -> None:
    assert not verify_inclusion(left, one, other, proof, right) or (one, other) == (0, 1)
    assert not verify_consistency(one, left, other, right, proof) or one == other > 0


def test_a_forged_step_that_shifts_the_border_of_two_hashes_is_refused() -> None:
    left, right = HASHES[0], HASHES[1]
    root = node_hash(left, right)
    assert not verify_inclusion(left + right[:1], 0, 2, [right[1:]], root)


@pytest.mark.parametrize(
    ("old", "new"), [pytest.param(-1, 1), pytest.param(2, 1), pytest.param(1, 4)]
)
def test_what_the_tree_has_not_it_does_not_show(old: int, new: int) -> None:
    tree = Tree(HASHES[:3])
    with pytest.raises(ValueError, match="3 leaves"):
        tree.consistency_proof(old, new)
    with pytest.raises(ValueError, match="3 leaves"):
        tree.inclusion_proof(old, new) if old != 1 else tree.root(new)
