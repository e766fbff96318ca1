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


def test_a_visitor_says_to_come_and_takes_it_back_with_the_code(demo: Demo, phone: BrowserContext) -> None:
    page = phone.new_page()
    page.goto(f"{demo.url}/en/demonstrations/")
    page.locator(".events").get_by_role("link").first.click()
    expect(page.locator("time").first).to_be_visible()
    expect(page.get_by_text("UTC").first).to_be_visible()
    page.get_by_label("How many of you?").fill("11")
    page.get_by_role("button", name="I am coming").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.get_by_label("How many of you?").input_value() == "11"
    page.get_by_label("How many of you?").fill("2")
    page.get_by_role("button", name="I am coming").click()
    code = page.locator(".code").first.inner_text()
    page.goto(f"{demo.url}/en/pledges/")
    page.locator("input[name=code]").fill(code.lower())
    page.get_by_role("button", name="Show what I said").click()
    page.get_by_role("button", name=re.compile("withdraw|Withdraw|not coming")).first.click()
    page.goto(f"{demo.url}/en/pledges/")
    page.locator("input[name=code]").fill(code)
    page.get_by_role("button", name="Show what I said").click()
    expect(page.get_by_role("alert")).to_be_visible()


def enter_desk(page: Page, demo: Demo, role: str) -> None:
    page.goto(f"{demo.url}/desk/")
    page.get_by_label("Email").fill(f"{role}@example.org")
    page.locator("input[name=password]").fill(demo.password(role))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(f"{demo.url}/desk/")


def test_an_editor_changes_a_campaign_and_the_public_sees_it(demo: Demo, chromium: Browser) -> None:
    page = chromium.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    enter_desk(page, demo, "editor")
    page.goto(f"{demo.url}/desk/campaigns/campaign/")
    page.locator("#result_list tbody th a").last.click()
    page.locator("a[href$='/text/en/']").first.click()
    slug = page.locator("input[name=slug]").input_value()
    words = "Changed at the desk <script>alert(1)</script>"
    page.locator("textarea[name=body]").fill(f"<p>{words}</p>")
    page.get_by_label("Correction: it was wrong").check()
    page.get_by_label("Reason for a correction").fill("A number was wrong.")
    page.get_by_role("button", name="Save and publish the change").click()
    assert complaints == []
    page.context.clear_cookies()
    public = page.locator("main", has_text="Changed at the desk")
    for _ in range(60):  # a change shows within fifteen seconds
        page.goto(f"{demo.url}/en/campaigns/{slug}/")
        if public.count():
            break
        page.wait_for_timeout(250)
    expect(public).to_contain_text("A number was wrong.")
    assert "alert(1)" not in page.content()
    page.context.close()


def test_an_organiser_exports_who_signed_and_an_editor_may_not(demo: Demo, chromium: Browser) -> None:
    organiser = chromium.new_context()
    page = organiser.new_page()
    enter_desk(page, demo, "organiser")
    page.goto(f"{demo.url}/desk/petitions/petition/")
    page.locator("#result_list tbody th a").last.click()
    page.locator("a[href$='/export/']").first.click()
    address = page.url
    page.get_by_role("button", name="Download the list").click()
    expect(page.get_by_role("alert")).to_be_visible()  # not without a purpose
    page.locator("input[name=purpose]").fill("Delivery to the addressee")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the list").click()
    rows = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert "email" in rows[0]
    assert len(rows) > 40
    organiser.close()

    editor = chromium.new_context()
    page = editor.new_page()
    enter_desk(page, demo, "editor")
    answer = page.goto(address)
    assert answer is not None
    assert answer.status in {403, 404}
    editor.close()
