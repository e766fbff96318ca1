"""Demands as open data, for any program: what each asks and of whom, since when, on which sources, and what came of it.

Only what the public may read and we stand by. Of petitions in safe mode nothing is told: a copy is kept for years.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.urls import reverse

from campaigns.demand_reading import SOURCE_COLUMNS
from campaigns.demands import standing_after
from campaigns.models import (
    Addressee,
    AddresseeText,
    Campaign,
    CampaignText,
    Demand,
    DemandEvent,
    DemandEventText,
    DemandStatement,
    DemandStatementText,
    DemandText,
)
from campaigns.pages.report_page import address
from campaigns.petitions.petitions import Petition, PetitionText
from reports.editorial.publishing import stood_by, visible
from reports.models import Evidence, Finding, ReportEdition, Theme, ThemeInEdition
from reports.reading import Row, all_words, below, first, rows
from reports.report_file.exporting import about
from reports.sources import Relation

OF_AN_EDITION: Final = {
    "edition": "key",
    "label": "label",
    "publisher": "publisher__name",
    "released_on": "released_on",
}


def demands_file() -> dict[str, Any]:
    """Every demand with its ledger; one query."""
    return {
        "about": about(),
        "demands": [_demand(row) for row in rows(Demand.objects.stood_by().order_by("pk"), _columns())],
    }


def _columns() -> dict[str, Any]:
    this = OuterRef("pk")
    asked = Addressee.objects.filter(pk=OuterRef("addressee_id"))
    told = ThemeInEdition.objects.stood_by().filter(theme=this)
    return {
        **{"uid": "uid", "verb": "verb", "place": "place__code", "texts": all_words(DemandText, "title", "text")},
        "addressee": first(asked, {"key": "key", "kind": "kind", "names": all_words(AddresseeText, "name")}),
        "first_edition": first(ReportEdition.objects.visible().filter(pk=OuterRef("first_edition")), OF_AN_EDITION),
        "themes": below(Theme.objects.filter(Exists(told), demands=this).order_by("key"), {"key": "key"}),
        "findings": below(
            Finding.objects.stood_by().filter(demand_findings__demand=this).order_by("demand_findings__position", "pk"),
            {"uid": "uid", "sources": _sources()},
        ),
        "events": below(
            DemandEvent.objects.filter(demand=this).order_by("on", "position"),
            {**_of_a_step("on", "position", "kind"), "notes": all_words(DemandEventText, "note")},
        ),
        "statements": below(
            DemandStatement.objects.filter(visible("edition"), demand=this).order_by("edition__released_on"),
            {
                **_of_a_step("standing"),
                **{name: f"edition__{column}" for name, column in OF_AN_EDITION.items()},
                "notes": all_words(DemandStatementText, "note"),
            },
        ),
        "campaigns": below(
            Campaign.objects.stood_by().filter(campaign_demands__demand=this).order_by("pk"),
            {"lang": "original_lang", "slugs": all_words(CampaignText, "slug")},
        ),
        "petitions": below(
            Petition.objects.stood_by()
            .filter(stood_by("campaign"), campaign__campaign_demands__demand=this, safe_mode=False)
            .order_by("pk"),
            {"lang": "original_lang", "slugs": all_words(PetitionText, "slug")},
        ),
    }


def _of_a_step(*names: str) -> dict[str, str]:
    return {**{name: name for name in names}, **SOURCE_COLUMNS}


def _sources() -> Any:
    found = Evidence.objects.filter(finding=OuterRef("pk"), relation=Relation.SUPPORTS).order_by("position", "pk")
    names = {"title": "title", "publisher": "publisher", "published_on": "published_on", "url": "url"}
    return below(found, {**{name: f"source__{column}" for name, column in names.items()}, "locator": "locator"})


def _demand(row: Row) -> dict[str, Any]:
    happened = [(date.fromisoformat(event["on"]), event["position"], event["kind"]) for event in row["events"]]
    return {
        "uid": row["uid"],
        "url": _absolute("pages:demand", "en", row["uid"]),
        "status": standing_after(happened).value,
        **{name: row[name] for name in ("verb", "place", "first_edition")},
        "addressee": {**row["addressee"], "names": _by_lang(row["addressee"]["names"], "name")},
        "themes": [theme["key"] for theme in row["themes"]],
        "texts": {text["lang"]: {"title": text["title"], "text": text["text"]} for text in row["texts"]},
        "findings": [{**one, "url": _permalink(one["uid"])} for one in row["findings"]],
        "events": [_step(event, "on", "kind") for event in row["events"]],
        "statements": [_step(said, *OF_AN_EDITION, "standing") for said in row["statements"]],
        "campaigns": [url for one in row["campaigns"] if (url := _page("pages:campaign", one))],
        "petitions": [url for one in row["petitions"] if (url := _page("petitions:detail", one))],
    }


def _step(row: Row, *names: str) -> dict[str, Any]:
    """What happened or was said, on which source."""
    source = {name.removeprefix("source_"): row[name] for name in SOURCE_COLUMNS if row[name]}
    return {**{name: row[name] for name in names}, "source": source or None, "notes": _by_lang(row["notes"], "note")}


def _by_lang(texts: list[Row], name: str) -> dict[str, str]:
    return {text["lang"]: text[name] for text in texts}


def _page(route: str, row: Row) -> str:
    """The address of a page in its original language; empty where that is not published."""
    slug = _by_lang(row["slugs"], "slug").get(row["lang"])
    return _absolute(route, row["lang"], slug) if slug else ""


def _absolute(route: str, lang: str, name: str) -> str:
    return settings.ORIGIN + address(lang, route, name)


def _permalink(uid: str) -> str:
    return settings.ORIGIN + reverse("permalinks:finding", args=[uid])
