"""The main job, end to end, as people do it: sign, confirm, be counted, come; edit; export."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.browser.conftest import Demo

pytestmark = pytest.mark.browser
PHONE: ViewportSize = {"width": 360, "height": 640}
SHIFTS = """
window.shifts = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.shifts += entry.value;
}).observe({type: 'layout-shift', buffered: true});
"""


@pytest.fixture
def phone(chromium: Browser) -> Iterator[BrowserContext]:
    """A phone whose owner has switched scripts off."""
    context = chromium.new_context(viewport=PHONE, java_script_enabled=False)
    yield context
    assert context.cookies() == []
    context.close()


def count(demo: Demo, slug: str) -> int:
    with urllib.request.urlopen(f"{demo.url}/en/petitions/{slug}/count.json", timeout=20) as answer:
        return int(json.load(answer)["count"])


def open_newest_mail(page: Page, demo: Demo, recipient: str) -> None:
    """The demo's mailbox, reloaded until a mail to this recipient is there."""
    mail = page.locator("li", has_text=recipient).get_by_role("link").first
    for _ in range(120):
        page.goto(f"{demo.url}/demo/mail/")
        if mail.count():
            mail.click()
            return
        page.wait_for_timeout(250)
    pytest.fail("no mail came")


def sign(page: Page, name: str, email: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Country").select_option("BE")
    page.get_by_role("button", name="Sign", exact=True).click()


def test_a_visitor_signs_confirms_and_is_counted(demo: Demo, chromium: Browser, phone: BrowserContext) -> None:
    slug = "stop-the-trade-in-spyware"
    before = count(demo, slug)
    watcher = chromium.new_page()
    watcher.add_init_script(SHIFTS)
    watcher.goto(f"{demo.url}/en/petitions/{slug}/")
    expect(watcher.locator(".tally-count b")).to_have_text(str(before))

    page = phone.new_page()
    page.goto(f"{demo.url}/en/")
    page.get_by_role("link", name="Sign", exact=True).first.click()
    assert slug in page.url
    sign(page, "نور الهدى", "nour.journey@example.org")
    expect(page).to_have_url(f"{demo.url}/en/petitions/{slug}/check-your-mail/")
    expect(page.locator("h1")).to_contain_text("open our mail")
    assert count(demo, slug) == before  # not before the mailbox is proven

    open_newest_mail(page, demo, "nour.journey@example.org")
    assert "نور" not in page.content()  # nothing that was typed travels by mail
    page.locator("a[href*='/confirm/']").first.click()
    for _ in range(10):  # a mail scanner that follows links
        page.reload()
    assert count(demo, slug) == before
    page.get_by_role("button", name="Confirm my signature").click()
    expect(page.locator("h1")).to_have_text("Your signature counts")

    expect(watcher.locator(".tally-count b")).to_have_text(str(before + 1), timeout=20_000)
    assert watcher.evaluate("window.shifts") == 0
    watcher.close()
    assert count(demo, slug) == before + 1

    open_newest_mail(page, demo, "nour.journey@example.org")
    page.locator("a[href*='/withdraw/']").first.click()
    page.get_by_role("button", name=re.compile("Withdraw|withdraw|Take")).click()
    for _ in range(120):
        if count(demo, slug) == before:
            break
        page.wait_for_timeout(250)
    assert count(demo, slug) == before


def test_mistakes_are_named_and_nothing_typed_is_lost(demo: Demo, phone: BrowserContext) -> None:
    page = phone.new_page()
    page.goto(f"{demo.url}/en/petitions/ceasefire-and-the-law/")
    page.get_by_label("Name").fill("https://spam.example.org")
    page.get_by_label("E-mail").fill("nobody@example.org")
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.get_by_label("Name").get_attribute("aria-invalid") == "true"
    assert page.get_by_label("Name").input_value() == "https://spam.example.org"
    assert page.get_by_label("E-mail").input_value() == "nobody@example.org"


def test_switching_the_language_keeps_what_was_typed(demo: Demo, phone: BrowserContext) -> None:
    page = phone.new_page()
    page.goto(f"{demo.url}/en/petitions/ceasefire-and-the-law/")
    page.get_by_label("Name").fill("Amina")
    page.locator("summary", has_text="English").first.click()
    page.locator("header button[lang=ar]").click()
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.locator("input[name=name]").input_value() == "Amina"
