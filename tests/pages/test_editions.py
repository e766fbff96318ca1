"""The page of an edition: which report it is, its themes, what was corrected; and what stands in its place."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from campaigns.pages.edition_archives import pack_edition
from reports.editorial.corrections import Change, CorrectionKind, record_correction
from reports.editorial.publishing import State
from reports.models import EditionText, ReportEdition, ThemeInEdition
from tests.pages.reading import get, in_order
from tests.reports.making import load_rivers

pytestmark = pytest.mark.django_db
PAGE = "/en/editions/watch-2024/"


@pytest.fixture(autouse=True)
def edition() -> ReportEdition:
    load_rivers()
    return ReportEdition.objects.get()


@pytest.fixture
def older(edition: ReportEdition) -> ReportEdition:
    """An edition of the year before, without words."""
    period = {"period_start": date(2022, 1, 1), "period_end": date(2022, 12, 31), "released_on": date(2023, 4, 1)}
    return ReportEdition.objects.create(
        key="watch-2023", publisher=edition.publisher, year=2023, label="2022/23", places_examined=3,
        licence="CC-BY-4.0", source_url="https://example.org/2023", state=State.PUBLISHED, **period,
    )  # fmt: skip


def test_it_says_what_the_report_is_and_leads_to_its_themes_and_files(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.ARCHIVES = tmp_path
    pack_edition("watch-2024", date(2026, 5, 1))
    _response, html, outline = get(client, PAGE)
    in_order(html, "State of the Rivers", "Themes of the report", "Fouled rivers", "Publisher", "Released", "Licence")
    assert outline.titles("h1") == ["The State of the Rivers"]
    for address in ("/en/themes/fouled-rivers/", "/data/watch-2024.zip", "/en/editions/watch-2024/feed.atom"):
        assert address in html
    assert client.get("/en/map/?edition=watch-2024").status_code == 200


def test_an_older_one_leads_to_the_newest_and_each_to_the_other(client: Client, older: ReportEdition) -> None:
    _html, text, _outline = get(client, "/en/editions/watch-2023/")
    assert "The newest edition is <bdi>2023/24</bdi>" in text
    assert "No theme is published yet." in text
    assert f"{older.publisher} 2022/23" in text, "without words it goes by its publisher"
    assert "State of the Rivers" in text
    page = client.get(PAGE).content.decode()
    assert "newest edition is" not in page
    assert 'href="/en/editions/watch-2023/"' in page
    assert client.get("/en/compare/?a=watch-2023&b=watch-2024").status_code == 200
    assert 'href="/en/editions/watch-2023/"' in client.get("/en/themes/").content.decode()


def test_each_theme_leads_up_to_its_edition_and_the_files_to_theirs(client: Client) -> None:
    for page in ("/en/themes/fouled-rivers/", "/en/data/"):
        assert f'href="{PAGE}"' in client.get(page).content.decode(), page


def test_a_correction_of_its_words_stands_on_it_on_the_list_and_in_the_feed(
    client: Client, edition: ReportEdition
) -> None:
    told = Change(CorrectionKind.CORRECTION, "The year was wrong.")
    record_correction(edition, "en", told, "State of the Brooks", "State of the Rivers")
    assert "The year was wrong." in get(client, PAGE)[1]
    listed = client.get("/en/corrections/").content.decode()
    assert "The year was wrong." in listed
    assert f'href="{PAGE}' in listed
    assert "The year was wrong." in client.get(reverse("corrections_feed")).content.decode()
    ReportEdition.objects.update(state=State.DRAFT)
    assert "The year was wrong." not in client.get("/en/corrections/").content.decode()


@pytest.mark.parametrize(
    ("hidden", "status"),
    [
        ({"state": State.DRAFT}, 404),
        ({"state": State.APPROVED}, 404),
        ({"release_at": datetime(2999, 1, 1, tzinfo=UTC)}, 404),
        ({"state": State.REMOVED}, 410),
    ],
)
def test_what_is_not_public_is_not_told_of(client: Client, hidden: dict[str, Any], status: int) -> None:
    ReportEdition.objects.update(**hidden)
    answer = client.get(PAGE)
    assert answer.status_code == status
    assert "Rivers" not in answer.content.decode()
    unknown = client.get("/en/editions/none/")
    assert unknown.status_code == 404
    same = answer.content.replace(b"watch-2024", b"none") == unknown.content
    assert same == (status == 404), "a draft is told from nothing"


def test_retracted_it_says_so_first_and_keeps_its_words(client: Client) -> None:
    ReportEdition.objects.update(state=State.RETRACTED)
    _html, text, _outline = get(client, PAGE)
    in_order(text, "Retracted", "State of the Rivers", "Fouled rivers")
    assert "feed.atom" not in client.get(PAGE).content.decode()


def test_words_of_the_original_are_marked(client: Client) -> None:
    EditionText.objects.exclude(lang="en").delete()
    _html, _text, outline = get(client, "/ar/editions/watch-2024/")
    assert outline.language_of("State of the Rivers") == ("en", "ltr")


def test_the_page_asks_the_database_three_times(
    client: Client, older: ReportEdition, django_assert_num_queries: Any
) -> None:
    assert ThemeInEdition.objects.exists()
    with django_assert_num_queries(3):
        assert client.get(PAGE).status_code == 200
