from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.adapters.yaml_reader import MOST_NODES, parse_yaml
from aboveboard.errors import RegistryError

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{step}: &a{step} [{', '.join([f'*a{step - 1}'] * 10)}]\n" for step in range(1, 12)
)
MERGED = "a0: &a0 {k: v}\n" + "".join(
    f"a{step}: &a{step} {{<<: [{', '.join([f'*a{step - 1}'] * 10)}]}}\n" for step in range(1, 12)
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("---\na: 1", {"a": 1}),
        ("a: [yes, False, ~, 0x1F, 1_000, -3, 13.10, 2027-06-30, 007]", {
            "a": [True, False, None, "0x1F", "1_000", "-3", "13.10", "2027-06-30", 7]
        }),
        ("a: |\n  two\n  lines\n", {"a": "two\nlines\n"}),
        ("a: " + "9" * 19, {"a": "9" * 19}),
        ("1: {yes: x}", {"1": {"yes": "x"}}),
        ("? [a, b]\n: x", {"['a', 'b']": "x"}),
        ("a: &d {b: 1, c: 2}\ne: {c: 3, <<: *d}", {"a": {"b": 1, "c": 2}, "e": {"c": 3, "b": 1}}),
        ("<<: [{a: 1}, {a: 2, b: 2}, 3]", {"a": 1, "b": 2}),
        ("a: !!python/object/apply:os.system [echo]", {"a": ["echo"]}),
        ("a: !!int x", {"a": "x"}),
    ],
)  # fmt: skip
def test_a_document_becomes_plain_values(text: str, expected: object) -> None:
    assert parse_yaml(text, "x.yaml") == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("a: [", "not_yaml", id="open"),
        pytest.param("a: *b", "not_yaml", id="unknown-name"),
        pytest.param("a: 1\n---\nb: 2", "not_yaml", id="two-documents"),
        pytest.param("a: \x00", "not_yaml", id="control"),
        pytest.param('a: "\\UFFFFFFFF"', "not_yaml", id="no-letter"),
        pytest.param("[" * 5000, "not_yaml", id="deep"),
        pytest.param("&a [*a]", "not_yaml", id="holds-itself"),
        pytest.param(BOMB, "too_large", id="bomb"),
        pytest.param(MERGED, "too_large", id="merged-bomb"),
        pytest.param("[" + "x," * MOST_NODES + "]", "too_large", id="many"),
    ],
)
def test_what_is_no_document_or_a_large_one_is_refused(text: str, code: str) -> None:
    with pytest.raises(RegistryError) as refused:
        parse_yaml(text, "x.yaml")
    assert [problem.code for problem in refused.value.problems] == [code]


def _known(value: object) -> bool:
    match value:
        case dict():
            return all(isinstance(key, str) and _known(inner) for key, inner in value.items())
        case list():
            return all(map(_known, value))
        case _:
            return value is None or isinstance(value, str | int)


@given(
    st.text(max_size=60)
    | st.text("ab:-[]{}&*!|>?'\"#%@,.0 \n\t<~", max_size=60)
    | st.binary(max_size=60).map(lambda body: body.decode("latin-1"))
)
def test_no_text_makes_it_fail_but_with_its_own_error(text: str) -> None:
    try:
        content = parse_yaml(text, "x.yaml")
    except RegistryError:
        return
    assert _known(content)
