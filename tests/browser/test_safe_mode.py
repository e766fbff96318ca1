"""A petition in safe mode in a real browser: on a hardened one, and out of it in a moment."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, ViewportSize, expect

from tests.browser.accessibility import shuts_out
from tests.browser.conftest import CHROMIUM, QUIET, ROOT, Demo, clean_environment, running_demo
from tests.browser.safe_petition import SLUG, TITLE
from tests.browser.test_every_page import visit
from tests.browser.test_signing import open_mail
from tests.config.server_users import open_directory

pytestmark = pytest.mark.browser
PETITION = f"/en/petitions/{SLUG}/"
PHONE: ViewportSize = {"width": 320, "height": 640}
ELSEWHERE = "https://www.google.com/"
# What a hardened browser leaves out beside scripts: fonts of a page, compiled scripts and with them WebAssembly, WebGL.
HARDENED = [*QUIET, "--disable-remote-fonts", "--js-flags=--jitless", "--disable-webgl"]


@pytest.fixture(scope="module")
def safe_demo() -> Iterator[Demo]:
    """A demo of its own, with a petition in safe mode beside the others."""
    with open_directory() as directory, running_demo(directory / "demo") as demo:
        ours = {"UPSTANDER_DEMO": "1", "UPSTANDER_VAR": str(demo.var), "UPSTANDER_ORIGIN": demo.url}
        command = [sys.executable, "manage.py", "shell", "-c", "from tests.browser.safe_petition import make; make()"]
        subprocess.run(command, cwd=ROOT, env={**clean_environment(), **ours}, check=True, capture_output=True)
        yield demo


@pytest.fixture(scope="module")
def hardened(chromium: Browser) -> Iterator[Browser]:
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=HARDENED)
    yield browser
    browser.close()


def sign(page: Page) -> str:
    address = f"{uuid4().hex}@example.org"
    page.goto(PETITION)
    page.get_by_label("E-mail").fill(address)
    page.get_by_label("Country").select_option("BE")
    page.locator("#sign-form").get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("open our mail")
    return address


@pytest.mark.parametrize("scripts", [False, True])
def test_signing_works_where_scripts_fonts_and_webassembly_are_off(
    hardened: Browser, safe_demo: Demo, scripts: bool
) -> None:
    context = hardened.new_context(viewport=PHONE, java_script_enabled=scripts, base_url=safe_demo.url)
    page = context.new_page()
    titles = []
    page.on("load", lambda loaded: titles.append(loaded.title()) if "/demo/mail/" not in loaded.url else None)
    address = sign(page)
    assert page.locator("svg").count() == 0
    assert TITLE not in page.title()
    open_mail(page, address)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], "a long address is broken"
    expect(page.get_by_text("Please confirm").first).to_be_visible()
    assert page.get_by_text(TITLE).count() == 0
    page.locator("a[href*='/confirm/']").first.click()
    page.get_by_role("button", name="Confirm my signature").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your signature counts")
    assert page.locator("svg").count() == 0
    if scripts:
        assert page.evaluate("typeof WebAssembly") == "undefined"
    assert {*titles} == {"Page"}
    assert context.cookies() == []
    context.close()


def leaving(context: BrowserContext) -> list[Request]:
    """The other site, played by the test: nothing leaves this machine."""
    asked: list[Request] = []

    def answer(route: Any, request: Request) -> None:
        asked.append(request)
        route.fulfill(body="<title>elsewhere</title>", content_type="text/html")

    context.route(f"{ELSEWHERE}**", answer)
    return asked


@pytest.mark.parametrize("way", ["click", "escape"])
def test_the_way_out_takes_the_place_of_the_page_in_the_history(chromium: Browser, safe_demo: Demo, way: str) -> None:
    context = chromium.new_context(viewport=PHONE, base_url=safe_demo.url)
    asked = leaving(context)
    page = context.new_page()
    page.goto("/en/")
    page.goto(PETITION)
    assert asked == [], "nothing of another host before somebody leaves"
    if way == "click":
        page.get_by_role("link", name="Leave this page now").click()
    else:
        for _ in range(3):
            page.keyboard.press("Escape")
    page.wait_for_url(ELSEWHERE)
    assert "referer" not in asked[0].headers
    page.go_back()
    assert page.url == f"{safe_demo.url}/en/", "the petition is not in the history"
    context.close()


def test_without_a_script_the_way_out_is_a_link_that_tells_nobody_from_where(
    hardened: Browser, safe_demo: Demo
) -> None:
    context = hardened.new_context(viewport=PHONE, java_script_enabled=False, base_url=safe_demo.url)
    asked = leaving(context)
    page = context.new_page()
    page.goto(PETITION)
    page.get_by_role("link", name="Leave this page now").click()
    page.wait_for_url(ELSEWHERE)
    assert "referer" not in asked[0].headers
    context.close()


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_the_page_is_accessible_and_quiet(chromium: Browser, safe_demo: Demo, lang: str) -> None:
    context = chromium.new_context(viewport=PHONE, base_url=safe_demo.url, bypass_csp=True)
    page, responses, complaints = visit(context, f"/{lang}/petitions/{SLUG}/")
    assert {response.url.startswith(safe_demo.url) for response in responses if "data:" not in response.url} == {True}
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert shuts_out(page) == []
    context.close()


def test_a_focused_field_is_never_below_the_way_out(chromium: Browser, safe_demo: Demo) -> None:
    context = chromium.new_context(viewport=PHONE, base_url=safe_demo.url)
    page = context.new_page()
    page.goto(f"{PETITION}#sign_email")
    bar, field = page.locator(".quick-exit").bounding_box(), page.locator("#sign_email").bounding_box()
    assert bar
    assert field
    assert field["y"] >= bar["y"] + bar["height"]
    context.close()
