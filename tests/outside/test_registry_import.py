from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.outside.conftest import Run

DATA = Path(__file__).parents[1] / "data"
ABOUT = ("--product-id", "product", "--title", "A product")
GLEAN = """\
bookmarks:
  made:
    type: counter
    description: Bookmarks that were made.
    bugs: [https://bugs.browser.example/show/17]
    notification_emails: [bookmarks@browser.example]
    expires: never
    data_sensitivity: [technical]
"""


def test_a_whole_catalogue_becomes_a_file_whose_problems_were_told(
    run: Run, tmp_path: Path
) -> None:
    out = tmp_path / "desktop.toml"
    done = run("registry", "import", "endless", str(DATA / "endless_events.json"), *ABOUT,
               "--owner", "Release manager", "--out", str(out))  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = {line.split(": ")[0].strip() for line in done.stdout.splitlines() if line[:2] == "  "}
    checked = run("registry", "check", str(out))
    assert checked.returncode == 1
    places = {line.split(": ")[1] for line in checked.stdout.splitlines()}
    assert places
    assert {place.removesuffix(".never") for place in places} <= told
    again = run("registry", "import", "endless", str(DATA / "endless_events.json"), *ABOUT,
                "--out", str(out))  # fmt: skip
    assert again.returncode == 1
    assert "is there already" in again.stderr


def test_yaml_is_read_and_the_file_is_printed(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "metrics.yaml"
    path.write_text(GLEAN, encoding="utf-8")
    done = run("registry", "import", "glean", str(path), *ABOUT)
    assert done.returncode == 0, done.stderr
    assert '[metric."bookmarks.made"]\n' in done.stdout
    assert "  metric.bookmarks.made.expires: write why it is measured for ever" in done.stderr


def test_what_is_no_catalogue_has_a_code_and_no_traceback(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "metrics.yaml"
    path.write_text("a: &a [*a", encoding="utf-8")
    done = run("registry", "import", "glean", str(path), *ABOUT)
    assert done.returncode == 1
    assert "[not_yaml]" in done.stderr
    assert "Traceback" not in done.stderr
