"""Signing as somebody with a phone does it: scripts off all the way, and the number moving where they are on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from campaigns.address_suggestions import suggestion
from tests.browser.conftest import Demo
from tests.campaigns.test_address_suggestions import HONEST, MISTAKES

pytestmark = pytest.mark.browser
PETITION = "/en/petitions/stop-the-trade-in-spyware/"
PHONE: ViewportSize = {"width": 360, "height": 640}
SHIFTS = """() => {
  window.shifted = 0;
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) window.shifted += entry.value;
  }).observe({type: 'layout-shift', buffered: true});
}"""


@pytest.fixture
def plain(chromium: Browser, demo: Demo) -> Iterator[Page]:
    """A phone without scripts."""
    context = chromium.new_context(viewport=PHONE, java_script_enabled=False, base_url=demo.url)
    yield context.new_page()
    context.close()


def fill_in(page: Page, name: str, address: str) -> None:
    page.goto(PETITION)
    page.get_by_label("Name").fill(name)
    page.get_by_label("E-mail").fill(address)
    page.get_by_label("Country").select_option("BE")


def sign(page: Page, name: str = "Amina Haddad") -> str:
    """Sign, wait for the mail, and the address it went to."""
    address = f"{uuid4().hex}@example.org"
    fill_in(page, name, address)
    page.locator("#sign-form").get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("open our mail")
    return address


def open_mail(page: Page, address: str) -> None:
    mail = page.locator("li", has_text=address).get_by_role("link")
    for _ in range(100):
        page.goto("/demo/mail/")
        if mail.count():
            break
        page.wait_for_timeout(200)
    mail.first.click()


def count(page: Page) -> int:
    page.goto(PETITION)
    return shown(page)


def shown(page: Page) -> int:
    return int(re.sub(r"\D", "", page.locator(".tally-count b").inner_text()))


def wait_for_count(page: Page, number: int) -> None:
    for _ in range(100):
        if count(page) == number:
            return
        page.wait_for_timeout(200)
    pytest.fail(f"the count is {count(page)}, not {number}")


def test_from_the_form_to_the_count_and_back_without_a_script(plain: Page) -> None:
    before = count(plain)
    address = sign(plain)
    assert count(plain) == before, "nothing is counted before the mailbox is proven"
    open_mail(plain, address)
    mail = plain.url
    plain.locator("a[href*='/confirm/']").first.click()
    plain.get_by_role("button", name="Confirm my signature").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Your signature counts")
    plain.reload()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Your signature counts")
    wait_for_count(plain, before + 1)
    plain.goto(mail)
    plain.locator("a[href*='/withdraw/']").first.click()
    plain.get_by_role("button", name="Withdraw and erase").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Your signature is withdrawn and erased")
    wait_for_count(plain, before)
    assert plain.context.cookies() == []


def test_changing_the_language_keeps_what_was_typed(plain: Page) -> None:
    fill_in(plain, "Amina", "not yet")
    plain.locator("footer").get_by_role("button", name="français").click()
    expect(plain.locator("html")).to_have_attribute("lang", "fr")
    expect(plain.locator("#sign_name")).to_have_value("Amina")
    expect(plain.locator("#sign_email")).to_have_value("not yet")
    expect(plain.locator("#sign_country")).to_have_value("BE")


def test_what_is_wrong_is_said_beside_the_field_and_first(plain: Page) -> None:
    fill_in(plain, "=1+1", "amina")
    plain.locator("#sign-form").get_by_role("button", name="Sign", exact=True).click()
    expect(plain.get_by_role("alert")).to_be_focused()
    expect(plain.get_by_role("alert")).to_be_in_viewport()
    plain.get_by_role("alert").get_by_role("link", name=re.compile("E-mail")).click()
    expect(plain.locator("#sign_email")).to_be_in_viewport()
    expect(plain.locator("#sign_name")).to_have_value("=1+1")


def test_on_a_phone_the_way_to_the_form_is_always_in_sight(plain: Page) -> None:
    plain.goto(PETITION)
    way = plain.locator(".to-sheet a")
    expect(way).to_be_in_viewport(ratio=1)
    box = plain.locator("#sign_name").bounding_box()
    assert box
    assert box["y"] < 2 * PHONE["height"], "one scroll brings the first field"
    way.click()
    expect(plain.locator("#sign_name")).to_be_in_viewport()


def test_an_open_page_follows_the_count_and_never_jumps(chromium: Browser, demo: Demo, plain: Page) -> None:
    """Number, bar and words move without a reload; what is announced is the new number."""
    context = chromium.new_context(viewport=PHONE, base_url=demo.url)
    page = context.new_page()
    page.goto(PETITION)
    page.evaluate(SHIFTS)
    before = shown(page)
    address = sign(plain, "Jonas Peeters")
    open_mail(plain, address)
    plain.locator("a[href*='/confirm/']").first.click()
    plain.get_by_role("button", name="Confirm my signature").click()
    expect(page.locator(".tally-count b")).to_have_text(str(before + 1), timeout=30_000)
    expect(page.locator(".tally-count")).to_have_text(f"{before + 1} confirmed signatures")
    assert page.locator("progress").first.evaluate("bar => bar.value") == before + 1
    assert page.get_by_role("status").filter(has_text="confirmed").inner_text() == f"{before + 1} confirmed signatures"
    assert page.evaluate("window.shifted") == 0
    context.close()


def typing(chromium: Browser, demo: Demo, address: str) -> Page:
    """A page with scripts, with an address typed and still in focus."""
    page = chromium.new_context(viewport=PHONE, base_url=demo.url).new_page()
    fill_in(page, "Amina", "")
    page.locator("#sign_email").click()
    page.keyboard.type(address)
    return page


def test_a_slip_in_an_address_is_asked_about_beside_the_field(chromium: Browser, demo: Demo) -> None:
    page = typing(chromium, demo, "amina@gmial.com")
    page.keyboard.press("Tab")
    question = page.locator(".suggestion")
    expect(question).to_have_text("Did you mean amina@gmail.com?")
    question.get_by_role("button").click()
    expect(page.locator("#sign_email")).to_have_value("amina@gmail.com")
    expect(question).to_be_empty()
    page.context.close()


def test_the_question_never_moves_the_button_from_below_a_finger(chromium: Browser, demo: Demo) -> None:
    """Pressing "Sign" leaves the field, so the question is due just then: the form must go out as typed."""
    page = typing(chromium, demo, f"{uuid4().hex}@gmial.com")
    page.locator("#sign-form").get_by_role("button", name="Sign", exact=True).click(delay=400)
    expect(page.get_by_role("heading", level=1)).to_contain_text("open our mail")
    page.context.close()


def test_the_script_asks_as_the_server_does(chromium: Browser, demo: Demo) -> None:
    page = typing(chromium, demo, "")
    for typed in [*[typed for typed, _meant in MISTAKES], *[typed for typed in HONEST if len(typed) < 100]]:
        page.locator("#sign_email").fill(typed)
        page.locator("#sign_email").dispatch_event("change")
        meant = suggestion(page.locator("#sign_email").input_value())
        expect(page.locator(".suggestion")).to_have_text(f"Did you mean {meant}?" if meant else "")
    page.context.close()


def test_the_enter_key_signs(plain: Page) -> None:
    address = f"{uuid4().hex}@example.org"
    fill_in(plain, "Amina Haddad", address)
    plain.locator("#sign_name").press("Enter")
    expect(plain.get_by_role("heading", level=1)).to_contain_text("open our mail")
