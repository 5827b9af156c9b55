# /// script
# requires-python = ">=3.11"
# dependencies = ["aboveboard"]
# ///
"""Enters: a configuration of Parley. Leaves: on the screen, what would be reported of it."""

from __future__ import annotations

import json
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import aboveboard

HERE = Path(__file__).parent
NOT_REPORTED = {
    "server.address": "it names the server",
    "server.timezone": "it tells where people live",
    "admin.name": "it names a person",
    "admin.email": "it names a person",
    "admin.phone": "it names a person",
    "database.user": "it is an account",
    "database.password": "it is a secret",
    "mail.user": "it is an account",
    "mail.password": "it is a secret",
    "mail.sender": "it is an address",
    "ldap.bind_dn": "it is an account",
    "ldap.bind_password": "it is a secret",
    "ldap.base_dn": "it names an organisation",
    "storage.bucket": "it names where the files are",
    "storage.access_key": "it is an account",
    "storage.secret_key": "it is a secret",
}
"""Settings that no metric looks at, not even reduced, and why."""


def load(path: Path) -> dict[str, Any]:
    """Read a configuration file."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def reported(settings: dict[str, Any], defaults: dict[str, Any]) -> dict[str, object]:
    """Give what a report would say of each metric."""
    with (
        tempfile.TemporaryDirectory() as home,
        aboveboard.open("parley", registry=HERE / "registry.toml", home=home) as telemetry,
    ):
        telemetry.configuration(settings, defaults=defaults)
        copies = [json.loads(body) for body in telemetry.preview(local=True)]
    return {entry["metric"]: entry["value"] for copy in copies for entry in copy["entries"]}


def lines(settings: dict[str, Any], defaults: dict[str, Any]) -> list[str]:
    """Say what would be reported, and what never is."""
    said = reported(settings, defaults)
    wide = max(map(len, (*said, *NOT_REPORTED)))
    return [
        "Would be reported:",
        *(f"  {name:{wide}}  {value}" for name, value in said.items()),
        "Is never looked at:",
        *(f"  {name:{wide}}  {why}" for name, why in NOT_REPORTED.items()),
    ]


if __name__ == "__main__":
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "parley.toml"
    sys.stdout.write("\n".join(lines(load(file), load(HERE / "defaults.toml"))) + "\n")
