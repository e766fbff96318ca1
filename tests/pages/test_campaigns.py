"""The pages of campaigns and demands, the home page and the feed."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.models import Campaign, Demand, DemandEvent
from reports.editorial.publishing import State
from reports.models import FindingText
from tests.pages.reading import get, in_order
from tests.reports.making import load_rivers, make_campaign, make_petition

pytestmark = pytest.mark.django_db
CAMPAIGN = "/en/campaigns/clean-rivers/"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def _rivers() -> None:
    load_rivers()


def demand_page(key: str = "publish-it") -> str:
    return f"/en/demands/{Demand.objects.get(key=key).uid}/"


def test_a_campaign_says_what_is_asked_why_and_what_one_can_do(client: Client) -> None:
    make_petition(Campaign.objects.get())
    _, html, _ = get(client, CAMPAIGN)
    in_order(
        html,
        "Friends of the River",
        "Clean rivers</h1>",
        "They are brown.",
        "/en/petitions/clean-rivers-petition/#sign",
        "Clean the river",
        "Publish what is in it",
        "Water <em>matters</em>.",
        "Oil is said to reach every river.",
        "A veto stopped the clean-up.",
    )
    assert "<script>alert" not in html


def test_slugs_of_campaigns_lead_on_as_those_of_themes_do(client: Client) -> None:
    response = client.get("/fr/campaigns/clean-rivers/")
    assert (response.status_code, response.headers["Location"]) == (301, "/fr/campaigns/rivi%C3%A8res-propres/")
    _, _html, outline = get(client, "/ar/campaigns/clean-rivers/")
    assert outline.language_of("They are brown.") == ("en", "ltr")
    Campaign.objects.get().texts.filter(lang="en").update(slug="blue-rivers")
    assert client.get(CAMPAIGN).headers["Location"] == "/en/campaigns/blue-rivers/"


@pytest.mark.parametrize(("state", "status"), [(State.DRAFT, 404), (State.REMOVED, 410), (State.RETRACTED, 200)])
def test_the_state_of_a_campaign_decides_what_is_shown(client: Client, state: State, status: int) -> None:
    make_campaign("other")
    Campaign.objects.filter(key="clean-rivers").update(state=state)
    _, html, _ = get(client, CAMPAIGN, status)
    assert ("They are brown." in html) == (status == 200)
    assert ("/en/campaigns/other/" in html) == (status == 404)


def test_a_demand_shows_evidence_then_petitions_then_what_came_of_it(client: Client) -> None:
    make_petition(Campaign.objects.get())
    _, html, outline = get(client, demand_page())
    assert outline.titles() == ["The evidence", "Petitions that carry it", "From the evidence to what came of it"]
    in_order(html, "Publish what is in it</h1>", "Met", "Oil is said to reach", "Sign for the river", "0</b> confirmed")
    in_order(html, "Delivered", "Handed over.", "Kept", "The first table is out.", "Minutes of the council", "C/12")
    _, html, _ = get(client, demand_page("clean-it"))
    in_order(html, "Open", "No answer has come yet")


def test_the_number_of_a_demand_is_forgiving(client: Client) -> None:
    Demand.objects.filter(key="clean-it").update(uid="0123456789")
    response = client.get("/en/demands/OL23456789/")
    assert (response.status_code, response.headers["Location"]) == (301, "/en/demands/0123456789/")
    get(client, "/en/demands/9999999999/", 404)
    Demand.objects.filter(key="clean-it").update(state=State.REMOVED)
    get(client, "/en/demands/0123456789/", 410)


def test_the_home_page_puts_one_demand_first(client: Client) -> None:
    make_petition(Campaign.objects.get())
    make_petition(make_campaign("other"), "other-petition")
    _, html, _outline = get(client, "/en/")
    in_order(
        html,
        "Campaigns that stand on evidence</h1>",
        "/en/petitions/clean-rivers-petition/#sign",
        'id="themes"', "Fouled rivers", "A veto stopped the clean-up.",
        'id="campaigns"', "/en/campaigns/other/",
        'id="outcomes"', "Publish what is in it", "The first table is out.", "Met",
        'id="places"', "Palestine",
        'id="report"', "The State of the Rivers", "River Watch", "12 countries examined", "CC-BY-NC-ND-4.0",
    )  # fmt: skip
    for own_name in ("English", "français", "Nederlands", "español", "العربيّة"):
        assert own_name in html


def test_a_featured_campaign_that_is_over_gives_way_to_one_that_can_be_signed(client: Client) -> None:
    make_petition(Campaign.objects.get()).close()
    make_petition(make_campaign("other"), "other-petition")
    _, html, _ = get(client, "/en/")
    in_order(html, "/en/petitions/other-petition/#sign", 'id="campaigns"', "/en/campaigns/clean-rivers/", "Closed")


def test_an_empty_installation_has_a_home_page(client: Client) -> None:
    Campaign.objects.update(state=State.DRAFT)
    for edition in Campaign.objects.model._meta.apps.get_model("reports", "ReportEdition").objects.all():
        type(edition).objects.filter(pk=edition.pk).update(state=State.DRAFT)
    _, html, _ = get(client, "/en/")
    assert "Nothing is published here yet." in html


def test_all_campaigns_those_that_can_be_signed_first(client: Client) -> None:
    make_petition(make_campaign("other"), "other-petition")
    _, html, _ = get(client, "/en/campaigns/")
    in_order(html, "/en/campaigns/other/", "/en/campaigns/clean-rivers/")


@pytest.mark.parametrize(
    ("page", "queries"),
    [
        ("/en/", 6),  # edition, themes with a line, campaigns with demands, petitions, demonstrations, places
        (CAMPAIGN, 5),  # campaign with demands, petitions, findings, themes, demonstrations
        ("demand", 5),  # demand with events, findings, campaigns, petitions, demonstrations
        ("/en/campaigns/", 2),  # campaigns, petitions
        ("/en/themes/", 2),  # editions, themes
        ("/en/places/", 2),  # places, edition
    ],
)
def test_a_page_asks_the_database_so_often(
    client: Client, django_assert_num_queries: Any, page: str, queries: int
) -> None:
    make_petition(Campaign.objects.get())
    path = demand_page() if page == "demand" else page
    with django_assert_num_queries(queries):
        get(client, path)


def entries(client: Client) -> list[ElementTree.Element]:
    response = client.get("/en/themes/fouled-rivers/feed.atom")
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(response.content).findall(f"{ATOM}entry")


def test_the_feed_of_a_theme_tells_what_is_new_under_ids_that_stay(client: Client) -> None:
    make_petition(Campaign.objects.get())
    found = entries(client)
    titles = [entry.findtext(f"{ATOM}title") for entry in found]
    assert titles[0] == "Sign for the river"
    assert {"Publish what is in it: kept", "A veto stopped the clean-up."} <= set(titles)
    ids = [entry.findtext(f"{ATOM}id") or "" for entry in found]
    assert len(set(ids)) == len(ids)
    assert all(one.startswith("tag:127.0.0.1,2026-01-01:") for one in ids)
    FindingText.objects.filter(finding__key="veto").update(statement="A veto\x0b stopped it.")
    again = entries(client)
    assert [entry.findtext(f"{ATOM}id") for entry in again] == ids
    assert "A veto stopped it." in [entry.findtext(f"{ATOM}title") for entry in again]


def test_the_feed_of_an_unknown_theme_is_not_there(client: Client) -> None:
    assert client.get("/en/themes/nowhere/feed.atom").status_code == 404
    assert client.get("/fr/themes/fouled-rivers/feed.atom").status_code == 301


def test_outcomes_are_the_latest(client: Client) -> None:
    demand = Demand.objects.get(key="clean-it")
    day = timezone.localdate() - timedelta(days=1)
    DemandEvent.objects.create(demand=demand, position=0, on=day, kind="partly_kept")
    _, html, _ = get(client, "/en/")
    in_order(html, 'id="outcomes"', "Clean the river", "Partly met", "Publish what is in it", "Met")
