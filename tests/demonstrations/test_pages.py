"""The page of a demonstration and the list of all, as a visitor without account, cookie or script gets them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.demonstrations.demonstrations import Demonstration
from campaigns.demonstrations.upcoming import upcoming_rows
from reports.editorial.publishing import State
from tests.demonstrations.cast import make_campaign, make_demonstration, make_place, make_text, next_year_at
from tests.reports.making import end_embargo

pytestmark = pytest.mark.django_db
PAGE = "/en/demonstrations/brussels/"
LIST = "/en/demonstrations/"


def text_of(answer: Any) -> str:
    """What stands on the page, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_page_tells_when_on_the_clock_there(demonstration: Demonstration, client: Client) -> None:
    answer = client.get(PAGE)
    page = answer.content.decode()
    year = next_year_at(18).year
    assert answer.status_code == 200
    assert f'<time datetime="{year}-03-12T18:00:00+01:00">' in page
    assert f'<time datetime="{year}-03-12T19:30:00+01:00">' in page
    assert "Europe/Brussels" in page
    assert "UTC+1" in page
    assert "18:00" in text_of(answer)
    assert not answer.cookies


def test_summer_is_another_offset_at_the_same_hour(client: Client) -> None:
    make_demonstration(starts=next_year_at(18, month=7))
    page = client.get(PAGE).content.decode()
    assert "T18:00:00+02:00" in page
    assert "UTC+2" in page


def test_every_answer_on_access_is_shown_also_that_nobody_knows(demonstration: Demonstration, client: Client) -> None:
    said = text_of(client.get(PAGE))
    assert re.search(r"Yes: +Step-free +No: +Accessible toilets", said)
    assert "Not known: Sign language · Live captions · Places to rest · Quiet area" in said


def test_who_where_and_how_to_ask(demonstration: Demonstration, client: Client) -> None:
    answer = client.get(PAGE)
    for words in ("In front of the town hall", "Brussels, Belgium", "Friends of the River", "river@example.org"):
        assert words in text_of(answer)
    assert "brussels.ics" in answer.content.decode()


@pytest.mark.parametrize(
    ("values", "banner", "open_"),
    [
        ({}, "Takes place", True),
        ({"status": "moved"}, "Time or place has changed", True),
        ({"status": "postponed"}, "This demonstration is postponed", False),
        ({"status": "cancelled"}, "This demonstration is cancelled", False),
        ({"starts": datetime(2024, 3, 12, 18)}, "This demonstration is over", False),
        ({"starts": datetime(2024, 3, 12, 18), "status": "cancelled"}, "This demonstration is cancelled", False),
        ({"state": State.RETRACTED}, "This call was retracted", False),
        ({"state": State.ARCHIVED}, "It is over", False),
    ],
)
def test_each_state_has_words_and_a_form_only_where_one_can_come(
    client: Client, values: dict[str, Any], banner: str, open_: bool
) -> None:
    make_demonstration(**values)
    answer = client.get(PAGE)
    assert answer.status_code == 200
    assert banner in text_of(answer)
    assert ('action="/en/demonstrations/brussels/pledge/"' in answer.content.decode()) == open_


def test_programs_are_told_of_no_call_that_was_retracted(client: Client) -> None:
    demonstration = make_demonstration()
    assert '"Event"' in client.get(PAGE).content.decode()
    type(demonstration).objects.update(state=State.RETRACTED)
    told = client.get(PAGE)
    assert told.status_code == 200
    assert '"Event"' not in told.content.decode()


def test_the_reason_of_a_change_is_told(client: Client) -> None:
    make_demonstration(status="cancelled").texts.update(status_note="No safe <way> to the square.")
    assert "No safe &lt;way&gt; to the square." in client.get(PAGE).content.decode()


@pytest.mark.parametrize("state", [State.DRAFT, State.IN_REVIEW, State.APPROVED])
def test_what_is_not_public_is_not_there(client: Client, state: State) -> None:
    make_demonstration(state=state)
    assert client.get(PAGE).status_code == 404
    assert "Rally for the river" not in text_of(client.get(LIST))


def test_before_its_release_it_is_not_there(client: Client) -> None:
    make_demonstration(state=State.SCHEDULED, release_at=timezone.now() + timedelta(hours=1))
    assert client.get(PAGE).status_code == 404
    end_embargo(Demonstration.objects.get())
    assert client.get(PAGE).status_code == 200


def test_what_was_removed_is_gone(client: Client) -> None:
    make_demonstration(state=State.REMOVED)
    for address in (PAGE, "/en/demonstrations/brussels/check-your-mail/"):
        assert client.get(address).status_code == 410


def test_each_language_has_its_own_address(demonstration: Demonstration, client: Client) -> None:
    make_text(demonstration, "ar", slug="وقفة-بروكسل", title="وقفة من أجل النهر")
    arabic = client.get("/ar/demonstrations/وقفة-بروكسل/")
    assert arabic.status_code == 200
    assert "وقفة من أجل النهر" in arabic.content.decode()
    led = client.get("/ar/demonstrations/brussels/")
    assert led.status_code == 301
    assert client.get(led.headers["Location"]).status_code == 200
    assert client.get("/en/demonstrations/وقفة-بروكسل/").headers["Location"] == PAGE


def test_a_language_without_words_shows_the_original_and_says_so(demonstration: Demonstration, client: Client) -> None:
    page = client.get("/fr/demonstrations/brussels/").content.decode()
    assert re.search(r'<h1[^>]*lang="en"', page)
    assert re.search(r'hreflang="ar"\s+href="[^"]*/ar/demonstrations/brussels/"', page)


def test_what_was_typed_follows_into_the_other_language(demonstration: Demonstration, client: Client) -> None:
    answer = client.post("/fr/demonstrations/brussels/", {"size": "abc", "nickname": "Ada", "email": "ada@"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    for value in ("abc", "Ada", "ada@"):
        assert f'value="{value}"' in page
    assert not demonstration.pledges.exists()


def test_advice_is_the_organisers_or_said_to_be_general(demonstration: Demonstration, client: Client) -> None:
    assert "We have no advice for this place yet" in text_of(client.get(PAGE))
    demonstration.texts.update(safety="Ask for Maître Dupont.")
    assert "Ask for Maître Dupont." in text_of(client.get(PAGE))


def test_a_day_of_action_lists_the_other_places(client: Client) -> None:
    make_demonstration(day_of_action="river-day")
    other = make_demonstration("antwerp", day_of_action="river-day")
    other.texts.update(title="Vigil in Antwerp", city="Antwerp")
    make_demonstration("elsewhere", day_of_action="another").texts.update(title="Another day")
    said = text_of(client.get(PAGE))
    assert "Vigil in Antwerp" in said
    assert "Another day" not in said


def test_the_next_comes_first_and_the_past_stands_apart(client: Client) -> None:
    for key, starts in {
        "later": next_year_at(18, month=5),
        "sooner": next_year_at(18, month=2),
        "long-ago": datetime(2023, 3, 12, 18),
        "lately": datetime(2024, 3, 12, 18),
    }.items():
        make_demonstration(key, starts=starts).texts.update(title=f"Rally {key}")
    page = client.get(LIST).content.decode()
    order = [page.index(f"Rally {key}") for key in ("sooner", "later", "lately", "long-ago")]
    assert order == sorted(order)
    past = client.get(f"{LIST}?when=past").content.decode()
    assert "Rally lately" in past
    assert "Rally sooner" not in past


def test_the_list_narrows_by_place_and_theme(client: Client) -> None:
    make_demonstration()
    make_demonstration("paris", place=make_place("FR", "France")).texts.update(title="Rally in Paris")
    only = text_of(client.get(f"{LIST}?place=FR"))
    assert "Rally in Paris" in only
    assert "Rally for the river" not in only
    assert "Rally in Paris" in text_of(client.get(f"{LIST}?place=fr"))


@pytest.mark.parametrize(
    "query",
    [
        "place=ZZ",
        "place=abc",
        "place=%27%3B--",
        "place=" + "x" * 150,
        "theme=nothing",
        "theme=%00",
        "theme=A+B",
        "place=DE",
    ],
)
def test_a_filter_that_fits_nothing_says_so_and_shows_nothing(
    demonstration: Demonstration, client: Client, query: str
) -> None:
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == 200
    assert "you asked for" in text_of(answer)
    assert "Rally for the river" not in text_of(answer)


@pytest.mark.parametrize(
    "query", ["page=0", "page=abc", "page=99999999999999", "page=7", "when=never", "foo=bar", "place="]
)
def test_other_parameters_are_taken_for_the_nearest_sense(
    demonstration: Demonstration, client: Client, query: str
) -> None:
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == 200
    assert "Rally for the river" in text_of(answer)


def test_an_empty_site_has_a_list(client: Client) -> None:
    assert "Nothing is announced here" in text_of(client.get(LIST))


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_two_hundred_demonstrations_cost_no_more_queries_than_two(client: Client) -> None:
    # The list: how many, the rows, the past ones, the places, the themes. The page: itself, and its day of action.
    for number in range(2):
        make_demonstration(f"first-{number}", day_of_action="day")
    few = queries(client, LIST), queries(client, "/en/demonstrations/first-0/")
    for number in range(150):
        make_demonstration(f"next-{number}", starts=next_year_at(18) + timedelta(hours=number), day_of_action="day")
    for number in range(50):
        make_demonstration(f"past-{number}", starts=datetime(2024, 3, 12, 18) + timedelta(hours=number))
    many = [queries(client, address) for address in (LIST, f"{LIST}?page=4", "/en/demonstrations/first-0/")]
    assert many[0] <= few[0] == many[1] == 5
    assert many[2] == few[1] == 2


def test_pages_lead_through_a_long_list(client: Client) -> None:
    for number in range(45):
        make_demonstration(f"d-{number}", starts=next_year_at(18) + timedelta(hours=number)).texts.update(
            title=f"Rally number {number}."
        )
    first, second = client.get(LIST), client.get(f"{LIST}?page=2")
    shown = [set(re.findall(r"Rally number \d+\.", answer.content.decode())) for answer in (first, second)]
    assert [len(titles) for titles in shown] == [40, 5]
    assert not shown[0] & shown[1]


def test_other_pages_get_the_next_ones_in_one_query(demonstration: Demonstration) -> None:
    make_demonstration("cancelled", status="cancelled", starts=next_year_at(18, month=2))
    make_demonstration("gone", starts=datetime(2024, 3, 12, 18))
    make_demonstration("hidden", state=State.DRAFT)
    make_demonstration("retracted", state=State.RETRACTED)
    campaign = make_campaign()
    with CaptureQueriesContext(connection) as captured:
        found = upcoming_rows("en", campaigns=[campaign.pk])
    assert len(captured) == 1
    assert [(row.url, row.status, row.zone, row.area) for row in found] == [
        ("/en/demonstrations/cancelled/", "cancelled", "UTC+1", "Brussels, Belgium"),
        ("/en/demonstrations/brussels/", "on", "UTC+1", "Brussels, Belgium"),
    ]
    assert found[1].starts.isoformat().endswith("-03-12T18:00:00+01:00")
    assert found[1].facts == ["Step-free"]
    assert upcoming_rows("en", campaigns=[campaign.pk + 1]) == []
    assert upcoming_rows("en", places=["FR"]) == []
    assert len(upcoming_rows("en", limit=1)) == 1
