"""The page of a place: what each edition says of it, by the part it plays."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from campaigns.models import Addressee, Campaign, DemandEvent
from reports.models import EditionPlace, Finding, FindingPlace, Place, ReportEdition
from tests.demonstrations.cast import make_demonstration
from tests.pages.reading import get, in_order
from tests.reports.making import (
    load_rivers,
    make_demand,
    make_edition,
    make_finding,
    make_petition,
    make_source,
    make_theme,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rivers() -> None:
    load_rivers()


def test_findings_are_split_by_the_part_the_place_plays(client: Client) -> None:
    _, html, outline = get(client, "/en/places/MM/")
    assert outline.titles("h3")[0] == "Silenced anglers"
    assert outline.titles("h4") == ["Done by its authorities", "Affected its people"]
    _, html, outline = get(client, "/en/places/BE/")
    assert outline.titles("h4") == ["Mentioned"]
    _, html, outline = get(client, "/en/places/PS/")
    assert outline.titles("h4") == ["Happened here"]
    in_order(html, "A veto stopped the clean-up.", "Gaza, Palestine")


def test_editions_stand_newest_first(client: Client) -> None:
    older = make_edition("older", label="2021/22")
    place = Place.objects.get(code="MM")
    EditionPlace.objects.create(edition=older, place=place, status="not_examined")
    newer = make_edition("newer", label="2024/25", period_start="2024-01-01", period_end="2024-12-31",
                         released_on="2025-04-01", year=2025)  # fmt: skip
    EditionPlace.objects.create(edition=newer, place=place, status="examined")
    finding = make_finding(make_theme(newer, "new-matter"), "new-finding")
    FindingPlace.objects.create(finding=finding, place=place, role="where")
    _, html, _ = get(client, "/en/places/MM/")
    in_order(
        html,
        "What report <bdi>2024/25</bdi> says", "It is so: new-finding.",
        "What report <bdi>2023/24</bdi> says", "Anglers who speak up are fined.",
        "What report <bdi>2021/22</bdi> says", "did not examine this place.", "does not mean that no rights",
    )  # fmt: skip


def test_an_edition_that_names_a_place_without_saying_whether_it_examined_it_stands_there_too(client: Client) -> None:
    older = make_edition("older", label="2021/22")
    finding = make_finding(make_theme(older, "old-matter"), "old-finding")
    FindingPlace.objects.create(finding=finding, place=Place.objects.get(code="MM"), role="where")
    _, html, _ = get(client, "/en/places/MM/")
    in_order(html, "What report <bdi>2021/22</bdi> says", "unknown whether examined", "It is so: old-finding.")


def test_a_place_that_no_edition_speaks_of_says_so(client: Client) -> None:
    Place.objects.create(code="FR")
    _, html, _ = get(client, "/en/places/FR/")
    in_order(html, "No edition that we carry says whether it examined this place.", "does not mean that no rights")


def test_what_one_can_do_for_a_place_stands_on_its_page(client: Client) -> None:
    make_petition(Campaign.objects.get())
    _, html, _ = get(client, "/en/places/PS/")
    in_order(html, 'href="/en/petitions/clean-rivers-petition/#sign"', "What we ask for here", "Clean the river")
    _, html, _ = get(client, "/en/places/US/")
    assert "clean-rivers-petition" not in html


def test_a_phone_shows_the_newest_edition_then_what_to_do_then_the_years_before(client: Client) -> None:
    make_petition(Campaign.objects.get())
    palestine = Place.objects.get(code="PS")
    make_demonstration(place=palestine)
    finding, council = Finding.objects.get(key="veto"), Addressee.objects.get(key="council")
    make_demand(finding, council, "open-the-dam", place=palestine)
    demand = make_demand(finding, council, "count-the-fish", place=palestine)
    DemandEvent.objects.create(demand=demand, position=0, on="2024-05-01", kind="kept", source=make_source())
    older = make_edition("older", label="2021/22")
    EditionPlace.objects.create(edition=older, place=palestine, status="not_examined")
    _, html, _ = get(client, "/en/places/PS/")
    in_order(
        html, "Palestine</bdi></h1>", 'href="/en/petitions/clean-rivers-petition/#sign"',
        "What report <bdi>2023/24</bdi> says", "A veto stopped the clean-up.", "Come in person", "Rally for the river",
        "What we ask for here", "2 demands open", "1 met", "Clean the river", "count-the-fish",
        "What report <bdi>2021/22</bdi> says", "The edition did not examine this place.",
        "side by side", "/en/places/PS/feed.atom",
    )  # fmt: skip


def test_the_four_parts_a_place_plays_have_each_their_heading(client: Client) -> None:
    theme = make_theme(ReportEdition.objects.get(), "all-parts")
    for role in ("where", "actor", "affected", "mentioned"):
        finding = make_finding(theme, role)
        FindingPlace.objects.create(finding=finding, place=Place.objects.get(code="US"), role=role)
    _, html, _ = get(client, "/en/places/US/")
    in_order(
        html, "all-parts</a></h3>", "Happened here", "It is so: where.", "Done by its authorities", "It is so: actor.",
        "Affected its people", "It is so: affected.", "Mentioned", "It is so: mentioned.",
    )  # fmt: skip


@pytest.mark.parametrize("page", ["abc", "0", "2", "%00"])
def test_a_part_of_the_page_that_there_is_not_is_refused_with_the_way_to_the_whole(client: Client, page: str) -> None:
    _, html, _ = get(client, f"/en/places/PS/?page={page}", 400)
    assert 'href="/en/places/PS/"' in html
    assert client.get("/en/places/PS/?page=1").content == client.get("/en/places/PS/").content


def test_the_name_follows_the_language_and_its_note_is_one_tap_away(client: Client) -> None:
    _, html, _ = get(client, "/en/places/MM/")
    in_order(html, "Myanmar (Burma)</bdi></h1>", "Also called", "Burma", "<details", "Two names are in use")
    _, html, outline = get(client, "/ar/places/MM/")
    assert "ميانمار (بورما)</bdi></h1>" in html
    assert outline.language_of("Two names are in use")[0] == "en"


def test_a_city_leads_to_the_place_it_belongs_to(client: Client) -> None:
    _, html, _ = get(client, "/en/places/X-GENT/")
    in_order(html, 'href="/en/places/BE/"', "Ghent</bdi></h1>")


@pytest.mark.parametrize(("path", "leads_to"), [("ps", "PS"), ("Ps", "PS"), ("x-eu", "X-EU")])
def test_small_letters_lead_to_capitals(client: Client, path: str, leads_to: str) -> None:
    response = client.get(f"/en/places/{path}/")
    assert (response.status_code, response.headers["Location"]) == (301, f"/en/places/{leads_to}/")
    response = client.get(f"/en/places/{path}.pdf")
    assert (response.status_code, response.headers["Location"]) == (301, f"/en/places/{leads_to}.pdf")


@pytest.mark.parametrize("code", ["ZZ", "X-NO", "DE", "123456789012345", "Å"])
def test_an_unknown_place_shows_those_there_are_and_a_search(client: Client, code: str) -> None:
    if code == "Å":  # no code looks like this, so it is not even asked for
        assert client.get(f"/en/places/{code}/").status_code == 404
        return
    _, html, _ = get(client, f"/en/places/{code}/", 404)
    assert 'href="/en/places/MM/"' in html
    assert ("There is no page on Germany yet" in html) == (code == "DE")
    assert 'role="search"' in html
    assert ('value="Germany"' in html) == (code == "DE")


def test_the_list_is_in_the_order_of_the_names(client: Client) -> None:
    _, html, _ = get(client, "/en/places/")
    in_order(html, "Belgium", "European Union", "Ghent", "Myanmar (Burma)", "Palestine", "United States")
    _, html, _ = get(client, "/fr/places/")
    in_order(html, "Belgique", "États-Unis", "Gand", "Palestine", "Union européenne")


def test_the_page_asks_the_database_six_times(client: Client, django_assert_num_queries: Any) -> None:
    # 1 place with names, note, editions; 2 campaigns with demands; 3 findings with places, sources; 4 demands of the
    # place; 5 petitions with counts; 6 demonstrations
    with django_assert_num_queries(6):
        get(client, "/en/places/PS/")
