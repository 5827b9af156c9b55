"""Enters: numbers as programs print them. Leaves: figures, tables and verdicts that follow."""

from __future__ import annotations

import math
import os
import threading
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aboveboard.collector.receive import Limits, Submission
from aboveboard.collector.verify import verify
from aboveboard.model.verdict import Accepted
from aboveboard.registry.read import read as read_registry
from benchmarks import idle, intake_memory, intake_reports, intake_tables, wires
from benchmarks.device import figures, programs, tables
from benchmarks.device.contestants import EMPTY, OURS, RIVALS, Contestant
from benchmarks.device.figures import Found, Values, percentile
from benchmarks.device.running import Ended, read
from benchmarks.page import renewed
from benchmarks.wires_requests import ALONE, CLIENTS, native, sizes

KEYS = [figure.key for part in tables.PARTS for figure in part.figures]
EVERYBODY = (OURS, *RIVALS)


def found(ours: float, rivals: float) -> Found:
    values: Found = {rival.name: dict.fromkeys(KEYS, rivals) for rival in RIVALS}
    return {OURS.name: dict.fromkeys(KEYS, ours), **values}


def section(values: Found) -> str:
    return tables.section(values, {one.package: "1.2" for one in EVERYBODY})


@pytest.mark.parametrize(
    ("share", "value"), [(0.5, 50), (0.99, 99), (0.991, 100), (0, 1), (1, 100)]
)
def test_a_percentile_is_one_of_the_values(share: float, value: int) -> None:
    assert percentile(range(100, 0, -1), share) == value


@given(st.lists(st.integers(), min_size=1), st.floats(0, 1))
def test_no_more_values_exceed_a_percentile_than_it_says(values: list[int], share: float) -> None:
    reached = sum(value <= percentile(values, share) for value in values)
    assert reached >= share * len(values) - 1e-9


def test_the_timer_is_taken_off_a_batch_once_and_off_each_single_call() -> None:
    told = read("batch 1020 1020\nsingle 120 70\nbatch 1020\nsingle 80\ntimer 20 20\ntimer 20\n")
    assert figures.of_cost(told, 8) == {"median.8": 50, "p99.8": 100}


def test_times_are_milliseconds_and_memory_is_megabytes() -> None:
    told = read("import 2000000\nfirst 3000000\nmodules 7\n")
    assert figures.of_starting(told) == {"import": 2, "first": 3, "modules": 7}
    told = read("import 9000\ninit 9500\ncounts 10000\n")
    assert figures.of_memory(told)["memory.init"] == 9.5
    told = read("threads 2\nfiles 4\nprocesses 0\n")
    assert figures.of_idle(told) == {"threads": 2, "files": 4, "processes": 0}


def test_a_figure_is_the_median_beyond_the_one_without_a_library() -> None:
    rounds: dict[str, list[Values]] = {
        "nothing": [{"x": 10}, {"x": 11}, {"x": 90}],
        "some": [{"x": 31}, {"x": 1}, {"x": 50}],
    }
    assert figures.medians(rounds, "nothing") == {"some": {"x": 20}}
    assert figures.medians(rounds, None) == {"nothing": {"x": 11}, "some": {"x": 31}}


def test_a_program_that_does_not_end_in_time_takes_for_ever() -> None:
    told = read("ended 1000000000\n")
    assert figures.waited(Ended(told, 1_250_000_000)) == 250
    assert figures.waited(Ended(told, 22_000_000_000)) == math.inf
    assert figures.waited(Ended(told, math.inf)) == math.inf
    assert figures.waited(Ended({}, math.inf)) == math.inf
    assert tables.number(math.inf) == "> 20,000"


@pytest.mark.parametrize(
    ("ours", "rivals", "words"),
    [
        (3, 2, "1.5 times prometheus-client"),
        (2, 2, "1 times prometheus-client"),
        (3, 0, "+3 to prometheus-client"),
        (0.5, 0.75, "-0.25 to prometheus-client"),
        (0, 0, "as prometheus-client"),
    ],
)
def test_ours_is_compared_by_a_ratio_or_where_that_means_nothing_by_a_difference(
    ours: float, rivals: float, words: str
) -> None:
    assert tables.compared("import", found(ours, rivals)) == words


def test_a_rival_that_never_ends_is_not_the_best() -> None:
    values = found(1, math.inf)
    values["glean-sdk"]["exit.full"] = 4
    assert tables.best_rival("exit.full", values) == ("glean-sdk", 4)


def test_a_target_is_met_up_to_its_bound_and_judged_by_the_worst() -> None:
    good = {key: most for target in tables.TARGETS for key, most in bounds(target)}
    assert "not met" not in tables.targets(good)
    lines = tables.targets({**good, "exit.dripping": 51}).splitlines()
    (missed,) = [line for line in lines if "not met" in line]
    assert missed.startswith("| exit with a dead network, the worst | 50 ms | 51 ms |")


def bounds(target: tables.Target) -> list[tuple[str, float]]:
    return [(key, target.most) for key in target.figures]


def test_where_ours_is_not_the_best_the_page_says_by_how_much() -> None:
    values = found(1, 2)
    assert f"as good as the best, in {len(KEYS)} of {len(KEYS)} columns.\n" in section(values)
    values[OURS.name]["p99.8"] = 5
    written = section(values)
    assert f"in {len(KEYS) - 1} of {len(KEYS)} columns. It is not in:" in written
    assert "- one count, 8 threads, p99: 2.5 times prometheus-client\n" in written


def test_the_page_says_what_each_was_made_to_do_and_of_which_version() -> None:
    written = section(found(1, 2))
    flat = " ".join(written.split())
    for one in EVERYBODY:
        assert f"- **{one.name}** 1.2: `{one.count}`. {one.about}" in flat
    assert max(len(line) for line in written.splitlines() if not line.startswith("|")) <= 100


def test_a_table_has_a_line_for_everybody_and_one_that_compares() -> None:
    figures_of = tables.PARTS[0].figures
    lines = tables.table(figures_of, found(1234.5, 20.25)).splitlines()
    assert len(lines) == 2 + len(EVERYBODY) + 1
    assert lines[2] == "| aboveboard | 1,234 | 1,234 | 1,234 | 1,234 |"
    assert {line.count("|") for line in lines} == {len(figures_of) + 2}


@pytest.mark.parametrize("one", [EMPTY, *EVERYBODY], ids=lambda one: one.name)
def test_every_program_is_one(one: Contestant) -> None:
    made = [programs.cost(one, 1), programs.cost(one, 8), programs.starting(one)]
    made += [programs.memory(one), programs.idle(one), programs.leaving(one)]
    made += [programs.earlier(one, lines) for lines in (one.before, one.due)]
    for program in made:
        compile(program, one.name, "exec")


def test_the_page_keeps_the_sections_that_were_not_measured_in_the_order_given() -> None:
    page = "# P\n\nOld.\n\n## B\n\n2\n\n### Part\n\n## Gone\n\n4\n"
    head = "# P\n\nNew.\n"
    written = renewed(page, head, ["## C\n\n3\n", "## A\n\n1\n"], ["A", "B", "C"])
    assert written == "# P\n\nNew.\n\n## A\n\n1\n\n## B\n\n2\n\n### Part\n\n## C\n\n3\n"
    assert renewed(written, head, ["## B\n\n5\n"], ["A", "B", "C"]).count("\n## B\n\n5\n") == 1
    assert renewed("", head, ["## A\n\n1\n"], ["A"]) == "# P\n\nNew.\n\n## A\n\n1\n"


def intake_found(ours: float, ceiling: float) -> intake_tables.Found:
    values = {"rate": ours, "p50": 2.0, "p99": 4.0, "cpu": 45.0}
    found = {key: dict(values) for key in intake_tables.NAMES}
    for key in ("ceiling.alone", "ceiling.loader"):
        found[key] |= {"rate": ceiling, "cpu": 30.0}
    found["ours.loader"]["behind"] = 1.0
    found["batches"]["rate"] = 80_000
    found["fastapi"] = {"rate": ours / 30, "p50": 100.0, "p99": 500.0, "cpu": 2000.0}
    found["worker"] = {"rate": ours / 50}
    return found


def test_the_intake_is_judged_by_what_was_measured_beside_it_in_the_same_run() -> None:
    good = intake_tables.written("Kept", intake_found(6_500, 10_000))
    assert "not met" not in good
    assert "| reports/s, beside (a) | ≥ 0.65 | 0.65 | met |" in good
    slow = intake_tables.targets(intake_found(5_000, 10_000), intake_tables.TARGETS)
    missed = [line for line in slow.splitlines() if "not met" in line]
    assert [line.split(" | ")[0] for line in missed] == [
        "| reports/s, beside (a)",
        "| reports/s with the loader live, beside (a) likewise",
    ]
    slower = intake_found(5_000, 10_000) | {"batches": {"rate": 20_000}}
    assert [
        line.rsplit(" | ", 2)[1:]
        for line in intake_tables.targets(slower, intake_tables.BESIDE_CEILING).splitlines()[3:]
    ] == [["0.5", "**not met** |"], ["2", "**not met** |"]]


def test_the_reports_that_are_sent_are_kept_as_a_whole_and_vary() -> None:
    registry = read_registry(intake_reports.registry())
    today = date(2026, 11, 18)
    sent = list(intake_reports.reports(today, 100))
    for body in sent:
        submission = Submission(intake_reports.APP, "0" * 32, body.replace(b"ID" * 16, b"0" * 32))
        verdict = verify(submission, {registry.app: registry}, today, Limits())
        assert isinstance(verdict, Accepted)
        assert verdict.aside == 0
        assert 950 < len(body) < 1250
    assert len({body.partition(b'"entries"')[2] for body in sent}) == 100


def test_a_pool_names_each_report_anew(tmp_path: Path) -> None:
    file = tmp_path / "reports.ndjson"
    file.write_bytes(b"\n".join(intake_reports.reports(date(2026, 11, 18), 2)))
    pool = intake_reports.Pool(file)
    found = dict(pool.next() for _ in range(5))
    assert len(found) == 5
    assert all(body.count(name) == 1 for name, body in found.items())
    assert len({body.replace(name, b"") for name, body in found.items()}) == 2


MILLION = intake_memory.TOOTH


def saw(
    leak: float = 0, odd: dict[int, float] | None = None, turn: float = 0.0
) -> list[intake_memory.Point]:
    """Give the memory of a server that forgets every million reports, and what it leaks beside it.

    Args:
        leak: bytes for each report.
        odd: million to what its peak is higher by.
        turn: where in a million it forgets.
    """
    found = []
    for kept in range(0, 10 * MILLION + 1, MILLION // 25):
        generations, part = divmod(kept / MILLION + turn, 1)
        ids = 50 * (min(generations, 1) + part)
        higher = (odd or {}).get(kept // MILLION, 0) * (part > 0.8)
        found.append((kept, 100 + ids + higher + leak * kept / 1024**2))
    return found


@pytest.mark.parametrize("turn", [0, 0.3, 0.6])
@pytest.mark.parametrize("odd", [{}, {9: 40}, {2: 40}, {3: 25, 7: 40, 8: 20}])
def test_memory_is_flat_where_it_does_not_grow_once_all_ids_are_remembered(
    odd: dict[int, float], turn: float
) -> None:
    assert "| 1.05 | 1 | met |" in intake_memory.written(saw(odd=odd, turn=turn))


@pytest.mark.parametrize("turn", [0, 0.3, 0.6])
@pytest.mark.parametrize("odd", [{}, {2: 40}])
@pytest.mark.parametrize("leak", [4, 16, 100])
def test_memory_that_leaks_some_bytes_a_report_is_not_flat(
    leak: float, odd: dict[int, float], turn: float
) -> None:
    assert "**not met**" in intake_memory.written(saw(leak, odd, turn))


def test_the_peak_of_each_million_reports_is_shown() -> None:
    found = intake_memory.written(saw())
    assert "| 1. million | 148 |" in found
    assert "| 10. million | 198 |" in found


def test_a_process_is_watched_while_something_is_done() -> None:
    with intake_memory.watched(os.getpid(), every=0.001) as looks:
        while len(looks) < 3:
            pass
        many = threading.active_count()
    assert min(looks) > 1
    assert threading.active_count() == many - 1


def wires_found(native_cost: float, foreign_cost: float, batch: float = 9) -> wires.Found:
    found: wires.Found = {"json": 2 * wires.REFERENCE, "endless.decode": 100}
    for name in (ALONE, native(1), *map(native, sizes(CLIENTS))):
        found |= {name: native_cost, f"{name}.cpu": native_cost, f"{name}.rate": 1}
    for client in CLIENTS:
        told = {"all": foreign_cost, "cpu": foreign_cost, "read": batch, "rate": 1}
        found |= {f"{client.title}.{what}": value for what, value in told.items()}
    return found


def test_each_wire_is_judged_beside_the_native_one_of_the_same_run() -> None:
    good = wires.written(wires_found(10, 19), CLIENTS)
    assert good.startswith(f"## {wires.TITLE}\n")
    assert "not met" not in good
    assert "| decoding a batch of Segment, 100 events, scaled | ≤ 1,000 µs | 450 µs | met |" in good
    assert all(client.title in good for client in CLIENTS)
    slow = wires.verdicts(wires_found(10, 21, 21), CLIENTS)
    assert slow.count("**not met**") == len(CLIENTS) + 1
    assert "made into records, the batch takes 1,050 µs." in slow


def test_memory_at_idle_is_judged_for_each_collector() -> None:
    lines = idle.written({"one product": 110.0, "all": 121.0}).splitlines()
    assert "| one product | 120 | 110 | met |" in lines
    assert "| all | 120 | 121 | **not met** |" in lines
