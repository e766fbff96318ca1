"""The voices and instruments of a report file."""

from __future__ import annotations

from reports.content_file import Entry, each_once
from reports.models import Instrument, InstrumentLink, InstrumentLinkText, InstrumentText, Voice, VoiceText
from reports.report_file.known import Known
from reports.report_file.parts import InstrumentItem, LinkItem, VoiceItem
from reports.voices import LONGEST_QUOTATION, Mode


def read_voices(entries: list[Entry], known: Known) -> list[VoiceItem]:
    """What people said."""
    items = [_voice(entry, known) for entry in entries]
    each_once([(entry, item.key) for entry, item in zip(entries, items, strict=True)])
    return items


def _voice(entry: Entry, known: Known) -> VoiceItem:
    before = len(entry.problems)
    item = VoiceItem(
        key=entry.key(),
        columns=entry.columns(Voice, "said_on", "mode", optional=["locator", "quote_lang", "permission_basis"]),
        texts=entry.texts(VoiceText, "role", "text", original=known.original_lang),
        person=entry.reference("person", known.people, "a person") or "",
        source=entry.reference("source", known.sources, "a source") or "",
        themes=entry.references("themes", known.themes, "a theme of this file", least=1),
    )
    entry.finish()
    if len(entry.problems) == before:
        entry.rules(Voice, item.columns)
        _check_length(entry, item)
    return item


def _check_length(entry: Entry, item: VoiceItem) -> None:
    if item.columns["mode"] != Mode.QUOTE:
        return
    for lang, words in item.texts.items():
        if len(words["text"].split()) > LONGEST_QUOTATION:
            entry.report(f"texts.{lang}.text", f"a quotation has at most {LONGEST_QUOTATION} words: shorten it")


def read_instruments(entries: list[Entry], known: Known) -> list[InstrumentItem]:
    """Rules, and what they do to the themes."""
    items = [_instrument(entry, known) for entry in entries]
    each_once([(entry, item.key) for entry, item in zip(entries, items, strict=True)])
    return items


def _instrument(entry: Entry, known: Known) -> InstrumentItem:
    before = len(entry.problems)
    optional = ["adopted_on", "in_force_on", "ended_on", "identifier", "url"]
    item = InstrumentItem(
        key=entry.key(),
        columns=entry.columns(Instrument, "kind", optional=optional),
        texts=entry.texts(InstrumentText, "title", optional=["short"], original=known.original_lang),
        jurisdiction=entry.reference("jurisdiction", known.places, "a place", nullable=True),
        links=_links(entry, known),
    )
    entry.finish()
    if len(entry.problems) == before:
        entry.rules(Instrument, item.columns)
    return item


def _links(entry: Entry, known: Known) -> list[LinkItem]:
    entries = entry.children("links")
    links = [_link(link, known) for link in entries]
    each_once([(at, link.theme) for at, link in zip(entries, links, strict=True)], "theme")
    return links


def _link(entry: Entry, known: Known) -> LinkItem:
    link = LinkItem(
        theme=entry.reference("theme", known.themes, "a theme of this file") or "",
        stance=entry.columns(InstrumentLink, "stance").get("stance", ""),
        texts=entry.texts(InstrumentLinkText, "note", original=known.original_lang),
    )
    entry.finish()
    return link
