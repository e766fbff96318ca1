"""Public pages on a desk. A file of its own, so that it runs beside the other checks."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.test_every_page import pages, said_badly, visit

__all__ = ["pages"]

pytestmark = pytest.mark.browser


def test_pages_never_scroll_sideways_on_a_desk(chromium: Browser, pages: dict[str, str]) -> None:
    """In the language of the longest words and in the other direction; phones are looked at with all else."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    faults = {}
    for name, url in pages.items():
        if name.startswith(("nl", "ar")):
            page, _, _ = visit(context, url)
            if found := said_badly(page):
                faults[name] = found
            page.close()
    context.close()
    assert faults == {}
