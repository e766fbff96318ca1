"""What a report file says of the time since earlier editions: how themes follow each other, and what is asserted."""

from __future__ import annotations

from dataclasses import replace

from reports.content_file import Entry, each_once
from reports.models import ReportEdition, Theme, ThemeChange, ThemeChangeText, ThemeLink, ThemeLinkText
from reports.report_file.known import Known
from reports.report_file.parts import ThemeChangeItem, ThemeLinkItem


def read_theme_links(entries: list[Entry], known: Known) -> list[ThemeLinkItem]:
    """Links that lead to themes of the file, from themes of any edition."""
    themes = dict.fromkeys([*known.themes, *Theme.objects.values_list("key", flat=True)]) if entries else {}
    links = [_link(entry, known, list(themes)) for entry in entries]
    each_once([(at, f"{link.earlier} {link.later}") for at, link in zip(entries, links, strict=True)], "later")
    return links


def _link(entry: Entry, known: Known, themes: list[str]) -> ThemeLinkItem:
    link = ThemeLinkItem(
        earlier=entry.reference("earlier", themes, "a theme") or "",
        later=entry.reference("later", known.themes, "a theme of this file") or "",
        kind=entry.columns(ThemeLink, "kind").get("kind", ""),
        texts=entry.texts(ThemeLinkText, "note", original=known.original_lang),
    )
    if link.earlier and link.earlier == link.later:
        entry.report("later", "a theme cannot follow from itself: name another one", link.later)
    entry.finish()
    return link


def read_theme_changes(entries: list[Entry], known: Known, edition: str) -> list[ThemeChangeItem]:
    """What changed or was resolved between editions that are there already and the one of the file, of themes of any
    edition: what was resolved is often treated no more."""
    editions = list(ReportEdition.objects.exclude(key=edition).values_list("key", flat=True)) if entries else []
    themes = dict.fromkeys([*known.themes, *Theme.objects.values_list("key", flat=True)]) if entries else {}
    changes = [_change(entry, replace(known, themes=themes), editions) for entry in entries]
    names = [f"{one.theme} {one.place or ''} {one.earlier}" for one in changes]
    each_once(list(zip(entries, names, strict=True)), "theme")
    return changes


def _change(entry: Entry, known: Known, editions: list[str]) -> ThemeChangeItem:
    change = ThemeChangeItem(
        theme=entry.reference("theme", known.themes, "a theme") or "",
        place=entry.reference("place", known.places, "a place", nullable=True),
        earlier=entry.reference("earlier", editions, "an edition that is there already") or "",
        state=entry.columns(ThemeChange, "state").get("state", ""),
        source=entry.reference("source", known.sources, "a source") or "",
        texts=entry.texts(ThemeChangeText, "note", original=known.original_lang),
    )
    entry.finish()
    return change
