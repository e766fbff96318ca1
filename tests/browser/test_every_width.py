"""Every public page on a narrow and on a wide screen. A file of its own, so that it runs beside the other checks."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.test_every_page import pages, visit

__all__ = ["pages"]

pytestmark = pytest.mark.browser


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
