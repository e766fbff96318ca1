"""The addresses of all corrections: a page in each language, and one feed (Atom, RFC 4287)."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext, override
from django.views.decorators.http import require_safe

from campaigns.pages.corrections_page import Entry, entries, told, told_in_feeds
from campaigns.pages.feeds import Feed, tag, xml_text
from campaigns.pages.report_page import FRESH_SECONDS, address
from config.page_cache import bounded_int, public_page

PER_PAGE: Final = 20
IN_FEED: Final = 50
FEED_LANGUAGE: Final = "en"
"""One feed for all: each entry is in the language of the words that were corrected."""


@public_page(FRESH_SECONDS, params={"page": bounded_int(1, 1000)})
@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    """The newest first; two queries."""
    page = Paginator(told(), PER_PAGE).get_page(request.GET.get("page"))
    shown = entries(page.object_list, get_language() or "en")  # type: ignore[arg-type]  # a part of the queryset
    response = render(request, "pages/corrections.html", {"page": page, "entries": shown})
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@public_page(FRESH_SECONDS)
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The newest; the same bytes whatever the reader's language."""
    with override(FEED_LANGUAGE):
        written = Feed(
            title=gettext("Corrections"),
            link=settings.ORIGIN + address(FEED_LANGUAGE, "pages:corrections"),
            description=gettext("What was published and changed for more than a slip of the pen."),
            language=FEED_LANGUAGE,
            feed_url=settings.ORIGIN + reverse("corrections_feed"),
            feed_guid=tag("corrections", "all"),
            links=[],
        )
        for entry in entries(told_in_feeds()[:IN_FEED], FEED_LANGUAGE):
            _add(written, entry)
    return HttpResponse(written.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def _add(written: Feed, entry: Entry) -> None:
    one = entry.correction
    parts = [one.reason]
    if one.now:
        with override(one.lang):
            parts += [gettext("It said: %(words)s") % {"words": one.was}]
            parts += [gettext("It says now: %(words)s") % {"words": one.now}]
    written.add_item(
        title=xml_text(f"{one.kind_label}: {entry.title}"),
        link=f"{settings.ORIGIN}{entry.url}#correction-{one.pk}",
        description=xml_text("\n".join(parts)),
        unique_id=tag("correction", str(one.pk)),
        pubdate=one.at,
        updateddate=one.at,
    )
