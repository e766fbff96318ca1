"""An edition keeps its own names for its own year: on its pages, in comparisons, on its map, in its files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from reports.importing.csv_writing import csv_set
from reports.importing.files import Handed, open_handed
from reports.importing.limits import ImportRefused
from reports.models import EditionPlace, EditionPlaceName, FindingPlace, Place, PlaceName, ReportEdition
from reports.report_file.exporting import Export
from reports.report_file.writing import write_report
from tests.importing.making import bundle
from tests.pages.reading import get, in_order
from tests.reports.making import load_rivers, make_edition, make_finding, make_theme, put, report_json

pytestmark = pytest.mark.django_db


@pytest.fixture
def older() -> ReportEdition:
    """An earlier edition that calls Myanmar Burma, and in French Birmanie."""
    load_rivers()
    edition = make_edition("older", label="2021/22")
    place = Place.objects.get(code="MM")
    EditionPlace.objects.create(edition=edition, place=place, status="examined")
    theme = make_theme(edition, "fines-then")
    FindingPlace.objects.create(finding=make_finding(theme, "fined-then"), place=place, role="actor")
    for lang, name in (("en", "Burma of old"), ("fr", "Birmanie d’alors")):
        EditionPlaceName.objects.create(edition=edition, place=place, lang=lang, name=name)
    return edition


def test_its_theme_says_the_name_of_its_year_and_the_newest_edition_todays(
    client: Client, older: ReportEdition
) -> None:
    _, html, _ = get(client, "/en/themes/fines-then-older/")
    assert html.count("Burma of old") >= 2  # at the finding and among the places named
    assert "Myanmar" not in html
    _, html, _ = get(client, "/fr/themes/fines-then-older/")
    assert "Birmanie d’alors" in html
    _, html, _ = get(client, "/en/themes/silenced-anglers/")
    assert "Myanmar (Burma)" in html
    assert "Burma of old" not in html


def test_a_language_without_a_kept_name_says_todays(client: Client, older: ReportEdition) -> None:
    _, html, _ = get(client, "/nl/themes/fines-then-older/")
    assert "Myanmar" in html
    assert "Burma of old" not in html


def test_its_part_of_the_places_page_says_what_it_is_called_there(client: Client, older: ReportEdition) -> None:
    _, html, _ = get(client, "/en/places/MM/")
    assert "Myanmar (Burma)</bdi></h1>" in html
    in_order(
        html, "What report <bdi>2023/24</bdi> says", "What report <bdi>2021/22</bdi> says",
        "In this edition it is called <bdi>Burma of old</bdi>.", "It is so: fined-then.", "Burma of old",
    )  # fmt: skip
    assert html.count("In this edition it is called") == 1


def test_a_comparison_and_a_map_say_it(client: Client, older: ReportEdition) -> None:
    newest = ReportEdition.objects.exclude(pk=older.pk).get()
    _, html, _ = get(client, f"/en/compare/?a={older.key}&b={newest.key}&theme=silenced-anglers")
    assert "Myanmar (Burma) (in 2021/22: Burma of old)" in html
    _, html, _ = get(client, f"/en/map/?edition={older.key}")
    assert "Burma of old" in html
    _, html, _ = get(client, "/en/map/")
    assert "Burma of old" not in html


def names_in(edition: ReportEdition) -> dict[str, str] | None:
    """The names that the bundle of an edition keeps for Myanmar."""
    places = Export(edition, drafts=True).report()["places"]
    found: dict[str, str] | None = next(place for place in places if place["code"] == "MM").get("edition_names")
    return found


def test_its_files_hold_the_name(older: ReportEdition) -> None:
    assert names_in(older) == {"en": "Burma of old", "fr": "Birmanie d’alors"}
    assert names_in(ReportEdition.objects.exclude(pk=older.pk).get()) is None


@pytest.mark.parametrize("packed", [bundle, lambda data: Handed("set.zip", csv_set(data))])
def test_a_bundle_and_a_set_of_tables_bring_it(packed: Callable[[dict[str, Any]], Handed]) -> None:
    names = {"en": "Burma of old", "ar": "بورما"}
    place = next(index for index, place in enumerate(report_json()["places"]) if place["code"] == "MM")
    data = put(report_json(), f"places.{place}.edition_names", names)
    write_report(open_handed(packed(data)).report)
    edition = ReportEdition.objects.get()
    assert names_in(edition) == names
    assert write_report(open_handed(packed(data)).report).total == 0
    changed = write_report(open_handed(packed(put(data, f"places.{place}.edition_names.en", "Burma"))).report)
    assert changed.total == 1
    assert EditionPlaceName.objects.get(lang="en").name == "Burma"


@pytest.mark.parametrize(
    ("names", "said"),
    [({"tlh": "Burma"}, "is no language of this site"), ({"en": ""}, "en"), ({"en": "x" * 200}, "en")],
)
def test_a_kept_name_that_cannot_be_is_told_where_it_stands(names: dict[str, str], said: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        open_handed(bundle(put(report_json(), "places.2.edition_names", names)))
    assert any("places[2].edition_names" in str(problem) and said in str(problem) for problem in refused.value.problems)


def test_the_names_shown_now_are_not_changed_by_them(older: ReportEdition) -> None:
    assert PlaceName.objects.get(place__code="MM", lang="en", kind="display").name == "Myanmar (Burma)"


def test_an_edition_has_one_name_for_a_place_in_a_language(older: ReportEdition) -> None:
    with pytest.raises(IntegrityError, match="edition_place_name_once"):
        EditionPlaceName.objects.create(edition=older, place=Place.objects.get(code="MM"), lang="en", name="Other")
