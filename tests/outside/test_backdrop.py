"""Sites of Backdrop CMS and Bee, as they send: the bytes of their requests, to a real collector."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import shutil
import socket
import time
import urllib.parse
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import pytest
from playwright.sync_api import expect
from tests.patience import PATIENCE_MS

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, ViewportSize

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
PAGE = Path(__file__).parents[2] / "docs" / "wires" / "backdrop.md"
ON_PAGE = "7NVSeEAIl5-GgTLsZCVE_dqCNBUUh7KHmXozPIIq8jQ"
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
CORE, BEE = 0, 1
"""Places of the page's requests."""
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


def of_page(place: int, site: str = "") -> bytes:
    """Give a request of the page about this wire, as it stands there but for the site's key."""
    blocks: list[str] = re.findall(r"```http\n(.*?)\n```", PAGE.read_text("utf-8"), re.DOTALL)
    head, _, body = blocks[place].partition("\n\n")
    request = head.replace("\n", "\r\n") + "\r\n\r\n" + body
    return request.replace(ON_PAGE, site or ON_PAGE).encode()


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
    assert days(numbers, "backdrop.version") == {time.strftime("%Y-%m-%d"): SITES}


def test_the_requests_of_the_page_are_understood_and_bee_counts_apart_from_core(
    collector: Collector,
) -> None:
    assert core_request("telemetry.example.org", ON_PAGE, {"backdrop": core(0)}) == of_page(CORE)
    for number in range(SITES):
        first, _, body = sent(collector, of_page(CORE, site_key(number)))
        assert (first.split(b" ")[1], body) == (b"200", b"")
        first, _, body = sent(collector, of_page(BEE, site_key(number)))
        assert (first, body) == (b"HTTP/1.1 200 OK", b"")  # Bee takes nothing else for success
    numbers = collector.numbers("backdrop")
    assert latest(numbers, "backdrop.version") == {"1.34.2": SITES}
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


@pytest.fixture(scope="module")
def visited(shared: Collector) -> Collector:
    """Give a collector to which sites have reported, its charts drawn already."""
    for number in range(SITES):
        says = {"backdrop": core(number), "webform": {"emails": "Yes"}}
        sent(shared, core_request("x", site_key(number), says))
    shared.numbers("backdrop")
    for path in ("backdrop/telemetry", "backdrop/usage", "webform/telemetry", "webform/usage"):
        assert shared.ask("GET", f"/project/{path}").status == HTTPStatus.OK
    return shared


@pytest.mark.parametrize(
    ("size", "scheme", "scripts"),
    [(DESKTOP, "light", True), (PHONE, "dark", True), (PHONE, "light", False)],
)
def test_a_project_s_pages_are_for_everybody(
    visited: Collector,
    browser: Browser,
    size: ViewportSize,
    scheme: Literal["light", "dark"],
    scripts: bool,  # noqa: FBT001 a parameter
) -> None:
    context = browser.new_context(
        viewport=size, color_scheme=scheme, java_script_enabled=scripts, reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []
    asked: list[str] = []
    page = context.new_page()
    page.on("console", lambda said: complaints.append(said.text))
    context.on("request", lambda request: asked.append(request.url))
    page.goto(f"{visited.address}/apps/backdrop")
    page.get_by_role("link", name="Its projects, one by one").click()
    page.get_by_role("link", name="Webform", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Webform")
    card = page.get_by_role("article", name="Forms of webform that send mail")
    expect(card.get_by_role("row", name="yes")).to_contain_text("20")
    expect(card.get_by_role("row", name="yes")).to_contain_text("100 %")
    page.get_by_role("link", name="Skip to").focus()
    tab = page.get_by_role("link", name="Usage", exact=True)
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.locator(":focus").get_attribute("href") == "/project/webform/usage":
            break
    expect(tab).to_be_focused()
    page.keyboard.press("Enter")
    expect(tab).to_have_attribute("aria-current", "page")
    for word in ("week", "day"):
        sites = page.get_by_role("article", name=f"Sites by {word}")
        expect(sites).to_contain_text("20 sites")
        expect(sites.locator("figure svg:visible").first).to_be_visible()
    for path in ("/project", "/project/backdrop/telemetry", "/project/backdrop/usage"):
        page.goto(visited.address + path)
        too_wide = "document.documentElement.scrollWidth > innerWidth"
        assert not scripts or not page.evaluate(too_wide), path
    assert complaints == []
    assert {urllib.parse.urlsplit(url).hostname for url in asked} == {"127.0.0.1"}
    context.close()
