"""Themes as pages show them: words, edition, voices and instruments; and how to find one by its slug."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from reports.corrections import ReadCorrection, corrections, read_corrections
from reports.editorial.publishing import stood_by, together, visible
from reports.editorial.texts import TextState
from reports.findings import Finding, FindingText
from reports.models import (
    EditionText,
    FormerThemeSlug,
    Instrument,
    InstrumentLink,
    InstrumentLinkText,
    InstrumentText,
    ReportEdition,
    ThemeInEdition,
    ThemeText,
    VoiceText,
    VoiceTheme,
)
from reports.reading import (
    Row,
    all_words,
    as_day,
    as_text,
    below,
    first,
    own_language_first,
    place_name,
    rows,
    words,
)
from reports.sources import SourceKind
from reports.voices import Mode


@dataclass(frozen=True)
class ReadEdition:
    """An edition of a report, as the head and the box of a page name it."""

    pk: int
    key: str
    year: int
    label: str
    period_start: date
    period_end: date
    released_on: date
    places_examined: int
    source_url: str
    licence: str
    demo: bool
    state: str
    publisher: str
    publisher_url: str
    text: EditionText | None
    newest: Row | None
    """The newest edition (`pk`, `label`), where that is not this one."""

    @property
    def name(self) -> str:
        """Its title; where it has none, its publisher and label."""
        return self.text.title if self.text else f"{self.publisher} {self.label}"

    @property
    def covers(self) -> str:
        """The years that it covers, in figures."""
        start, end = self.period_start.year, self.period_end.year
        return str(start) if start == end else f"{start}–{end}"


@dataclass(frozen=True)
class ReadVoice:
    """What somebody said, and who it was then."""

    person: str
    said_on: date
    mode: Mode
    quote_lang: str
    text: VoiceText | None
    source_title: str
    source_url: str
    source_kind: SourceKind
    locator: str


@dataclass(frozen=True)
class ReadInstrument:
    """A rule, and what it does to the theme."""

    uid: str
    kind: str
    stance: str
    identifier: str
    url: str
    jurisdiction: str
    jurisdiction_code: str
    in_force_on: date | None
    ended_on: date | None
    text: InstrumentText | None
    note: InstrumentLinkText | None


@dataclass(frozen=True)
class ReadTheme:
    """A theme of one edition in the language of a page."""

    pk: int
    theme_id: int
    uid: str
    key: str
    state: str
    original_lang: str
    text: ThemeText
    slugs: dict[str, str]
    edition: ReadEdition
    voices: list[ReadVoice]
    instruments: list[ReadInstrument]
    other_years: list[Row]
    corrections: list[ReadCorrection]

    @property
    def in_newest(self) -> ThemeText | None:
        """The same theme in the newest edition, for the page of an older one; None if that edition has it no more."""
        newest = self.edition.newest
        return next((year["text"] for year in self.other_years if newest and year["edition"] == newest["pk"]), None)

    def slug_in(self, lang: str) -> str:
        """The slug of its page in a language: the original's where that has no text."""
        return self.slugs.get(lang) or self.slugs[self.original_lang]


@dataclass(frozen=True)
class ThemeLine:
    """A theme in a list: its title and one line."""

    pk: int
    theme_id: int
    text: ThemeText
    finding: FindingText | None


def find_theme(slug: str, lang: str) -> ReadTheme | None:
    """The public theme with this slug: in this language, else in its original one, else in any; one query.

    The caller compares the slug with `slug_in`: under another language's slug it sends the reader on.
    """
    named = Q(texts__slug=slug, texts__state=TextState.PUBLISHED)
    found = (
        ThemeInEdition.objects.visible()
        .filter(named)
        .order_by(own_language_first(lang, "texts__lang"), own_language_first(F("original_lang"), "texts__lang"), "pk")
    )
    return _one(found, lang)


def read_themes(themes: QuerySet[ThemeInEdition], lang: str) -> list[ReadTheme]:
    """Themes of a queryset that starts from `visible()`, in its order, with all that their pages show; one query."""
    return [theme for row in rows(themes, _theme_columns(lang)) if (theme := _as_theme(row))]


def find_former_theme(slug: str, lang: str) -> ReadTheme | None:
    """The public theme whose page had this slug once; at most two queries."""
    found = FormerThemeSlug.objects.filter(visible("theme"), visible("theme__edition"), slug=slug)
    former = found.order_by(own_language_first(lang), "pk").first()
    return _one(ThemeInEdition.objects.visible().filter(pk=former.theme_id), lang) if former else None


def list_themes(themes: QuerySet[ThemeInEdition], lang: str) -> list[ThemeLine]:
    """Themes of a queryset that starts from `visible()`, each with its first finding as a line; one query."""
    findings = Finding.objects.stood_by()
    leading = findings.filter(finding_themes__theme=OuterRef("pk"), finding_themes__primary=True)
    columns = {
        "pk": "pk",
        "theme_id": "theme_id",
        "text": words(ThemeText, lang),
        "finding": first(leading.order_by("finding_themes__position", "pk"), {"text": words(FindingText, lang)}),
    }
    return [line for row in rows(themes, columns) if (line := _as_line(row))]


def newest_edition(lang: str) -> ReadEdition | None:
    """Of the public editions that we stand by the one with the latest period; one query."""
    found = _newest_first()[:1]
    return next((as_edition(row) for row in rows(found, edition_columns(lang))), None)


def list_editions(lang: str) -> list[ReadEdition]:
    """The public editions that we stand by, the newest first; one query."""
    return [as_edition(row) for row in rows(_newest_first(), edition_columns(lang))]


def read_edition(pk: int, lang: str) -> ReadEdition | None:
    """A public edition; one query."""
    found = ReportEdition.objects.visible().filter(pk=pk)
    return next((as_edition(row) for row in rows(found, edition_columns(lang))), None)


def edition_columns(lang: str, prefix: str = "") -> dict[str, Any]:
    """Columns of an edition, or of the one a row belongs to when `prefix` leads there, as in "edition__"."""
    plain = [
        *("key", "year", "label", "period_start", "period_end", "released_on", "places_examined"),
        *("source_url", "licence", "demo", "state"),
    ]
    later = _newest_first().filter(period_end__gt=OuterRef(f"{prefix}period_end"))
    return {
        "pk": f"{prefix}pk",
        **{name: f"{prefix}{name}" for name in plain},
        "publisher": f"{prefix}publisher__name",
        "publisher_url": f"{prefix}publisher__url",
        "text": words(EditionText, lang, of=f"{prefix}pk", original=f"{prefix}original_lang"),
        "newest": first(later, {"pk": "pk", "label": "label"}),
    }


def as_edition(row: Row) -> ReadEdition:
    """A row of `edition_columns`."""
    days = {name: as_day(row[name]) for name in ("period_start", "period_end", "released_on")}
    return ReadEdition(**{**row, **days, "text": as_text(EditionText, row["text"])})


def newest_of_each(themes: QuerySet[ThemeInEdition]) -> QuerySet[ThemeInEdition]:
    """Of these themes of editions those that no public later edition treats again."""
    later = ThemeInEdition.objects.stood_by().filter(
        theme=OuterRef("theme"), edition__period_end__gt=OuterRef("edition__period_end")
    )
    return themes.exclude(Exists(later))


def in_newest_edition(lang: str, *, theme: str) -> Subquery:
    """As a column: the words of a theme in the newest edition that treats it, `theme` leading to its id."""
    found = ThemeInEdition.objects.stood_by().filter(theme=OuterRef(theme)).order_by("-edition__period_end", "-pk")
    return first(found, {"edition": "edition_id", "text": words(ThemeText, lang)})


def _newest_first() -> QuerySet[ReportEdition]:
    return ReportEdition.objects.stood_by().order_by("-period_end", "-pk")


def _one(found: QuerySet[ThemeInEdition], lang: str) -> ReadTheme | None:
    return next(iter(read_themes(found[:1], lang)), None)


def _theme_columns(lang: str) -> dict[str, Any]:
    voices = VoiceTheme.objects.filter(stood_by("voice"), theme=OuterRef("pk")).order_by("position", "pk")
    links = InstrumentLink.objects.filter(stood_by("instrument"), theme=OuterRef("pk")).order_by("pk")
    with_retracted = InstrumentLink.objects.filter(visible("instrument"), theme=OuterRef("pk")).order_by("pk")
    others = ThemeInEdition.objects.stood_by().filter(theme=OuterRef("theme")).exclude(pk=OuterRef("pk"))
    return {
        **{name: name for name in ("pk", "theme_id", "uid", "state", "original_lang")},
        "key": "theme__key",
        "text": words(ThemeText, lang),
        "slugs": all_words(ThemeText, "slug"),
        "voices": below(voices, _voice_columns(lang)),
        "instruments": below(links, _instrument_columns(lang)),
        "corrections": corrections(ThemeInEdition),
        "corrected_instruments": below(with_retracted, {"corrections": corrections(Instrument, of="instrument_id")}),
        "other_years": below(
            others.order_by("-edition__period_end"),
            {"edition": "edition_id", "key": "edition__key", "label": "edition__label", "text": words(ThemeText, lang)},
        ),
        "edition": JSONObject(**edition_columns(lang, "edition__")),
    }


def _voice_columns(lang: str) -> dict[str, Any]:
    return {
        "person": "voice__person__name",
        "said_on": "voice__said_on",
        "mode": "voice__mode",
        "quote_lang": "voice__quote_lang",
        "locator": "voice__locator",
        "text": words(VoiceText, lang, of="voice_id", original="voice__original_lang"),
        "source_title": "voice__source__title",
        "source_url": "voice__source__url",
        "source_kind": "voice__source__kind",
    }


def _instrument_columns(lang: str) -> dict[str, Any]:
    plain = ["uid", "kind", "identifier", "url", "in_force_on", "ended_on"]
    return {
        "stance": "stance",
        **{name: f"instrument__{name}" for name in plain},
        "jurisdiction": place_name(lang, of="instrument__jurisdiction_id"),
        "jurisdiction_code": "instrument__jurisdiction__code",
        "text": words(InstrumentText, lang, of="instrument_id", original="instrument__original_lang"),
        "note": words(InstrumentLinkText, lang),
    }


def _as_theme(row: Row) -> ReadTheme | None:
    text = as_text(ThemeText, row["text"])
    if text is None:
        return None
    parts = {
        "text": text,
        "slugs": {slug["lang"]: slug["slug"] for slug in row["slugs"]},
        "edition": (edition := as_edition(row["edition"])),
        "state": together(row["state"], edition.state),
        "voices": [_as_voice(voice) for voice in row["voices"]],
        "instruments": [_as_instrument(instrument) for instrument in row["instruments"]],
        "corrections": _corrections(row, text.lang),
        "other_years": [{**year, "text": as_text(ThemeText, year["text"])} for year in row["other_years"]],
    }
    return ReadTheme(**{**row, **parts})


def _corrections(row: Row, lang: str) -> list[ReadCorrection]:
    """The theme's, and those of the instruments that stand on its page or stood there; the newest first."""
    found = read_corrections(row["corrections"], lang)
    for rule in row.pop("corrected_instruments"):
        found += read_corrections(rule["corrections"], lang)
    return sorted(found, key=lambda one: one.pk, reverse=True)


def _as_voice(row: Row) -> ReadVoice:
    typed = {
        "said_on": as_day(row["said_on"]),
        "mode": Mode(row["mode"]),
        "source_kind": SourceKind(row["source_kind"]),
        "text": as_text(VoiceText, row["text"]),
    }
    return ReadVoice(**{**row, **typed})


def _as_instrument(row: Row) -> ReadInstrument:
    typed = {
        "in_force_on": as_day(row["in_force_on"]),
        "ended_on": as_day(row["ended_on"]),
        "jurisdiction": row["jurisdiction"] or "",
        "jurisdiction_code": row["jurisdiction_code"] or "",
        "text": as_text(InstrumentText, row["text"]),
        "note": as_text(InstrumentLinkText, row["note"]),
    }
    return ReadInstrument(**{**row, **typed})


def _as_line(row: Row) -> ThemeLine | None:
    text = as_text(ThemeText, row["text"])
    finding = as_text(FindingText, row["finding"]["text"]) if row["finding"] else None
    return ThemeLine(row["pk"], row["theme_id"], text, finding) if text else None
