"""Demands at the desk: an edition is not released while it is silent on what earlier ones asked."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from campaigns.models import Campaign, Demand, DemandFinding, DemandStatement
from campaigns.petitions.models import Petition
from reports.editorial.publishing import State
from reports.models import ReportEdition
from tests.desk.conftest import Cast, form_values
from tests.desk.making import Objects

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(objects: Objects) -> ReportEdition:
    """An approved edition that comes after a public demand that is still open."""
    demand = objects.of("campaigns.demand")
    DemandFinding.objects.create(demand=demand, finding=objects.of("reports.finding"))
    Demand.objects.filter(pk=demand.pk).update(state=State.PUBLISHED)
    first = objects.of("reports.reportedition")
    later = {"period_start": date(2024, 1, 1), "period_end": date(2024, 12, 31), "released_on": date(2025, 4, 1)}
    return ReportEdition.objects.create(
        key="2025", publisher=first.publisher, year=2025, label="2025", places_examined=3, licence="CC",
        source_url="https://example.org/r", state=State.APPROVED, **later,
    )  # fmt: skip


def test_an_edition_is_released_once_it_says_what_became_of_each_demand(cast: Cast, edition: ReportEdition) -> None:
    client, page = cast.client("editor"), f"/desk/reports/reportedition/{edition.pk}/"
    refused = client.post(f"{page}to/published/")
    assert refused.status_code == 422
    assert "What became of the demand “Stop it”" in refused.content.decode()
    assert "What became of the demand “Stop it”" in client.get(f"{page}change/").content.decode()
    values = form_values(client.get(f"{page}change/"))
    values |= {
        "demand_statements-TOTAL_FORMS": "1",
        "demand_statements-0-demand": str(Demand.objects.get(key="d").pk),
        "demand_statements-0-standing": "open",
        "demand_statements-0-edition": str(edition.pk),
    }
    assert client.post(f"{page}change/", values).status_code == 302
    assert DemandStatement.objects.get(edition=edition).standing == "open"
    assert client.post(f"{page}to/published/").status_code == 302
    edition.refresh_from_db()
    assert edition.state == State.PUBLISHED


def test_met_without_a_source_comes_back_with_a_reason(cast: Cast, edition: ReportEdition) -> None:
    client, page = cast.client("editor"), f"/desk/reports/reportedition/{edition.pk}/change/"
    values = form_values(client.get(page))
    values |= {
        "demand_statements-TOTAL_FORMS": "1",
        "demand_statements-0-demand": str(Demand.objects.get(key="d").pk),
        "demand_statements-0-standing": "met",
        "demand_statements-0-edition": str(edition.pk),
    }
    response = client.post(page, values)
    assert "That a demand was met or rejected needs a source." in response.content.decode()
    assert not DemandStatement.objects.filter(edition=edition).exists()


def test_the_desk_says_why_a_petition_does_not_open_and_what_to_do(cast: Cast, petition: Petition) -> None:
    petition.pause()
    connection.check_constraints()
    Demand.objects.filter(campaign_demands__campaign=petition.campaign).update(state=State.APPROVED)
    refused = cast.client("organiser").post(f"/desk/petitions/petition/{petition.pk}/stage/open/")
    assert refused.status_code == 409
    assert "Publish a demand of its campaign first: nobody can sign for nothing." in refused.content.decode()


def test_the_desk_says_why_the_last_demand_of_an_open_petition_stays(cast: Cast, petition: Petition) -> None:
    connection.check_constraints()
    demand = petition.campaign.campaign_demands.get().demand
    refused = cast.client("editor").post(
        f"/desk/campaigns/demand/{demand.pk}/to/retracted/", {"reason": "It is wrong."}
    )
    assert refused.status_code == 422
    assert "Pause the petition, or add another public demand" in refused.content.decode()
    demand.refresh_from_db()
    assert demand.state == State.PUBLISHED


def test_a_campaign_without_a_public_demand_stays_approved(cast: Cast) -> None:
    campaign = Campaign.objects.create(key="bare", organisation=cast.ours, state=State.APPROVED)
    client, page = cast.client("editor"), f"/desk/campaigns/campaign/{campaign.pk}"
    assert "A demand that is published: add one below" in client.get(f"{page}/change/").content.decode()
    refused = client.post(f"{page}/to/published/")
    assert refused.status_code == 422
    assert "a public campaign puts forward at least one public demand" in refused.content.decode()
    campaign.refresh_from_db()
    assert campaign.state == State.APPROVED


def test_a_demand_is_published_once_there_is_a_source_behind_it(cast: Cast, objects: Objects) -> None:
    demand = objects.of("campaigns.demand")
    finding = objects.of("reports.finding")
    DemandFinding.objects.create(demand=demand, finding=finding)
    Demand.objects.filter(pk=demand.pk).update(state=State.APPROVED)
    finding.evidence.update(relation="context")
    client, page = cast.client("editor"), f"/desk/campaigns/demand/{demand.pk}/to/published/"
    refused = client.post(page)
    assert refused.status_code == 422
    assert "A source behind a finding that it stands on." in refused.content.decode()
    finding.evidence.update(relation="supports")
    assert client.post(page).status_code == 302


def test_what_is_still_to_come_is_no_event(cast: Cast, objects: Objects) -> None:
    demand = objects.of("campaigns.demand")
    client, page = cast.client("editor"), f"/desk/campaigns/demand/{demand.pk}/change/"
    demand.themes.add(objects.of("reports.theme"))
    today, before = timezone.localdate(), demand.events.count()
    for day, status, added in ((today + timedelta(days=2), 200, 0), (today, 302, 1)):
        values = form_values(client.get(page))
        values |= {
            "events-TOTAL_FORMS": f"{before + 1}",
            f"events-{before}-position": "9",
            f"events-{before}-on": f"{day}",
        }
        answer = client.post(page, values | {f"events-{before}-kind": "delivered"})
        assert answer.status_code == status, day
        assert demand.events.count() == before + added
        if not added:
            assert "This day is still to come" in answer.content.decode()
            assert f'value="{day}"' in answer.content.decode()
