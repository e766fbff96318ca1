"""Writing a campaign file to the database, by key."""

from __future__ import annotations

from campaigns.campaign_file.parts import (
    AddresseeItem,
    CampaignFile,
    CampaignItem,
    DemandItem,
    EventItem,
    StatementItem,
)
from campaigns.models import (
    Addressee,
    AddresseeText,
    Campaign,
    CampaignDemand,
    CampaignFinding,
    CampaignText,
    Demand,
    DemandEvent,
    DemandEventText,
    DemandFinding,
    DemandStatement,
    DemandStatementText,
    DemandText,
)
from reports.content_loading import write
from reports.content_writing import PUBLISHED, Changes
from reports.editorial.corrections import Change
from reports.editorial.models import Organisation
from reports.models import Finding, Place, ReportEdition, Source, Theme


def write_campaigns(file: CampaignFile, *, said: Change | None = None, dry_run: bool = False) -> Changes:
    """Store the campaigns in one transaction and say what changed; a dry run changes nothing.

    `said`: what changes to words are that the public reads already. Raises NotSaid where there are some and it is not.
    """
    writer = _Writer(file, said)
    write(writer.changes, writer.write, dry_run=dry_run)
    return writer.changes


class _Writer:
    """One load, with what the file refers to by key."""

    def __init__(self, file: CampaignFile, said: Change | None) -> None:
        self.file = file
        self.changes = Changes(unread=file.needs_review, said=said)
        self.lang = {"original_lang": file.original_lang}
        self.new = {**PUBLISHED, **self.lang}

    def write(self) -> None:
        """Everything, what is referred to first."""
        self.edition = ReportEdition.objects.get(key=self.file.edition)
        self.themes = {theme.key: theme for theme in Theme.objects.all()}
        self.places = {place.code: place for place in Place.objects.all()}
        self.sources = {source.key: source for source in Source.objects.all()}
        self.findings = {finding.key: finding for finding in Finding.objects.filter(edition=self.edition)}
        for item in self.file.organisations:
            self.changes.put(Organisation, {"key": item.key}, item.columns)
        self.organisations = {row.key: row for row in Organisation.objects.all()}
        for addressee in self.file.addressees:
            self.addressee(addressee)
        self.addressees = {row.key: row for row in Addressee.objects.all()}
        for demand in self.file.demands:
            self.demand(demand)
        self.demands = {row.key: row for row in Demand.objects.all()}
        self.make_room_for_featured()
        for campaign in self.file.campaigns:
            self.campaign(campaign)

    def addressee(self, item: AddresseeItem) -> None:
        """Whoever is asked."""
        values = {**item.columns, "place_id": self.place_id(item.place)}
        addressee = self.changes.put(Addressee, {"key": item.key}, values, **self.lang)
        self.changes.texts(AddresseeText, "addressee", addressee, item.texts)

    def demand(self, item: DemandItem) -> None:
        """What is asked, the findings it stands on, and what became of it."""
        changes = self.changes
        values = {
            **item.columns,
            "addressee_id": self.addressees[item.addressee].pk,
            "place_id": self.place_id(item.place),
        }
        demand = changes.put(Demand, {"key": item.key}, values, first_edition=self.edition, **self.new)
        changes.texts(DemandText, "demand", demand, item.texts)
        changes.link(demand.themes, [self.themes[key] for key in item.themes])
        links = [
            changes.put(DemandFinding, {"demand": demand, "finding": self.findings[key]}, {"position": position})
            for position, key in enumerate(item.findings)
        ]
        changes.only(demand.demand_findings.all(), links)
        for event in item.events:
            self.event(demand, event)
        for said in item.statements:
            self.statement(demand, said)

    def event(self, demand: Demand, item: EventItem) -> None:
        """An event is only ever added: one that is there keeps the day it was first told with."""
        first = {"on": item.on, "kind": item.kind, "source": self.sources[item.source] if item.source else None}
        match = {"demand": demand, "position": item.position}
        event = self.changes.put(DemandEvent, match, {}, **first, **self.lang)
        self.changes.texts(DemandEventText, "event", event, item.texts)

    def statement(self, demand: Demand, item: StatementItem) -> None:
        """What an edition says; of a public one the reader has seen to it that nothing changes but words."""
        source = self.sources[item.source].pk if item.source else None
        match = {"demand": demand, "edition": ReportEdition.objects.get(key=item.edition)}
        values = {"standing": item.standing, "source_id": source}
        statement = self.changes.put(DemandStatement, match, values, **self.lang)
        self.changes.texts(DemandStatementText, "statement", statement, item.texts)

    def make_room_for_featured(self) -> None:
        """The first place on the home page passes to the campaign that the file puts there."""
        featured = [item.key for item in self.file.campaigns if item.columns["featured"]]
        if featured:
            Campaign.objects.filter(featured=True).exclude(key__in=featured).update(featured=False)

    def campaign(self, item: CampaignItem) -> None:
        """A campaign with its demands and findings, in order."""
        changes = self.changes
        values = {"demo": self.edition.demo, **item.columns}
        values["organisation_id"] = self.organisations[item.organisation].pk
        campaign = changes.put(Campaign, {"key": item.key}, values, **self.new)
        changes.texts(CampaignText, "campaign", campaign, item.texts)
        changes.link(campaign.themes, [self.themes[key] for key in item.themes])
        changes.link(campaign.places, [self.places[code] for code in item.places])
        findings = [
            changes.put(CampaignFinding, {"campaign": campaign, "finding": self.findings[key]}, {"position": position})
            for position, key in enumerate(item.findings)
        ]
        changes.only(campaign.campaign_findings.all(), findings)
        demands = [
            changes.put(CampaignDemand, {"campaign": campaign, "demand": self.demands[key]}, {"position": position})
            for position, key in enumerate(item.demands)
        ]
        changes.only(campaign.campaign_demands.all(), demands)

    def place_id(self, code: str | None) -> int | None:
        """The row of a place; None for none."""
        return self.places[code].pk if code else None
