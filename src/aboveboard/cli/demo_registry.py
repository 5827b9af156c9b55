"""Enters: the shipped registry, a collector's address and key. Leaves: the demonstration's copies.

The demonstration shows groups of any size, because a single machine is all it has; its copy of
the registry says so on each page. The simulated installs are an app of their own, so that no
made-up number ever stands beside a real one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aboveboard.adapters.registry_files import shipped_folder

if TYPE_CHECKING:
    from pathlib import Path

REAL = "aboveboard"
SIMULATED = "aboveboard-simulated"
_NOTES = {
    REAL: "A demonstration on one machine: groups of every size are shown (threshold 1).",
    SIMULATED: "Simulated installs: every number here is made up (threshold 1) and sent together.",
}


def write_registries(folder: Path, url: str, *key_lines: str) -> None:
    """Write both copies into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    text = (shipped_folder() / f"{REAL}.toml").read_text(encoding="utf-8")
    simulated = text.replace(f'id = "{REAL}"', f'id = "{SIMULATED}"', 1)
    simulated = simulated.replace('command line"', 'command line, simulated"', 1)
    for app, body in ((REAL, text), (SIMULATED, simulated)):
        copy = demo_copy(body, _NOTES[app], url, *key_lines, together=app == SIMULATED)
        (folder / f"{app}.toml").write_text(copy, encoding="utf-8")


def demo_copy(text: str, note: str, url: str, *key_lines: str, together: bool = False) -> str:
    """Give a registry file with a note, threshold 1 for every metric and a collector.

    Metrics that travel together make one report a week of what would be many: nobody is singled out
    by made-up numbers.
    """
    names = re.findall(r'^\[metric\."(.+)"\]$', text, re.MULTILINE)
    lines: list[str] = []
    for line in text.splitlines():
        lines.append(line)
        if line == "[product]":
            lines.append(f'note = "{note}"')
        elif line.startswith("[metric."):
            lines.append("threshold = 1")
            others = [name for name in names if together and f'"{name}"' not in line]
            lines += [f"correlates_with = {others}"] if others else []
    lines += ["", "[collector]", f'url = "{url}"', *key_lines, ""]
    return "\n".join(lines)
