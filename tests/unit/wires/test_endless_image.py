from __future__ import annotations

import pytest

from aboveboard.wires.endless_image import read_image

NOW = 1_600_000_000.0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", {}),
        ("unknown", {}),
        ("[Invalid UTF-8]", {}),
        ("Fedora-40-1.14", {"product": "fedora"}),
        (
            "eosoem-master-armhf-ec100.20200901-120000.es_GT.more",
            {
                "product": "eosoem",
                "arch": "armhf",
                "platform": "ec100",
                "personality": "es_GT",
                "age": 0,
            },
        ),
        (
            "eos-eos4-amd64-amd64.999999-999999.base",
            {
                "product": "eos",
                "arch": "amd64",
                "platform": "amd64",
                "personality": "base",
                "branch": "4",
            },
        ),
        (
            "eos-eos3.9-amd64-amd64.300101-000000.en",
            {
                "product": "eos",
                "arch": "amd64",
                "platform": "amd64",
                "personality": "en",
                "branch": "3.9",
                "age": 0,
            },
        ),
    ],
)
def test_an_image_says_what_can_be_read_of_it(text: str, said: dict[str, object]) -> None:
    assert read_image(text, NOW) == said
