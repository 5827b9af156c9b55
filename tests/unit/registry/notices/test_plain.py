from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aboveboard.registry.notices.markdown import bullets, escape, page
from aboveboard.registry.notices.plain import plain


def test_headings_are_underlined_and_marks_are_gone() -> None:
    text = page("May *it* <send>?", "Words.", "## What", bullets(["**one**", "two"]), "### Three")
    assert plain(text.replace("*it*", escape("*it*")).replace("<send>", escape("<send>"))) == (
        "May *it* <send>?\n================\n\nWords.\n\nWhat\n----\n\n- one\n- two\n\nThree\n"
    )


@given(st.text(max_size=80))
def test_what_somebody_wrote_comes_out_as_they_wrote_it(text: str) -> None:
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    assert plain(f"- {escape(text)}") == f"- {line}"


@given(st.text(max_size=200))
def test_no_text_makes_it_raise(text: str) -> None:
    plain(text)
