from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

import aboveboard
from aboveboard.collector.meters import Histogram
from aboveboard.web.exposition import exposition
from aboveboard.web.metrics_table import TABLE, Form

NAME = re.compile(r'"((?:aboveboard|process)_[a-z_]+)"')
HOUSE = Path(aboveboard.__file__).parent


@given(st.text(max_size=20))
def test_any_word_of_a_label_is_read_back(word: str) -> None:
    page = exposition([("aboveboard_job_last_seconds", {"job": word}, 1)])
    [family] = text_string_to_metric_families(page)
    assert family.samples[0].labels == {"job": word}


def test_a_histogram_is_read_back() -> None:
    sizes = Histogram((1, 10))
    for size in (1, 5, 50):
        sizes.observe(size)
    [family] = text_string_to_metric_families(exposition([("aboveboard_batch_records", {}, sizes)]))
    assert family.type == "histogram"
    told = {sample.labels.get("le", sample.name): sample.value for sample in family.samples}
    assert told == {
        "1": 1,
        "10": 2,
        "+Inf": 3,
        "aboveboard_batch_records_sum": 56,
        "aboveboard_batch_records_count": 3,
    }


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        pytest.param("aboveboard_invented", {}, id="no-such-name"),
        pytest.param("aboveboard_log_well", {"address": "10.0.0.1"}, id="no-such-label"),
    ],
)
def test_what_is_not_in_the_table_cannot_be_told(name: str, labels: dict[str, str]) -> None:
    with pytest.raises(LookupError):
        exposition([(name, labels, 1)])


def test_every_name_in_the_code_is_in_the_table_and_told_somewhere() -> None:
    files = [file for file in HOUSE.rglob("*.py") if file.name != "metrics_table.py"]
    named = {name for file in files for name in NAME.findall(file.read_text(encoding="utf-8"))}
    assert {name for name in TABLE if name not in named} == set()
    assert {name for name in named if name.endswith(("_total", "_bytes"))} <= set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_names_follow_the_rules_of_prometheus(name: str) -> None:
    assert name.endswith("_total") == (TABLE[name].form is Form.COUNTER)
    assert TABLE[name].help.endswith(".")
