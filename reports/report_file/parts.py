"""What a report file says, once it has been read and found right."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Columns = dict[str, Any]
Texts = dict[str, Columns]
"""Columns of a text row by language."""


@dataclass(frozen=True)
class Item:
    """Something with a key: its columns, and its words per language."""

    key: str
    columns: Columns
    texts: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class PlaceItem:
    """A place, what overrides CLDR’s names and notes, what the edition itself calls it, and whether it examined it."""

    code: str
    kind: str
    parent: str | None
    names: dict[str, str]
    edition_names: dict[str, str]
    notes: Texts
    status: str


@dataclass(frozen=True)
class RoleItem:
    """A place with its role in a finding."""

    code: str
    role: str
    texts: Texts


@dataclass(frozen=True)
class EvidenceItem:
    """A source of a finding."""

    source: str
    columns: Columns


@dataclass(frozen=True)
class FindingItem(Item):
    """A finding; the first of its themes is its home."""

    themes: list[str] = field(default_factory=list)
    places: list[RoleItem] = field(default_factory=list)
    evidence: list[EvidenceItem] = field(default_factory=list)


@dataclass(frozen=True)
class VoiceItem(Item):
    """What somebody said."""

    person: str = ""
    source: str = ""
    themes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class LinkItem:
    """What an instrument does to a theme."""

    theme: str
    stance: str
    texts: Texts


@dataclass(frozen=True)
class InstrumentItem(Item):
    """A rule that helps or harms."""

    jurisdiction: str | None = None
    links: list[LinkItem] = field(default_factory=list)


@dataclass(frozen=True)
class ThemeLinkItem:
    """How a theme of the edition follows from another one."""

    earlier: str
    later: str
    kind: str
    texts: Texts


@dataclass(frozen=True)
class ThemeChangeItem:
    """What an editor asserts of a theme since an earlier edition, everywhere or in one place."""

    theme: str
    place: str | None
    earlier: str
    state: str
    source: str
    texts: Texts


@dataclass(frozen=True)
class ReportFile:
    """One report file, checked."""

    original_lang: str
    publisher: Item
    edition: Item
    places: list[PlaceItem]
    sources: list[Item]
    themes: list[Item]
    findings: list[FindingItem]
    people: list[Item]
    voices: list[VoiceItem]
    instruments: list[InstrumentItem]
    theme_links: list[ThemeLinkItem] = field(default_factory=list)
    theme_changes: list[ThemeChangeItem] = field(default_factory=list)
    needs_review: list[str] = field(default_factory=list)
    """Languages whose words no native speaker has read yet."""
