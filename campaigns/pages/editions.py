"""Addresses of editions: the page of each, and its feed, with its findings, those that came last first."""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from campaigns.pages.edition_page import EditionPage, read_edition_page
from campaigns.pages.feeds import Head, feed_page, part, tag, write_feed
from campaigns.pages.news import of_findings
from campaigns.pages.report_page import above, address, report_page
from campaigns.public_objects import Instead, Kind, OfferedChoice, answer
from reports.finding_reading import read_findings
from reports.models import Finding, ReportEdition
from reports.reading import rows
from reports.theme_reading import as_edition, edition_columns, list_editions


@report_page
def edition(request: HttpRequest, key: str) -> HttpResponse:
    """One edition, or an answer in its place."""
    return answer(request, EDITIONS, key, "pages:edition", lambda page: _page(request, page))


def _page(request: HttpRequest, page: EditionPage) -> HttpResponse:
    context = {"page": page, "edition": page.edition, "trail": above("pages:themes"), "section": "themes"}
    return render(request, "pages/edition.html", context)


@feed_page
def feed(request: HttpRequest, key: str) -> HttpResponse:
    """The findings of an edition, as Atom; two queries, however many there are."""
    lang = get_language() or "en"
    found = ReportEdition.objects.stood_by().filter(key=key)
    row = next(iter(rows(found, {**edition_columns(lang), "uid": "uid"})), None)
    if row is None:
        raise Http404
    uid, edition = row.pop("uid"), as_edition(row)
    findings = Finding.objects.stood_by().filter(edition=edition.pk).order_by("-pk")
    head = Head(
        tag=tag("edition", uid),
        title=edition.name,
        text=edition.text.headline if edition.text else "",
        page=address(lang, "pages:edition", key),
        feed_in=lambda other: address(other, "pages:edition_feed", key),
    )
    entries = list(of_findings(read_findings(findings[part(request)], lang), edition.released_on))
    return write_feed(request, head, entries, lang)


def _offered(lang: str) -> list[OfferedChoice]:
    return [
        OfferedChoice(f"{one.publisher} {one.label}", reverse("pages:edition", args=[one.key]))
        for one in list_editions(lang)
    ]


EDITIONS: Final = Kind(
    find=read_edition_page,
    name_in=lambda page, _lang: page.edition.key,
    state_of=lambda page: page.edition.state,
    was_removed=lambda key, _lang: ReportEdition.objects.gone().filter(key=key).exists(),
    missing=Instead(
        title=_("No such edition"),
        heading=_("There is no edition of the report at this address"),
        happened=_("The address may be mistyped or cut off, or the edition is not public yet."),
        look=_("These are the editions there are:"),
        nothing=_("No edition is published yet."),
        offered=_offered,
    ),
)
