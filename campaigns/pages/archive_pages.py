"""The pages of an edition for reading without this site: plain files that link to each other.

They are made of the same parts as the site's pages. What only the site has (petitions, demonstrations, earlier
wordings, citations as files) is linked to there; nothing is loaded from there or from anywhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language_info, override

from campaigns.pages.finding_page import FindingPage, read_finding_pages
from campaigns.pages.place_page import ThemeSection, by_role, list_places
from campaigns.pages.theme_page import places_of
from reports.citations import FORMS
from reports.editions import ExaminedStatus
from reports.editorial.texts import TextState
from reports.finding_reading import ReadPlace, place_chips
from reports.models import EditionPlace, Finding, FindingTheme, ReportEdition, ThemeText
from reports.report_file.exporting import BATCH, Export
from reports.theme_reading import ReadEdition, ReadTheme, read_edition, read_themes

STYLES: Final = ("tokens", "base", "frame", "cases", "notices", "sheet")
_LINK: Final = re.compile(r'href="(/[^"#]*)')


@dataclass(frozen=True)
class Place:
    """A place of the edition in the language of the pages."""

    code: str
    name: str
    status: str
    note: object
    themes: list[ThemeSection]


def style_sheets() -> Iterator[tuple[str, bytes]]:
    """The looks of the pages, as files of the archive."""
    for name, source in {**{name: f"look/{name}.css" for name in STYLES}, "report": "pages/report.css"}.items():
        with open(str(finders.find(source)), "rb") as file:
            yield f"css/{name}.css", file.read()


def languages_of(edition: ReportEdition) -> list[str]:
    """The languages in which any theme of the edition can be read, in the order of the site."""
    texts = ThemeText.objects.filter(theme__in=Export(edition).the_themes, state=TextState.PUBLISHED)
    there = {edition.original_lang, *texts.values_list("lang", flat=True)}
    return [code for code, _name in settings.LANGUAGES if code in there]


def first_page(edition: ReportEdition, languages: list[str]) -> bytes:
    """The page on which a reader chooses the language."""
    context = {"edition": edition, "languages": [_language(code, f"{code}/index.html") for code in languages]}
    return render_to_string("archive/index.html", context).encode()


def _language(code: str, href: str) -> dict[str, str]:
    info = get_language_info(code)
    return {"code": code, "name": info["name_local"], "dir": "rtl" if info["bidi"] else "ltr", "href": href}


@dataclass(frozen=True)
class EditionPages:
    """The pages of an edition in one language. `saved_on` is the day that they say they are of."""

    edition: ReportEdition
    lang: str
    languages: list[str]
    saved_on: date

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Every page with its path in the archive. Findings are read at once, and written one by one."""
        with override(self.lang):
            for path, template, context in self._pages():
                yield f"{self.lang}/{path}", self._rendered(path, template, context)

    def _pages(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        yield "index.html", "archive/report.html", {"themes": self.themes, "places": self.places}
        for theme in self.themes:
            found = [self.findings[pk].finding for pk in self.order_on[theme.pk] if pk in self.findings]
            places = places_of(found)
            context = {"theme": theme, "findings": found, "places": places, "chips": place_chips(places)}
            yield f"themes/{theme.key}.html", "archive/theme.html", context
        for page in self.findings.values():
            cite = {"text": FORMS["txt"].write(page.citation), "forms": FORMS.values()}
            yield f"findings/{page.finding.uid}.html", "archive/finding.html", {"page": page, "cite": cite}
        for place in self.places:
            yield f"places/{place.code}.html", "archive/place.html", {"place": place}

    def _rendered(self, path: str, template: str, context: dict[str, Any]) -> bytes:
        up = "../" * path.count("/")
        info = get_language_info(self.lang)
        frame = {
            "lang": self.lang,
            "dir": "rtl" if info["bidi"] else "ltr",
            "up": f"{up}../",
            "home": f"{up}index.html",
            "read": self.read,
            "saved_on": self.saved_on,
            "origin": settings.ORIGIN,
            "demo": self.edition.demo,
            "languages": [_language(code, f"{up}../{code}/{path}") for code in self.languages],
        }
        html = render_to_string(template, {**frame, **context})
        return _LINK.sub(lambda link: f'href="{self._link(link[1], up)}', html).encode()

    def _link(self, address: str, up: str) -> str:
        """Where an address of the site leads from a page of the archive: to a page of it, else to the site."""
        return up + self.addresses[address] if address in self.addresses else settings.ORIGIN + address

    @cached_property
    def addresses(self) -> dict[str, str]:
        """Addresses of the site that have a page here."""
        lists = {reverse("pages:places"): "index.html#places", reverse("pages:themes"): "index.html"}
        themes = {reverse("pages:theme", args=[theme.text.slug]): f"themes/{theme.key}.html" for theme in self.themes}
        uids = [page.finding.uid for page in self.findings.values()]
        findings = {reverse("pages:finding", args=[uid]): f"findings/{uid}.html" for uid in uids}
        codes = [place.code for place in self.places]
        return {
            **{**lists, reverse("pages:home"): "index.html"},
            **themes,
            **findings,
            **{reverse("pages:place", args=[code]): f"places/{code}.html" for code in codes},
        }

    @cached_property
    def read(self) -> ReadEdition | None:
        """The edition as its head shows it."""
        return read_edition(self.edition.pk, self.lang)

    @cached_property
    def themes(self) -> list[ReadTheme]:
        """Its themes in their order."""
        return read_themes(Export(self.edition).the_themes, self.lang)

    @cached_property
    def findings(self) -> dict[int, FindingPage]:
        """Its findings by their row, in the order of the files of data."""
        ids = Export(self.edition).finding_ids
        found: dict[int, FindingPage] = {}
        for start in range(0, len(ids), BATCH):
            public = Finding.objects.stood_by().filter(pk__in=ids[start : start + BATCH])
            found |= {page.finding.pk: page for page in read_finding_pages(public, self.lang)}
        return {pk: found[pk] for pk in ids if pk in found}

    @cached_property
    def order_on(self) -> dict[int, list[int]]:
        """By theme, the findings on its page."""
        order: dict[int, list[int]] = {theme.pk: [] for theme in self.themes}
        links = FindingTheme.objects.filter(theme__in=order).order_by("position", "finding")
        for theme, finding in links.values_list("theme", "finding"):
            order[theme].append(finding)
        return order

    @cached_property
    def places(self) -> list[Place]:
        """The places that the edition examined or names, by name."""
        status = dict(EditionPlace.objects.filter(edition=self.edition).values_list("place__code", "status"))
        named: dict[str, ReadPlace] = {}
        for page in self.findings.values():
            named.update({place.code: place for place in page.finding.places})
        listed = [
            place for place in list_places(self.lang, self.edition.pk) if place.code in status or place.code in named
        ]
        return [self._place(place.code, place.name, status, named.get(place.code)) for place in listed]

    def _place(self, code: str, name: str, status: dict[str, str], named: ReadPlace | None) -> Place:
        note = named.note if named else None
        return Place(code, name, status.get(code, ExaminedStatus.UNKNOWN), note, self.on_place.get(code, []))

    @cached_property
    def on_place(self) -> dict[str, list[ThemeSection]]:
        """By place, the findings on it by theme and role."""
        parts: dict[str, list[ThemeSection]] = {}
        for theme in self.themes:
            pages = [self.findings[pk] for pk in self.order_on[theme.pk] if pk in self.findings]
            here = [page.finding for page in pages if page.themes and page.themes[0].slug == theme.text.slug]
            for code in {place.code for finding in here for place in finding.places}:
                parts.setdefault(code, []).append(ThemeSection(theme.text, by_role(code, here)))
        return parts
