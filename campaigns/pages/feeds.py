"""What is new on a theme, as Atom (RFC 4287). Ids are `tag:` URIs (RFC 4151) that stay when an address changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed

from campaigns.pages.report_page import address
from campaigns.pages.theme_page import ThemePage

FIRST_DAY: Final = "2026-01-01"  # from this day on the tags below our host are ours to give
_NOT_XML: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class Entry:
    """One piece of news. It keeps its day: only something new makes a reader's program speak up."""

    day: date
    tag: str
    title: str
    text: str
    url: str


def theme_feed(page: ThemePage, lang: str) -> HttpResponse:
    """The findings of a theme, its petitions and what became of its demands, the newest first."""
    theme = page.theme
    feed = Atom1Feed(
        title=xml_text(theme.text.title),
        link=settings.ORIGIN + address(lang, "pages:theme", theme.slug_in(lang)),
        description=xml_text(theme.text.summary),
        language=lang,
        feed_url=settings.ORIGIN + address(lang, "pages:theme_feed", theme.slug_in(lang)),
        feed_guid=tag("theme", theme.uid),
    )
    for entry in sorted(_entries(page), key=lambda entry: entry.day, reverse=True):
        at_noon = datetime.combine(entry.day, time(12), UTC)
        feed.add_item(
            title=xml_text(entry.title),
            link=settings.ORIGIN + entry.url,
            description=xml_text(entry.text),
            unique_id=entry.tag,
            pubdate=at_noon,
            updateddate=at_noon,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def _entries(page: ThemePage) -> Iterator[Entry]:
    released_on = page.theme.edition.released_on
    for finding in page.findings:
        if finding.text:
            words = finding.text
            url = reverse("pages:finding", args=[finding.uid])
            yield Entry(released_on, tag("finding", finding.uid), words.statement, words.explanation, url)
    for ask in page.asks:
        petition = ask.petition
        if petition and petition.opened_at:
            name, words_of_it = tag("petition", str(petition.uuid)), petition.text
            yield Entry(petition.opened_at.date(), name, words_of_it.title, words_of_it.lede, petition.url)
        for demand in ask.campaign.demands:
            url = reverse("pages:demand", args=[demand.uid])
            for event in demand.events:
                name = tag("demand", f"{demand.uid}:{event.on.isoformat()}:{event.kind}")
                title = f"{demand.text.title}: {event.kind.label}"
                yield Entry(event.on, name, title, event.text.note if event.text else "", url)


def tag(kind: str, name: str) -> str:
    """The identity of an entry, whatever its address."""
    return f"tag:{urlsplit(settings.ORIGIN).hostname},{FIRST_DAY}:{kind}:{name}"


def xml_text(text: str) -> str:
    """Without the characters that XML 1.0 cannot hold."""
    return _NOT_XML.sub("", text)
