from __future__ import annotations

import pytest

from aboveboard.errors import Problem
from aboveboard.registry.fields import Fields, is_link


def test_the_place_of_a_problem_at_the_top_is_the_key_alone() -> None:
    found: list[Problem] = []

    Fields({}, "", found).text("title")
    Fields({}, "product", found).text("title")

    assert [problem.place for problem in found] == ["title", "product.title"]


def test_a_table_that_is_not_needed_may_be_missing() -> None:
    found: list[Problem] = []

    fields = Fields({}, "", found)

    assert fields.sub("collector", required=False).table == {}
    assert fields.sub("product").table == {}
    assert [problem.place for problem in found] == ["product"]


def test_text_is_read_without_the_space_around_it() -> None:
    assert Fields({"title": " x "}, "", []).text("title") == "x"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("https://editor.example", id="https"),
        pytest.param("http://127.0.0.1", id="loopback"),
        pytest.param("http://127.0.0.1:8790", id="loopback-with-a-port"),
        pytest.param("http://localhost/x", id="localhost-with-a-path"),
        pytest.param("http://[::1]:1/", id="loopback-6"),
    ],
)
def test_an_address_that_nobody_can_listen_to_is_a_link(text: str) -> None:
    assert is_link(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("https://", id="only-a-scheme"),
        pytest.param("http://editor.example", id="http"),
        pytest.param("ftp://editor.example", id="ftp"),
        pytest.param("file:///etc/passwd", id="file"),
        pytest.param("javascript:alert(1)", id="script"),
        pytest.param("http://127.0.0.1.editor.example", id="looks-like-the-loopback"),
        pytest.param("http://localhost.editor.example", id="looks-like-localhost"),
        pytest.param("http://127.0.0.1@editor.example", id="user-name-like-the-loopback"),
        pytest.param(
            "http://localhost:80@editor.example/",
            id="user-and-password-like-localhost",
        ),
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert not is_link(text)
