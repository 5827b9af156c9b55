from __future__ import annotations

import re
from pathlib import Path

import pytest

from aboveboard.collector.findings import CHECKS, Deployment, findings

PAGE = Path(__file__).parents[3] / "docs" / "operating.md"
WRONG = {
    "no_tls": Deployment(host="::", host_is_public=True),
    "plain_address": Deployment(public_url="http://t.example"),
    "admin_reachable": Deployment(outside={"https://t.example/metrics": 200}),
    "desk_readable": Deployment(open_to_others={"desk_readable": ["server.json"]}),
    "data_readable": Deployment(open_to_others={"data_readable": ["data"]}),
    "keys_readable": Deployment(open_to_others={"keys_readable": ["keys"]}),
    "settings_readable": Deployment(open_to_others={"settings_readable": ["c.toml"]}),
    "backup_readable": Deployment(open_to_others={"backup_readable": ["b"]}),
    "rate_below_batch": Deployment(rate=999),
    "debug_switch": Deployment(debug=["PYTHONDEVMODE"]),
    "clock_behind": Deployment(newest_file=-4000),
    "clock_alone": Deployment(clock_is_set=False),
    "disk_low": Deployment(free=(1, -1)),
    "files_low": Deployment(free=(1 << 40, 5)),
    "log_unreadable": Deployment(unreadable=["1.log"]),
    "registry_problem": Deployment(registry=["editor.toml"]),
    "no_backup": Deployment(backup_days=None),
    "old_backup": Deployment(backup_days=2.5),
    "older_layout": Deployment(older_layout=True),
}


def test_a_deployment_that_is_well_has_no_finding() -> None:
    assert findings(Deployment()) == []
    well = Deployment(
        host="0.0.0.0",  # noqa: S104 nobody listens
        host_is_public=True,
        public_url="https://t.example",
        outside={"https://t.example/metrics": 404},
        clock_is_set=True,
        free=(1 << 40, -1),
    )
    assert findings(well) == []


@pytest.mark.parametrize("code", CHECKS)
def test_each_fault_has_its_finding_and_no_other(code: str) -> None:
    assert [each.code for each in findings(WRONG[code])] == [code]


def test_numbers_that_are_public_by_setting_are_found() -> None:
    assert [each.place for each in findings(Deployment(metrics="public"))] == ["metrics = public"]


def test_every_finding_is_documented_and_no_other() -> None:
    section = PAGE.read_text(encoding="utf-8").partition("## Check a deployment\n")[2]
    section = section.partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| (.+) \|$", section, re.MULTILINE)
    assert rows == [(code, check.means, check.remedy) for code, check in CHECKS.items()]
