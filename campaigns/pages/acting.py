"""What a reader can do: petitions and demonstrations of the campaigns on a page."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Func, OuterRef, Subquery, TextField, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from campaigns.petitions.petitions import Petition, PetitionText, Stage, stage_at
from campaigns.petitions.shown_count import shown
from campaigns.petitions.tallies import PetitionTally, TallyKind
from campaigns.petitions.updates import PetitionUpdate, PetitionUpdateText
from reports.editorial.publishing import READ_ONLY, together
from reports.reading import Row, as_day, as_text, as_time, chosen_text, first, rows, words


@dataclass(frozen=True)
class ReadPetition:
    """A petition as other pages mention it. `outcome` is the news that ended it, where there is one.

    Title and addressee are those that people sign: the row of a text may already hold a newer draft.
    """

    pk: int
    uuid: str
    campaign_id: int
    text: PetitionText
    stage: Stage
    opened_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None
    goal: int | None
    safe_mode: bool
    count: int
    outcome: PetitionUpdateText | None
    outcome_on: date | None

    @property
    def url(self) -> str:
        """Its page."""
        return reverse("petitions:detail", args=[self.text.slug])

    @property
    def is_open(self) -> bool:
        """Whether it can be signed now."""
        return self.stage == Stage.OPEN


def petitions_of(campaigns: Collection[int], lang: str) -> list[ReadPetition]:
    """The public petitions of these campaigns, those that can be signed first, the newest first; one query."""
    found = Petition.objects.visible().filter(campaign__in=campaigns).order_by("-opened_at", "pk")
    petitions = [petition for row in rows(found, _columns(lang)) if (petition := _as_petition(row))]
    return sorted(petitions, key=lambda petition: not petition.is_open)


def _columns(lang: str) -> dict[str, Any]:
    number = PetitionTally.objects.filter(petition_id=OuterRef("pk"), kind=TallyKind.TOTAL).values("n")[:1]
    outcome = PetitionUpdate.objects.filter(petition=OuterRef("pk"), outcome=True)
    signed = Func(F("published_version__content"), Value("UTF8"), function="convert_from", output_field=TextField())
    text = {**{name: name for name in ("lang", "slug", "lede")}, "signed": signed}
    return {
        **{name: name for name in ("pk", "uuid", "campaign_id", "state", "stage", "goal", "linger", "safe_mode")},
        **{name: name for name in ("opened_at", "closes_at", "closed_at")},
        "campaign_state": "campaign__state",
        "text": first(chosen_text(PetitionText, lang), text),
        "count": Coalesce(Subquery(number), 0),
        "outcome": first(outcome, {"on": "on", "text": words(PetitionUpdateText, lang)}),
    }


def _as_petition(row: Row) -> ReadPetition | None:
    if row["text"] is None:
        return None
    closes_at = as_time(row["closes_at"])
    return ReadPetition(
        **{name: row[name] for name in ("pk", "uuid", "campaign_id", "goal", "safe_mode")},
        text=_signed_text(row["text"]),
        stage=_stage(together(row["state"], row["campaign_state"]), row["stage"], closes_at),
        opened_at=as_time(row["opened_at"]),
        closes_at=closes_at,
        closed_at=as_time(row["closed_at"]),
        count=shown(Petition(linger=row["linger"]), row["count"]),
        outcome=as_text(PetitionUpdateText, row["outcome"]["text"]) if row["outcome"] else None,
        outcome_on=as_day(row["outcome"]["on"]) if row["outcome"] else None,
    )


def _signed_text(row: Row) -> PetitionText:
    signed = json.loads(row.pop("signed"))
    return PetitionText(**row, title=signed["title"], addressee=signed["addressee"])


def _stage(state: str, stage: str, closes_at: datetime | None) -> Stage:
    """What is archived or retracted can be read, and signed no more."""
    return Stage.CLOSED if state in READ_ONLY else stage_at(stage, closes_at, timezone.now())
