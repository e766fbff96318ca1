"""What search engines may find: an index, parts with every public page in each of its languages, and robots.txt.

Formats: https://www.sitemaps.org/protocol.html; `hreflang` as in
https://developers.google.com/search/docs/specialty/international/localized-versions (xhtml:link in each url);
RFC 9309 for robots.txt. A page stands in a language only if it has a text of its own there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from xml.etree import ElementTree

from django.conf import settings
from django.db.models import F, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from campaigns.demonstrations.demonstrations import Demonstration, DemonstrationText
from campaigns.models import Campaign, CampaignText, Demand, DemandText
from campaigns.pages.place_page import list_places
from campaigns.pages.report_page import LISTS, address, report_page
from campaigns.petitions.petitions import Petition, PetitionText
from reports.editorial.corrections import Correction
from reports.editorial.texts import Text
from reports.instrument_reading import listed_instruments
from reports.models import (
    EditionText,
    Finding,
    FindingText,
    Instrument,
    InstrumentText,
    ReportEdition,
    ThemeInEdition,
    ThemeText,
)
from reports.reading import LAST_RESORT, Row, all_words, as_time, rows

PER_PART: Final = 200
PROTOCOL: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML: Final = "http://www.w3.org/1999/xhtml"
LANGUAGES: Final = tuple(code for code, _name in settings.LANGUAGES)
ALONE: Final = (
    "pages:home",
    *LISTS,
    "petitions:list",
    "demonstrations:list",
    "pages:map",
    "pages:corrections",
    "pages:data",
)
"""Pages that every installation has, in every language."""


@dataclass(frozen=True)
class Page:
    """A page in its languages, and when it last changed for more than a slip of the pen, where that is known."""

    addresses: dict[str, str]
    changed: datetime | None = None


@dataclass(frozen=True)
class Kind:
    """Objects with a page each: which, their words, their route, and the column that stands in the address."""

    model: type[Any]
    text: type[Text]
    route: str
    by: str = "slug"

    def found(self) -> QuerySet[Any]:
        """What the public may read and we stand by."""
        if self.model is Instrument:  # it has a page once a theme that it bears on is public
            return listed_instruments().order_by("pk")
        found = self.model.objects.stood_by()
        if self.model is Petition:  # nobody should come upon a page that is dangerous to be seen with
            found = found.exclude(safe_mode=True)
        return found.order_by("pk")  # type: ignore[no-any-return]

    def pages(self, which: slice) -> list[Page]:
        """A part of them; one query."""
        about = Correction.objects.filter(object_type=self.model._meta.label_lower, object_id=OuterRef("pk"))
        corrected = Subquery(about.order_by().values("object_id").annotate(last=Max("at")).values("last"))
        columns = {
            "name": "uid" if self.by == "slug" else self.by,
            "texts": all_words(self.text, *(["slug"] if self.by == "slug" else [])),
            "changed": Greatest(F("release_at"), corrected),
        }
        return [page for row in rows(self.found()[which], columns) if (page := self._page(row)).addresses]

    def _page(self, row: Row) -> Page:
        own = [text for text in row["texts"] if text["lang"] in LANGUAGES]
        names = {text["lang"]: text["slug"] if self.by == "slug" else row["name"] for text in own}
        return Page(
            {lang: address(lang, self.route, name) for lang, name in names.items()},
            as_time(row["changed"]),
        )


KINDS: Final = {
    "editions": Kind(ReportEdition, EditionText, "pages:edition", by="key"),
    "themes": Kind(ThemeInEdition, ThemeText, "pages:theme"),
    "findings": Kind(Finding, FindingText, "pages:finding", by="uid"),
    "instruments": Kind(Instrument, InstrumentText, "pages:instrument", by="uid"),
    "campaigns": Kind(Campaign, CampaignText, "pages:campaign"),
    "demands": Kind(Demand, DemandText, "pages:demand", by="uid"),
    "petitions": Kind(Petition, PetitionText, "petitions:detail"),
    "demonstrations": Kind(Demonstration, DemonstrationText, "demonstrations:detail"),
}


def lists() -> list[Page]:
    """The pages that list the others; without a query."""
    return [Page({lang: address(lang, route) for lang in LANGUAGES}) for route in ALONE]


def places() -> list[Page]:
    """The places that a finding names; one query."""
    named = [place for place in list_places(LAST_RESORT) if place.named]
    return [Page({lang: address(lang, "pages:place", place.code) for lang in LANGUAGES}) for place in named]


WHOLE: Final[dict[str, Callable[[], list[Page]]]] = {"lists": lists, "places": places}


@report_page
def sitemaps(request: HttpRequest) -> HttpResponse:
    """The index of the parts; one query for each kind."""
    parts = [(name, 1) for name in WHOLE]
    for name, kind in KINDS.items():
        parts += [(name, number + 1) for number in range(-(-kind.found().count() // PER_PART))]
    root = ElementTree.Element("sitemapindex", xmlns=PROTOCOL)
    for name, number in parts:
        found = ElementTree.SubElement(root, "sitemap")
        ElementTree.SubElement(found, "loc").text = settings.ORIGIN + reverse("sitemap", args=[name, number])
    return _xml(root)


@report_page
def sitemap(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """One part; 404 past the last."""
    root = ElementTree.Element("urlset", {"xmlns": PROTOCOL, "xmlns:xhtml": XHTML})
    for page in _part(kind, number):
        for lang in page.addresses:
            _add(root, page, lang)
    return _xml(root)


def _part(kind: str, number: int) -> list[Page]:
    first = (number - 1) * PER_PART
    if kind in WHOLE and number == 1:
        return WHOLE[kind]()
    if kind not in KINDS or not 0 <= first < 10**9 or not (pages := KINDS[kind].pages(slice(first, first + PER_PART))):
        raise Http404
    return pages


def _add(root: ElementTree.Element, page: Page, lang: str) -> None:
    url = ElementTree.SubElement(root, "url")
    ElementTree.SubElement(url, "loc").text = settings.ORIGIN + page.addresses[lang]
    if page.changed:
        ElementTree.SubElement(url, "lastmod").text = page.changed.isoformat(timespec="seconds")
    for other, path in page.addresses.items():
        ElementTree.SubElement(url, "xhtml:link", rel="alternate", hreflang=other, href=settings.ORIGIN + path)


def _xml(root: ElementTree.Element) -> HttpResponse:
    content = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return HttpResponse(content, content_type="application/xml; charset=utf-8")


@report_page
def robots(request: HttpRequest) -> HttpResponse:
    """Nothing is forbidden, since a list of what is would show the way; pages that nobody should find say so."""
    lines = ["User-agent: *", "Disallow:", "", f"Sitemap: {settings.ORIGIN}{reverse('sitemaps')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
