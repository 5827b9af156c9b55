from __future__ import annotations

import json
import re
import sys
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import pytest
from playwright.sync_api import expect
from tests.patience import PATIENCE, PATIENCE_MS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize
    from tests.outside.conftest import Start

Scheme: TypeAlias = Literal["light", "dark"]

IMAGES = Path(__file__).parents[2] / "docs" / "images"
LARGEST_IMAGE = 250_000
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
SCHEMES = get_args(Scheme)
REAL = "/apps/aboveboard"
ACTIVE = "telemetry.active"
SIMULATED = "/apps/aboveboard-simulated"


@pytest.fixture(scope="module")
def site(start_for_module: Start, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give the address of a demonstration with this machine's numbers and forty made-up installs.

    The pages are asked for once, so that no test has to wait until their charts are drawn.
    """
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("HOME", str(folder / "home"))
        data = str(folder / "data")
        running = start_for_module("demo", "--port", "0", "--installs", "40", "--data", data)
        running.wait_for("Ctrl-C ends it")
    address = running.wait_for(r"It listens at (http://\S+)")
    for path in (REAL, SIMULATED, "/assets/vega-embed.js"):
        _get(address + path)
    return address


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=PATIENCE) as answer:  # noqa: S310 our own collector
        body: bytes = answer.read()
    return body


@dataclass
class Visit:
    """A page in a browser, and what it did besides being shown."""

    page: Page
    site: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        answer = self.page.goto(self.site + path)
        assert answer is not None
        assert answer.ok, path

    def card(self, title: str) -> Locator:
        return self.page.get_by_role("article", name=title, exact=True)


class Open:
    """Opens pages as different people would have them."""

    def __init__(self, browser: Browser, site: str) -> None:
        self._browser = browser
        self._site = site
        self._contexts: list[BrowserContext] = []

    def __call__(
        self, viewport: ViewportSize = DESKTOP, scheme: Scheme = "light", *, scripts: bool = True
    ) -> Visit:
        context = self._browser.new_context(
            viewport=viewport,
            color_scheme=scheme,
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MS)
        self._contexts.append(context)
        visit = Visit(context.new_page(), self._site)
        context.on("request", lambda request: visit.asked.append(request.url))
        context.on("weberror", lambda error: visit.complaints.append(str(error.error)))
        visit.page.on(
            "console",
            lambda said: (
                visit.complaints.append(said.text) if said.type in {"error", "warning"} else None
            ),
        )
        return visit

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Open]:
    opener = Open(browser, site)
    yield opener
    opener.close()


def _still(card: Locator) -> Locator:
    """Find the chart that the server drew."""
    return card.get_by_role("img").first


def _live(card: Locator) -> Locator:
    """Find the chart that answers to the pointer."""
    return card.locator("[role=graphics-document]")


def test_the_numbers_on_the_page_are_those_of_the_data(visit: Open, site: str) -> None:
    numbers = json.loads(_get(f"{site}{REAL}.json"))
    opened = visit()
    opened.go(REAL)
    seen = 0
    for metric in numbers["metrics"]:
        card = opened.card(metric["title"])
        expect(card).to_be_visible()
        expect(card).to_contain_text(metric["question"])
        for week in metric["weeks"][-1:]:
            # Of active installs a card says how many there are: each is a report of its own.
            unit = "active installs?" if metric["metric"] == ACTIVE else "reports?"
            expect(card).to_contain_text(re.compile(rf"\b{week['n']} {unit}\b"))
            seen += 1
    assert seen >= 8


def test_this_machines_python_is_on_the_page_with_what_it_rests_on(visit: Open, site: str) -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    metrics = json.loads(_get(f"{site}{REAL}.json"))["metrics"]
    [python] = [metric for metric in metrics if metric["metric"] == "system.python"]
    [group] = python["weeks"][-1]["groups"]
    assert (group["value"], group["n"]) == (version, 1)
    opened = visit()
    opened.go(REAL)
    card = opened.card("Python versions")
    expect(card).to_contain_text(re.compile(rf"100 %\s+{re.escape(version)}"))
    expect(card).to_contain_text("1 of 1 report")
    card.get_by_text("All numbers").click()
    row = card.get_by_role("row").filter(has=opened.page.get_by_role("cell", name=version))
    expect(row).to_be_visible()
    expect(row).to_contain_text("100 %")
    expect(row).to_contain_text(re.compile(r"\b1 of 1\b"))


def test_the_list_leads_to_each_app_and_says_what_is_made_up(visit: Open) -> None:
    opened = visit()
    opened.go("/")
    expect(opened.page.get_by_role("listitem")).to_have_count(2)
    opened.page.get_by_role("link", name="simulated").click()
    expect(opened.page).to_have_url(re.compile(f"{SIMULATED}$"))
    expect(opened.page.get_by_role("note")).to_contain_text("every number here is made up")
    opened.page.get_by_role("link", name="All programs").click()
    expect(opened.page.get_by_role("heading", level=1)).to_be_visible()


def test_with_javascript_a_chart_answers_to_the_pointer(visit: Open) -> None:
    opened = visit()
    opened.go(SIMULATED)
    card = opened.card("Operating systems")
    card.scroll_into_view_if_needed()
    expect(_live(card)).to_be_visible()
    expect(card.locator("svg:visible")).to_have_count(1)
    bars = _live(card).locator("[aria-roledescription=bar]")
    bars.first.scroll_into_view_if_needed()
    bars.first.hover()
    expect(opened.page.get_by_role("row", name=re.compile(r"^Share \d"))).to_be_visible()
    assert opened.complaints == []


def test_without_javascript_the_drawn_chart_and_every_number_are_there(visit: Open) -> None:
    opened = visit(scripts=False)
    opened.go(SIMULATED)
    card = opened.card("Operating systems")
    expect(_still(card)).to_be_visible()
    expect(_still(card)).to_have_accessible_name(re.compile(r"\w{3}"))
    expect(card.locator("svg:visible")).to_have_count(1)
    expect(_live(card)).to_have_count(0)
    card.get_by_text("All numbers").click()
    expect(card.get_by_role("cell", name="linux", exact=True).first).to_be_visible()


@pytest.mark.parametrize("path", ["/", REAL, SIMULATED])
def test_no_page_asks_another_host_or_complains(visit: Open, site: str, path: str) -> None:
    opened = visit()
    opened.go(path)
    for card in opened.page.get_by_role("article").all():
        card.scroll_into_view_if_needed()
    opened.page.wait_for_load_state("networkidle")
    hosts = {urllib.parse.urlsplit(url).netloc for url in opened.asked if ":" in url}
    assert hosts - {""} == {urllib.parse.urlsplit(site).netloc}
    assert opened.complaints == []
    assert opened.page.context.cookies() == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    "viewport", [pytest.param(DESKTOP, id="desktop"), pytest.param(PHONE, id="phone")]
)
def test_every_page_fits_its_window_in_both_schemes(
    visit: Open, viewport: ViewportSize, scheme: Scheme
) -> None:
    opened = visit(viewport, scheme)
    for path in ("/", REAL, SIMULATED):
        opened.go(path)
        too_wide = "document.documentElement.scrollWidth - window.innerWidth"
        assert opened.page.evaluate(too_wide) <= 0, path
        paper, ink = (_brightness(opened.page, name) for name in ("background-color", "color"))
        assert (paper > ink) == (scheme == "light"), path
        assert abs(paper - ink) > 0.5, path


def _brightness(page: Page, name: str) -> float:
    """Give the brightness, 0 to 1, of a colour of the whole page."""
    script = "name => getComputedStyle(document.body).getPropertyValue(name)"
    colour = str(page.evaluate(script, name))
    return sum(float(part) for part in re.findall(r"[\d.]+", colour)[:3]) / 3 / 255


def test_a_page_that_is_not_there_says_so_and_leads_back(visit: Open) -> None:
    opened = visit(PHONE)
    answer = opened.page.goto(f"{opened.site}/nothing")
    assert answer is not None
    assert answer.status == 404
    expect(opened.page.get_by_role("heading", level=1)).to_be_visible()
    opened.page.get_by_role("main").get_by_role("link").click()
    expect(opened.page).to_have_url(f"{opened.site}/")


def test_the_keyboard_reaches_the_skip_link_first_and_opens_details(visit: Open) -> None:
    opened = visit()
    opened.go(SIMULATED)
    keyboard, focused = opened.page.keyboard, opened.page.locator(":focus")
    keyboard.press("Tab")
    expect(focused).to_contain_text("Skip to")
    expect(focused).to_be_in_viewport()
    keyboard.press("Enter")
    expect(opened.page.get_by_role("main")).to_be_focused()
    for _ in range(30):
        keyboard.press("Tab")
        if focused.evaluate("element => element.tagName") == "SUMMARY":
            break
    expect(focused).to_contain_text("All numbers")
    table = opened.page.get_by_role("table").first
    expect(table).to_be_hidden()
    keyboard.press("Enter")
    expect(table).to_be_visible()


@dataclass(frozen=True)
class Picture:
    """A picture of the README, and how it is taken."""

    name: str
    path: str
    viewport: ViewportSize
    scheme: Scheme = "light"


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(Picture("apps-light", "/", {"width": 1280, "height": 640}), id="apps"),
        pytest.param(
            Picture("app-dark", SIMULATED, {"width": 1280, "height": 1150}, "dark"), id="app"
        ),
        pytest.param(Picture("phone", f"{SIMULATED}#system.os", PHONE), id="phone"),
    ],
)
def test_the_readme_shows_the_pages_as_they_are(
    visit: Open,
    tmp_path: Path,
    picture: Picture,
    update_screenshots: bool,  # noqa: FBT001 a fixture
) -> None:
    opened = visit(picture.viewport, picture.scheme)
    opened.go(picture.path)
    if picture.path != "/":
        expect(_live(opened.card("Operating systems"))).to_be_visible()
    opened.page.wait_for_load_state("networkidle")
    folder = IMAGES if update_screenshots else tmp_path
    folder.mkdir(exist_ok=True)
    image = opened.page.screenshot(path=folder / f"{picture.name}.png")
    assert 10_000 < len(image) < LARGEST_IMAGE
