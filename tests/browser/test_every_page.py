"""What must hold on every public page, in a real browser: quiet, accessible, narrow enough, light enough."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response

from tests.browser.conftest import Demo
from tests.browser.pages import LANGUAGES, find_pages

pytestmark = pytest.mark.browser
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
FIRST_VIEW_BYTES = 45_000
PETITION = "petitions/stop-the-trade-in-spyware/"
ASIDE = {
    "check-your-mail": f"{PETITION}check-your-mail/",
    "check-your-mail/again": f"{PETITION}check-your-mail/again/",
    "new-mail": "new-mail/",
    "search of a word": "search/?q=spyware",
    "corrections": "corrections/",
    "data": "data/",
}


@pytest.fixture(scope="session")
def pages(demo: Demo) -> dict[str, str]:
    """One address for each kind of page and language, found by following the links from the home page, and those that
    only somebody on the way to signing or back from it sees."""
    return find_pages(demo.url) | {
        f"{language}/{name}": f"{demo.url}/{language}/{path}" for language in LANGUAGES for name, path in ASIDE.items()
    }


def visit(context: BrowserContext, url: str) -> tuple[Page, list[Response], list[str]]:
    page = context.new_page()
    responses: list[Response] = []
    complaints: list[str] = []
    page.on("response", lambda response: responses.append(response))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(url, wait_until="load")
    return page, responses, complaints


def test_pages_are_quiet_and_light(demo: Demo, chromium: Browser, pages: dict[str, str]) -> None:
    """No other host, no cookie, no complaint of the browser, one h1, and under 45 kB on the wire."""
    faults = {}
    for name, url in pages.items():
        context = chromium.new_context(viewport={"width": 360, "height": 640})
        client_bytes: list[int] = []
        page, responses, complaints = visit(context, url)
        for response in responses:
            sizes = response.request.sizes()
            client_bytes.append(sizes["responseBodySize"] + sizes["responseHeadersSize"])
        hosts = {urlsplit(response.url).netloc for response in responses} - {urlsplit(demo.url).netloc}
        found: dict[str, Any] = {
            "other hosts": sorted(hosts),
            "cookies": context.cookies(),
            "complaints": complaints,
            "h1": [] if page.locator("h1").count() == 1 else [page.locator("h1").count()],
            "bytes": [] if sum(client_bytes) < FIRST_VIEW_BYTES else [sum(client_bytes)],
        }
        if any(found.values()):
            faults[name] = {key: value for key, value in found.items() if value}
        context.close()
    assert faults == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_pass_axe(chromium: Browser, pages: dict[str, str], scheme: Any) -> None:
    """No serious finding, in light and in dark; dark for one language of each direction."""
    context = chromium.new_context(viewport={"width": 360, "height": 640}, color_scheme=scheme, bypass_csp=True)
    faults = {}
    for name, url in pages.items():
        if scheme == "dark" and not name.startswith(("en", "ar")):
            continue
        page, _, _ = visit(context, url)
        page.evaluate(AXE)
        result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        serious = [
            f"{violation['id']}: {violation['nodes'][0]['html'][:200]}"
            for violation in result["violations"]
            if violation["impact"] in {"serious", "critical"}
        ]
        if serious:
            faults[name] = serious
        page.close()
    context.close()
    assert faults == {}


@pytest.mark.parametrize("width", [320, 1280])
def test_pages_never_scroll_sideways(chromium: Browser, pages: dict[str, str], width: int) -> None:
    """At 320 px (400 % zoom of 1280) and on a desk."""
    context = chromium.new_context(viewport={"width": width, "height": 800})
    wide = {}
    for name, url in pages.items():
        if width > 1000 and not name.startswith(("nl", "ar")):
            continue  # the longest words and the other direction
        page, _, _ = visit(context, url)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            wide[name] = over
        page.close()
    context.close()
    assert wide == {}
