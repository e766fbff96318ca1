"""A mail as a phone shows it: nothing sticks out, in either direction of writing, and no link is torn apart."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
LINK = "https://act.example.org/ar/no-more-mail/" + "dvJsZoPJoGaNMUfmg2xUd6xUftK50VxKz9e3NUyJ9Uo/"


@pytest.mark.parametrize(("lang", "direction"), [("ar", "rtl"), ("en", "ltr")])
def test_a_mail_fits_a_phone_and_its_links_read_from_left_to_right(
    chromium: Browser, lang: str, direction: str
) -> None:
    with override(lang):
        html = render_to_string(
            "campaigns/mail/test.html",
            {
                "lang": lang,
                "dir": direction,
                "subject": "S",
                "origin": "https://act.example.org",
                "no_more_mail_url": LINK,
            },
        )
    page = chromium.new_page(viewport={"width": 360, "height": 640})
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.set_content(html)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    link = page.locator("a").first
    assert link.evaluate("element => getComputedStyle(element).direction") == "ltr"
    assert page.locator("body").evaluate("element => getComputedStyle(element).direction") == direction
    assert requests == []
    page.close()
