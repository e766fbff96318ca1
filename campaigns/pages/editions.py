"""The feed of an edition: its findings, those that came last first."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language

from campaigns.pages.feeds import Head, feed_page, part, tag, write_feed
from campaigns.pages.news import of_findings
from campaigns.pages.report_page import address
from reports.finding_reading import read_findings
from reports.models import Finding, ReportEdition
from reports.reading import rows
from reports.theme_reading import as_edition, edition_columns


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
        title=edition.text.title if edition.text else f"{edition.publisher} {edition.label}",
        text=edition.text.headline if edition.text else "",
        page=address(lang, "pages:themes"),
        feed_in=lambda other: address(other, "pages:edition_feed", key),
    )
    entries = list(of_findings(read_findings(findings[part(request)], lang), edition.released_on))
    return write_feed(request, head, entries, lang)
