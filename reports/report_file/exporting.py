"""An edition as a report file: what the public may read, or everything for its editors. The inverse of `reading`.

The file holds our own words and facts. Words of others under a licence that forbids to carry them over stay behind.
It is written piece by piece, findings in batches, so that its size costs no memory; the same edition gives the same
bytes, and loading them again changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from heapq import heappop, heappush
from itertools import pairwise
from typing import Any, Final

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from reports.cldr_names import SOURCE
from reports.editorial.publishing import stood_by
from reports.editorial.texts import Text, TextState
from reports.licences import may_be_carried_over
from reports.models import (
    EditionPlace,
    EditionPlaceName,
    EditionText,
    Evidence,
    Finding,
    FindingPlace,
    FindingPlaceText,
    FindingText,
    FindingTheme,
    Instrument,
    InstrumentLink,
    InstrumentLinkText,
    InstrumentText,
    NamingNote,
    Person,
    Place,
    PlaceName,
    ReportEdition,
    Source,
    ThemeChange,
    ThemeChangeText,
    ThemeInEdition,
    ThemeLink,
    ThemeLinkText,
    ThemeText,
    Voice,
    VoiceText,
    VoiceTheme,
)
from reports.places import NameKind
from reports.reading import Row, below, parent_of, rows
from reports.report_file.reading import EDITION_COLUMNS, FORMAT, SOURCE_OPTIONAL
from reports.voices import Mode

BATCH: Final = 200
FINDING_WORDS: Final = ("statement", "explanation", "content_warning", "reply")


@dataclass(frozen=True)
class Export:
    """One edition, with its drafts or without."""

    edition: ReportEdition
    drafts: bool = False

    def pieces(self) -> Iterator[str]:
        """The JSON text of the file."""
        yield "{\n"
        head = self.head()
        for name, value in head.items():
            yield f" {json.dumps(name)}: {_json(value)},\n"
        for name, items in self.lists():
            yield f" {json.dumps(name)}: ["
            between = "\n  "
            for item in items:
                yield between + _json(item)
                between = ",\n  "
            yield "\n ],\n" if between != "\n  " else "],\n"
        yield f' "original_lang": {json.dumps(self.edition.original_lang)}\n}}\n'

    def report(self) -> dict[str, Any]:
        """The same as one object."""
        lists = {name: list(items) for name, items in self.lists()}
        return {**self.head(), **lists, "original_lang": self.edition.original_lang}

    def head(self) -> dict[str, Any]:
        """What stands before the lists."""
        edition, publisher = self.edition, self.edition.publisher
        columns = {name: _plain(getattr(edition, name)) for name in EDITION_COLUMNS}
        release = {"release_at": _plain(edition.release_at)} if self.drafts and edition.release_at else {}
        texts = self.texts(EditionText, "title", "headline")
        words = rows(ReportEdition.objects.filter(pk=edition.pk), {"texts": texts})[0]["texts"]
        return {
            "format": FORMAT,
            "about": about(),
            "publisher": {name: getattr(publisher, name) for name in ("key", "name", "url", "licence")},
            "edition": {"key": edition.key, **columns, **release, "demo": edition.demo, "texts": _by_lang(words)},
        }

    def lists(self) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
        """The lists in the order of the file."""
        yield "places", self.places()
        yield "sources", self.sources()
        yield "themes", self.themes()
        yield "findings", self.findings()
        yield "people", self.people()
        yield "voices", self.voices()
        yield "instruments", self.instruments()
        yield "theme_links", self.theme_links()
        yield "theme_changes", self.theme_changes()

    # --- What belongs to it -----------------------------------------------------------------------------------------

    @property
    def the_themes(self) -> QuerySet[ThemeInEdition]:
        """Its themes, in the order of their pages."""
        found = ThemeInEdition.objects if self.drafts else ThemeInEdition.objects.stood_by()
        return found.filter(edition=self.edition).order_by("position", "pk")

    @property
    def the_findings(self) -> QuerySet[Finding]:
        """Its findings; those that are public have a home that is."""
        found = Finding.objects.filter(edition=self.edition)
        if self.drafts:
            return found
        home = FindingTheme.objects.filter(finding=OuterRef("pk"), primary=True, theme__in=self.the_themes)
        return found.filter(Exists(home), stood_by(), stood_by("edition"))

    @cached_property
    def finding_ids(self) -> list[int]:
        """In one order that keeps the order on every theme's page, as far as there is one; else by age."""
        links = FindingTheme.objects.filter(finding__in=self.the_findings, theme__in=self.the_themes)
        pages: dict[int, list[int]] = {}
        for theme, finding in links.order_by("theme", "position", "finding").values_list("theme", "finding"):
            pages.setdefault(theme, []).append(finding)
        return one_order(sorted(self.the_findings.values_list("pk", flat=True)), list(pages.values()))

    @property
    def the_voices(self) -> QuerySet[Voice]:
        """Voices heard on its themes. Words of theirs that may not be carried over are not among the public ones."""
        heard = VoiceTheme.objects.filter(voice=OuterRef("pk"), theme__in=self.the_themes)
        found = Voice.objects.filter(Exists(heard))
        if self.drafts:
            return found
        guarded = [
            voice.pk
            for voice in found.filter(mode=Mode.QUOTE).select_related("source")
            if not may_be_carried_over(voice.source.licence)
        ]
        return found.filter(stood_by()).exclude(pk__in=guarded)

    @property
    def the_instruments(self) -> QuerySet[Instrument]:
        """Instruments that bear on its themes."""
        bearing = InstrumentLink.objects.filter(instrument=OuterRef("pk"), theme__in=self.the_themes)
        found = Instrument.objects.filter(Exists(bearing))
        return found if self.drafts else found.filter(stood_by())

    @property
    def the_links(self) -> QuerySet[ThemeLink]:
        """How its themes follow from others; the public sees a link once both have had a public page."""
        found = ThemeLink.objects.filter(later__in=self.the_themes.values("theme"))
        if self.drafts:
            return found
        seen = ThemeInEdition.objects.stood_by().values("theme")
        return found.filter(Exists(_published(ThemeLinkText)), earlier__in=seen)

    @property
    def the_changes(self) -> QuerySet[ThemeChange]:
        """What is asserted since earlier editions, of its themes and of theirs that it treats no more."""
        found = ThemeChange.objects.filter(later=self.edition)
        if self.drafts:
            return found
        treated = ThemeInEdition.objects.stood_by().filter(theme=OuterRef("theme"))
        treated = treated.filter(Q(edition=self.edition) | Q(edition=OuterRef("earlier")))
        told = [Exists(_published(ThemeChangeText)), Exists(treated), stood_by("earlier"), stood_by("later")]
        return found.filter(*told)

    # --- The lists --------------------------------------------------------------------------------------------------

    def places(self) -> Iterator[dict[str, Any]]:
        """Places it lists, finds something on or has rules of, with the places they are parts of."""
        ids = set(EditionPlace.objects.filter(edition=self.edition).values_list("place", flat=True))
        ids |= set(FindingPlace.objects.filter(finding__in=self.finding_ids).values_list("place", flat=True))
        ids |= {pk for pk in self.the_instruments.values_list("jurisdiction", flat=True) if pk}
        ids |= {pk for pk in self.the_changes.values_list("place", flat=True) if pk}
        while more := set(Place.objects.filter(parts__in=ids).values_list("pk", flat=True)) - ids:
            ids |= more
        names = PlaceName.objects.filter(place=OuterRef("pk"), kind=NameKind.DISPLAY).exclude(source=SOURCE)
        columns = {
            **{"code": "code", "kind": "kind", "parent": "parent__code"},
            "names": below(names.order_by("lang"), {"lang": "lang", "name": "name"}),
            "edition_names": below(
                EditionPlaceName.objects.filter(place=OuterRef("pk"), edition=self.edition).order_by("lang"),
                {"lang": "lang", "name": "name"},
            ),
            "notes": below(
                NamingNote.objects.filter(place=OuterRef("pk")).order_by("lang"),
                {"lang": "lang", "text": "text", "policy_url": "policy_url"},
            ),
        }
        known = dict(EditionPlace.objects.filter(edition=self.edition).values_list("place__code", "status"))
        for row in rows(Place.objects.filter(pk__in=ids).order_by("code"), columns):
            plain = {name: row[name] for name in ("code", "kind", "parent")}
            extra: dict[str, Any] = {
                key: {name["lang"]: name["name"] for name in row[key]} for key in ("names", "edition_names")
            }
            extra["notes"] = _by_lang(row["notes"])
            said = {key: value for key, value in extra.items() if value}
            yield {**plain, "status": known.get(row["code"], "unknown"), **said}

    def sources(self) -> Iterator[dict[str, Any]]:
        """Sources of its findings, voices and changes: what they are, never what they say."""
        ids = set(Evidence.objects.filter(finding__in=self.finding_ids).values_list("source", flat=True))
        ids |= set(self.the_voices.values_list("source", flat=True))
        ids |= set(self.the_changes.values_list("source", flat=True))
        names = ("key", "kind", "title", *SOURCE_OPTIONAL)
        yield from rows(Source.objects.filter(pk__in=ids).order_by("key"), {name: name for name in names})

    def themes(self) -> Iterator[dict[str, Any]]:
        """Its themes with their words."""
        columns = {
            "key": "theme__key",
            "position": "position",
            "texts": self.texts(ThemeText, "slug", "title", "summary"),
        }
        for row in rows(self.the_themes, columns):
            yield {**row, "texts": _by_lang(row["texts"])}

    def findings(self, ids: list[int] | None = None) -> Iterator[dict[str, Any]]:
        """Its findings, or those of them with these ids; one query for each batch."""
        wanted = self.finding_ids if ids is None else ids
        for start in range(0, len(wanted), BATCH):
            batch = wanted[start : start + BATCH]
            found = {row["pk"]: row for row in rows(Finding.objects.filter(pk__in=batch), self._finding_columns())}
            for pk in batch:
                yield _finding(found[pk])

    def _finding_columns(self) -> dict[str, Any]:
        plain = ["kind", "attribution", "scope", "occurred_from", "occurred_to", "precision"]
        themes = FindingTheme.objects.filter(finding=OuterRef("pk"), theme__in=self.the_themes)
        places = FindingPlace.objects.filter(finding=OuterRef("pk")).order_by("position", "pk")
        evidence = Evidence.objects.filter(finding=OuterRef("pk")).order_by("position", "pk")
        return {
            **{"pk": "pk", "uid": "uid", "key": "key"},
            **{name: name for name in plain},
            "themes": below(themes.order_by("-primary", "theme__position", "theme__pk"), {"key": "theme__theme__key"}),
            "places": below(
                places, {"code": "place__code", "role": "role", "locality": self.texts(FindingPlaceText, "locality")}
            ),
            "evidence": below(
                evidence,
                {"source": "source__key", "relation": "relation", "locator": "locator", "note": "note"},
            ),
            "texts": self.texts(FindingText, *FINDING_WORDS),
        }

    def people(self) -> Iterator[dict[str, Any]]:
        """Who says what its voices say."""
        found = Person.objects.filter(voices__in=self.the_voices).distinct().order_by("key")
        yield from rows(found, {name: name for name in ("key", "name", "organisation")})

    def voices(self) -> Iterator[dict[str, Any]]:
        """What people said, in the order of the pages."""
        heard = VoiceTheme.objects.filter(voice=OuterRef("pk"), theme__in=self.the_themes)
        plain = ("key", "said_on", "mode", "locator", "quote_lang", "permission_basis")
        columns = {
            **{name: name for name in plain},
            **{"person": "person__key", "source": "source__key"},
            "themes": below(heard.order_by("theme__position", "theme__pk"), {"key": "theme__theme__key"}),
            "at": below(heard.order_by("position"), {"position": "position"}),
            "texts": self.texts(VoiceText, "role", "text"),
        }
        found = rows(self.the_voices.order_by("pk"), columns)
        for row in sorted(found, key=lambda row: int(row["at"][0]["position"])):
            keys = [theme["key"] for theme in row["themes"]]
            plain_columns = {name: row[name] for name in (*plain, "person", "source")}
            yield {**plain_columns, "themes": keys, "texts": _by_lang(row["texts"])}

    def instruments(self) -> Iterator[dict[str, Any]]:
        """Rules, and what they do to its themes."""
        links = InstrumentLink.objects.filter(instrument=OuterRef("pk"), theme__in=self.the_themes)
        plain = ("key", "kind", "adopted_on", "in_force_on", "ended_on", "identifier", "url")
        columns = {
            **{name: name for name in plain},
            "jurisdiction": "jurisdiction__code",
            "texts": self.texts(InstrumentText, "title", "short"),
            "links": below(
                links.order_by("theme__position", "theme__pk"),
                {"theme": "theme__theme__key", "stance": "stance", "texts": self.texts(InstrumentLinkText, "note")},
            ),
        }
        for row in rows(self.the_instruments.order_by("key"), columns):
            parts = [{**link, "texts": _by_lang(link["texts"])} for link in row["links"]]
            yield {**row, "texts": _by_lang(row["texts"]), "links": parts}

    def theme_links(self) -> Iterator[dict[str, Any]]:
        """How its themes follow from others, in words."""
        columns = {
            **{"earlier": "earlier__key", "later": "later__key", "kind": "kind"},
            "texts": self.texts(ThemeLinkText, "note"),
        }
        for row in rows(self.the_links.order_by("later__key", "earlier__key"), columns):
            yield {**row, "texts": _by_lang(row["texts"])}

    def theme_changes(self) -> Iterator[dict[str, Any]]:
        """What changed or was resolved since earlier editions, in words."""
        columns = {
            **{"theme": "theme__key", "place": "place__code", "earlier": "earlier__key", "state": "state"},
            **{"source": "source__key", "texts": self.texts(ThemeChangeText, "note")},
        }
        ordered = self.the_changes.order_by("theme__key", F("place__code").asc(nulls_first=True), "earlier__key")
        for row in rows(ordered, columns):
            yield {**row, "texts": _by_lang(row["texts"])}

    def texts(self, model: type[Text], *names: str) -> Any:
        """Column: the words of the row at hand in every language."""
        found = model._default_manager.filter(**{parent_of(model): OuterRef("pk")})
        shown = found if self.drafts else found.filter(state=TextState.PUBLISHED)
        return below(shown.order_by("lang"), {name: F(name) for name in ("lang", *names)})


def one_order(items: list[int], orders: list[list[int]]) -> list[int]:
    """The items so that as many of these orders as can be are kept; where they leave it open, as they are given."""
    before: dict[int, set[int]] = {item: set() for item in items}
    after: dict[int, list[int]] = {item: [] for item in items}
    for order in orders:
        for first, second in pairwise(order):
            if first not in before[second]:
                before[second].add(first)
                after[first].append(second)
    ready = [item for item in items if not before[item]]
    ordered: dict[int, None] = {}
    waiting = iter(items)
    while len(ordered) < len(items):
        # Where the orders run in a circle nobody is ready: then the next in line breaks it.
        item = heappop(ready) if ready else next(one for one in waiting if one not in ordered)
        if item in ordered:
            continue
        ordered[item] = None
        for follower in after[item]:
            before[follower].discard(item)
            if not before[follower] and follower not in ordered:
                heappush(ready, follower)
    return list(ordered)


def _published(model: type[Text]) -> QuerySet[Any]:
    """The published words of the row at hand."""
    parent = parent_of(model)
    return model._default_manager.filter(**{parent: OuterRef("pk"), "state": TextState.PUBLISHED})


def about() -> dict[str, str]:
    """What a file of ours says of itself: whose words it holds and under which licence."""
    return {
        "site": settings.ORIGIN,
        "licence": settings.DATA_LICENCE,
        "licence_url": settings.DATA_LICENCES[settings.DATA_LICENCE],
        "note": "The words are this site's own; the facts are the report's, whose own words carry its licence.",
    }


def _finding(row: Row) -> dict[str, Any]:
    plain = ("key", "kind", "attribution", "scope", "occurred_from", "occurred_to", "precision")
    return {
        **{name: row[name] for name in plain},
        "themes": [theme["key"] for theme in row["themes"]],
        "places": [_place(place) for place in row["places"]],
        "evidence": row["evidence"],
        "texts": _by_lang(row["texts"]),
    }


def _place(row: Row) -> dict[str, Any]:
    locality = {text["lang"]: text["locality"] for text in row["locality"]}
    return {"code": row["code"], "role": row["role"], **({"locality": locality} if locality else {})}


def _by_lang(texts: list[Row]) -> dict[str, Row]:
    return {text["lang"]: {name: value for name, value in text.items() if name != "lang"} for text in texts}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
