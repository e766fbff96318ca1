"""The report and the campaigns on rivers that tests of reports, campaigns and pages speak of."""

from __future__ import annotations

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from campaigns.campaign_file.reading import read_campaigns
from campaigns.campaign_file.writing import write_campaigns
from campaigns.models import Addressee, Campaign, CampaignDemand, CampaignText, Demand, DemandFinding, DemandText
from campaigns.petitions.petitions import Petition, PetitionText, publish_text
from reports.content_writing import Changes
from reports.editorial.corrections import Change, CorrectionKind
from reports.editorial.models import EmbargoLift, Organisation
from reports.editorial.publishing import Publishable, State
from reports.editorial.texts import TextState
from reports.models import (
    Evidence,
    Finding,
    FindingText,
    FindingTheme,
    Publisher,
    ReportEdition,
    Source,
    Theme,
    ThemeInEdition,
    ThemeText,
)
from reports.report_file.reading import read_report
from reports.report_file.writing import write_report

DATA = Path(__file__).parent / "data"
DEMO = Path(__file__).resolve().parents[2] / "demo"
REPORT = DATA / "report.json"
CAMPAIGNS = DATA / "campaigns.json"


def report_json() -> dict[str, Any]:
    """The river report, to be changed by a test."""
    return dict(json.loads(REPORT.read_text(encoding="utf-8")))


def campaigns_json() -> dict[str, Any]:
    """Its campaigns, to be changed by a test."""
    return dict(json.loads(CAMPAIGNS.read_text(encoding="utf-8")))


def put(data: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy with another value at a path such as `findings.0.texts.en.statement`; `...` takes the key away."""
    changed = copy.deepcopy(data)
    at: Any = changed
    *way, last = [int(step) if step.isdecimal() else step for step in path.split(".")]
    for step in way:
        at = at[step]
    if value is ...:
        del at[last]
    else:
        at[last] = value
    return changed


CORRECTED = Change(CorrectionKind.CORRECTION, "We misread it.")
"""What whoever loads a file says of public words that it changes."""


def load_report(path: Path = REPORT, said: Change | None = None) -> Changes:
    return write_report(read_report(path), said=said)


def load_demo_reports() -> Changes:
    """The demo's editions: what its report says of the time since the earlier one needs that to be there. The changes
    are those of the report."""
    load_report(DEMO / "first_report.json")
    load_report(DEMO / "earlier_report.json")
    return load_report(DEMO / "report.json")


def load_rivers() -> None:
    """The report and its campaigns."""
    load_report()
    write_campaigns(read_campaigns(CAMPAIGNS))


def make_edition(key: str = "made", **values: Any) -> ReportEdition:
    publisher, _ = Publisher.objects.get_or_create(
        key="made", defaults={"name": "Maker", "url": "https://made.example/", "licence": "CC-BY-4.0"}
    )
    defaults = {
        "publisher": publisher,
        "year": 2022,
        "label": key[:20],
        "period_start": date(2021, 1, 1),
        "period_end": date(2021, 12, 31),
        "released_on": date(2022, 3, 1),
        "places_examined": 3,
        "source_url": "https://made.example/report",
        "licence": "CC-BY-4.0",
        "state": State.PUBLISHED,
    }
    return ReportEdition.objects.create(key=key, **{**defaults, **values})


def make_theme(edition: ReportEdition, key: str = "made", **values: Any) -> ThemeInEdition:
    theme, _ = Theme.objects.get_or_create(key=key)
    made = ThemeInEdition.objects.create(theme=theme, edition=edition, **{"state": State.PUBLISHED, **values})
    ThemeText.objects.create(
        theme=made, lang="en", slug=f"{key}-{edition.key}", title=key, summary="…", state=TextState.PUBLISHED
    )
    return made


def make_source(key: str = "made") -> Source:
    source, _ = Source.objects.get_or_create(key=key, defaults={"kind": "report", "title": key, "doc_symbol": "M/1"})
    return source


def make_finding(theme: ThemeInEdition, key: str = "made", **values: Any) -> Finding:
    """A public finding, worldwide, with all that it needs."""
    defaults = {"kind": "trend", "attribution": "reported_by", "scope": "world", "state": State.PUBLISHED}
    finding = Finding.objects.create(edition=theme.edition, key=key, **{**defaults, **values})
    FindingText.objects.create(finding=finding, lang="en", statement=f"It is so: {key}.", state=TextState.PUBLISHED)
    Evidence.objects.create(finding=finding, source=make_source())
    FindingTheme.objects.create(finding=finding, theme=theme, primary=True)
    return finding


def end_embargo(held: Publishable) -> None:
    """Two people end it, and it shows."""
    ids = {"object_type": held._meta.label_lower, "object_id": held.pk, "embargo": held.release_at}
    EmbargoLift.objects.create(**ids, asked_by=1, agreed_by=2, agreed_at=timezone.now())
    type(held)._default_manager.filter(pk=held.pk).update(release_at=None)


@transaction.atomic
def make_campaign(key: str = "made", **values: Any) -> Campaign:
    """A campaign; a public one puts forward a demand."""
    organisation, _ = Organisation.objects.get_or_create(key="friends", defaults={"name": "Friends of the River"})
    campaign = Campaign.objects.create(key=key, organisation=organisation, **{"state": State.PUBLISHED, **values})
    CampaignText.objects.create(
        campaign=campaign, lang="en", slug=key, title=key, summary="…", state=TextState.PUBLISHED
    )
    if campaign.state == State.PUBLISHED:
        give_demand(campaign)
    return campaign


@transaction.atomic
def make_demand(finding: Finding, addressee: Any, key: str = "made", **values: Any) -> Demand:
    """A public demand that stands on a finding."""
    defaults = {"verb": "stop", "state": State.PUBLISHED, "first_edition": finding.edition}
    demand = Demand.objects.create(key=key, addressee=addressee, **{**defaults, **values})
    DemandText.objects.create(demand=demand, lang="en", title=key, text="…", state=TextState.PUBLISHED)
    DemandFinding.objects.create(demand=demand, finding=finding)
    return demand


@transaction.atomic
def give_demand(campaign: Campaign) -> Demand:
    """A public demand, put forward by the campaign, that stands on a finding of a draft with a source."""
    demand = Demand.objects.filter(key="asked").first() or _make_asked()
    CampaignDemand.objects.get_or_create(campaign=campaign, demand=demand)
    return demand


def _make_asked() -> Demand:
    publisher = Publisher.objects.create(key="asking", name="Askers", url="https://asked.example/", licence="CC-BY-4.0")
    edition = make_edition("asked", publisher=publisher, state=State.DRAFT)
    finding = make_finding(make_theme(edition, "asked", state=State.DRAFT), "asked", state=State.DRAFT)
    return make_demand(finding, Addressee.objects.create(key="asked", kind="city"), "asked")


def make_petition(campaign: Campaign, slug: str = "clean-rivers-petition", **values: Any) -> Petition:
    """An open petition of a campaign."""
    petition = Petition.objects.create(key=slug, campaign=campaign, goal=100, state=State.PUBLISHED, **values)
    text = PetitionText(
        petition=petition, lang="en", slug=slug, title="Sign for the river", addressee="City council", lede="Brown.",
        demands=["Clean it."],
    )  # fmt: skip
    publish_text(text)
    petition.open()
    return petition
