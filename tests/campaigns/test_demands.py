"""Demands: where one stands follows from what happened, and what happened is never changed."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import Error, IntegrityError, connection, transaction
from django.utils import timezone

from campaigns.demands import DemandState, EventKind, standing_after
from campaigns.models import Addressee, Campaign, Demand, DemandEvent, FormerCampaignSlug
from reports.editorial.publishing import State
from tests.reports.making import (
    load_rivers,
    make_campaign,
    make_demand,
    make_edition,
    make_finding,
    make_source,
    make_theme,
)

DAY = date(2024, 5, 1)
LATER = date(2024, 6, 1)


@pytest.mark.parametrize(
    ("events", "standing"),
    [
        ([], DemandState.OPEN),
        ([(DAY, 0, "delivered")], DemandState.OPEN),
        ([(DAY, 0, "delivered"), (DAY, 1, "acknowledged")], DemandState.ANSWERED),
        ([(DAY, 0, "promised"), (LATER, 1, "partly_kept")], DemandState.PARTLY_MET),
        ([(DAY, 0, "kept"), (LATER, 1, "delivered")], DemandState.MET),
        ([(LATER, 0, "refused"), (DAY, 1, "kept")], DemandState.REJECTED),
        ([(DAY, 1, "reversed"), (DAY, 0, "kept")], DemandState.OPEN),
        ([(DAY, 0, "lapsed")], DemandState.LAPSED),
    ],
)
def test_the_last_event_that_settles_anything_decides(
    events: list[tuple[date, int, str]], standing: DemandState
) -> None:
    assert standing_after(events) == standing


def test_every_kind_of_event_is_known_to_settle_something_or_nothing() -> None:
    assert {kind: standing_after([(DAY, 0, kind)]) for kind in EventKind}[EventKind.DELIVERED] == DemandState.OPEN


def the_demand() -> Demand:
    finding = make_finding(make_theme(make_edition()))
    return make_demand(finding, Addressee.objects.create(key="council", kind="city"))


@pytest.mark.django_db
def test_a_demand_knows_where_it_stands() -> None:
    demand = the_demand()
    DemandEvent.objects.create(demand=demand, position=0, on=DAY, kind="kept", source=make_source())
    assert demand.standing == DemandState.MET


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["kept", "refused"])
def test_kept_and_refused_need_a_source(kind: str) -> None:
    with pytest.raises(IntegrityError, match="demand_event_source"):
        DemandEvent.objects.create(demand=the_demand(), position=0, on=DAY, kind=kind)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE campaigns_demandevent SET kind = 'kept'",
        "UPDATE campaigns_demandevent SET \"on\" = '2020-01-01'",
        "DELETE FROM campaigns_demandevent",
    ],
)
def test_what_happened_is_never_changed(statement: str) -> None:
    DemandEvent.objects.create(demand=the_demand(), position=0, on=DAY, kind="promised")
    with pytest.raises(Error, match="only ever added"), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE campaigns_demand SET verb = 'ask'", "demand_verb"),
        ("UPDATE campaigns_demand SET state = 'public'", "demand_state"),
        ("UPDATE campaigns_addressee SET kind = 'king'", "addressee_kind"),
        ("UPDATE campaigns_demandtext SET title = ''", "demand_text_filled"),
        ("UPDATE campaigns_campaigntext SET summary = repeat('x', 801)", "campaign_text_length"),
        ("UPDATE campaigns_campaign SET state = 'x'", "campaign_state"),
    ],
)
def test_a_statement_past_the_models_is_refused(statement: str, rule: str) -> None:
    load_rivers()
    with pytest.raises(IntegrityError, match=rule), connection.cursor() as cursor:
        cursor.execute(statement)


def hold_after(demand: Demand, state: State) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        Demand.objects.filter(pk=demand.pk).update(state=state)
        demand.demand_findings.all().delete()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.django_db
def test_a_public_demand_stands_on_a_finding() -> None:
    demand = the_demand()
    with pytest.raises(IntegrityError, match='the demand "made" is public and stands on no finding'):
        hold_after(demand, State.PUBLISHED)
    assert demand.demand_findings.exists()
    hold_after(demand, State.DRAFT)
    assert not demand.demand_findings.exists()


@pytest.mark.django_db
def test_a_finding_that_a_demand_stands_on_cannot_be_deleted() -> None:
    demand = the_demand()
    with pytest.raises(IntegrityError):
        demand.demand_findings.get().finding.delete()


@pytest.mark.django_db
def test_one_campaign_is_first_on_the_home_page() -> None:
    make_campaign("one", featured=True)
    with pytest.raises(IntegrityError, match="campaign_one_featured"):
        make_campaign("two", featured=True)


@pytest.mark.django_db
def test_a_changed_slug_is_kept() -> None:
    campaign = make_campaign("one")
    campaign.texts.update(slug="uno")
    assert FormerCampaignSlug.objects.get().slug == "one"
    assert Campaign.objects.visible().count() == 1


@pytest.mark.django_db
def test_the_database_takes_no_event_of_a_day_that_has_begun_nowhere() -> None:
    demand, furthest = the_demand(), timezone.localdate(timezone=ZoneInfo("Pacific/Kiritimati"))
    with timezone.override("Pacific/Kiritimati"):
        for position, day in enumerate((furthest, furthest + timedelta(days=1))):
            event = DemandEvent(demand=demand, position=position, on=day, kind="promised")
            if position:
                with pytest.raises(ValidationError, match="still to come"):
                    event.clean()
                with pytest.raises(IntegrityError, match="is still to come"), transaction.atomic():
                    DemandEvent.objects.bulk_create([event])
            else:
                event.clean()
                DemandEvent.objects.bulk_create([event])
    assert DemandEvent.objects.get().on == furthest
