"""What a campaign file says, once it has been read and found right."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from reports.report_file.parts import Item, Texts


@dataclass(frozen=True)
class AddresseeItem(Item):
    """Whoever can do what is asked."""

    place: str | None = None


@dataclass(frozen=True)
class EventItem:
    """Something that happened to a demand. It is known by its position in the list."""

    position: int
    on: date
    kind: str
    source: str | None
    texts: Texts


@dataclass(frozen=True)
class StatementItem:
    """What a later edition says became of a demand. It is known by the edition."""

    edition: str
    standing: str
    source: str | None
    texts: Texts


@dataclass(frozen=True)
class DemandItem(Item):
    """One thing asked of one addressee."""

    addressee: str = ""
    place: str | None = None
    themes: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    events: list[EventItem] = field(default_factory=list)
    statements: list[StatementItem] = field(default_factory=list)


@dataclass(frozen=True)
class CampaignItem(Item):
    """Demands put forward together."""

    organisation: str = ""
    themes: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    demands: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class CampaignFile:
    """One campaign file, checked."""

    original_lang: str
    edition: str
    organisations: list[Item]
    addressees: list[AddresseeItem]
    demands: list[DemandItem]
    campaigns: list[CampaignItem]
    needs_review: list[str]
    """Languages that no native speaker has read yet."""
