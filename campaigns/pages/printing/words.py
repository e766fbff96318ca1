"""What stands on paper, as plain values for `paper.typ`: the words of a theme's or a place's page, nothing typeset yet.

Each text is {"text", "lang"}: the template sets language, font and direction by it. Texts are bounded, and so is their
number, so that what one PDF costs is bounded whatever an edition holds; what is left out is said at its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings
from django.utils.encoding import uri_to_iri
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from campaigns.demand_reading import ReadDemand
from campaigns.pages.finding_page import SITE
from campaigns.pages.place_page import PlacePage
from campaigns.pages.theme_page import ThemePage
from reports.corrections import ReadCorrection
from reports.editions import ExaminedStatus
from reports.editorial.texts import Text
from reports.finding_reading import ReadFinding, ReadSource
from reports.theme_reading import ReadEdition, ReadInstrument, ReadVoice
from reports.voices import Mode

Words = dict[str, Any]

MOST: Final = 400
"""Findings, voices and other entries on one PDF."""
_NO_LETTERS: Final = dict.fromkeys([*range(9), *range(14, 32), 127, *range(0x202A, 0x202F)])
"""Control characters and the embeddings and overrides of Unicode's bidirectional algorithm (UAX 9, 3.1)."""
_LANGUAGE: Final = re.compile("[a-z]{2,3}")
LONGEST: Final = 12_000
"""Letters of one text."""


def theme_words(page: ThemePage) -> Words:
    """A theme: what we ask, what was found, who said what, the rules, and where all of it is from."""
    theme = page.theme
    parts = [
        _part(_("What we ask, and of whom"), [_demand(demand) for demand in page.demands]),
        _part(_("What the report found"), [_finding(finding) for finding in page.findings if finding.text]),
        _part(_("Voices"), [_voice(voice) for voice in theme.voices if voice.text], numbered=False),
        _part(_("Laws and rules"), [_rule(rule) for rule in theme.instruments if rule.text], numbered=False),
    ]
    return _paper(
        kind=_("Theme"),
        title=_of(theme.text, theme.text.title),
        about=[_report(theme.edition.label), _covers(theme.edition)],
        opening=[_of(theme.text, theme.text.summary), *map(_correction, theme.corrections)],
        parts=[part for part in parts if part["items"]],
        edition=theme.edition,
    )


def place_words(page: PlacePage, edition: ReadEdition | None) -> Words:
    """A place: what each edition says of it by theme and role. `edition`: the newest, for what all of it stands on."""
    parts: list[Words] = []
    for section in page.sections:
        said = [_plain(_standing(section.edition.status))] if not section.themes else []
        parts.append({**_part(_("What report %(label)s says") % {"label": section.edition.label}), "notes": said})
        for theme in section.themes:
            parts.append(_part("", level=3) | {"heading": _of(theme.theme, theme.theme.title)})
            parts += [
                _part(capfirst(str(role.label)), [_finding(finding) for finding in findings if finding.text], level=4)
                for role, findings in theme.by_role
            ]
    asked = [_demand(demand) for demand in page.demands]
    return _paper(
        kind=_("Place"),
        title=_plain(page.name),
        about=[page.code],
        opening=[{"text": _short(page.note.text), "lang": page.note.lang}] if page.note else [],
        parts=[*parts, *([_part(_("What we ask for here"), asked)] if asked else [])],
        edition=edition,
    )


def _paper(*, title: Words, parts: list[Words], edition: ReadEdition | None, **about: Any) -> Words:
    return {
        **about,
        "lang": get_language() or "en",
        "title": title,
        "site": SITE,
        "keywords": [_report(edition.label)] if edition else [],
        "parts": _with_numbered_sources(list(_bounded(parts))),
        "labels": {"colophon": _("About this document")},
        "colophon": _colophon(edition),
    }


def with_address(words: Words, path: str) -> Words:
    """The same with the address of its page, which every sheet bears."""
    link = settings.ORIGIN + path
    shown = uri_to_iri(link)
    row = {"label": _("Address of this page"), "lang": "en", "text": shown, "url": link}
    return {**words, "shown-address": shown, "colophon": [row, *words["colophon"]]}


def _bounded(parts: Iterable[Words]) -> Iterable[Words]:
    left = MOST
    for part in parts:
        kept = part["items"][:left]
        left -= len(kept)
        out = len(part["items"]) - len(kept)
        told = ngettext(
            "%(count)d more entry stands on the page itself.", "%(count)d more entries stand on the page itself.", out
        )
        yield {**part, "items": kept, "notes": [*part["notes"], *([_plain(told % {"count": out})] if out else [])]}


def _with_numbered_sources(parts: list[Words]) -> list[Words]:
    """The same, each source with its number, and whether it stands here for the first time."""
    numbers: dict[str, int] = {}
    for note in (note for part in parts for item in part["items"] for note in item["notes"]):
        told = repr(sorted(note.items()))
        note |= {"first": told not in numbers, "number": numbers.setdefault(told, len(numbers))}
    return parts


def _colophon(edition: ReadEdition | None) -> list[Words]:
    licence = _("The words of this document: %(licence)s.") % {"licence": settings.DATA_LICENCE}
    rows = [(_("As of"), date_format(datetime.now(UTC).date(), "DATE_FORMAT")), (_("Licence"), licence)]
    if edition:
        title = edition.text.title if edition.text else ""
        released = date_format(edition.released_on, "DATE_FORMAT")
        stands_on = ", ".join(filter(None, [edition.publisher, f"{title} {edition.label}".strip(), released]))
        rows.insert(0, (_("Report"), stands_on))
        rows.append((_("Licence of the report"), edition.licence))
    found = [{"label": label, **_plain(text), "url": None} for label, text in rows]
    if edition and _is_web(edition.source_url):
        url = edition.source_url
        found.insert(1, {"label": _("Address of the report"), "lang": "en", "text": url, "url": url})
    return found


def _part(heading: str, items: Sequence[Words] = (), *, level: int = 2, numbered: bool = True) -> Words:
    return {"heading": _plain(heading), "items": list(items), "level": level, "numbered": numbered, "notes": []}


def _item(says: Words, *, facts: Iterable[str] = (), notes: Iterable[Words] = (), more: Iterable[Words] = ()) -> Words:
    kept = [_short(fact) for fact in facts if fact]
    return {"says": says, "facts": kept, "notes": list(notes), "more": list(more), "warning": None}


def _finding(finding: ReadFinding) -> Words:
    text = finding.text
    assert text is not None, "asked for by the caller"
    places = [chip.name for chip in finding.chips]
    facts = [finding.kind_label, finding.attribution_label, finding.when, ", ".join(dict.fromkeys(places))]
    more = [_of(text, text.reply)] if text.reply else []
    item = _item(
        _of(text, text.statement),
        facts=facts,
        notes=[_source(source) for source in finding.sources],
        more=[*more, *map(_correction, finding.corrections)],
    )
    return {**item, "warning": _of(text, text.content_warning) if text.content_warning else None}


def _source(source: ReadSource) -> Words:
    published = date_format(source.published_on, "DATE_FORMAT") if source.published_on else ""
    rest = [source.publisher, published, source.doc_symbol, source.locator]
    return _note(source.short, _language(source.lang), rest, source.url, source.archived_url)


def _note(title: str, lang: str, rest: Iterable[str], *urls: str) -> Words:
    """A footnote: the title in its language, then the rest in the page's."""
    told = [_short(part) for part in rest if part]
    return {"text": _short(title), "lang": lang, "rest": told, "urls": [url for url in urls if _is_web(url)]}


def _voice(voice: ReadVoice) -> Words:
    text = voice.text
    assert text is not None, "asked for by the caller"
    said_on = date_format(voice.said_on, "DATE_FORMAT")
    how = _("in our words") if voice.mode == Mode.PARAPHRASE else ""
    here = get_language() or "en"
    notes = [_note(voice.source_title, here, [voice.locator], voice.source_url)] if voice.source_title else []
    says = {"text": _short(text.text), "lang": _language(voice.quote_lang if voice.mode == Mode.QUOTE else text.lang)}
    return _item(says, facts=[voice.person, text.role, said_on, how], notes=notes)


def _rule(rule: ReadInstrument) -> Words:
    text = rule.text
    assert text is not None, "asked for by the caller"
    stances = {
        "advances": _("Advances the cause"),
        "partial": _("Partial advance"),
        "weakens": _("Weakens protection"),
    }
    notes = [_note(text.title, text.lang, [], rule.url)] if _is_web(rule.url) else []
    return _item(
        _of(text, text.short or text.title),
        facts=[stances.get(rule.stance, _("Violated")), rule.identifier, rule.jurisdiction],
        notes=notes,
        more=[_of(rule.note, rule.note.note)] if rule.note else [],
    )


def _demand(demand: ReadDemand) -> Words:
    asked = _("asked of:") + f" {demand.addressee.name}" if demand.addressee else ""
    return _item(
        _of(demand.text, demand.text.title),
        facts=[asked, demand.place, capfirst(str(demand.standing.label))],
        more=map(_correction, demand.corrections),
    )


def _correction(correction: ReadCorrection) -> Words:
    day = date_format(correction.at, "DATE_FORMAT")
    return {"text": _short(f"{correction.kind_label}, {day}: {correction.reason}"), "lang": correction.lang}


def _standing(status: ExaminedStatus) -> str:
    told = {
        ExaminedStatus.EXAMINED: _(
            "The edition examined this place. None of the findings that we carry from it names the place."
        ),
        ExaminedStatus.NOT_EXAMINED: _("The edition did not examine this place."),
    }
    return told.get(status) or _("We do not know whether the edition examined this place.")


def _report(label: str) -> str:
    return _("Report %(label)s") % {"label": label}


def _covers(edition: ReadEdition) -> str:
    return pgettext("years that a report covers", "covers %(period)s") % {"period": edition.covers}


def _language(code: str) -> str:
    """The language without script or country, as typst takes it; the page's where a source names none."""
    first = code.partition("-")[0].lower()
    return first if _LANGUAGE.fullmatch(first) else get_language() or "en"


def _of(text: Text, words: str) -> Words:
    return {"text": _short(words), "lang": text.lang}


def _plain(words: str) -> Words:
    return {"text": _short(words), "lang": get_language() or "en"}


def _short(words: str) -> str:
    """Bounded, and without what would turn the words after it around, or is no letter at all."""
    kept = words.translate(_NO_LETTERS)
    return kept if len(kept) <= LONGEST else kept[:LONGEST].rstrip() + " …"


def _is_web(url: str) -> bool:
    return url.startswith(("https://", "http://"))
