"""A report file, read and checked as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reports.content_file import LANGUAGES, ContentFileError, Entry, each_once, read_content
from reports.models import EditionText, Person, Publisher, ReportEdition, Source, ThemeInEdition, ThemeText
from reports.report_file.copied import copied_words
from reports.report_file.findings import read_findings
from reports.report_file.known import Known, in_database
from reports.report_file.parts import Item, ReportFile
from reports.report_file.places import read_places
from reports.report_file.since_earlier_editions import read_theme_changes, read_theme_links
from reports.report_file.voices_and_instruments import read_instruments, read_voices

FORMAT = "upstander-report/1"


def read_report(path: Path) -> ReportFile:
    """The file, with every reference resolved. Raises ContentFileError with all its problems; writes nothing."""
    return resolved(read_content(path, FORMAT))


def resolved(top: Entry) -> ReportFile:
    """The same for a file's outermost object."""
    known = in_database(original_language(top))
    places = read_places(top.children("places"), known)
    sources = _keyed(top.children("sources"), Source, ["kind", "title"], SOURCE_OPTIONAL)
    people = _keyed(top.children("people"), Person, ["name"], ["organisation"])
    known = known.with_more(
        places=[place.code for place in places],
        sources=[source.key for source in sources],
        people=[person.key for person in people],
    )
    themes = _themes(top.children("themes"), known)
    known = known.with_more(themes=[theme.key for theme in themes])
    edition = _edition(top.child("edition"), known)
    report = ReportFile(
        original_lang=known.original_lang,
        publisher=_publisher(top.child("publisher")),
        edition=edition,
        places=places,
        sources=sources,
        themes=themes,
        findings=read_findings(top.children("findings"), known),
        people=people,
        voices=read_voices(top.children("voices"), known),
        instruments=read_instruments(top.children("instruments"), known),
        theme_links=read_theme_links(_if_any(top, "theme_links"), known),
        theme_changes=read_theme_changes(_if_any(top, "theme_changes"), known, edition.key),
        needs_review=unread_languages(top),
    )
    top.has("about")  # what our own export says of itself
    top.finish()
    _check_against_database(top, report)
    top.problems.extend(copied_words(report))
    if top.problems:
        raise ContentFileError(top.problems)
    return report


def _if_any(top: Entry, name: str) -> list[Entry]:
    """The objects of a list that a file need not have."""
    return top.children(name) if top.has(name) else []


SOURCE_OPTIONAL = ["publisher", "authors", "published_on", "url", "archived_url", "doc_symbol", "lang", "licence"]
EDITION_COLUMNS = [
    "year",
    "label",
    "period_start",
    "period_end",
    "released_on",
    "places_examined",
    "source_url",
    "licence",
]


def original_language(top: Entry) -> str:
    """The language that every text of the file is there in: `original_lang`, English if the file does not say."""
    if not top.has("original_lang"):
        return "en"
    lang = top.data["original_lang"]
    if lang not in LANGUAGES:
        top.report("original_lang", f"is no language of this site: use {', '.join(LANGUAGES)}", lang)
        return "en"
    return str(lang)


def unread_languages(top: Entry) -> list[str]:
    """The languages that no native speaker has read yet: `needs_review`, none if the file does not say."""
    return top.references("needs_review", LANGUAGES, "a language") if top.has("needs_review") else []


def _publisher(entry: Entry) -> Item:
    publisher = Item(entry.key(longest=60), entry.columns(Publisher, "name", "url", "licence"))
    entry.finish()
    return publisher


def _edition(entry: Entry, known: Known) -> Item:
    before = len(entry.problems)
    edition = Item(
        entry.key(longest=60),
        entry.columns(ReportEdition, *EDITION_COLUMNS, optional=["demo", "release_at"]),
        entry.texts(EditionText, "title", "headline", original=known.original_lang),
    )
    entry.finish()
    if len(entry.problems) == before:
        entry.rules(ReportEdition, {"key": edition.key, **edition.columns})
    return edition


def _keyed(entries: list[Entry], model: type[Any], required: list[str], optional: list[str]) -> list[Item]:
    """Things that have columns but no texts."""
    items = []
    for entry in entries:
        before = len(entry.problems)
        items.append(Item(entry.key(), entry.columns(model, *required, optional=optional)))
        entry.finish()
        if len(entry.problems) == before:
            entry.rules(model, items[-1].columns)
    each_once([(entry, item.key) for entry, item in zip(entries, items, strict=True)])
    return items


def _themes(entries: list[Entry], known: Known) -> list[Item]:
    items = []
    for entry in entries:
        columns = entry.columns(ThemeInEdition, "position")
        texts = entry.texts(ThemeText, "slug", "title", "summary", original=known.original_lang)
        items.append(Item(entry.key(longest=60), columns, texts))
        entry.finish()
    each_once([(entry, item.key) for entry, item in zip(entries, items, strict=True)])
    for lang in LANGUAGES:
        slugs = [(entry, item.texts.get(lang, {}).get("slug", "")) for entry, item in zip(entries, items, strict=True)]
        each_once(slugs, f"texts.{lang}.slug")
    return items


def _check_against_database(top: Entry, report: ReportFile) -> None:
    """What only the database can know: another edition of that year, another theme at that address."""
    columns = report.edition.columns
    same = ReportEdition.objects.filter(
        publisher__key=report.publisher.key, year=columns.get("year", 0), label=columns.get("label", "")
    )
    if other := same.exclude(key=report.edition.key).first():
        top.report("edition.key", f'this year and label are loaded under the key "{other.key}"', report.edition.key)
    for index, theme in enumerate(report.themes):
        elsewhere = ThemeText.objects.exclude(theme__theme__key=theme.key, theme__edition__key=report.edition.key)
        for lang, words in theme.texts.items():
            if elsewhere.filter(lang=lang, slug=words.get("slug", "")).exists():
                at = f"themes[{index}].texts.{lang}.slug"
                top.report(at, "another theme or edition has this address: choose another", words["slug"])
