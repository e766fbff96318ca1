"""Going through the map with keys alone, and reading it without scripts and without pictures."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Demo

pytestmark = pytest.mark.browser
FOCUSED = "document.activeElement.id || document.activeElement.tagName"


def into_the_map(page: Page) -> None:
    """Tab from the last link of the table: the next stop is the map."""
    page.locator(".map-table tbody a").last.focus()
    page.keyboard.press("Tab")


def test_the_map_is_one_stop_and_arrows_go_through_its_regions(demo: Demo, chromium: Browser) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.goto(f"{demo.url}/en/map/", wait_until="load")
    expect(page.locator("#map svg")).to_have_attribute("role", "group")
    order = page.evaluate(
        "[...document.querySelectorAll('.map-table tr[data-order]')].sort((a, b) => a.dataset.order - b.dataset.order)"
        ".map(row => 'm-' + row.id.slice(2)).filter(id => document.getElementById(id))"
    )
    into_the_map(page)
    assert page.evaluate(FOCUSED) == order[0]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(FOCUSED) == order[2]
    expect(page.locator(".map-said")).to_contain_text(page.locator(f"#p-{order[2][2:]} th").inner_text())
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(FOCUSED) == order[1]
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(FOCUSED) == order[-1]
    page.keyboard.press("Escape")
    assert page.evaluate(FOCUSED) == "map-said"
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.closest('svg') !== null")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(FOCUSED) == order[-1]
    page.keyboard.press("Enter")
    page.wait_for_url(f"{demo.url}/en/places/{order[-1][2:]}/")
    assert hosts == {urlsplit(demo.url).netloc}
    context.close()


@pytest.mark.parametrize("scripts", [False, True])
def test_the_table_leads_everywhere_without_script_and_without_the_map(
    demo: Demo, chromium: Browser, scripts: bool
) -> None:
    context = chromium.new_context(java_script_enabled=scripts, viewport={"width": 360, "height": 640})
    page = context.new_page()
    if scripts:
        page.add_init_script("addEventListener('DOMContentLoaded', () => document.querySelector('#map svg')?.remove())")
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{demo.url}/en/map/?sort=name", wait_until="load")
    if not scripts:
        expect(page.locator("#map svg")).to_have_attribute("role", "img")
    page.locator("#map-theme").select_option(index=1)
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**theme=**")
    page.locator(".map-table tbody a").first.click()
    expect(page.locator("h1")).to_be_visible()
    assert complaints == []
    context.close()
