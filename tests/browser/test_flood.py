"""A flooded petition in a real browser: the arithmetic that lets a signer through, and the code without a script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from config.embedded import Cluster
from tests.benchmarks.sign_http import SLUG, site
from tests.browser.accessibility import shuts_out
from tests.config.server_users import open_directory

pytestmark = pytest.mark.browser
LIMITS = {"UPSTANDER_LIMIT_SOFT": "1", "UPSTANDER_LIMIT_HARD": "1000", "UPSTANDER_PROOF_COST": "500"}
PETITION = f"/en/petitions/{SLUG}/"


@pytest.fixture(scope="module")
def flooded() -> Iterator[str]:
    """A site whose second post from one network is one too many."""
    with open_directory() as directory:
        cluster = Cluster(directory / "postgresql")
        cluster.start()
        with site(Path(directory), LIMITS) as (port, _text):
            yield f"http://127.0.0.1:{port}"
        cluster.release()


def sign(page: Page, address: str) -> None:
    page.goto(PETITION)
    page.get_by_label("Name").fill("Amina Haddad")
    page.get_by_label("E-mail").fill(address)
    page.get_by_label("Country").select_option("BE")
    page.locator("#sign-form").get_by_role("button", name="Sign", exact=True).click()


def until_asked(page: Page) -> None:
    """The two processes of the site need a moment to tell each other."""
    for number in range(20):
        sign(page, f"n{number}@example.org")
        if page.get_by_role("heading", name="One more step to sign").count():
            return
        page.wait_for_timeout(500)
    pytest.fail("nobody was asked for more")


def test_the_arithmetic_lets_a_signer_through_and_nothing_else_is_loaded(chromium: Browser, flooded: str) -> None:
    context = chromium.new_context(base_url=flooded)
    page = context.new_page()
    asked: list[Request] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if "Policy" in message.text else None)
    until_asked(page)
    assert not [request.url for request in asked if "altcha" in request.url and "/sign/" not in request.frame.url]
    expect(page.locator(".way [role=status]")).to_contain_text("arithmetic")
    page.get_by_label("E-mail").press("Enter")  # done or not: it waits
    expect(page.get_by_role("heading", level=1)).to_contain_text("open our mail")
    assert complaints == []
    assert {request.url.split("/")[2] for request in asked} == {flooded.split("/")[2]}
    assert context.cookies() == []
    context.close()


def test_without_a_script_a_code_takes_its_place(chromium: Browser, flooded: str) -> None:
    context = chromium.new_context(base_url=flooded, java_script_enabled=False, viewport={"width": 360, "height": 640})
    page = context.new_page()
    until_asked(page)
    buttons = page.locator("#sign-form").get_by_role("button")
    expect(buttons).to_have_text(["Send me a code"])
    page.get_by_label("E-mail").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("open our mail")
    context.close()


def test_the_page_is_accessible(chromium: Browser, flooded: str) -> None:
    context = chromium.new_context(base_url=flooded, bypass_csp=True, viewport={"width": 320, "height": 640})
    page = context.new_page()
    until_asked(page)
    expect(page.get_by_role("alert")).to_be_focused()
    assert shuts_out(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    context.close()
