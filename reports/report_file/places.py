"""The places of a report file."""

from __future__ import annotations

from reports.cldr_names import cldr_names
from reports.content_file import LANGUAGES, Entry, each_once
from reports.editions import EditionPlace
from reports.models import NamingNote, Place, PlaceName
from reports.places import PlaceKind
from reports.report_file.known import Known
from reports.report_file.parts import PlaceItem, Texts


def read_places(entries: list[Entry], known: Known) -> list[PlaceItem]:
    """The places; parents stand before their parts, whatever their order in the file."""
    inside = [code for entry in entries if isinstance(code := entry.data.get("code"), str)]
    known = known.with_more(places=inside)
    items = [_place(entry, known) for entry in entries]
    each_once([(entry, item.code) for entry, item in zip(entries, items, strict=True)], "code")
    return _parents_first(entries, items)


def _place(entry: Entry, known: Known) -> PlaceItem:
    columns = entry.columns(Place, "code", "kind")
    item = PlaceItem(
        code=columns.get("code", ""),
        kind=columns.get("kind", ""),
        parent=entry.reference("parent", known.places, "a place", nullable=True),
        names=_names(entry, "names"),
        edition_names=_names(entry, "edition_names"),
        notes=_notes(entry),
        status=entry.columns(EditionPlace, "status").get("status", ""),
    )
    if item.kind == PlaceKind.CITY and item.parent is None:
        entry.report("parent", "a city needs the place it belongs to")
    if item.code and not (cldr_names(item.code, "en") or item.names.get(known.original_lang)):
        entry.report("names", f'CLDR does not know this code: give a name, at least in "{known.original_lang}"')
    entry.finish()
    return item


def _names(entry: Entry, key: str) -> dict[str, str]:
    """Names per language: those shown instead of CLDR's, or those that the edition keeps."""
    if not entry.has(key):
        return {}
    below = entry.child(key)
    names = {}
    for lang in below.data:
        renamed = Entry(below.at(lang), {"name": below.data[lang]}, [])
        columns = renamed.columns(PlaceName, "name")
        for problem in renamed.problems:
            below.report(lang, problem.advice, below.data[lang])
        if _is_language(below, lang):
            names[lang] = columns.get("name", "")
    return names


def _notes(entry: Entry) -> Texts:
    """Naming notes per language."""
    if not entry.has("notes"):
        return {}
    below = entry.child("notes")
    notes = {}
    for lang in below.data:
        note = below.child(lang)
        columns = note.columns(NamingNote, "text", optional=["policy_url"])
        note.finish()
        if _is_language(below, lang):
            notes[lang] = columns
    return notes


def _is_language(entry: Entry, lang: str) -> bool:
    if lang not in LANGUAGES:
        entry.report(lang, f"is no language of this site: use {', '.join(LANGUAGES)}")
    return lang in LANGUAGES


def _parents_first(entries: list[Entry], items: list[PlaceItem]) -> list[PlaceItem]:
    waiting = {item.code: item for item in items}
    ordered: list[PlaceItem] = []
    while waiting:
        ready = [item for item in waiting.values() if item.parent not in waiting]
        if not ready:
            circle = next(entry for entry in entries if entry.data.get("code") in waiting)
            circle.report("parent", "leads back to the place itself: break the circle", circle.data.get("parent"))
            return ordered
        ordered += ready
        waiting = {code: item for code, item in waiting.items() if item not in ready}
    return ordered
