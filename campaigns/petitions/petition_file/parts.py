"""What a petition file says, once it has been read and found right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from campaigns.petitions.petitions import Stage
from reports.report_file.parts import Item, Texts


@dataclass(frozen=True)
class UpdateItem:
    """News of a petition, known by its position; the outcome comes last."""

    position: int
    on: date
    texts: Texts
    outcome: bool = False


@dataclass(frozen=True)
class DemoSignatures:
    """How many people sign for the demonstration, and from where and in which languages, by weight."""

    confirmed: int = 0
    pending: int = 0
    countries: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class PetitionItem(Item):
    """A petition. `closes_at` is set even where the file calls it open: that is when it will close."""

    campaign: str = ""
    stage: Stage = Stage.OPEN
    opened_at: datetime | None = None
    closes_at: datetime | None = None
    updates: list[UpdateItem] = field(default_factory=list)
    demo: DemoSignatures = field(default_factory=DemoSignatures)


@dataclass(frozen=True)
class PetitionFile:
    """One petition file, checked."""

    original_lang: str
    petitions: list[PetitionItem]
    needs_review: list[str]
    """Languages that no native speaker has read yet."""
