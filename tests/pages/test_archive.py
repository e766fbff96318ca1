"""A past edition stays at its addresses, in its own names and numbers, and shows the way to the newest one."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from campaigns.demonstrations.demonstrations import DemonstrationText
from campaigns.models import Campaign, CampaignText
from campaigns.petitions.petitions import PetitionText
from reports.editorial.publishing import State
from reports.models import ReportEdition, Theme, ThemeText
from tests.demonstrations.cast import make_demonstration
from tests.pages.reading import get
from tests.reports.making import (
    load_report,
    load_rivers,
    make_edition,
    make_finding,
    make_petition,
    make_theme,
    put,
    report_json,
)

pytestmark = pytest.mark.django_db
UNREAD = "has not been read by a native speaker yet"


@pytest.fixture(autouse=True)
def _two_editions() -> None:
    load_rivers()
    make_finding(make_theme(make_edition("past"), "fouled-rivers"), "muddy")
    make_finding(make_theme(ReportEdition.objects.get(key="past"), "dropped-later"), "gone")


def test_a_theme_of_a_past_edition_leads_to_the_same_theme_in_the_newest(client: Client) -> None:
    _, html, _ = get(client, "/en/themes/fouled-rivers-past/")
    assert "It is so: muddy." in html
    assert "<bdi>past</bdi> and keeps its names and numbers. The newest edition is <bdi>2023/24</bdi>" in " ".join(
        html.split()
    )
    assert 'href="/en/themes/fouled-rivers/"' in html
    assert "keeps its names and numbers" not in get(client, "/en/themes/fouled-rivers/")[1]


def test_a_theme_that_the_newest_edition_dropped_leads_to_all_its_themes(client: Client) -> None:
    _, html, _ = get(client, "/en/themes/dropped-later-past/")
    assert 'href="/en/themes/">Themes of the newest edition' in html


def test_a_finding_of_a_past_edition_leads_to_its_theme_in_the_newest(client: Client) -> None:
    past = ReportEdition.objects.get(key="past")
    _, html, _ = get(client, f"/en/findings/{past.findings.get(key='muddy').uid}/")
    assert "keeps its names and numbers" in html
    assert '<a href="/en/themes/fouled-rivers/" ' in html.split("The same theme there:")[1][:60]


def test_an_edition_that_is_not_out_yet_is_no_newest_one(client: Client) -> None:
    make_edition("next", period_start=date(2030, 1, 1), period_end=date(2030, 12, 31), released_on=date(2031, 1, 1),
                 state=State.DRAFT)  # fmt: skip
    assert "keeps its names and numbers" not in get(client, "/en/themes/fouled-rivers/")[1]


def test_a_campaign_shows_each_of_its_themes_once_as_the_newest_edition_has_it(client: Client) -> None:
    campaign = Campaign.objects.get(key="clean-rivers")
    campaign.themes.add(Theme.objects.get(key="dropped-later"))
    _, html, _ = get(client, "/en/campaigns/clean-rivers/")
    assert "/en/themes/fouled-rivers/" in html
    assert "/en/themes/fouled-rivers-past/" not in html
    assert "/en/themes/dropped-later-past/" in html


def test_a_translation_that_no_native_speaker_has_read_says_so(client: Client) -> None:
    assert UNREAD not in get(client, "/en/themes/fouled-rivers/")[1]
    ThemeText.objects.filter(slug="fouled-rivers").update(needs_review=True)
    assert UNREAD in get(client, "/en/themes/fouled-rivers/")[1]


def test_a_report_file_says_which_languages_were_not_read(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    data = put(put(put(report_json(), "edition.key", "unread"), "edition.label", "unread"), "needs_review", ["fr"])
    for theme in data["themes"]:
        for words in theme["texts"].values():
            words["slug"] += "-unread"
    path.write_text(json.dumps(data), encoding="utf-8")
    load_report(path)
    texts = ThemeText.objects.filter(theme__edition__key="unread")
    assert set(texts.filter(needs_review=True).values_list("lang", flat=True)) == {"fr"}
    assert load_report(path).total == 0


@pytest.mark.parametrize("text", [PetitionText, DemonstrationText, CampaignText])
def test_a_petition_a_demonstration_and_a_campaign_say_that_no_native_speaker_has_read_them(
    client: Client, text: type[Any]
) -> None:
    campaign = Campaign.objects.get(key="clean-rivers")
    petition, demonstration = make_petition(campaign), make_demonstration()
    addresses = {
        PetitionText: f"/en/petitions/{petition.text.slug}/",
        DemonstrationText: f"/en/demonstrations/{demonstration.key}/",
        CampaignText: "/en/campaigns/clean-rivers/",
    }
    assert UNREAD not in client.get(addresses[text]).content.decode()
    text.objects.filter(lang="en").update(needs_review=True)
    assert UNREAD in client.get(addresses[text]).content.decode()
