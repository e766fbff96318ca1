"""Demands and campaigns as pages show them, with what became of each demand; and how to find a campaign by its slug."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db.models import F, OuterRef, Q, QuerySet

from campaigns.demands import DemandState, EventKind, standing_after
from campaigns.models import (
    AddresseeText,
    Campaign,
    CampaignText,
    Demand,
    DemandEvent,
    DemandEventText,
    DemandStatement,
    DemandStatementText,
    DemandText,
    FormerCampaignSlug,
)
from reports.corrections import ReadCorrection, corrections, read_corrections
from reports.editorial.publishing import visible
from reports.editorial.texts import TextState
from reports.models import ReportEdition
from reports.reading import (
    Row,
    all_words,
    as_text,
    below,
    first,
    own_language_first,
    place_name,
    rows,
    words,
)

SOURCE_COLUMNS: Final = {
    "source_title": "source__title",
    "source_lang": "source__lang",
    "source_url": "source__url",
    "source_symbol": "source__doc_symbol",
}


@dataclass(frozen=True)
class ReadEvent:
    """Something that happened to a demand; `position` names it among the demand's events, for ever."""

    position: int
    on: date
    kind: EventKind
    text: DemandEventText | None
    source_title: str
    source_lang: str
    source_url: str
    source_symbol: str


@dataclass(frozen=True)
class ReadStatement:
    """What an edition says became of a demand."""

    on: date
    edition: str
    publisher: str
    standing: DemandState
    text: DemandStatementText | None
    source_title: str
    source_lang: str
    source_url: str
    source_symbol: str


@dataclass(frozen=True)
class Origin:
    """The edition that a demand was first made on: when it came out, and what it is called."""

    on: date
    edition: str
    publisher: str


@dataclass(frozen=True)
class ReadDemand:
    """One thing asked of one addressee, and where it stands."""

    pk: int
    uid: str
    state: str
    verb: str
    text: DemandText
    addressee: AddresseeText | None
    place: str
    place_code: str
    events: list[ReadEvent]
    standing: DemandState
    corrections: list[ReadCorrection] = field(default_factory=list)
    origin: Origin | None = None
    """Only on its own page, and only where that edition is public; so the statements."""
    statements: list[ReadStatement] = field(default_factory=list)

    @property
    def settled_on(self) -> date | None:
        """The day of the last event, or None if nothing has happened yet."""
        return self.events[-1].on if self.events else None


@dataclass(frozen=True)
class ReadCampaign:
    """A campaign with its demands, in order."""

    pk: int
    uid: str
    key: str
    state: str
    original_lang: str
    featured: bool
    demo: bool
    organisation: str
    text: CampaignText
    slugs: dict[str, str]
    demands: list[ReadDemand]
    corrections: list[ReadCorrection] = field(default_factory=list)

    def slug_in(self, lang: str) -> str:
        """The slug of its page in a language: the original's where that has no text."""
        return self.slugs.get(lang) or self.slugs[self.original_lang]


def read_campaigns(campaigns: QuerySet[Campaign], lang: str) -> list[ReadCampaign]:
    """The campaigns of a queryset that starts from `visible()`, in its order; one query."""
    found = rows(campaigns, _campaign_columns(lang))
    return [campaign for row in found if (campaign := _as_campaign(row))]


def find_campaign(slug: str, lang: str) -> ReadCampaign | None:
    """The public campaign with this slug: in this language, else in its original one, else in any; one query.

    The caller compares the slug with `slug_in`: under another language's slug it sends the reader on.
    """
    named = Q(texts__slug=slug, texts__state=TextState.PUBLISHED)
    found = (
        Campaign.objects.visible()
        .filter(named)
        .order_by(own_language_first(lang, "texts__lang"), own_language_first(F("original_lang"), "texts__lang"), "pk")
    )
    return next(iter(read_campaigns(found[:1], lang)), None)


def find_former_campaign(slug: str, lang: str) -> ReadCampaign | None:
    """The public campaign whose page had this slug once; at most two queries."""
    found = FormerCampaignSlug.objects.filter(visible("campaign"), slug=slug)
    former = found.order_by(own_language_first(lang), "pk").first()
    if former is None:
        return None
    return next(iter(read_campaigns(Campaign.objects.visible().filter(pk=former.campaign_id), lang)), None)


def read_demands(demands: QuerySet[Demand], lang: str) -> list[ReadDemand]:
    """The demands of a queryset that starts from `visible()`, in its order; one query."""
    return [demand for row in rows(demands, _demand_columns(lang)) if (demand := _as_demand(row))]


def find_demand(uid: str, lang: str) -> ReadDemand | None:
    """A public demand with all that its own page tells; one query."""
    found = rows(Demand.objects.visible().filter(uid=uid), _demand_columns(lang) | _more_columns(lang))
    return next((demand for row in found if (demand := _as_demand(row))), None)


def _campaign_columns(lang: str) -> dict[str, Any]:
    plain = ["pk", "uid", "key", "state", "original_lang", "featured", "demo"]
    demands = Demand.objects.stood_by().filter(campaign_demands__campaign=OuterRef("pk"))
    return {
        **{name: name for name in plain},
        "organisation": "organisation__name",
        "text": words(CampaignText, lang),
        "slugs": all_words(CampaignText, "slug"),
        "corrections": corrections(Campaign),
        "demands": below(demands.order_by("campaign_demands__position", "pk"), _demand_columns(lang)),
    }


def _demand_columns(lang: str) -> dict[str, Any]:
    return {
        **{name: name for name in ("pk", "uid", "state", "verb")},
        "text": words(DemandText, lang),
        "addressee": words(AddresseeText, lang, of="addressee_id", original="addressee__original_lang"),
        "place": place_name(lang),
        "place_code": "place__code",
        "corrections": corrections(Demand),
        "events": below(
            DemandEvent.objects.filter(demand=OuterRef("pk")).order_by("on", "position"), _event_columns(lang)
        ),
    }


def _more_columns(lang: str) -> dict[str, Any]:
    named = {"on": "released_on", "edition": "label", "publisher": "publisher__name"}
    origin = ReportEdition.objects.visible().filter(pk=OuterRef("first_edition"))
    said = DemandStatement.objects.filter(visible("edition"), demand=OuterRef("pk")).order_by("edition__released_on")
    statement = {
        **{name: f"edition__{column}" for name, column in named.items()},
        **SOURCE_COLUMNS,
        "standing": "standing",
        "text": words(DemandStatementText, lang),
    }
    return {"origin": first(origin, named), "statements": below(said, statement)}


def _event_columns(lang: str) -> dict[str, Any]:
    return {
        **{name: name for name in ("on", "position", "kind")},
        **SOURCE_COLUMNS,
        "text": words(DemandEventText, lang),
    }


def _as_campaign(row: Row) -> ReadCampaign | None:
    text = as_text(CampaignText, row["text"])
    if text is None:
        return None
    parts = {
        "text": text,
        "slugs": {slug["lang"]: slug["slug"] for slug in row["slugs"]},
        "corrections": read_corrections(row["corrections"], text.lang),
        "demands": [demand for below_it in row["demands"] if (demand := _as_demand(below_it))],
    }
    return ReadCampaign(**{**row, **parts})


def _as_demand(row: Row) -> ReadDemand | None:
    text = as_text(DemandText, row["text"])
    if text is None:
        return None
    happened = [(date.fromisoformat(event["on"]), event["position"], event["kind"]) for event in row["events"]]
    parts = {
        "text": text,
        "addressee": as_text(AddresseeText, row["addressee"]),
        "place": row["place"] or "",
        "place_code": row["place_code"] or "",
        "events": [_as_event(event) for event in row["events"]],
        "standing": standing_after(happened),
        "corrections": read_corrections(row["corrections"], text.lang),
        "origin": Origin(**{**origin, "on": date.fromisoformat(origin["on"])})
        if (origin := row.get("origin"))
        else None,
        "statements": [_as_statement(said) for said in row.get("statements", [])],
    }
    return ReadDemand(**{**row, **parts})


def _as_statement(row: Row) -> ReadStatement:
    return ReadStatement(
        on=date.fromisoformat(row["on"]),
        edition=row["edition"],
        publisher=row["publisher"],
        standing=DemandState(row["standing"]),
        text=as_text(DemandStatementText, row["text"]),
        **_source(row),
    )


def _source(row: Row) -> dict[str, str]:
    return {name: row[name] or "" for name in SOURCE_COLUMNS}


def _as_event(row: Row) -> ReadEvent:
    return ReadEvent(
        position=row["position"],
        on=date.fromisoformat(row["on"]),
        kind=EventKind(row["kind"]),
        text=as_text(DemandEventText, row["text"]),
        **_source(row),
    )
