"""Addresses of themes."""

from __future__ import annotations

from typing import Final

from django.core.paginator import EmptyPage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy

from campaigns.pages.feeds import Head, feed_page, newest_first, tag, write_feed
from campaigns.pages.news import of_asks, of_findings
from campaigns.pages.parts import asked_part, no_such_part, part_address, part_number
from campaigns.pages.report_page import (
    Step,
    above,
    address,
    report_page,
    report_page_with,
    stands_at,
)
from campaigns.pages.structured_data import theme_report
from campaigns.pages.theme_page import read_theme_page
from campaigns.public_objects import Instead, Kind, OfferedChoice, answer, offered, removed_under
from reports.models import ThemeInEdition
from reports.theme_reading import (
    ReadEdition,
    ReadTheme,
    ThemeLine,
    find_former_theme,
    find_theme,
    list_editions,
    list_themes,
    newest_edition,
)


@report_page
def themes(request: HttpRequest) -> HttpResponse:
    """All themes of the newest edition."""
    lang = get_language() or "en"
    editions = list_editions(lang)
    edition = next(iter(editions), None)
    context = {"themes": _themes_of(edition, lang), "edition": edition, "older": editions[1:], "section": "themes"}
    return render(request, "pages/themes.html", context)


@report_page_with({"page": part_number})
def theme(request: HttpRequest, slug: str) -> HttpResponse:
    """One theme, or an answer in its place."""
    return answer(request, THEMES, slug, "pages:theme", lambda found: _page(request, found))


def _page(request: HttpRequest, found: ReadTheme) -> HttpResponse:
    lang = get_language() or "en"
    try:
        page = read_theme_page(found, lang, asked_part(request))
    except EmptyPage:
        return no_such_part(request)
    stands_at(request, "pages:theme", found.slug_in, page.part.number)
    trail = [*above("pages:themes"), Step(found.edition.label, reverse("pages:edition", args=[found.edition.key]))]
    context = {"page": page, "theme": found, "state": found.state, "trail": trail, "section": "themes"}
    context |= part_address(request, page.part)
    context["structured"] = [theme_report(found, page.findings)]
    return render(request, "pages/theme.html", context)


@feed_page
def feed(request: HttpRequest, slug: str) -> HttpResponse:
    """What is new on a theme, as Atom."""
    return answer(request, THEMES, slug, "pages:theme_feed", lambda found: _feed(request, found))


def _feed(request: HttpRequest, found: ReadTheme) -> HttpResponse:
    lang = get_language() or "en"
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


def _themes_of(edition: ReadEdition | None, lang: str) -> list[ThemeLine]:
    """The themes of an edition; one query."""
    found = ThemeInEdition.objects.stood_by().filter(edition=edition.pk if edition else None)
    return list_themes(found.order_by("position", "pk"), lang)


def _offered(lang: str) -> list[OfferedChoice]:
    return [
        offered(line.text, reverse("pages:theme", args=[line.text.slug]))
        for line in _themes_of(newest_edition(lang), lang)
    ]


THEMES: Final = Kind(
    find=_find,
    name_in=ReadTheme.slug_in,
    state_of=lambda theme: theme.state,
    was_removed=lambda slug, _lang: removed_under(ThemeInEdition.objects.all(), slug),
    missing=Instead(
        title=gettext_lazy("No such theme"),
        heading=gettext_lazy("There is no theme at this address"),
        happened=gettext_lazy("The address may be mistyped or cut off, or the theme is not public yet."),
        look=gettext_lazy("These are the themes there are:"),
        nothing=gettext_lazy("No theme is published yet."),
        offered=_offered,
    ),
)
