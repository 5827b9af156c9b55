from __future__ import annotations

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.registry.generate.spelling import KEYWORDS, Pool, camel, spell

NAMES = st.sampled_from(["class", "class_", "class__", "add", "add_", "opened", "import"])


@given(st.sets(NAMES))
def test_every_name_is_one_of_python_and_no_two_are_the_same(names: set[str]) -> None:
    found = spell(names, KEYWORDS | {"add"})
    assert set(found) == names
    assert len(set(found.values())) == len(names)
    assert not any(keyword.iskeyword(spelt) or spelt == "add" for spelt in found.values())
    assert all(spelt.rstrip("_") == name.rstrip("_") for name, spelt in found.items())


@given(st.sets(NAMES))
def test_a_name_that_python_takes_stays_as_it_is(names: set[str]) -> None:
    found = spell(names, KEYWORDS)
    assert all(found[name] == name for name in names if not keyword.iskeyword(name))


@pytest.mark.parametrize(
    ("name", "start"),
    [("file", "File"), ("file.saved_as", "FileSavedAs"), ("a_1.b__c_", "A1BC"), ("", "")],
)
def test_a_dotted_name_begins_a_class_s_name(name: str, start: str) -> None:
    assert camel(name) == start


def test_a_name_is_given_out_once() -> None:
    pool = Pool(["File"])
    assert [pool.take("File"), pool.take("File2"), pool.take("File")] == [
        "File2",
        "File22",
        "File3",
    ]
