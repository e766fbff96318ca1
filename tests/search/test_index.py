"""The index is never older than a text, and finds nothing that the public may not see."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from campaigns.demonstrations.models import Demonstration, DemonstrationText
from campaigns.models import Addressee, Campaign, CampaignText
from campaigns.petitions.petitions import PetitionText
from reports.editorial.publishing import State
from reports.editorial.texts import TextState
from reports.models import (
    Finding,
    FindingText,
    Instrument,
    InstrumentLink,
    InstrumentText,
    ReportEdition,
    SearchDocument,
    SearchTerm,
    Source,
    ThemeText,
)
from tests.demonstrations.cast import make_demonstration
from tests.reports.making import (
    load_rivers,
    make_campaign,
    make_demand,
    make_petition,
)
from tests.search.making import make_reading, say, search, titles

pytestmark = pytest.mark.django_db


def found(client: Client, words: str = "quicksilver", **filters: str) -> list[str]:
    return titles(search(client, words, **filters)[0].exact)


def test_a_text_is_found_from_the_moment_it_is_published_until_it_is_not(client: Client) -> None:
    finding = say(make_reading(), "metal", "Quicksilver was in the river.")
    text = FindingText.objects.get(finding=finding)
    assert found(client) == ["Quicksilver was in the river."]
    FindingText.objects.filter(pk=text.pk).update(statement="Mercury was in the river.")
    assert found(client) == []
    assert found(client, "mercury") == ["Mercury was in the river."]
    other = FindingText.objects.create(finding=finding, lang="fr", statement="Quicksilver!", state=TextState.DRAFT)
    assert found(client) == []
    other.state = TextState.PUBLISHED
    other.save()
    assert found(client) == ["Quicksilver!"]
    other.delete()
    assert found(client) == []


@pytest.mark.parametrize("state", [state for state in State if state not in {"published", "archived"}])
def test_only_what_stands_published_is_found(client: Client, state: State) -> None:
    finding = say(make_reading(), "metal", "Quicksilver was in the river.")
    Finding.objects.filter(pk=finding.pk).update(state=state)
    released = state == State.SCHEDULED
    assert found(client) == (["Quicksilver was in the river."] if released else [])
    Finding.objects.filter(pk=finding.pk).update(
        state=State.SCHEDULED, release_at=timezone.now() + timedelta(minutes=1)
    )
    for words in ("quicksilver", "quicksilvers", "quicksylver", "river"):
        page, html, _ = search(client, words)
        assert page.nothing
        assert "uicksilver" not in html.replace(words, "").replace(words.title(), "")
        assert page.suggestion == ""


def test_an_embargo_on_the_edition_hides_all_of_it(client: Client) -> None:
    theme = make_reading()
    say(theme, "metal", "Quicksilver was in the river.")
    ThemeText.objects.filter(theme=theme).update(title="Quicksilver")
    Source.objects.update(title="Quicksilver report")
    assert len(found(client)) == 3
    theme.edition.release_at = timezone.now() + timedelta(minutes=1)
    theme.edition.save()
    assert found(client) == []


def make_everything() -> None:
    """One thing of each kind that speaks of quicksilver."""
    theme = make_reading()
    finding = say(theme, "metal", "Quicksilver was in the river.")
    Source.objects.update(title="Quicksilver report", lang="de")
    ThemeText.objects.filter(theme=theme).update(title="Quicksilver")
    rule = Instrument.objects.create(key="ban", kind="treaty", identifier="C-202", state=State.PUBLISHED)
    InstrumentText.objects.create(instrument=rule, lang="en", title="Treaty on quicksilver", state=TextState.PUBLISHED)
    InstrumentLink.objects.create(instrument=rule, theme=theme, stance="advances")
    campaign = make_campaign()
    campaign.themes.add(theme.theme)
    CampaignText.objects.update(title="No more quicksilver", body="<p>Ban&nbsp;it &amp; clean up.</p>")
    make_demand(finding, Addressee.objects.create(key="a", kind="city"), "Ban quicksilver").themes.add(theme.theme)
    petition = make_petition(campaign)
    text = PetitionText.objects.get(petition=petition)
    text.title = "A draft of something else"  # what people sign stays as it was
    text.lede = "Because of quicksilver."
    text.save()
    march = make_demonstration("march", campaign=campaign)
    DemonstrationText.objects.filter(demonstration=march, lang="en").update(title="March against quicksilver")


def test_every_kind_is_found_and_leads_to_its_page(client: Client) -> None:
    make_everything()
    page, _, _ = search(client, "quicksilver")
    kinds = {str(one.kind) for one in page.exact}
    assert kinds == {"Finding", "Theme", "Law or rule", "Source", "Campaign", "Demand", "Petition", "Demonstration"}
    assert "Sign for the river" in titles(page.exact)
    for one in page.exact:
        assert client.get(one.url).status_code == 200, one.url
    source = next(one for one in page.exact if str(one.kind) == "Source")
    assert (source.lang, source.url.split("/")[1]) == ("de", "en")


def test_a_law_is_found_by_its_number_under_the_theme_and_place_where_it_holds(client: Client) -> None:
    load_rivers()
    asked: list[dict[str, str]] = [{}, {"theme": "fouled-rivers"}, {"place": "X-EU"}, {"kind": "instrument"}]
    for filters in asked:
        assert "Directive on water" in found(client, "2000/60/EC", **filters), filters
    assert found(client, "2000/60/EC", theme="silenced-anglers") == []
    assert found(client, "2000/60/EC", state="open") == []
    Instrument.objects.update(identifier="2013/39/EU")
    assert "Directive on water" in found(client, "2013/39/EU")
    assert found(client, "2000/60/EC") == []


def test_a_law_is_not_found_before_a_theme_that_it_bears_on_can_be_read(client: Client) -> None:
    load_rivers()
    ReportEdition.objects.update(release_at=timezone.now() + timedelta(minutes=1))
    assert found(client, "directive") == []


def test_html_of_a_text_is_neither_found_nor_shown(client: Client) -> None:
    make_everything()
    assert found(client, "nbsp") == []
    page, html, _ = search(client, "clean up")
    assert "No more quicksilver" in titles(page.exact)
    assert "&amp;amp;" not in html


def test_filters_narrow_and_say_so(client: Client) -> None:
    make_everything()
    assert found(client, kind="petition") == ["Sign for the river"]
    assert len(found(client, theme="made")) == 8
    assert len(found(client, state="open")) == 4
    assert found(client, state="over") == []
    assert found(client, lang="de") == []  # not a language of the site: told, not searched
    Demonstration.objects.update(status="cancelled")
    assert found(client, state="over") == ["March against quicksilver"]
    Campaign.objects.update(state=State.RETRACTED)
    assert "No more quicksilver" not in found(client)


@pytest.mark.parametrize("name", ["kind", "theme", "place", "state", "lang"])
@pytest.mark.parametrize("value", ["nowhere", "<b>", "'; --", "x" * 5000])
def test_an_unknown_filter_is_told_and_shows_nothing(client: Client, name: str, value: str) -> None:
    say(make_reading(), "metal", "Quicksilver was in the river.")
    page, html, _ = search(client, "quicksilver", **{name: value})
    assert page.nothing
    assert "There is no such value for:" in html
    assert 'value="quicksilver"' in html
    assert "<b>" not in html.replace("<b>Upstander", "")


def test_rebuilding_brings_back_the_same_index(client: Client) -> None:
    load_rivers()
    make_everything()
    columns = ("kind", "object_id", "lang", "address", "title", "words", "vector", "plain")
    before = sorted(SearchDocument.objects.values_list(*columns))
    terms = set(SearchTerm.objects.values_list("term", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE search_document SET words = 'damaged'")
    SearchTerm.objects.all().delete()
    for _ in range(2):
        out = StringIO()
        call_command("rebuild_search", stdout=out)
        assert out.getvalue() == f"{len(before)} texts are in the search index.\n"
        assert sorted(SearchDocument.objects.values_list(*columns)) == before
        assert set(SearchTerm.objects.values_list("term", flat=True)) <= terms


def test_the_page_asks_the_database_six_times_at_most(client: Client, django_assert_num_queries: Any) -> None:
    load_rivers()
    make_everything()
    search(client, "warm")  # the names of countries are asked for once in the life of a process
    with django_assert_num_queries(
        6
    ):  # 1 question; 2 places; 3 matches; 4 their texts; 5 and 6 themes and places to choose
        page, _, _ = search(client, "quicksilver river")
    assert page.exact
    with django_assert_num_queries(2):
        search(client, "")


def test_many_matches_are_leafed_through(client: Client) -> None:
    theme = make_reading()
    for nth in range(45):
        say(theme, f"metal-{nth}", f"Quicksilver was found, number {nth}.")
    seen: list[str] = []
    for number in ("1", "2", "3"):
        page, html, _ = search(client, "quicksilver", page=number)
        seen += titles(page.exact)
        assert page.total == 45
        assert ("q=quicksilver&amp;page=2" in html) == (number != "2")
    assert len(set(seen)) == 45
    for nonsense in ("abc", "0", "-1", "9" * 400, "２"):
        search(client, "quicksilver", page=nonsense)
