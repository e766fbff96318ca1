"""The desk in a real browser: nothing blocked by the strict policy, nothing from elsewhere, fit for a phone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.accessibility import shuts_out
from tests.browser.conftest import Demo

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def signed_in(demo: Demo, chromium: Browser) -> Any:
    """The editor's session, to be used in any context."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{demo.url}/desk/")
    page.fill("[name=login]", "editor@example.org")
    page.fill("[name=password]", demo.password("editor"))
    page.click("main button[type=submit]")
    page.wait_for_url("**/desk/")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def phone(chromium: Browser, signed_in: Any) -> Iterator[BrowserContext]:
    size: Any = {"width": 360, "height": 740}
    context = chromium.new_context(storage_state=signed_in, viewport=size, locale="ar", color_scheme="dark")
    yield context
    context.close()


def addresses(context: BrowserContext, demo: Demo) -> list[str]:
    """One page of each kind: first page, list, form, form with rows, text, translation, history, deletion."""
    page = context.new_page()
    found = []
    for path in ("reports/finding", "petitions/petition"):
        page.goto(f"{demo.url}/desk/{path}/")
        href = page.get_attribute("#result_list tbody th a", "href")
        assert href
        change = demo.url + href.split("?")[0]
        parts = ("change/", "text/en/", "text/ar/", "history/", "delete/")
        found += [f"{demo.url}/desk/{path}/", f"{demo.url}/desk/{path}/add/"]
        found += [change.replace("change/", part) for part in parts if part != "delete/"]
    page.close()
    return [f"{demo.url}/desk/", *found]


def watch(page: Page) -> tuple[list[str], set[str]]:
    """What the browser complains of, and which hosts it asks, from now on."""
    complaints: list[str] = []
    hosts: set[str] = set()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    return complaints, hosts


def test_no_page_of_the_desk_breaks_the_policy(phone: BrowserContext, demo: Demo) -> None:
    faults = {}
    for url in addresses(phone, demo):
        page = phone.new_page()
        complaints, hosts = watch(page)
        response = page.goto(url, wait_until="networkidle")
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found = {
            "status": response.status if response and response.status != 200 else None,
            "complaints": complaints,
            "other hosts": sorted(hosts - {urlsplit(demo.url).netloc, ""}),
            "wide": over if over > 0 else None,
            "right to left": None if page.get_attribute("html", "dir") == "rtl" else "no",
            "h1": None if page.locator("h1").count() == 1 else page.locator("h1").count(),
        }
        if any(found.values()):
            faults[url] = {name: value for name, value in found.items() if value}
        page.close()
    assert faults == {}


def test_pages_of_the_desk_pass_axe(chromium: Browser, signed_in: Any, demo: Demo) -> None:
    context = chromium.new_context(storage_state=signed_in, bypass_csp=True)
    faults = {}
    for url in addresses(context, demo):
        page = context.new_page()
        page.goto(url, wait_until="networkidle")
        if serious := shuts_out(page):
            faults[url] = serious
        page.close()
    context.close()
    assert faults == {}


def test_a_reference_is_found_by_typing(chromium: Browser, signed_in: Any, demo: Demo) -> None:
    context = chromium.new_context(storage_state=signed_in)
    page = context.new_page()
    page.goto(f"{demo.url}/desk/petitions/petition/add/")
    page.locator(".field-campaign .select2-selection").click()
    page.locator(".select2-search__field").fill("protest")
    page.locator(".select2-results__option--highlighted").click()
    assert page.locator(".field-campaign .select2-selection__rendered").inner_text()
    context.close()
