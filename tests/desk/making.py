"""One object of every model that the desk shows, for one organisation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import models, transaction
from django.utils import timezone

from campaigns.campaigning import CampaignText
from campaigns.demands import DemandEventText, DemandText
from campaigns.demonstrations.models import Demonstration, DemonstrationText
from campaigns.models import Addressee, AliasRule, Campaign, Demand, DemandEvent, DemandStatement
from campaigns.petitions.consent import publish_consent
from campaigns.petitions.models import AllowedNetwork, FloodIncident, Petition, PetitionText, PetitionUpdate, Signature
from campaigns.petitions.petitions import publish_text
from campaigns.petitions.signable import load
from campaigns.petitions.signatures import State as SignatureState
from campaigns.petitions.signing import sign
from reports.editorial.audit import Act, record
from reports.editorial.models import Membership, Organisation, User
from reports.editorial.publishing import State
from reports.editorial.texts import TextState
from reports.models import (
    Evidence,
    Finding,
    FindingPlace,
    FindingText,
    FindingTheme,
    ImportRun,
    Instrument,
    InstrumentLink,
    Person,
    Place,
    Publisher,
    ReportEdition,
    Source,
    Theme,
    ThemeChange,
    ThemeInEdition,
    ThemeLink,
    Voice,
)
from tests.petitions.cast import submission
from tests.reports.making import give_demand


@dataclass
class Objects:
    """Objects by the label of their model."""

    by_label: dict[str, models.Model] = field(default_factory=dict)

    def add(self, obj: Any) -> Any:
        self.by_label[obj._meta.label_lower] = obj
        return obj

    def of(self, label: str) -> Any:
        return self.by_label[label]


def make_objects(organisation: Organisation, share: Objects | None = None) -> Objects:
    """Everything; what belongs to no organisation is taken from `share` where that is given."""
    objects = Objects(dict(share.by_label) if share else {})
    if share is None:
        make_report(objects)
        make_demand(objects)
    make_campaign(objects, organisation)
    make_staff(objects, organisation)
    return objects


def make_report(objects: Objects) -> None:
    publisher = objects.add(Publisher.objects.create(key="p", name="P", url="https://example.org", licence="CC"))
    edition = ReportEdition.objects.create(
        key="2024",
        publisher=publisher,
        year=2024,
        label="2024",
        period_start=date(2023, 1, 1),
        period_end=date(2023, 12, 31),
        released_on=date(2024, 4, 1),
        places_examined=3,
        source_url="https://example.org/r",
        licence="CC",
        state=State.PUBLISHED,
    )
    objects.add(edition)
    theme = objects.add(Theme.objects.create(key="spyware"))
    in_edition = objects.add(ThemeInEdition.objects.create(theme=theme, edition=edition))
    place = objects.add(Place.objects.create(code="NL"))
    source = objects.add(Source.objects.create(key="s", kind="report", title="S", url="https://example.org/s"))
    older = ReportEdition.objects.create(
        **{"key": "2023", "publisher": publisher, "year": 2023, "label": "2023", "places_examined": 3, "licence": "CC"},
        **{"period_start": date(2022, 1, 1), "period_end": date(2022, 12, 31), "released_on": date(2023, 4, 1)},
        source_url="https://example.org/r",
    )
    link = ThemeLink.objects.create(earlier=Theme.objects.create(key="bugs"), later=theme, kind="renamed")
    objects.add(link)
    objects.add(ThemeChange.objects.create(theme=theme, earlier=older, later=edition, state="changed", source=source))
    finding = objects.add(
        Finding.objects.create(key="f", edition=edition, kind="violation", attribution="established", scope="places")
    )
    FindingText.objects.create(finding=finding, lang="en", statement="It happened.", state=TextState.PUBLISHED)
    FindingTheme.objects.create(finding=finding, theme=in_edition, primary=True)
    objects.add(FindingPlace.objects.create(finding=finding, place=place, role="where"))
    Evidence.objects.create(finding=finding, source=source)
    objects.add(ImportRun.objects.create(file_name="report.json", sha256="0" * 64, edition_key="2024"))
    instrument = objects.add(Instrument.objects.create(key="i", kind="law"))
    objects.add(InstrumentLink.objects.create(instrument=instrument, theme=in_edition, stance="partial"))
    person = objects.add(Person.objects.create(key="ada", name="Ada"))
    objects.add(Voice.objects.create(key="v", person=person, said_on=date(2024, 1, 1), source=source))


def make_demand(objects: Objects) -> None:
    objects.add(AliasRule.objects.create(domain="old.example", same_as="new.example"))
    addressee = objects.add(Addressee.objects.create(key="a", kind="government"))
    edition = objects.of("reports.reportedition")
    demand = objects.add(Demand.objects.create(key="d", first_edition=edition, addressee=addressee, verb="stop"))
    DemandText.objects.create(demand=demand, lang="en", title="Stop it", text="Stop.", state=TextState.PUBLISHED)
    event = objects.add(DemandEvent.objects.create(demand=demand, position=1, on=date(2024, 5, 1), kind="delivered"))
    DemandEventText.objects.create(event=event, lang="en", note="Delivered.")
    objects.add(DemandStatement.objects.create(demand=demand, edition=edition, standing="open"))


def make_campaign(objects: Objects, organisation: Organisation) -> None:
    key = organisation.key
    with transaction.atomic():
        campaign = objects.add(Campaign.objects.create(key=key, organisation=organisation, state=State.PUBLISHED))
        give_demand(campaign)
    CampaignText.objects.create(
        campaign=campaign, lang="en", slug=key, title=f"Campaign of {key}", summary="S.", state=TextState.PUBLISHED
    )
    petition = objects.add(Petition.objects.create(key=key, campaign=campaign, state=State.PUBLISHED))
    publish_text(
        PetitionText(
            petition=petition,
            lang="en",
            slug=f"petition-{key}",
            title=f"Petition of {key}",
            addressee="The city",
            lede="Why.",
            body="<p>Text.</p>",
            demands=["Stop."],
        )
    )
    petition.open()
    objects.add(PetitionUpdate.objects.create(petition=petition, on=date(2024, 6, 1)))
    objects.add(publish_consent(organisation, "en", "May send news."))
    objects.add(make_signature(petition))
    objects.add(FloodIncident.objects.create(petition=petition, kind="network"))
    until = timezone.now() + timedelta(days=1)
    objects.add(
        AllowedNetwork.objects.create(organisation=organisation, name="School", network="203.0.113.7/32", until=until)
    )
    demonstration = objects.add(Demonstration.objects.create(key=key, campaign=campaign))
    DemonstrationText.objects.create(demonstration=demonstration, lang="en", slug=f"demo-{key}", title="March")


def make_staff(objects: Objects, organisation: Organisation) -> None:
    objects.add(organisation)
    user = objects.add(User.objects.create_user(f"member-{organisation.key}@example.org"))
    objects.add(Membership.objects.create(user=user, organisation=organisation, role="editor"))
    objects.add(Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "hidden-seed"}))
    objects.add(record(user, Act.ADDED, organisation, organisation_id=organisation.pk))


def make_signature(petition: Petition, name: str = "Ada", address: str = "ada@example.org") -> Signature:
    """A confirmed one."""
    signable = load(petition)
    sign(signable, submission(signable, address, name))
    row = Signature.objects.filter(petition=petition).latest("pk")
    Signature.objects.filter(pk=row.pk).update(
        state=SignatureState.CONFIRMED, slot=1, confirmed_at=datetime.now(UTC), mail_due_at=None
    )
    row.refresh_from_db()
    return row
