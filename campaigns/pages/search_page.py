"""The page of a search: places by exact name, texts with the words, texts with words of similar spelling."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import F, Func, OuterRef, Q
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_info

from campaigns.pages.report_page import address
from campaigns.pages.search_kinds import KINDS, Filters, cited_in, documents
from reports.editorial.publishing import stood_by
from reports.editorial.texts import TextState
from reports.models import EditionPlaceName, FindingPlaceText, Place, PlaceName, SearchDocument
from reports.reading import Row, first, place_name, rows
from reports.search import (
    MATCH,
    MATCH_ENDS,
    Question,
    countries,
    matching,
    understand,
    with_a_spelling,
    with_excerpts,
)

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PER_PAGE: Final = 20
SIMILAR: Final = 10
"""Texts of similar spelling that are shown, on the first page alone."""
MOST_MATCHES: Final = 1000
"""Texts that are ranked and leafed through; who has more needs other words."""
SITE_LANGUAGES: Final = {code for code, _name in settings.LANGUAGES}


@dataclass(frozen=True)
class FoundPlace:
    """A place that is called exactly so; `locality` is the part of it that bears the name."""

    code: str
    name: str
    kind: str
    locality: str

    @property
    def url(self) -> str:
        """Its page."""
        return reverse("pages:place", args=[self.code])


@dataclass(frozen=True)
class Found:
    """A text that was found, in its own language, with the words marked."""

    kind: StrOrPromise
    title: SafeString
    excerpt: SafeString
    url: str
    lang: str
    foreign: bool

    @property
    def dir(self) -> str:
        """Its writing direction; a source may be in a language that we do not know."""
        return ("rtl" if get_language_info(self.lang)["bidi"] else "ltr") if self.lang in SITE_LANGUAGES else "auto"

    @property
    def language(self) -> str:
        """Its language in that language's own name."""
        return str(get_language_info(self.lang)["name_local"]) if self.lang in SITE_LANGUAGES else self.lang


@dataclass(frozen=True)
class SearchPage:
    """All that the page shows of a question."""

    question: Question
    places: list[FoundPlace] = field(default_factory=list)
    exact: list[Found] = field(default_factory=list)
    similar: list[Found] = field(default_factory=list)
    leaf: Page[int] | None = None
    suggestion: str = ""

    @property
    def total(self) -> int:
        """How many things hold the words."""
        return self.leaf.paginator.count if self.leaf else 0

    @property
    def is_capped(self) -> bool:
        """Whether there may be more than were looked at."""
        return self.total >= MOST_MATCHES

    @property
    def nothing(self) -> bool:
        """Whether none of the three groups has anything."""
        return not (self.places or self.total or self.similar)


def read_search_page(typed: str, filters: Filters, lang: str, number: str = "") -> SearchPage:
    """The page of what was typed; four queries: question, places, matches, texts. None where nothing was typed."""
    question = understand(typed, lang)
    if not question.whole:
        return SearchPage(question)
    exact, similar = _matches(question, filters, lang)
    leaf = Paginator(exact, PER_PAGE).get_page(number)
    shown = similar[:SIMILAR] if leaf.number == 1 else []
    texts = _texts([*leaf.object_list, *shown], question, lang)
    return SearchPage(
        question=question,
        places=_places(question, filters, lang) if leaf.number == 1 else [],
        exact=[_as_found(texts[pk], lang) for pk in leaf.object_list if pk in texts],
        similar=[_as_found(texts[pk], lang) for pk in shown if pk in texts],
        leaf=leaf,
        suggestion="" if exact else _suggestion(question, list(texts.values()) or _with_a_spelling(question, filters)),
    )


def _matches(question: Question, filters: Filters, lang: str) -> tuple[list[int], list[int]]:
    """Texts that hold the words, and those that hold words like them: of each thing one, the page's language first."""
    exact: dict[tuple[str, int], int] = {}
    similar: dict[tuple[str, int], int] = {}
    for match in matching(documents(filters), question, lang, MOST_MATCHES):
        thing = (match.kind, match.thing)
        if thing not in exact:
            (exact if match.exact else similar).setdefault(thing, match.pk)
    return list(exact.values()), list(similar.values())


def _texts(wanted: list[int], question: Question, lang: str) -> dict[int, Any]:
    if not wanted:
        return {}
    found = with_excerpts(SearchDocument.objects.filter(pk__in=wanted), question).annotate(cited_in=cited_in())
    return {document.pk: document for document in found}


def _as_found(document: Any, lang: str) -> Found:
    """Its page is the one in its own language, where the words stand."""
    own = document.lang if document.lang in SITE_LANGUAGES and document.kind != "source" else lang
    kind = KINDS[document.kind]
    return Found(
        kind=kind.label,
        title=marked(document.shown_title),
        excerpt=marked(document.excerpt),
        url=address(own, kind.route, document.cited_in or document.address),
        lang=document.lang,
        foreign=bool(document.lang) and document.lang != lang,
    )


def marked(text: str) -> SafeString:
    """Text with `<mark>` round what was found, and nothing else that a browser would read as HTML."""
    return mark_safe(escape(text).replace(MATCH, "<mark>").replace(MATCH_ENDS, "</mark>"))  # noqa: S308


def _places(question: Question, filters: Filters, lang: str) -> list[FoundPlace]:
    """Places by one of their names, or by that of a part of them; the whole question first."""
    if filters.given.keys() - {"kind"} or filters.kind not in ("", "place") or not question.names:
        return []
    named = PlaceName.objects.filter(folded__in=question.names)
    parts = FindingPlaceText.objects.filter(
        stood_by("finding_place__finding"),
        stood_by("finding_place__finding__edition"),
        folded__in=question.names,
        state=TextState.PUBLISHED,
    )
    kept = EditionPlaceName.objects.alias(folded=Func(F("name"), function="search_fold"))
    kept = kept.filter(stood_by("edition"), folded__in=question.names)
    called_so = Q(code__in=question.country_codes) | Q(pk__in=named.values("place")) | Q(pk__in=kept.values("place"))
    found = Place.objects.filter(called_so | Q(pk__in=parts.values("finding_place__place")))
    part = parts.filter(finding_place__place=OuterRef("pk")).order_by("pk")
    columns = {
        **{name: name for name in ("pk", "code", "kind")},
        "name": place_name(lang, of="pk"),
        "part": first(part, {"locality": "locality"}),
    }
    return [_as_place(row) for row in rows(found.order_by("code"), columns)]


def _as_place(row: Row) -> FoundPlace:
    locality = row["part"]["locality"] if row["part"] else ""
    return FoundPlace(row["code"], row["name"] or row["code"], row["kind"], locality)


def _with_a_spelling(question: Question, filters: Filters) -> list[Any]:
    """Visible texts for the words one by one, where none is like all of them; one query."""
    return list(with_a_spelling(documents(filters), question).only("plain"))


def _suggestion(question: Question, seen: list[Any]) -> str:
    """The question with the words that no visible text holds replaced by the nearest that one does, or by a country's
    name; empty where there is nothing better to ask."""
    asked = question.text.split()
    better = [_better(question, question.folded.get(word, word), seen) or word for word in asked]
    return " ".join(better) if better != asked else ""


def _better(question: Question, word: str, seen: list[Any]) -> str:
    """Whether the index knows the word counts for nothing: it may stand in what is not public yet."""

    def is_known(term: str) -> bool:
        return term in countries() or any(f"'{term}':" in text.plain for text in seen)

    return "" if is_known(word) else next(filter(is_known, question.alike.get(word, [])), "")
