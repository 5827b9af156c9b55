from __future__ import annotations

from pathlib import Path

from aboveboard.registry.checks import THEMES

PAGE = Path(__file__).parents[2] / "docs" / "registry-checks.md"


def _table() -> str:
    """Write the page's tables: to mend the page, copy what the failing test shows."""
    parts = []
    for theme, checks in THEMES.items():
        rows = [f"| `{c.code}` | {c.title} | {c.reason} | {c.remedy} |" for c in checks]
        head = ["| code | what | why | remedy |", "|---|---|---|---|"]
        parts.append("\n".join([f"## {theme}", "", *head, *rows]))
    return "\n\n".join(parts) + "\n"


def test_the_page_of_the_checks_holds_the_table_as_it_stands() -> None:
    assert PAGE.read_text(encoding="utf-8").endswith(f"\n\n{_table()}")
