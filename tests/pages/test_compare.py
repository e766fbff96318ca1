"""Two editions side by side: what follows from them, what an editor asserts on a source, and never a score."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from campaigns.models import Addressee, DemandEvent
from reports.editorial.publishing import State
from reports.editorial.texts import TextState
from reports.models import (
    EditionPlace,
    Finding,
    FindingPlace,
    Place,
    ReportEdition,
    Theme,
    ThemeChange,
    ThemeChangeText,
    ThemeLink,
)
from tests.pages.reading import get, in_order
from tests.reports.making import load_rivers, make_demand, make_edition, make_finding, make_source, make_theme

pytestmark = pytest.mark.django_db
COMPARED = "/en/compare/?a=older&b=watch-2024"


@pytest.fixture(autouse=True)
def _editions() -> None:
    """An older edition beside that of the rivers: both treat fouled rivers, it alone treats wells."""
    load_rivers()
    older = make_edition("older", label="2021/22")
    make_finding(make_theme(older, "fouled-rivers"), "before")
    make_finding(make_theme(older, "wells"), "well")


def became(html: str) -> dict[str, str]:
    """What stands beside each theme or place."""
    pairs = re.findall(r"<bdi>([^<]+)</bdi></a>\s*</h3>\s*<div class=\"tight\">\s*<p>(.*?)</p>", html, re.S)
    return {name: " ".join(re.sub("<[^>]+>", "", words).split()) for name, words in pairs}


def test_new_continued_and_not_mentioned_follow_from_the_editions(client: Client) -> None:
    _, html, _ = get(client, COMPARED)
    assert became(html) == {
        "Fouled rivers": "continued", "Silenced anglers": "new", "wells": "not mentioned in 2023/24"
    }  # fmt: skip
    assert became(get(client, "/en/compare/?a=2024&b=2022")[1]) == became(html)


def test_a_place_is_told_by_theme_and_one_that_was_not_examined_is_not_called_new(client: Client) -> None:
    older, place = ReportEdition.objects.get(key="older"), Place.objects.get(code="MM")
    _, html, _ = get(client, COMPARED + "&place=MM")
    assert became(html)["Silenced anglers"] == "new"
    EditionPlace.objects.create(edition=older, place=place, status="not_examined")
    _, html, _ = get(client, COMPARED + "&place=MM")
    assert became(html)["Silenced anglers"] == "not examined in 2021/22"


def test_a_theme_is_told_by_place(client: Client) -> None:
    FindingPlace.objects.create(
        finding=Finding.objects.get(key="before"), place=Place.objects.get(code="PS"), role="where"
    )
    _, html, _ = get(client, COMPARED + "&theme=fouled-rivers")
    assert became(html)["Palestine"] == "continued"
    assert became(html)["United States"] == "new"


def change(**values: Any) -> ThemeChange:
    older, newer = ReportEdition.objects.get(key="older"), ReportEdition.objects.get(key="watch-2024")
    wells = {"theme": Theme.objects.get(key="wells"), "earlier": older, "later": newer, "state": "resolved"}
    return ThemeChange.objects.create(**{**wells, "source": make_source("court"), **values})


def test_resolved_is_said_only_where_an_editor_has_published_it_with_its_source(client: Client) -> None:
    text = ThemeChangeText.objects.create(change=change(), lang="en", note="The court closed them.")
    assert became(get(client, COMPARED)[1])["wells"] == "not mentioned in 2023/24"
    ThemeChangeText.objects.filter(pk=text.pk).update(state=TextState.PUBLISHED)
    _, html, _ = get(client, COMPARED)
    assert became(html)["wells"] == "resolved"
    in_order(html, "The court closed them.", "Source:", "court")


def test_a_theme_that_was_split_goes_on_in_its_parts(client: Client) -> None:
    ThemeLink.objects.create(
        earlier=Theme.objects.get(key="wells"), later=Theme.objects.get(key="silenced-anglers"), kind="split"
    )
    _, html, _ = get(client, COMPARED)
    assert became(html)["wells"] == became(html)["Silenced anglers"] == "continued"
    in_order(html, "A part of", "wells", "Split; a part goes on as", "Silenced anglers")


def test_demands_opened_and_ended_in_between_are_listed(client: Client) -> None:
    older = Finding.objects.get(key="well")
    demand = make_demand(older, Addressee.objects.first(), "close-the-wells", state=State.ARCHIVED)
    DemandEvent.objects.create(demand=demand, position=1, on="2023-05-01", kind="kept", source=make_source())
    _, html, _ = get(client, COMPARED)
    in_order(
        html, "Demands first put forward", "Clean the river", "came to an end in between", "close-the-wells", "met"
    )
    assert "close-the-wells" not in get(client, COMPARED + "&place=US")[1]


@pytest.mark.parametrize(
    "query",
    ["a=older&b=older", "a=older&b=none", "b=older", "a=older&b=secret", "a=2022&b=2022", "a=%00&b=older", "place=MM"],
)
def test_editions_that_cannot_be_compared_are_refused_with_those_that_can(client: Client, query: str) -> None:
    make_edition("secret", state=State.DRAFT, label="not yet", period_end="2023-06-30", year=2023,
                 period_start="2023-01-01", released_on="2023-07-01")  # fmt: skip
    _, html, _ = get(client, f"/en/compare/?{query}", 400)
    assert 'href="/en/compare/?a=older&amp;b=watch-2024"' in html
    assert "not yet" not in html


@pytest.mark.parametrize(("query", "offered"), [("place=ZZ", "place=MM"), ("theme=no", "theme=wells")])
def test_an_unknown_place_or_theme_is_refused_with_those_there_are(client: Client, query: str, offered: str) -> None:
    _, html, _ = get(client, f"{COMPARED}&{query}", 400)
    assert offered in html


def test_without_a_choice_there_is_a_form_and_the_editions_that_follow_each_other(client: Client) -> None:
    _, html, _ = get(client, "/en/compare/")
    in_order(html, '<form class="map-form" method="get"', 'href="/en/compare/?a=older&amp;b=watch-2024"')


def test_the_page_asks_the_database_six_times(client: Client, django_assert_num_queries: Any) -> None:
    # 1 editions; 2 themes of both with links and changes; 3 places with their status; 4 which finding names which
    # place; 5 demands that ended; 6 demands first put forward
    for choice in ("", "&place=MM", "&theme=wells"):
        with django_assert_num_queries(6):
            get(client, COMPARED + choice)
