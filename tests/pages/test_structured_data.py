"""What pages are about, for programs: JSON-LD in the vocabulary of schema.org, on every kind of page."""

from __future__ import annotations

import json
import re
from collections import deque
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from campaigns.demonstrations.demonstrations import Demonstration, DemonstrationText, Status
from campaigns.models import Campaign, Demand, DemandText
from tests.browser.pages import LINK, kind
from tests.demonstrations.cast import make_demonstration, make_place, next_year_at
from tests.reports.making import load_rivers, make_petition

pytestmark = pytest.mark.django_db

BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
EVIL = '</script><script>alert("1")</script> & <!-- \u2028 \u2029 \\" {"@type":"ClaimReview"}'
ABOUT = {"Report", "Event", "Dataset", "AskAction", "BreadcrumbList"}


def things(html: str) -> list[dict[str, Any]]:
    return [json.loads(one) for one in BLOCK.findall(html)]


def event(client: Client, demonstration: Demonstration) -> dict[str, Any]:
    html = client.get(f"/en/demonstrations/{demonstration.key}/").content.decode()
    (found,) = [one for one in things(html) if one["@type"] == "Event"]
    return found


def one_page_of_each_kind(client: Client, start: str) -> dict[str, str]:
    """HTML by kind of page, found by following links."""
    found: dict[str, str] = {}
    waiting, seen = deque([start]), {start}
    while waiting:
        path = waiting.popleft()
        if kind(path) in found:
            continue
        response = client.get(path)
        if response.status_code != 200 or not response.headers["Content-Type"].startswith("text/html"):
            continue
        found[kind(path)] = html = response.content.decode()
        for link in LINK.findall(html):
            if link.startswith(start) and link not in seen:
                seen.add(link)
                waiting.append(link)
    return found


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_every_kind_of_page_says_what_it_is_about_in_a_form_that_programs_can_read(client: Client, lang: str) -> None:
    load_rivers()
    make_petition(Campaign.objects.get())
    make_demonstration()
    pages = one_page_of_each_kind(client, f"/{lang}/")
    assert len(pages) > 12
    types: dict[str, set[str]] = {}
    for name, html in pages.items():
        assert html.count("application/ld+json") == len(things(html))
        assert "ClaimReview" not in html
        for one in things(html):
            assert one["@context"] == "https://schema.org"
            types.setdefault(one["@type"], set()).add(name.removeprefix(f"{lang}/"))
    assert set(types) == ABOUT
    assert {"themes/…", "findings/…"} <= types["Report"]
    assert types["Event"] == {"demonstrations/…"}
    assert types["Dataset"] == {"data"}
    assert types["AskAction"] == {"demands/…"}
    assert {"themes/…", "places/…", "demonstrations/…", "findings/…", "demands/…"} <= types["BreadcrumbList"]


def test_a_demand_tells_its_sources_its_day_whom_it_is_asked_of_and_where_it_stands(client: Client) -> None:
    load_rivers()
    DemandText.objects.filter(demand__key="publish-it").update(text=EVIL)
    demand = Demand.objects.get(key="publish-it")
    html = client.get(f"/en/demands/{demand.uid}/").content.decode()
    assert "<script>alert" not in html
    (told,) = [one for one in things(html) if one["@type"] == "AskAction"]
    assert (told["name"], told["description"], told["identifier"]) == ("Publish what is in it", EVIL, demand.uid)
    assert told["recipient"]["name"] == "City council"
    assert told["startTime"] == demand.first_edition.released_on.isoformat()
    assert told["actionStatus"] == "https://schema.org/CompletedActionStatus"
    assert told["about"][0]["citation"][0]["name"]
    assert [(one["name"], one["datePublished"][:2]) for one in told["result"]] == [("delivered", "20"), ("kept", "20")]
    assert told["result"][1]["citation"]["identifier"] == "C/12"
    (open_one,) = [
        one
        for one in things(client.get(f"/en/demands/{Demand.objects.get(key='clean-it').uid}/").content.decode())
        if one["@type"] == "AskAction"
    ]
    assert open_one["actionStatus"] == "https://schema.org/ActiveActionStatus"


@pytest.mark.parametrize(
    ("zone", "month", "offset"),
    [
        *(("Europe/Brussels", 1, "+01:00"), ("Europe/Brussels", 7, "+02:00"), ("Asia/Kolkata", 7, "+05:30")),
        *(("America/Sao_Paulo", 1, "-03:00"), ("America/New_York", 7, "-04:00")),
    ],
)
def test_an_event_is_told_in_the_time_of_its_place(client: Client, zone: str, month: int, offset: str) -> None:
    starts = next_year_at(18, month)
    found = event(client, make_demonstration(starts=starts, zone=zone))
    assert found["startDate"] == f"{starts.isoformat()}{offset}"
    begins, ends = (datetime.fromisoformat(found[name]) for name in ("startDate", "endDate"))
    assert begins == starts.replace(tzinfo=ZoneInfo(zone))
    assert ends - begins == timedelta(minutes=90)


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (Status.ON, "EventScheduled"),
        (Status.MOVED, "EventRescheduled"),
        (Status.POSTPONED, "EventPostponed"),
        (Status.CANCELLED, "EventCancelled"),
    ],
)
def test_an_event_says_whether_it_takes_place(client: Client, status: Status, told: str) -> None:
    found = event(client, make_demonstration(status=status))
    assert found["eventStatus"] == f"https://schema.org/{told}"
    assert found["location"]["address"] == {
        "@type": "PostalAddress",
        "addressLocality": "Brussels",
        "addressCountry": "BE",
    }


def test_a_place_that_is_no_country_is_given_no_code_of_one(client: Client) -> None:
    found = event(client, make_demonstration(place=make_place("X-RIVER", "The river")))
    assert "addressCountry" not in found["location"]["address"]


def test_no_title_of_a_demonstration_can_end_the_block(client: Client) -> None:
    demonstration = make_demonstration()
    DemonstrationText.objects.update(title=EVIL, summary=EVIL, city=EVIL[:80])
    Demonstration.objects.update(organiser=EVIL[:100])
    html = client.get(f"/en/demonstrations/{demonstration.key}/").content.decode()
    assert "<script>alert" not in html
    assert not {"\u2028", "\u2029"} & set("".join(BLOCK.findall(html)))
    found = event(client, demonstration)
    assert (found["name"], found["description"]) == (EVIL, EVIL)
