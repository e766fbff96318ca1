"""What must hold on every public page, in a real browser: quiet, accessible, narrow enough, light enough."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response

from tests.browser.accessibility import shuts_out
from tests.browser.conftest import Demo
from tests.browser.pages import LANGUAGES, find_pages

pytestmark = pytest.mark.browser
FIRST_VIEW_BYTES = 45_000
PETITION = "petitions/stop-the-trade-in-spyware/"
ASIDE = {
    "check-your-mail": f"{PETITION}check-your-mail/",
    "check-your-mail/again": f"{PETITION}check-your-mail/again/",
    "new-mail": "new-mail/",
    "search of a word": "search/?q=spyware",
    "corrections": "corrections/",
    "data": "data/",
    "map": "map/",
    "map of a theme": "map/?theme=spyware-against-civil-society",
    "compare": "compare/",
    "compare two editions": "compare/?a=2023&b=2024&place=X-EU",
}
REFUSED = {
    "an unknown page": ("nothing-here/", 404),
    "an unknown theme": ("themes/nothing-here/", 404),
    "an unknown place": ("places/ZZ/", 404),
    "an unknown finding": ("findings/9999999999/", 404),
    "an edition and itself": ("compare/?a=2024&b=2024", 400),
    "a link that is none": ("no-more-mail/nothing/", 404),
    "a part that there is not": ("places/PS/?page=abc", 400),
}
FORMS = {
    "sign": (PETITION, "#sign-form"),
    "new mail": ("new-mail/", "form.flow"),
    "announce": ("demonstrations/spyware-rally-brussels/", "#pledge-form"),
}
"""Forms that are refused when the address in them is none."""
SEND_NONSENSE = "form => { form.elements.email.value = 'nonsense'; form.submit() }"
"""Past what the browser itself would refuse."""


@pytest.fixture(scope="session")
def pages(demo: Demo) -> dict[str, str]:
    """One address for each kind of page and language, found by following the links from the home page, and those that
    only somebody on the way to signing or back from it sees."""
    return find_pages(demo.url) | {
        f"{language}/{name}": f"{demo.url}/{language}/{path}" for language in LANGUAGES for name, path in ASIDE.items()
    }


@pytest.fixture(scope="session")
def refused(demo: Demo) -> dict[str, tuple[str, int]]:
    """Pages that say no, in every language, with the status that they come with."""
    return {
        f"{language}/{name}": (f"{demo.url}/{language}/{path}", status)
        for language in LANGUAGES
        for name, (path, status) in REFUSED.items()
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
    """No other host, no cookie, no complaint of the browser, one h1, under 45 kB on the wire, and nothing sticks out at
    320 px (400 % zoom of 1280)."""
    faults = {}
    for name, url in pages.items():
        context = chromium.new_context(viewport={"width": 320, "height": 640})
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
            "frame": said_badly(page),
            "bytes": [] if sum(client_bytes) < FIRST_VIEW_BYTES else [sum(client_bytes)],
        }
        if any(found.values()):
            faults[name] = {key: value for key, value in found.items() if value}
        context.close()
    assert faults == {}


def test_pages_pass_axe(chromium: Browser, pages: dict[str, str]) -> None:
    """No serious finding on any page in any language, in light and in dark."""
    context = chromium.new_context(viewport={"width": 360, "height": 640}, bypass_csp=True)
    faults = {}
    for name, url in pages.items():
        page, _, _ = visit(context, url)
        if serious := shuts_out(page):
            faults[name] = serious
        page.close()
    context.close()
    assert faults == {}


def test_pages_that_say_no_pass_too(chromium: Browser, refused: dict[str, tuple[str, int]]) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 640}, bypass_csp=True)
    faults = {}
    for name, (url, status) in refused.items():
        page, responses, _ = visit(context, url)
        if (answered := responses[0].status) != status:
            faults[name] = [f"answered {answered}"]
        elif found := [*said_badly(page), *shuts_out(page)]:
            faults[name] = found
        page.close()
    context.close()
    assert faults == {}


@pytest.mark.parametrize("form", FORMS)
def test_forms_that_are_sent_back_pass_too(demo: Demo, chromium: Browser, form: str) -> None:
    path, which = FORMS[form]
    context = chromium.new_context(viewport={"width": 320, "height": 640}, bypass_csp=True)
    faults = {}
    for language in LANGUAGES:
        page = context.new_page()
        page.goto(f"{demo.url}/{language}/{path}")
        with page.expect_navigation() as sent:
            page.locator(which).evaluate(SEND_NONSENSE)
        if sent.value is None or sent.value.status != 422:
            faults[language] = ["was not refused"]
        elif found := [*said_badly(page), *shuts_out(page)]:
            faults[language] = found
        page.close()
    context.close()
    assert faults == {}


def said_badly(page: Page) -> list[str]:
    """What is wrong with a page besides: its heading, its width."""
    headings = page.locator("h1").count()
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*([f"{headings} h1"] if headings != 1 else []), *([f"{over} px too wide"] if over > 0 else [])]
