"""Addresses of places."""

from __future__ import annotations

from django.core.paginator import EmptyPage
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.translation import get_language, gettext

from campaigns.pages.feeds import Entry, Head, feed_page, newest_first, tag, write_feed
from campaigns.pages.news import of_asks, of_demands, of_findings
from campaigns.pages.parts import asked_part, no_such_part, part_address, part_number
from campaigns.pages.place_page import PlacePage, list_places, read_place_page
from campaigns.pages.report_page import above, address, report_page, report_page_with, stands_at
from reports.cldr_names import cldr_names
from reports.iso_codes import ISO_CODES
from reports.theme_reading import newest_edition


@report_page
def places(request: HttpRequest) -> HttpResponse:
    """Every place by name."""
    lang = get_language() or "en"
    return render(
        request,
        "pages/places.html",
        {"places": list_places(lang), "edition": newest_edition(lang), "section": "places"},
    )


@report_page_with({"page": part_number})
def place(request: HttpRequest, code: str) -> HttpResponse:
    """One place. Codes are capital letters: another spelling leads on; an unknown one shows the places there are."""
    lang = get_language() or "en"
    if code != code.upper():
        return HttpResponsePermanentRedirect(address(lang, "pages:place", code.upper()))
    try:
        page = read_place_page(code, lang, asked_part(request))
    except EmptyPage:
        return no_such_part(request)
    if page is None:
        return _missing(request, code, lang)
    stands_at(request, "pages:place", lambda _lang: code, page.part.number)
    context = {"page": page, "trail": above("pages:places"), "section": "places", **part_address(request, page.part)}
    return render(request, "pages/place.html", context)


@feed_page
def feed(request: HttpRequest, code: str) -> HttpResponse:
    """What is new on a place, as Atom."""
    lang = get_language() or "en"
    if code != code.upper():
        return HttpResponsePermanentRedirect(address(lang, "pages:place_feed", code.upper()))
    page = read_place_page(code, lang)
    if page is None:
        return _missing(request, code, lang)
    head = Head(
        tag=tag("place", page.code),
        title=page.name,
        text=gettext("What the report found in %(place)s, and what became of what we ask.") % {"place": page.name},
        page=address(lang, "pages:place", page.code),
        feed_in=lambda other: address(other, "pages:place_feed", page.code),
    )
    return write_feed(request, head, newest_first(_entries(page), request), lang)


def _entries(page: PlacePage) -> list[Entry]:
    """A finding stands under each of its roles on the page, and once in the feed."""
    told = {}
    for section in page.sections:
        found = [one for theme in section.themes for _role, findings in theme.by_role for one in findings]
        told.update({entry.tag: entry for entry in of_findings(found, section.edition.released_on)})
    told.update({entry.tag: entry for entry in [*of_asks(page.asks), *of_demands(page.demands)]})
    return list(told.values())


def _missing(request: HttpRequest, code: str, lang: str) -> HttpResponse:
    """A country that no page stands for yet is called by its name."""
    names = cldr_names(code, lang) if code in ISO_CODES else []
    context = {"places": list_places(lang), "name": names[0] if names else "", "code": code}
    return render(request, "pages/missing_place.html", context, status=404)
