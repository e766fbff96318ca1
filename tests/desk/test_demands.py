"""Demands at the desk: an edition is not released while it is silent on what earlier ones asked."""

from __future__ import annotations

from datetime import date

import pytest

from campaigns.models import Demand, DemandFinding, DemandStatement
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
        "demand_statements-0-demand": str(Demand.objects.get().pk),
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
        "demand_statements-0-demand": str(Demand.objects.get().pk),
        "demand_statements-0-standing": "met",
        "demand_statements-0-edition": str(edition.pk),
    }
    response = client.post(page, values)
    assert "That a demand was met or rejected needs a source." in response.content.decode()
    assert not DemandStatement.objects.filter(edition=edition).exists()
