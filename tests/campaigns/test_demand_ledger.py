"""The ledger of a demand: one line of time, shared by campaigns, and the next edition that must not be silent on it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from campaigns.demand_statements import PENDING, unanswered
from campaigns.demands import DemandState, EventKind, standing_after
from campaigns.models import Campaign, CampaignDemand, Demand, DemandEvent, DemandStatement, DemandStatementText
from reports.editorial.publishing import State
from reports.editorial.texts import TextState
from reports.models import ReportEdition, Source
from tests.pages.reading import get, in_order
from tests.reports.making import load_rivers, make_campaign, make_edition, make_petition

pytestmark = pytest.mark.django_db
DAY = date(2026, 5, 1)


@pytest.fixture(autouse=True)
def _rivers() -> None:
    load_rivers()


def open_demand() -> Demand:
    return Demand.objects.get(key="clean-it")


def next_edition(**values: Any) -> ReportEdition:
    """A draft of the next edition by the same publisher."""
    first = open_demand().first_edition
    dates = {"period_start": date(2098, 1, 1), "period_end": date(2098, 12, 31), "released_on": date(2099, 4, 1)}
    return make_edition("next", **{"publisher": first.publisher, "state": State.APPROVED, **dates, **values})


def release(edition: ReportEdition, state: State = State.PUBLISHED) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        ReportEdition.objects.filter(pk=edition.pk).update(state=state)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def page_of(client: Client, demand: Demand) -> str:
    return str(get(client, f"/en/demands/{demand.uid}/")[1])


def test_the_page_tells_one_line_of_time(client: Client) -> None:
    demand = open_demand()
    make_petition(Campaign.objects.get())
    source = Source.objects.first()
    DemandEvent.objects.create(demand=demand, position=7, on=timezone.localdate(), kind="delivered", source=source)
    DemandEvent.objects.create(demand=demand, position=8, on=timezone.localdate(), kind="promised", source=source)
    edition = next_edition()
    said = DemandStatement.objects.create(demand=demand, edition=edition, standing="answered", source=source)
    DemandStatementText.objects.create(
        statement=said, lang="en", note="Promised, and nothing done.", state=TextState.PUBLISHED
    )
    assert "nothing done" not in page_of(client, demand)
    release(edition)
    in_order(
        page_of(client, demand),
        'class="timeline"',
        "The report",
        "A petition opens",
        "0 confirmed signatures",
        "Delivered",
        "Promised",
        "says became of it",
        "Answered",
        "Promised, and nothing done.",
        "The next step is awaited",
    )


def test_two_campaigns_share_the_ledger_of_a_demand(client: Client) -> None:
    other = make_campaign("other")
    CampaignDemand.objects.create(campaign=other, demand=open_demand())
    make_petition(Campaign.objects.get(key="clean-rivers"))
    make_petition(other, "other-petition")
    html = page_of(client, open_demand())
    assert html.count("A petition opens") == 2


def test_an_edition_under_embargo_is_not_named_by_the_demands_it_speaks_of(client: Client) -> None:
    edition = next_edition(label="secretlabel")
    DemandStatement.objects.create(demand=open_demand(), edition=edition, standing="open")
    release(edition)
    assert "secretlabel" in page_of(client, open_demand())
    ReportEdition.objects.filter(pk=edition.pk).update(release_at=datetime(2999, 1, 1, tzinfo=UTC))
    assert "secretlabel" not in page_of(client, open_demand())
    ReportEdition.objects.filter(pk=open_demand().first_edition_id).update(release_at=datetime(2999, 1, 1, tzinfo=UTC))
    assert open_demand().first_edition.publisher.name not in page_of(client, open_demand())


@pytest.mark.parametrize("state", [State.SCHEDULED, State.PUBLISHED])
def test_the_next_edition_is_not_released_while_it_is_silent_on_an_open_demand(state: State) -> None:
    edition = next_edition()
    assert [demand.key for demand in unanswered(edition)] == ["clean-it"]
    with pytest.raises(IntegrityError, match='the edition "next" does not say what became of: clean-it'):
        release(edition, state)
    DemandStatement.objects.create(demand=open_demand(), edition=edition, standing="open")
    assert unanswered(edition) == []
    release(edition, state)


def test_an_edition_cannot_come_in_public_and_silent() -> None:
    next_edition(state=State.PUBLISHED)
    with pytest.raises(IntegrityError, match="does not say what became of"):
        connection.check_constraints()


def test_another_publisher_or_an_earlier_edition_owes_nothing() -> None:
    make_edition("others", period_start=date(2098, 1, 1), period_end=date(2098, 12, 31), released_on=date(2099, 1, 1))
    make_edition("before", publisher=open_demand().first_edition.publisher)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("kind", EventKind.values)
def test_the_database_and_the_page_agree_on_what_is_still_open(kind: str) -> None:
    DemandEvent.objects.create(demand=open_demand(), position=9, on=DAY, kind=kind, source=Source.objects.first())
    with connection.cursor() as cursor:
        cursor.execute("SELECT campaigns_demand_is_pending(%s)", [open_demand().pk])
        assert cursor.fetchone() == (standing_after([(DAY, 9, kind)]) in PENDING,)


@pytest.mark.parametrize("standing", [DemandState.MET, DemandState.REJECTED])
def test_met_and_rejected_need_a_source(standing: str) -> None:
    with pytest.raises(IntegrityError, match="demand_statement_source"):
        DemandStatement.objects.create(demand=open_demand(), edition=next_edition(), standing=standing)


@pytest.mark.parametrize(
    "statement", ["UPDATE campaigns_demandstatement SET standing = 'lapsed'", "DELETE FROM campaigns_demandstatement"]
)
def test_what_a_public_edition_said_stays(statement: str) -> None:
    edition = next_edition()
    DemandStatement.objects.create(demand=open_demand(), edition=edition, standing="open")
    release(edition)
    with pytest.raises(IntegrityError, match="stays"), connection.cursor() as cursor:
        cursor.execute(statement)


def test_themes_and_places_count_what_is_open_and_met(client: Client) -> None:
    html = get(client, "/en/themes/fouled-rivers/")[1]
    in_order(html, "1 demand open", "1 met")
