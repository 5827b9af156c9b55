"""The files for those who run a collector, judged by the programs that read them."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.needed import need
from tests.patience import PATIENCE

from aboveboard.collector.receive import Limits
from aboveboard.settings import DEFAULT_PORT
from aboveboard.settings.collector import NAMES, CollectorSettings
from aboveboard.web.watching import FORWARDED, METRICS
from aboveboard.web.wire_pages import WIRES
from aboveboard.wires.sentry import SentryWire

ROOT = Path(__file__).parents[2]
PACKAGING = ROOT / "packaging"
PLACES = f"{os.defpath}:/usr/sbin:/sbin:{ROOT / '.venv/clients/nginx/usr/sbin'}"


def _program(name: str) -> str:
    found = shutil.which(name, path=PLACES)
    need(f"{name}, which judges a file of packaging/,", there=found is not None)
    return str(found)


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    return said


def test_systemd_understands_the_unit_and_finds_it_tight(tmp_path: Path) -> None:
    systemd = _program("systemd-analyze")
    text = (PACKAGING / "aboveboard.service").read_text(encoding="utf-8")
    unit = tmp_path / "aboveboard.service"
    unit.write_text(text.replace("/opt/aboveboard/bin/aboveboard", "/bin/true"), encoding="utf-8")
    said = _run(systemd, "verify", "--man=no", str(unit))
    assert "aboveboard.service" not in said
    try:
        judged = _run(systemd, "security", "--offline=true", str(unit))
    except AssertionError:
        pytest.skip("this systemd judges no unit that is not loaded")
    exposure = re.search(r"exposure level for .*: ([\d.]+)", judged)
    assert exposure is not None
    assert float(exposure[1]) <= 2.5, judged


def _certificate(folder: Path) -> None:
    key = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "telemetry.editor.example")])
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=3650))
        .sign(key, None)
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(Encoding.PEM))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "privkey.pem").write_bytes(private)


def test_nginx_understands_its_file(tmp_path: Path) -> None:
    nginx = _program("nginx")
    _certificate(tmp_path)
    site = (PACKAGING / "nginx.conf").read_text(encoding="utf-8")
    for place in ("/etc/ssl/aboveboard", "/var/log/nginx"):
        site = site.replace(place, str(tmp_path))
    (tmp_path / "site.conf").write_text(site, encoding="utf-8")
    whole = tmp_path / "nginx.conf"
    paths = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole.write_text(
        f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{paths}include {tmp_path}/site.conf;\n}}\n",
        encoding="utf-8",
    )
    _run(nginx, "-t", "-e", "stderr", "-p", str(tmp_path), "-c", str(whole))


def test_the_web_server_in_front_lets_through_what_the_collector_takes() -> None:
    site = (PACKAGING / "nginx.conf").read_text(encoding="utf-8")
    largest = re.search(r"client_max_body_size (\d+)m;", site)
    assert largest is not None
    settings = CollectorSettings(data=PACKAGING, registry=PACKAGING)
    taken = max(settings.largest_body, Limits().largest_batch, SentryWire.largest)
    assert int(largest[1]) * 1024 * 1024 > taken
    assert f"127.0.0.1:{DEFAULT_PORT}" in site
    assert site.count("access_log off;") == 2


def test_the_web_server_in_front_keeps_what_is_for_the_owner_from_everybody_else() -> None:
    site = (PACKAGING / "nginx.conf").read_text(encoding="utf-8")
    refused = re.findall(r"location (\S+ \S+) \{\s+return 404;\s+\}", site)
    assert refused == [f"= {METRICS}", f"= {WIRES}", f"^~ {WIRES}/"]
    passed_on = {name.lower().encode() for name in re.findall(r"proxy_set_header (\S+)", site)}
    # Either tells the collector by itself that a request is not of this machine.
    assert {b"via", b"x-forwarded-for"} <= passed_on & FORWARDED


@pytest.mark.parametrize("file", ["aboveboard.service", "Containerfile"])
def test_the_variables_are_settings(file: str) -> None:
    text = (PACKAGING / file).read_text(encoding="utf-8")
    named = re.findall(r"ABOVEBOARD_COLLECTOR_([A-Z_]+)=", text)
    assert named
    assert {name.lower() for name in named} <= set(NAMES)
