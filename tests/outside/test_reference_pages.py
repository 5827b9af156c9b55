"""The reference pages in a real browser: served by a collector, and as a site on a disk."""

from __future__ import annotations

import re
import subprocess
import sys
import urllib.parse
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import pytest
from playwright.sync_api import expect
from tests.patience import PATIENCE, PATIENCE_MS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize
    from tests.outside.conftest import Collector, MakeReport

Scheme: TypeAlias = Literal["light", "dark"]

COMMAND = str(Path(sys.executable).parent / "aboveboard")
REGISTRIES = Path(__file__).parents[2] / "registry"
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
SCHEMES = get_args(Scheme)
METRIC = "file.opened"


@pytest.fixture(scope="module")
def served(shared: Collector, report: MakeReport) -> str:
    """Give the address of a collector that got three reports."""
    for number in range(3):
        assert shared.put(report(number)).status == 201
    assert shared.numbers()["reports"] == 3
    return f"{shared.address}/apps/editor/registry"


@pytest.fixture(scope="module")
def on_disk(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give the address of a site on the disk with every registry of the repository."""
    folder = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        arguments = [COMMAND, "registry", "docs", str(folder), str(REGISTRIES)]
        done = subprocess.run(
            arguments, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    assert done.returncode == 0, done.stderr
    return folder.as_uri()


@dataclass
class Visit:
    """A page in a browser, and what it did besides being shown."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


class Open:
    """Opens pages as different people would have them."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []

    def __call__(
        self,
        url: str,
        viewport: ViewportSize = DESKTOP,
        scheme: Scheme = "light",
        *,
        scripts: bool = True,
    ) -> Visit:
        context = self._browser.new_context(
            viewport=viewport,
            color_scheme=scheme,
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MS)
        self._contexts.append(context)
        visit = Visit(context.new_page())
        context.on("request", lambda request: visit.asked.append(request.url))
        context.on("weberror", lambda error: visit.complaints.append(str(error.error)))
        visit.page.on("console", lambda said: visit.complaints.append(said.text))
        visit.page.goto(url)
        return visit

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Open]:
    opener = Open(browser)
    yield opener
    opener.close()


def test_the_way_from_a_number_to_its_reason_and_back(visit: Open, served: str) -> None:
    page = visit(served.removesuffix("/registry")).page
    card = page.get_by_role("article", name="Files opened", exact=True)
    card.get_by_role("link", name="About this number").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Files opened")
    expect(page.get_by_text("from 3 reports")).to_be_visible()
    page.get_by_role("link", name=re.compile("All that An editor for tests")).click()
    expect(page).to_have_url(re.compile(rf"/apps/editor/registry#{re.escape(METRIC)}$"))
    page.get_by_role("link", name="The numbers").click()
    expect(page).to_have_url(re.compile(r"/apps/editor$"))


def test_a_served_page_shows_published_rows_of_the_database(visit: Open, served: str) -> None:
    page = visit(f"{served}/{METRIC}", scripts=False).page
    rows = page.get_by_role("region", name="Published rows")
    expect(rows.get_by_role("row")).to_have_count(2)
    expect(page.get_by_role("region", name="Columns of totals")).to_contain_text("bigint")


def test_a_site_on_a_disk_can_be_walked_through_without_javascript(
    visit: Open, on_disk: str
) -> None:
    page = visit(f"{on_disk}/index.html", scripts=False).page
    page.get_by_role("link", name="Aboveboard command line").click()
    page.get_by_role("link", name="How long a command takes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How long a command takes")
    expect(page.get_by_text('"metric": "command.duration"')).to_be_visible()
    page.get_by_role("link", name=re.compile("All that")).click()
    expect(page).to_have_url(re.compile(r"aboveboard/index\.html#command\.duration$"))
    page.get_by_role("link", name="All programs").click()
    expect(page).to_have_url(f"{on_disk}/index.html")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    "viewport", [pytest.param(DESKTOP, id="desktop"), pytest.param(PHONE, id="phone")]
)
def test_every_page_fits_its_window_and_is_calm(
    visit: Open, served: str, on_disk: str, viewport: ViewportSize, scheme: Scheme
) -> None:
    pages = [f"{on_disk}/{path.parent.name}/index.html" for path in _folders(on_disk)]
    pages += [f"{on_disk}/index.html", f"{on_disk}/aboveboard/system.os.html"]
    for url in [served, f"{served}/{METRIC}", *pages]:
        opened = visit(url, viewport, scheme)
        too_wide = "document.documentElement.scrollWidth - window.innerWidth"
        assert opened.page.evaluate(too_wide) <= 0, url
        paper, ink = (_brightness(opened.page, name) for name in ("background-color", "color"))
        assert (paper > ink) == (scheme == "light"), url
        assert abs(paper - ink) > 0.5, url
        assert opened.complaints == [], url
        hosts = {urllib.parse.urlsplit(asked)[:2] for asked in opened.asked if ":" in asked}
        assert hosts <= {urllib.parse.urlsplit(url)[:2], ("data", "")}, url
        assert opened.page.context.cookies() == []
        opened.page.context.close()


def _folders(on_disk: str) -> list[Path]:
    folder = Path(urllib.parse.unquote(urllib.parse.urlsplit(on_disk).path))
    found = sorted(folder.glob("*/index.html"))
    assert found
    return found


def _brightness(page: Page, name: str) -> float:
    """Give the brightness, 0 to 1, of a colour of the whole page."""
    script = "name => getComputedStyle(document.body).getPropertyValue(name)"
    colour = str(page.evaluate(script, name))
    return sum(float(part) for part in re.findall(r"[\d.]+", colour)[:3]) / 3 / 255


def test_the_keyboard_goes_from_the_contents_to_a_metric_and_is_seen(
    visit: Open, on_disk: str
) -> None:
    page = visit(f"{on_disk}/aboveboard/index.html").page
    focused = page.locator(":focus")
    page.keyboard.press("Tab")
    expect(focused).to_contain_text("Skip to")
    for _ in range(40):
        page.keyboard.press("Tab")
        outline = "element => parseFloat(getComputedStyle(element).outlineWidth)"
        assert focused.evaluate(outline) >= 2
        expect(focused).to_be_in_viewport()
        if focused.inner_text() == "Operating systems":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Operating systems")
