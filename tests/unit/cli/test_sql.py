from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.adapters.data_folder import DataFolder
from aboveboard.cli.main import run
from aboveboard.cli.sql import answer, as_csv, as_json, as_table
from aboveboard.errors import QueryError, SetupError
from aboveboard.ports.collector import QueryResult

if TYPE_CHECKING:
    from pathlib import Path

RESULT = QueryResult(
    ("metric", "count", "share", "note"),
    (("command.sql", 3, 0.5, None), ("system.os", 12, 1.0, 'a "word", two')),
)
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Give a folder as a collector leaves it that has kept nothing yet."""
    (tmp_path / "facts").mkdir()
    return tmp_path


def test_json_is_a_list_of_objects() -> None:
    assert json.loads(as_json(RESULT)) == [
        {"metric": "command.sql", "count": 3, "share": 0.5, "note": None},
        {"metric": "system.os", "count": 12, "share": 1.0, "note": 'a "word", two'},
    ]


def test_an_empty_answer_is_an_empty_list_and_a_heading_alone() -> None:
    empty = QueryResult(("metric", "count"), ())
    assert json.loads(as_json(empty)) == []
    assert as_csv(empty) == "metric,count\r\n"
    assert "metric" in as_table(empty)


def _refuse(word: str) -> NoReturn:
    pytest.fail(f"{word} is no JSON")


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_json_holds_no_number_that_json_does_not_know(number: float) -> None:
    json.loads(as_json(QueryResult(("x",), ((number,),))), parse_constant=_refuse)


def test_json_loses_no_column_whose_name_is_there_twice() -> None:
    [row] = json.loads(as_json(QueryResult(("a", "a"), ((1, 2),))))
    assert sorted(row.values()) == [1, 2]


@given(st.lists(st.tuples(WORDS, WORDS), max_size=5))
def test_csv_gives_back_every_word(rows: list[tuple[str, str]]) -> None:
    text = as_csv(QueryResult(("one", "two"), tuple(rows)))
    assert list(csv.reader(io.StringIO(text, newline=""))) == [["one", "two"], *map(list, rows)]


def test_a_table_shows_every_cell_and_leaves_nothing_where_there_is_nothing() -> None:
    lines = [line.strip("│┃ ") for line in as_table(RESULT).splitlines()]
    cells = [[cell.strip() for cell in line.replace("┃", "│").split("│")] for line in lines]
    assert ["metric", "count", "share", "note"] in cells
    assert ["system.os", "12", "1.0", 'a "word", two'] in cells
    assert ["command.sql", "3", "0.5"] in cells
    assert "None" not in as_table(RESULT)


def test_a_table_is_never_narrower_than_its_content() -> None:
    word = "x" * 500
    assert word in as_table(QueryResult(("wide",), ((word,),)))


@pytest.mark.parametrize("cell", ["[red]x[/red]", "[/]", "[b]"])
def test_a_table_shows_brackets_as_they_are(cell: str) -> None:
    assert cell in as_table(QueryResult((cell,), ((cell,),)))


def test_a_query_without_a_collector_opens_the_tables_itself(data: Path) -> None:
    result = answer(DataFolder(data), "select count(*) as n from reports", 10)
    assert result == QueryResult(("n",), ((0,),))


def test_more_rows_than_asked_for_are_cut(data: Path) -> None:
    result = answer(DataFolder(data), "from range(5)", 3)
    assert (len(result.rows), result.cut) == (3, True)
    result = answer(DataFolder(data), "from range(3)", 3)
    assert (len(result.rows), result.cut) == (3, False)


def test_a_refused_query_leaves_the_folder_free(data: Path) -> None:
    folder = DataFolder(data)
    with pytest.raises(QueryError):
        answer(folder, "drop table facts", 10)
    with folder.locked():
        pass


def test_a_folder_without_a_collector_is_told_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="no collector has kept anything"):
        answer(DataFolder(tmp_path / "nobody"), "select 1", 10)
    assert not (tmp_path / "nobody").exists()


def test_a_folder_that_another_program_holds_is_told(data: Path) -> None:
    with DataFolder(data).locked(), pytest.raises(SetupError, match="a collector serves from"):
        answer(DataFolder(data), "select 1", 10)


@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_the_command_writes_each_form(
    data: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    query = "select * from range(5) as numbers(number)"
    assert run(["sql", query, "--data", str(data), "--format", form, "--rows", "2"]) == 0
    printed = capsys.readouterr()
    assert "number" in printed.out
    assert printed.err == "Only the first 2 rows; ask for more with --rows.\n"
