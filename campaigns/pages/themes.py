"""Addresses of themes."""

from __future__ import annotations

from django.core.paginator import EmptyPage
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.translation import get_language

from campaigns.pages.feeds import Head, feed_page, newest_first, tag, write_feed
from campaigns.pages.news import of_asks, of_findings
from campaigns.pages.parts import asked_part, no_such_part, part_address, part_number
from campaigns.pages.report_page import (
    above,
    address,
    removed,
    report_page,
    report_page_with,
    stands_at,
)
from campaigns.pages.structured_data import theme_report
from campaigns.pages.theme_page import read_theme_page
from reports.models import ThemeInEdition
from reports.theme_reading import (
    ReadEdition,
    ReadTheme,
    ThemeLine,
    find_former_theme,
    find_theme,
    list_themes,
    newest_edition,
    was_removed,
)


@report_page
def themes(request: HttpRequest) -> HttpResponse:
    """All themes of the newest edition."""
    edition, lines = _newest(get_language() or "en")
    return render(request, "pages/themes.html", {"themes": lines, "edition": edition, "section": "themes"})


@report_page_with({"page": part_number})
def theme(request: HttpRequest, slug: str) -> HttpResponse:
    """One theme. A slug of another language or an earlier one leads on; an unknown one shows the themes there are."""
    lang = get_language() or "en"
    found = _find(slug, lang)
    if found is None:
        return _missing(request, slug, lang)
    if found.slug_in(lang) != slug:
        return HttpResponsePermanentRedirect(address(lang, "pages:theme", found.slug_in(lang)))
    try:
        page = read_theme_page(found, lang, asked_part(request))
    except EmptyPage:
        return no_such_part(request)
    stands_at(request, "pages:theme", found.slug_in, page.part.number)
    trail = above("pages:themes")
    context = {"page": page, "theme": found, "state": found.state, "trail": trail, "section": "themes"}
    context |= part_address(request, page.part)
    context["structured"] = [theme_report(found, page.findings)]
    return render(request, "pages/theme.html", context)


@feed_page
def feed(request: HttpRequest, slug: str) -> HttpResponse:
    """What is new on a theme, as Atom."""
    lang = get_language() or "en"
    found = _find(slug, lang)
    if found is None:
        return _missing(request, slug, lang)
    if found.slug_in(lang) != slug:
        return HttpResponsePermanentRedirect(address(lang, "pages:theme_feed", found.slug_in(lang)))
    page = read_theme_page(found, lang)
    entries = [*of_findings(page.findings, found.edition.released_on), *of_asks(page.asks)]
    return write_feed(request, _head(found, lang), newest_first(entries, request), lang)


def _head(found: ReadTheme, lang: str) -> Head:
    return Head(
        tag=tag("theme", found.uid),
        title=found.text.title,
        text=found.text.summary,
        page=address(lang, "pages:theme", found.slug_in(lang)),
        feed_in=lambda other: address(other, "pages:theme_feed", found.slug_in(other)),
    )


def _find(slug: str, lang: str) -> ReadTheme | None:
    return find_theme(slug, lang) or find_former_theme(slug, lang)


def _newest(lang: str) -> tuple[ReadEdition | None, list[ThemeLine]]:
    """The newest edition and its themes; two queries."""
    edition = newest_edition(lang)
    found = ThemeInEdition.objects.visible().filter(edition=edition.pk if edition else None)
    return edition, list_themes(found.order_by("position", "pk"), lang)


def _missing(request: HttpRequest, slug: str, lang: str) -> HttpResponse:
    if was_removed(slug):
        return removed(request)
    return render(request, "pages/missing_theme.html", {"themes": _newest(lang)[1]}, status=404)
