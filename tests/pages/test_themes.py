"""The page of a theme: from what was found to what one can do."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from campaigns.models import Campaign
from campaigns.pages.edition_archives import pack_edition
from reports.editorial.publishing import State
from reports.models import FindingPlace, Place, ReportEdition, ThemeInEdition, ThemeText
from tests.demonstrations.cast import make_demonstration
from tests.pages.reading import get, in_order
from tests.reports.making import load_rivers, make_edition, make_finding, make_petition, make_theme

pytestmark = pytest.mark.django_db
THEME = "/en/themes/fouled-rivers/"


@pytest.fixture(autouse=True)
def _rivers() -> None:
    load_rivers()


def test_a_phone_shows_what_is_asked_before_what_was_found(client: Client) -> None:
    make_petition(Campaign.objects.get())
    _, html, outline = get(client, THEME)
    in_order(
        html,
        "Report <bdi>2023/24</bdi>",
        "covers 2023",
        "Fouled rivers</h1>",
        "Two sentences. About rivers.",
        'href="/en/petitions/clean-rivers-petition/#sign"',
        "Clean the river",
        "City council",
        "A veto stopped the clean-up.",
        "Oil is said to reach every river.",
        "She warns of dead water.",
        "Water Act",
        "Partial advance",
        "/en/themes/fouled-rivers/feed.atom",
    )
    assert outline.titles() == [
        "Sign for the river",
        "What we ask, and of whom",
        "What the report found",
        "Voices",
        "Laws and rules",
        "Places named here",
        "Cite and follow",
    ]


def test_places_stand_under_the_part_they_play_and_sources_open_in_place(client: Client) -> None:
    _, html, _ = get(client, THEME)
    in_order(html, "happened here", "Gaza, Palestine", 'class="actor"', "done by its authorities", "United States")
    in_order(html, '<details class="source">', "The State of the Rivers", "page 12", "/en/findings/")
    assert "Minutes of the council (context)" in html


def test_a_paraphrase_bears_no_quotation_marks_and_a_quotation_is_one(client: Client) -> None:
    _, html, _ = get(client, THEME)
    in_order(
        html, '<figure class="voice">', "She warns of dead water.", "Ada Brook", "Head of River Watch", "in our words"
    )
    in_order(html, "<blockquote>", '<p lang="en"', "Water remembers.", "</blockquote>")
    assert "“She warns" not in html


def test_a_theme_without_a_campaign_says_how_to_follow_it(client: Client) -> None:
    _, html, outline = get(client, "/en/themes/silenced-anglers/")
    assert outline.titles()[0] == "What we ask"
    in_order(html, "No campaign asks for anything on this theme yet", "/en/themes/silenced-anglers/feed.atom")
    assert "Fish die in it." in html


def test_a_campaign_that_is_over_shows_how_it_ended_and_no_way_to_sign(client: Client) -> None:
    make_petition(Campaign.objects.get()).close()
    _, html, outline = get(client, THEME)
    assert "#sign" not in html
    assert "Campaigns on this theme" in outline.titles()
    assert "Closed" in html


def test_the_page_asks_the_database_six_times(client: Client, django_assert_num_queries: Any) -> None:
    make_petition(Campaign.objects.get())
    # 1 theme with edition, voices, instruments; 2 findings with places, sources; 3 places of all of them;
    # 4 campaigns with demands; 5 petitions with counts; 6 demonstrations
    with django_assert_num_queries(6):
        get(client, THEME)
    theme = ThemeInEdition.objects.get(theme__key="fouled-rivers")
    for number in range(20):
        make_finding(theme, f"more-{number}")
    with django_assert_num_queries(6):
        get(client, THEME)


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/fr/themes/fouled-rivers/", "/fr/themes/rivières-souillées/"),
        ("/en/themes/أنهار-ملوثة/", "/en/themes/fouled-rivers/"),
        ("/en/themes/FOULED-Rivers/", "/en/themes/fouled-rivers/"),
    ],
)
def test_the_slug_of_another_language_leads_on(client: Client, path: str, leads_to: str) -> None:
    response = client.get(path)
    if path != leads_to and response.status_code == 200:
        assert path.lower() == leads_to  # another spelling of the same slug needs no way round
        return
    assert response.status_code == 301
    assert client.get(response.headers["Location"]).status_code == 200


def test_an_earlier_slug_leads_on(client: Client) -> None:
    ThemeText.objects.filter(slug="fouled-rivers").update(slug="brown-rivers")
    ThemeText.objects.filter(slug="brown-rivers").update(slug="dead-rivers")
    for earlier in ("fouled-rivers", "brown-rivers"):
        response = client.get(f"/en/themes/{earlier}/")
        assert (response.status_code, response.headers["Location"]) == (301, "/en/themes/dead-rivers/")


def test_a_slug_belongs_first_to_its_own_language(client: Client) -> None:
    ThemeText.objects.create(
        theme=ThemeInEdition.objects.get(theme__key="silenced-anglers"),
        lang="fr",
        slug="fouled-rivers",
        title="Pêcheurs réduits au silence",
        summary="…",
        state="published",
    )
    _, html, _ = get(client, "/fr/themes/fouled-rivers/")
    assert "Pêcheurs réduits au silence</h1>" in html
    _, html, _ = get(client, "/en/themes/fouled-rivers/")
    assert "Fouled rivers</h1>" in html


def test_a_language_without_a_text_shows_the_original_with_its_language(client: Client) -> None:
    _, html, outline = get(client, "/ar/themes/silenced-anglers/")
    assert outline.language_of("Silenced anglers") == ("en", "ltr")
    assert outline.language_of("Those who speak are fined.") == ("en", "ltr")
    assert outline.language_of("Anglers who speak up are fined.") == ("en", "ltr")
    assert 'class="notice"' in html
    _, html, outline = get(client, "/ar/themes/أنهار-ملوثة/")
    assert outline.language_of("جملتان عن الأنهار.") == ("ar", "rtl")
    assert outline.language_of("A veto stopped the clean-up.") == ("en", "ltr")
    assert outline.language_of("غزة") == ("ar", "rtl")
    assert 'class="notice"' not in html


def test_the_page_names_its_address_in_every_language(client: Client) -> None:
    _, html, _ = get(client, THEME)
    assert 'href="http://127.0.0.1:8000/fr/themes/rivi%C3%A8res-souill%C3%A9es/"' in html
    assert 'href="http://127.0.0.1:8000/nl/themes/fouled-rivers/"' in html


def test_the_edition_to_keep_is_one_click_away(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.ARCHIVES = tmp_path
    pack_edition("watch-2024", date(2026, 5, 1))
    for path in ("/en/", THEME):
        _, html, _ = get(client, path)
        in_order(html, 'href="/data/watch-2024.zip"', "CSV and JSON", "datapackage.json", "SHA-256")


def test_an_unknown_theme_shows_those_there_are(client: Client) -> None:
    _, html, _ = get(client, "/en/themes/nowhere/", 404)
    assert 'href="/en/themes/fouled-rivers/"' in html
    assert 'href="/en/themes/silenced-anglers/"' in html


@pytest.mark.parametrize("state", [State.DRAFT, State.IN_REVIEW, State.APPROVED])
def test_a_theme_that_is_not_public_is_not_there(client: Client, state: State) -> None:
    ThemeInEdition.objects.filter(theme__key="fouled-rivers").update(state=state)
    _, html, _ = get(client, THEME, 404)
    assert "Fouled" not in html
    assert client.get("/fr/themes/fouled-rivers/").status_code == 404


def test_a_removed_theme_says_so_without_its_words(client: Client) -> None:
    ThemeInEdition.objects.filter(theme__key="fouled-rivers").update(state=State.REMOVED)
    _, html, _ = get(client, THEME, 410)
    assert "Fouled" not in html


def test_a_retracted_theme_is_still_there_with_a_notice(client: Client) -> None:
    ThemeInEdition.objects.filter(theme__key="fouled-rivers").update(state=State.RETRACTED)
    _, html, _ = get(client, THEME)
    in_order(html, '<meta name="robots" content="noindex">', "Retracted", "Fouled rivers</h1>")


@pytest.mark.parametrize("query", ["?x=%00", "?utm_source=abc", "?page=1"])
def test_a_query_changes_nothing(client: Client, query: str) -> None:
    assert client.get(THEME + query).content == client.get(THEME).content


@pytest.mark.parametrize("slug", ["%00", "a%00b", "x" * 300, "..%2f..", "%F0%9F%90%9F", "%E2%80%AE", "'--"])
def test_a_strange_slug_is_only_unknown(client: Client, slug: str) -> None:
    assert client.get(f"/en/themes/{slug}/").status_code in {400, 404}


def test_a_post_is_refused(client: Client) -> None:
    assert client.post(THEME).status_code == 405


def test_other_editions_of_the_theme_are_one_click_away(client: Client) -> None:
    theme = make_theme(make_edition(), "fouled-rivers")
    _, html, _ = get(client, THEME)
    assert f'href="/en/themes/{theme.text.slug}/"' in html
    _, html, _ = get(client, f"/en/themes/{theme.text.slug}/")
    assert 'href="/en/themes/fouled-rivers/"' in html


def test_all_themes_are_those_of_the_newest_edition(client: Client) -> None:
    make_theme(make_edition(), "old-matter")
    _, html, _ = get(client, "/en/themes/")
    in_order(html, "Fouled rivers", "A veto stopped the clean-up.", "Silenced anglers")
    assert "old-matter" not in html
    ReportEdition.objects.all().update(state=State.DRAFT)
    _, html, _ = get(client, "/en/themes/")
    assert "No theme is published yet." in html


@pytest.mark.parametrize("page", ["abc", "0", "2", "-1", "%00", "9" * 30])
def test_a_part_of_the_page_that_there_is_not_is_refused_with_the_way_to_the_whole(client: Client, page: str) -> None:
    _, html, _ = get(client, f"{THEME}?page={page}", 400)
    assert f'href="{THEME}"' in html
    get(client, f"{THEME}?page=1")


def test_a_theme_leads_from_what_was_found_to_what_one_can_do(client: Client) -> None:
    campaign = Campaign.objects.get()
    make_petition(campaign)
    make_demonstration(campaign=campaign)
    _, html, _ = get(client, THEME)
    in_order(
        html, "What we ask, and of whom", "1 demand open", "1 met", "Clean the river", "Open", "City council",
        "Publish what is in it", "Met", "last news on", "Places named here", "happened here", "Palestine",
        "done by its authorities", "United States", "Come in person", "Rally for the river",
    )  # fmt: skip


def test_places_of_all_findings_stand_once_under_each_part_they_play(client: Client) -> None:
    theme = ThemeInEdition.objects.get(theme__key="fouled-rivers")
    for number, role in enumerate(["where", "where", "actor"]):
        finding = make_finding(theme, f"more-{number}")
        FindingPlace.objects.create(finding=finding, place=Place.objects.get(code="BE"), role=role)
    _, html, _ = get(client, THEME)
    named = html[html.index("Places named here") : html.index("Map of the world")]
    in_order(named, "happened here", "Belgium", "Palestine", "done by its authorities", "Belgium", "United States")
    assert named.count("Belgium") == 2
