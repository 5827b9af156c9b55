"""Sites of Backdrop CMS and Bee, as they send: the bytes of their requests, to a real collector."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import shutil
import socket
import time
import urllib.parse
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

SHIPPED = Path(__file__).parents[2] / "registry"
ABOUT = """question = "Is it used?"
decision = "Whether it is kept."
owner = "Its maintainers"
review = "https://backdropcms.example/reviews/1"
approved = { on = 2026-01-15, by = "The maintainers", where = "https://backdropcms.example/1" }
expires = 2028-12-31
level = "usage"
"""
ACTIVE = """
[metric."{0}.active"]
kind = "labelled"
title = "Sites with {0}"
unit = "sites"
labels = ["day", "week"]
largest = 1
"""
FORMS = f"""
[metric."{{0}}.version"]
kind = "version"
title = "Versions of {{0}}"
{ABOUT}
[metric."{{0}}.emails"]
kind = "flag"
title = "Forms of {{0}} that send mail"
{ABOUT}
{ACTIVE}{ABOUT}"""
PLUGIN = """format = 1

[plugin]
id = "webform"
title = "Webform"
prefix = "webform"
homepage = "https://webform.example"
contact = "Webform's maintainers"
"""
PRODUCT = """format = 1

[product]
id = "feeds-tamper"
title = "Feeds Tamper"
homepage = "https://tamper.example"
contact = "Its maintainers"
policy = "https://tamper.example/privacy"

[product.levels]
usage = "What is used of it."
"""
SITES = 20
"""More than the ten that a group must have to be shown."""


class Collector(Protocol):
    host: str
    address: str

    def numbers(self, app: str = "editor") -> dict[str, Any]: ...
    def ask(self, method: str, path: str) -> Any: ...  # noqa: ANN401 as the fixture's


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give Backdrop's registry with a plug-in, and that of a project of its own."""
    folder = tmp_path_factory.mktemp("registry")
    text = (SHIPPED / "backdrop.toml").read_text("utf-8")
    include = 'format = 1\ninclude = ["plugins/*.toml"]\n'
    (folder / "backdrop.toml").write_text(text.replace("format = 1\n", include, 1), "utf-8")
    shutil.copytree(SHIPPED / "mappings", folder / "mappings")
    (folder / "plugins").mkdir()
    (folder / "plugins" / "webform.toml").write_text(
        PLUGIN + FORMS.replace("{0}", "webform"), "utf-8"
    )
    (folder / "feeds-tamper.toml").write_text(
        PRODUCT + FORMS.replace("{0}", "feeds_tamper"), "utf-8"
    )
    return folder


def site_key(number: int) -> str:
    """Give a site's key as the module makes it of the site's private key."""
    made = hmac.digest(f"private-key-{number}".encode(), b"telemetry_site_key", hashlib.sha256)
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def php_json(value: object) -> bytes:
    """Write JSON as core does: JSON_HEX_TAG, APOS, AMP and QUOT, slashes escaped."""
    text = json.dumps(value, separators=(",", ":"))
    for letter in "<>&'":
        text = text.replace(letter, f"\\u{ord(letter):04X}")
    return text.replace('\\"', "\\u0022").replace("/", "\\/").encode()


def core_request(host: str, site: str, projects: object, path: str = "/post") -> bytes:
    """Write core's ``backdrop_http_request``: HTTP/1.0, as few words as can be."""
    body = php_json(projects)
    head = (
        f"POST {path} HTTP/1.0\r\n"
        "Content-Type: application/json\r\n"
        f"X-Site-Key: {site}\r\n"
        "User-Agent: Backdrop CMS (+https://backdropcms.org)\r\n"
        f"Host: {host}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def bee_request(host: str, site: str) -> bytes:
    """Write the request of Bee's curl: HTTP/1.1."""
    body = json.dumps(
        {
            "bee": {
                "version": "1.x-1.1.0",
                "bee_version": "1.x-1.1.0",
                "php_version": "8.2.36",
                "multisite": "No",
            }
        },
        separators=(",", ":"),
    ).encode()
    head = (
        "POST /post HTTP/1.1\r\n"
        f"Host: {host}\r\n"
        "User-Agent: Bee - the command line tool for Backdrop CMS\r\n"
        "Accept: */*\r\n"
        "Content-Type: application/json\r\n"
        f"X-Site-Key: {site}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def sent(collector: Collector, request: bytes) -> tuple[bytes, list[bytes], bytes]:
    """Send bytes as they are; give status line, headers and body when the server is done."""
    address = urllib.parse.urlsplit(collector.address)
    with socket.create_connection((str(address.hostname), address.port or 0), 30) as stream:
        stream.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer or b"HTTP/1.0" in request:
            part = stream.recv(65536)  # core reads until the server closes
            if not part:
                break
            answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *headers = head.split(b"\r\n")
    return first, headers, body


def core(number: int, **changes: str) -> dict[str, str]:
    """Give what core says of a site."""
    return {
        "version": "1.34.2",
        "php_version": "8.2.36",
        "mysql_version": "5.5.5-10.6.12-MariaDB-log" if number % 2 else "8.0.36",
        "install_version": "1.21.0",
        "server_os": "Linux",
        "web_server": "Apache",
        "install_profile": "standard",
        "multisite": "No",
        "ckeditor_module_version": "CKEditor 5",
        "drupal_compatibility": "Yes",
        "jquery_version": "3.7.1",
        "update_module": "Yes",
        "ckeditor5_version": "40.2.0",
    } | changes


def latest(numbers: dict[str, Any], name: str) -> dict[str, int]:
    """Give the groups of a metric's latest week, each with how many sites it rests on."""
    [metric] = [each for each in numbers["metrics"] if each["metric"] == name]
    return {group["value"]: group["n"] for group in metric["weeks"][-1]["groups"]}


def days(numbers: dict[str, Any], name: str) -> dict[str, int]:
    [metric] = [each for each in numbers["metrics"] if each["metric"] == name]
    return {day["period"]: day["n"] for day in metric["days"]}


@pytest.fixture
def collector(serve: Callable[[], Collector]) -> Collector:
    return serve()


def test_sites_report_with_core_s_own_bytes_and_each_counts_once(collector: Collector) -> None:
    for hour in range(3):  # before 1.28 core posted whenever its cron ran
        for number in range(SITES):
            says = {"backdrop": core(number, php_version="7.4.33" if hour < 2 else "8.2.36")}
            answer = sent(collector, core_request("telemetry.example", site_key(number), says))
            first, headers, body = answer
            assert first.split(b" ")[1] == b"200", answer
            assert body == b""
            assert any(line.lower() == b"content-length: 0" for line in headers), headers
    numbers = collector.numbers("backdrop")
    assert latest(numbers, "backdrop.php_version") == {"8.2": SITES}
    assert latest(numbers, "backdrop.database") == {"mysql": SITES // 2, "mariadb": SITES // 2}
    assert latest(numbers, "backdrop.mysql_version") == {"8.0": SITES // 2, "10.6": SITES // 2}
    assert latest(numbers, "backdrop.drupal_compatibility") == {"true": SITES}
    assert latest(numbers, "backdrop.active") == {"": SITES}
    assert days(numbers, "backdrop.active") == {time.strftime("%Y-%m-%d"): SITES}


def test_bee_counts_apart_from_core_of_the_same_site(collector: Collector) -> None:
    for number in range(SITES):
        request = core_request("x", site_key(number), {"backdrop": core(number)})
        sent(collector, request)
        first, _, body = sent(collector, bee_request(collector.host, site_key(number)))
        assert (first, body) == (b"HTTP/1.1 200 OK", b"")
    numbers = collector.numbers("backdrop")
    assert latest(numbers, "bee.version") == {"1.1": SITES}
    assert latest(numbers, "bee.active") == latest(numbers, "backdrop.active") == {"": SITES}


def test_keys_that_are_missing_say_nothing_any_longer(collector: Collector) -> None:
    for number in range(SITES):
        sent(collector, core_request("x", site_key(number), {"backdrop": core(number)}))
    for number in range(SITES):
        says = {"backdrop": {"version": "1.34.3", "web_server": ""}}
        sent(collector, core_request("x", site_key(number), says))
    numbers = collector.numbers("backdrop")
    assert latest(numbers, "backdrop.version") == {"1.34.3": SITES}
    [gone] = [each for each in numbers["metrics"] if each["metric"] == "backdrop.web_server"]
    assert [week["n"] for week in gone["weeks"]] in ([], [None])


def test_contributed_projects_count_in_their_own_place(collector: Collector) -> None:
    for number in range(SITES):
        says: dict[str, object] = {
            "backdrop": core(number),
            "webform": {"version": "1.x-4.30.0", "emails": "Yes", "secret": "of mine"},
            "feeds_tamper": {"version": "unknown", "emails": "No"},
            "nobody": {"version": "1.x-1.0.0"},
        }
        request = core_request("x", site_key(number), says, "/telemetry/post")
        assert sent(collector, request)[2] == b""
    core_numbers, own = collector.numbers("backdrop"), collector.numbers("feeds-tamper")
    assert latest(core_numbers, "webform.version") == {"4.30": SITES}
    assert latest(core_numbers, "webform.emails") == {"true": SITES}
    assert latest(core_numbers, "webform.active") == {"": SITES}
    assert latest(own, "feeds_tamper.emails") == {"false": SITES}
    assert latest(own, "feeds_tamper.active") == {"": SITES}


def test_errors_have_status_200_and_the_original_s_words(collector: Collector) -> None:
    request = core_request("x", site_key(1), {"backdrop": core(1)})
    cases = {
        b"POST request did not contain valid JSON.": request[:-1] + b" ",
        b"No X-Site-Key header specified, no data saved.": request.replace(b"X-Site", b"X-No"),
    }
    for words, wrong in cases.items():
        first, headers, body = sent(collector, wrong)
        assert first.split(b" ")[1] == b"200"
        assert body == b'{\n    "error": "' + words + b'"\n}'
        assert b"content-type: text/html; charset=UTF-8" in [
            line.replace(b"Content-Type", b"content-type") for line in headers
        ]


def test_no_site_key_is_left_in_what_is_kept(collector: Collector, tmp_path: Path) -> None:
    sent(
        collector,
        core_request("x", site_key(1), {"backdrop": core(1, site_name="my-secret-value")}),
    )
    collector.numbers("backdrop")
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for text in (site_key(1), "my-secret-value", "10.6.12-MariaDB"):
        assert text.encode() not in kept
