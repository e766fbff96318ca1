"""Loading campaigns: what is wrong is told in full, what is right is written once, and history stays."""

from __future__ import annotations

import json
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from campaigns.campaign_file.reading import read_campaigns
from campaigns.campaign_file.writing import write_campaigns
from campaigns.models import Campaign, CampaignText, Demand, DemandEvent, DemandStatement, DemandText
from reports.content_file import ContentFileError
from reports.editorial.publishing import State
from reports.models import ReportEdition
from tests.reports.making import (
    CAMPAIGNS,
    DEMO,
    campaigns_json,
    load_demo_reports,
    load_report,
    make_campaign,
    make_edition,
    put,
)

pytestmark = pytest.mark.django_db

BROKEN = [
    ("format", "upstander-report/1", 'format: "upstander-report/1": this loader reads "upstander-campaigns/1"'),
    ("edition", "watch-1999", 'edition: "watch-1999": is not the key of a loaded edition'),
    ("organisations.0.name", "", 'organisations[0].name: "": must not be empty'),
    ("addressees.0.kind", "king", 'addressees[0].kind: "king": is none of government'),
    ("addressees.0.place", "DE", 'addressees[0].place: "DE": is not the key of a place'),
    ("demands.0.addressee", "concil", 'is not the key of an addressee: did you mean "council"?'),
    ("demands.0.findings", [], "demands[0].findings: needs at least 1 key of a finding of the edition"),
    ("demands.0.findings.0", "gossip", 'demands[0].findings[0]: "gossip": is not the key of a finding'),
    ("demands.0.verb", "ask", 'demands[0].verb: "ask": is none of stop'),
    ("demands.0.texts.en.text", "x" * 1201, "is 1201 characters long: shorten it to 1200"),
    ("demands.0.events", ..., "demands[0].events: is missing: add a list of objects"),
    ("demands.1.events.0.on", "soon", "demands[1].events[0].on"),
    ("demands.1.events.0.on", "2999-01-01", "lies in the future: only what has happened is told"),
    ("demands.1.events.0.on", ..., 'demands[1].events[0]: needs its day: "on" with a date, or "in_days"'),
    ("demands.1.events.1.in_days", 3, "demands[1].events[1].in_days: lies in the future"),
    ("demands.1.events.1.in_days", -(10**12), None),
    ("demands.1.events.1.source", None, "demands[1].events[1]: That a demand was kept or refused needs a source."),
    ("demands.1.key", "clean-it", 'demands[1].key: "clean-it": is used twice'),
    ("campaigns.0.demands", [], "campaigns[0].demands: needs at least 1 key of a demand"),
    ("campaigns.0.organisation", "foes", 'campaigns[0].organisation: "foes": is not the key of an organisation'),
    ("campaigns.0.featured", "first", 'campaigns[0].featured: "first": must be true or false'),
    ("campaigns.0.texts.en.slug", "", 'campaigns[0].texts.en.slug: "": must not be empty'),
    ("campaigns.0.texts.en.body", "<h4>Deep</h4>", "Headings in a text are <h2> and below it <h3>"),
    ("campaigns.0.texts.fr.body", '<p><a href="https://x.example/">ici</a></p>', "does not say where it leads"),
    ("campaigns.0.texts.en.body", "<table><tr><td>1</td></tr></table>", "A table loses its rows and heads here"),
    ("campaigns.0.petition", "x", "campaigns[0].petition: is an unknown key"),
]


@pytest.mark.parametrize(("path", "value", "told"), BROKEN, ids=[f"{path}={value!r:.20}" for path, value, _ in BROKEN])
def test_a_problem_is_told_with_its_path_and_what_to_do(
    tmp_path: Path, path: str, value: Any, told: str | None
) -> None:
    load_report()
    file = tmp_path / "campaigns.json"
    data = {**campaigns_json(), "edition": "watch-2024"}
    file.write_text(json.dumps(put(data, path, value)), encoding="utf-8")
    if told is None:
        assert read_campaigns(file)
        return
    with pytest.raises(ContentFileError) as error:
        read_campaigns(file)
    problems = [str(problem) for problem in error.value.problems]
    assert any(told in problem for problem in problems), problems


def test_without_a_report_there_is_nothing_to_stand_on() -> None:
    with pytest.raises(CommandError, match="no report is loaded yet: run load_report first"):
        call_command("load_campaigns", str(CAMPAIGNS))
    assert not Campaign.objects.exists()


def test_loading_twice_changes_nothing_even_on_another_day(monkeypatch: pytest.MonkeyPatch) -> None:
    load_report()
    printed = StringIO()
    call_command("load_campaigns", str(CAMPAIGNS), stdout=printed)
    before = printed.getvalue()
    days = dict(DemandEvent.objects.values_list("position", "on"))
    assert days[1] == timezone.localdate() - timedelta(days=3)
    tomorrow = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr("campaigns.campaign_file.reading.timezone.localdate", lambda: tomorrow)
    call_command("load_campaigns", str(CAMPAIGNS), stdout=printed)
    assert printed.getvalue().removeprefix(before).startswith("0 changes, ")
    assert dict(DemandEvent.objects.values_list("position", "on")) == days


def load_changed(tmp_path: Path, *changes: tuple[str, Any]) -> Any:
    data = campaigns_json()
    for path, value in changes:
        data = put(data, path, value)
    file = tmp_path / "changed.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    return write_campaigns(read_campaigns(file))


def test_campaigns_are_public_clean_and_in_order(tmp_path: Path) -> None:
    load_report()
    load_changed(tmp_path, ("campaigns.0.texts.fr.slug", "Rivie\u0300res-Propres"))
    campaign = Campaign.objects.visible().get()
    assert (campaign.featured, campaign.demo) == (True, True)
    english, french = CampaignText.objects.order_by("lang")
    assert english.body == "<p>Water <em>matters</em>.</p>"
    assert french.slug == "rivières-propres"
    assert list(campaign.campaign_demands.order_by("position").values_list("demand__key", flat=True)) == [
        "clean-it",
        "publish-it",
    ]
    assert list(campaign.campaign_findings.order_by("position").values_list("finding__key", flat=True)) == [
        "oil",
        "veto",
    ]
    assert load_changed(tmp_path, ("campaigns.0.texts.fr.slug", "Rivie\u0300res-Propres")).total == 0


def test_a_file_says_which_languages_were_not_read(tmp_path: Path) -> None:
    load_report()
    load_changed(tmp_path, ("needs_review", ["fr"]))
    for text in (CampaignText, DemandText):
        unread = set(text.objects.filter(needs_review=True).values_list("lang", flat=True))
        assert unread == {"fr"}, text


def test_lists_become_those_of_the_file_and_states_stay(tmp_path: Path) -> None:
    load_report()
    load_changed(tmp_path)
    Demand.objects.filter(key="clean-it").update(state=State.RETRACTED)
    changes = load_changed(
        tmp_path,
        ("campaigns.0.places", []),
        ("campaigns.0.demands", ["publish-it"]),
        ("demands.0.findings", ["oil"]),
        ("demands.0.themes", ["silenced-anglers"]),
    )
    campaign = Campaign.objects.get()
    assert not campaign.places.exists()
    assert campaign.campaign_demands.get().demand.key == "publish-it"
    demand = Demand.objects.get(key="clean-it")
    assert demand.state == State.RETRACTED
    assert demand.demand_findings.get().finding.key == "oil"
    assert demand.themes.get().key == "silenced-anglers"
    assert changes.removed.total() == 4


def test_what_is_told_of_a_demand_cannot_be_told_otherwise(tmp_path: Path) -> None:
    load_report()
    load_changed(tmp_path)
    with pytest.raises(ContentFileError) as error:
        load_changed(tmp_path, ("demands.1.events.1.kind", "refused"))
    assert 'is stored as "kept": events are added at the end' in str(error.value.problems[0])
    events = campaigns_json()["demands"][1]["events"]
    more = [*events, {"on": "2024-06-01", "kind": "reversed", "source": None, "texts": {"en": {"note": "Taken back."}}}]
    assert load_changed(tmp_path, ("demands.1.events", more)).added["events of demands"] == 1


def said(**values: Any) -> list[dict[str, Any]]:
    """What an edition after that of the rivers says of the demand."""
    statement = {"edition": "next", "standing": "answered", "source": None, "texts": {"en": {"note": "Promised."}}}
    return [{**statement, **values}]


def next_edition(**values: Any) -> None:
    dates = {"period_start": date(2030, 1, 1), "period_end": date(2030, 12, 31), "released_on": date(2031, 4, 1)}
    make_edition("next", **dates, **values)


def test_what_a_later_edition_says_of_a_demand_is_loaded_once_and_stays_said(tmp_path: Path) -> None:
    load_report()
    next_edition(state=State.DRAFT)
    assert (
        load_changed(tmp_path, ("edition", "watch-2024"), ("demands.0.statements", said())).added[
            "statements on demands"
        ]
        == 1
    )
    assert load_changed(tmp_path, ("edition", "watch-2024"), ("demands.0.statements", said())).total == 0
    assert load_changed(tmp_path, ("edition", "watch-2024"), ("demands.0.statements", said(standing="open"))).total == 1
    statement = DemandStatement.objects.get()
    assert (statement.standing, statement.texts.get().note) == ("open", "Promised.")
    ReportEdition.objects.filter(key="next").update(state=State.PUBLISHED)
    with pytest.raises(ContentFileError, match="1 problems") as error:
        load_changed(tmp_path, ("edition", "watch-2024"), ("demands.0.statements", said()))
    assert "what a public edition says stays" in str(error.value.problems[0])


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"edition": "watch-2024"}, "comes before the demand was made"),
        ({"edition": "watch-1900"}, "is not the key of an edition that is there already"),
        ({"standing": "met"}, "That a demand was met or rejected needs a source."),
        ({"standing": "won"}, "is none of open, answered"),
        ({"texts": {}}, 'holds no text in the original language: add "en"'),
    ],
)
def test_a_statement_that_cannot_be_is_told_at_its_place(tmp_path: Path, values: dict[str, Any], told: str) -> None:
    load_report()
    next_edition()
    with pytest.raises(ContentFileError) as error:
        load_changed(tmp_path, ("edition", "watch-2024"), ("demands.0.statements", said(**values)))
    assert str(error.value.problems[0]).startswith("demands[0].statements[0]")
    assert told in str(error.value.problems[0])
    assert not DemandStatement.objects.exists()


def test_the_first_place_on_the_home_page_passes_to_the_campaign_of_the_file(tmp_path: Path) -> None:
    load_report()
    other = make_campaign("other", featured=True)
    load_changed(tmp_path)
    other.refresh_from_db()
    assert not other.featured
    second = {
        **campaigns_json()["campaigns"][0],
        "key": "second",
        "texts": {"en": {"slug": "s", "title": "S", "summary": "S"}},
    }
    with pytest.raises(ContentFileError, match="1 problems") as error:
        load_changed(tmp_path, ("campaigns", [campaigns_json()["campaigns"][0], second]))
    assert "only one can be featured" in str(error.value.problems[0])


def test_an_address_that_another_campaign_has_is_refused(tmp_path: Path) -> None:
    load_report()
    make_campaign("clean-rivers-too")
    with pytest.raises(ContentFileError) as error:
        load_changed(tmp_path, ("campaigns.0.texts.en.slug", "clean-rivers-too"))
    assert "another campaign has this address" in str(error.value.problems[0])


def test_the_demo_campaigns_load() -> None:
    load_demo_reports()
    demo = DEMO / "campaigns.json"
    assert write_campaigns(read_campaigns(demo)).total > 200
    assert Campaign.objects.visible().filter(demo=True).count() == 5
    assert write_campaigns(read_campaigns(demo)).total == 0
