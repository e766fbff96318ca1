"""Addresses of PDF: each page of a theme or place with `.pdf` in the place of its last stroke.

They are found by the readers of the pages: what has no page has no PDF. What was retracted has none either, for a file
on somebody's disk bears no notice that came later.
"""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from campaigns.pages.drawing_turns import NoTurn, Turns, come_back_later
from campaigns.pages.place_page import read_place_page
from campaigns.pages.printing.typesetting import typeset
from campaigns.pages.printing.words import Words, place_words, theme_words, with_address
from campaigns.pages.theme_page import read_theme_page
from campaigns.pages.themes import THEMES
from campaigns.public_objects import answer
from config.page_cache import public_page
from reports.theme_reading import ReadTheme, newest_edition

KEPT_SECONDS: Final = 60
TURNS: Final = Turns(most=2, patience=5)


@public_page(KEPT_SECONDS)
@require_safe
def theme(request: HttpRequest, slug: str) -> HttpResponse:
    """One theme, or an answer in its place."""
    return answer(request, THEMES, slug, "printing:theme", _theme, retracted=False)


def _theme(found: ReadTheme) -> HttpResponse:
    lang = get_language() or "en"
    slug = found.slug_in(lang)
    words = with_address(theme_words(read_theme_page(found, lang)), reverse("pages:theme", args=[slug]))
    return _pdf(words, f"{slug}-{lang}.pdf")


@public_page(KEPT_SECONDS)
@require_safe
def place(request: HttpRequest, code: str) -> HttpResponse:
    """One place; small letters lead to capitals."""
    if code != code.upper():
        return HttpResponsePermanentRedirect(reverse("printing:place", args=[code.upper()]))
    lang = get_language() or "en"
    page = read_place_page(code, lang)
    if page is None:
        raise Http404
    words = with_address(place_words(page, newest_edition(lang)), reverse("pages:place", args=[code]))
    return _pdf(words, f"{code}-{lang}.pdf")


def _pdf(words: Words, name: str) -> HttpResponse:
    """The file, named for whoever saves it; 503 where too many are made."""
    try:
        with TURNS.one():
            pdf = typeset(words)
    except NoTurn:
        return come_back_later()
    response = HttpResponse(pdf, content_type="application/pdf")
    response.headers["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


app_name = "printing"
urlpatterns = [
    path("themes/<uslug:slug>.pdf", theme, name="theme"),
    path("places/<slug:code>.pdf", place, name="place"),
]
