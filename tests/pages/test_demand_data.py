"""Demands as open data: each with its sources, its day, whom it is asked of and where it stands; nothing hidden."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from campaigns.models import Campaign, Demand, DemandStatement
from campaigns.petitions.petitions import Linger, Petition
from reports.editorial.publishing import State
from reports.models import Finding, ReportEdition
from tests.petitions_pages.conftest import keystore
from tests.reports.making import load_rivers, make_edition, make_petition

__all__ = ["keystore"]

pytestmark = pytest.mark.django_db
ADDRESS = "/data/demands.json"


@pytest.fixture(autouse=True)
def _rivers() -> None:
    load_rivers()


def told(client: Client) -> dict[str, dict[str, Any]]:
    """The demands of the file by their English titles."""
    response = client.get(ADDRESS)
    assert response.status_code == 200
    return {one["texts"]["en"]["title"]: one for one in json.loads(response.content)["demands"]}


def test_each_demand_tells_all_that_one_can_check(client: Client) -> None:
    make_petition(Campaign.objects.get())
    demand = told(client)["Publish what is in it"]
    stored = Demand.objects.get(key="publish-it")
    assert (demand["uid"], demand["status"], demand["verb"]) == (stored.uid, "met", stored.verb)
    assert demand["addressee"]["names"]["en"] == "City council"
    assert demand["first_edition"]["edition"] == "watch-2024"
    assert demand["findings"][0]["sources"][0]["title"]
    assert [event["kind"] for event in demand["events"]] == ["delivered", "kept"]
    assert demand["events"][1]["source"] == {"title": "Minutes of the council", "symbol": "C/12"}
    assert demand["events"][1]["notes"]["en"] == "The first table is out."
    assert client.get(demand["url"].removeprefix(settings.ORIGIN)).status_code == 200
    assert demand["petitions"][0].endswith("/en/petitions/clean-rivers-petition/")
    assert told(client)["Clean the river"]["status"] == "open"


def test_the_file_is_for_every_site_and_says_when_it_has_not_changed(client: Client) -> None:
    response = client.get(ADDRESS)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert 'rel="license"' in response.headers["Link"]
    assert client.get(ADDRESS, headers={"If-None-Match": response.headers["ETag"]}).status_code == 304
    assert ADDRESS in client.get("/ar/data/").content.decode()


@pytest.mark.parametrize(
    "hidden", [{"state": State.DRAFT}, {"state": State.RETRACTED}, {"release_at": datetime(2999, 1, 1, tzinfo=UTC)}]
)
def test_it_holds_nothing_that_is_hidden_or_taken_back(client: Client, hidden: dict[str, Any]) -> None:
    make_petition(Campaign.objects.get())
    later = make_edition("later", label="secretlabel", period_end="2099-01-01", released_on="2099-02-01")
    DemandStatement.objects.create(demand=Demand.objects.get(key="clean-it"), edition=later, standing="open")
    uid = Finding.objects.get(key="oil").uid
    parts = [
        (Finding, {"key": "oil"}, uid),
        (Petition, {}, "clean-rivers-petition"),
        (Campaign, {}, "/campaigns/clean-rivers/"),
        (Demand, {"key": "publish-it"}, "Publish what is in it"),
    ]
    for model, which, words in parts:
        assert words in client.get(ADDRESS).content.decode(), words
        model.objects.filter(**which).update(**hidden)
        assert words not in client.get(ADDRESS).content.decode(), words
    if hidden != {"state": State.RETRACTED}:
        assert "secretlabel" in client.get(ADDRESS).content.decode()
        ReportEdition.objects.filter(pk=later.pk).update(**hidden)
        assert "secretlabel" not in client.get(ADDRESS).content.decode()


def test_it_tells_of_no_petition_in_safe_mode(client: Client) -> None:
    make_petition(Campaign.objects.get(), "k7m2", safe_mode=True, linger=Linger.SAFE)
    assert "k7m2" not in client.get(ADDRESS).content.decode()


def test_it_is_one_query_however_many_there_are(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        client.get(ADDRESS)
