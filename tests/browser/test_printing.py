"""What leaves the printer: the words and their sources with addresses, numbered pages, and nothing to click on."""

from __future__ import annotations

import io
import urllib.request

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from tests.browser.conftest import Demo

pytestmark = pytest.mark.browser
LINKS_OF_THE_FRAME = {
    "en": ("Skip to the content", "Open data", "Follow by feed", "Open the source", "Cite this finding"),
    "ar": ("بيانات مفتوحة",),
}
"""Words of the frame and of links within the page that make no sense on paper."""


def first_theme(url: str) -> str:
    """Address of the first theme in the list of a language."""
    html = urllib.request.urlopen(url, timeout=20).read().decode()
    return str(html.partition('<ul class="index')[2].partition('href="')[2].partition('"')[0])


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_a_theme_on_paper_has_its_sources_and_numbered_pages_and_no_menu(
    demo: Demo, chromium: Browser, lang: str
) -> None:
    page = chromium.new_page()
    page.goto(demo.url + first_theme(f"{demo.url}/{lang}/themes/"))
    sources = page.locator(".source a[href^=http]")
    addresses = {sources.nth(number).get_attribute("href") for number in range(sources.count())}
    title = page.locator("h1").inner_text()
    printed = PdfReader(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))
    page.close()
    texts = [" ".join(sheet.extract_text().split()) for sheet in printed.pages]
    whole = "".join("".join(texts).split())
    assert addresses
    for address in addresses:
        assert address is not None
        assert address in whole
    for words in LINKS_OF_THE_FRAME[lang]:
        assert "".join(words.split()) not in whole, words
    if lang == "en":
        assert "".join(title.split()) in whole
    for number, text in enumerate(texts, 1):
        figures = {f"{number} / {len(texts)}", f"{len(texts)} / {number}"}  # the order of extraction, right to left
        assert any(one in text or one.replace(" ", "") in text for one in figures), number
