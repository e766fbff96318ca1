"""The map: the same in a list, a table and a picture; by words and never by counts."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import brotli  # type: ignore[import-untyped]
import pytest
from django.test import Client

from campaigns.models import Campaign
from campaigns.pages.maps import PICTURE_STYLE
from reports.editorial.publishing import State
from reports.map_drawing.__main__ import DRAWN, drawn
from reports.map_shapes import SHAPES
from reports.models import EditionPlace, FindingPlace, Place, PlaceName, ReportEdition
from tests.pages.reading import get, in_order
from tests.reports.making import load_rivers, make_edition, make_finding, make_petition, make_theme

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rivers() -> None:
    load_rivers()


def look(html: str, code: str) -> str:
    """The class of a shape on the map; empty for what is unknown."""
    found = re.search(rf'id="m-{code}"(?: class="(\w+)")? (?:d|cx)="', html)
    assert found is not None, code
    return found[1] or ""


def test_list_table_and_map_follow_each_other_with_their_note(client: Client) -> None:
    _, html, _ = get(client, "/en/map/")
    in_order(html, "Places that the findings name", 'href="/en/places/MM/"', "<caption", "Palestine", "<svg role=",
             "They are no position on who ought to own or govern what.")  # fmt: skip


def test_a_place_is_drawn_by_what_is_said_of_it_and_not_by_how_often(client: Client) -> None:
    edition = ReportEdition.objects.get()
    for code, status in [("FR", "examined"), ("ES", "not_examined")]:
        EditionPlace.objects.create(edition=edition, place=Place.objects.create(code=code), status=status)
    _, html, _ = get(client, "/en/map/")
    assert look(html, "MM") == look(html, "PS") == look(html, "BE") == "named"
    assert look(html, "US") == "actor"
    assert look(html, "FR") == "examined"
    assert look(html, "ES") == look(html, "AU") == ""
    in_order(html, 'id="p-FR"', "examined, not named")
    in_order(html, 'id="p-ES"', "not examined")


def test_more_findings_make_no_darker_place(client: Client) -> None:
    before = get(client, "/en/map/")[1]
    theme = make_theme(ReportEdition.objects.get(), "more")
    for number in range(9):
        FindingPlace.objects.create(
            finding=make_finding(theme, f"more-{number}"), place=Place.objects.get(code="PS"), role="where"
        )
    after = get(client, "/en/map/")[1]
    assert after[after.index("<tbody>") :] == before[before.index("<tbody>") :]


def test_a_place_with_a_petition_to_sign_stands_out_until_it_is_closed(client: Client) -> None:
    petition = make_petition(Campaign.objects.get())
    assert look(get(client, "/en/map/")[1], "PS") == "live"
    petition.close()
    assert look(get(client, "/en/map/")[1], "PS") == "named"


def test_one_theme_and_one_edition_can_be_chosen(client: Client) -> None:
    older = make_edition("older", label="2021/22")
    finding = make_finding(make_theme(older, "wells"), "wells")
    FindingPlace.objects.create(finding=finding, place=Place.objects.get(code="BE"), role="where")
    _, html, _ = get(client, "/en/map/?edition=older")
    assert (look(html, "BE"), look(html, "PS")) == ("named", "")
    _, html, _ = get(client, "/en/map/?theme=silenced-anglers")
    assert (look(html, "MM"), look(html, "PS")) == ("named", "examined")


@pytest.mark.parametrize("query", ["edition=none", "edition=%3Cscript%3E", "theme=none", "edition=secret"])
def test_an_unknown_choice_is_refused_with_those_there_are(client: Client, query: str) -> None:
    make_edition("secret", state=State.DRAFT, label="not yet")
    _, html, _ = get(client, f"/en/map/?{query}", 400)
    assert "not yet" not in html
    wanted = "?edition=" + ReportEdition.objects.get(state=State.PUBLISHED).key
    assert wanted in html
    assert ("theme=fouled-rivers" in html) == query.startswith("theme")


def test_the_table_is_sorted_by_the_links_of_its_head(client: Client) -> None:
    by_name = get(client, "/en/map/?sort=name")[1]
    in_order(by_name, 'aria-sort="ascending"', 'id="p-BE"', 'id="p-MM"', 'id="p-PS"', 'id="p-US"')
    by_said = get(client, "/en/map/?sort=said")[1]
    in_order(by_said, 'id="p-PS"', 'id="p-US"')
    assert get(client, "/en/map/?sort=nonsense")[1] == get(client, "/en/map/")[1]


def test_a_place_without_a_shape_stands_in_the_table_and_is_named_as_not_drawn(client: Client) -> None:
    assert "X-GENT" not in SHAPES
    _, html, _ = get(client, "/en/map/")
    in_order(html, 'id="p-X-GENT"', "Not drawn", 'href="/en/places/X-GENT/"')


def test_what_is_disputed_is_a_shape_of_its_own_and_hatched() -> None:
    assert {code for code, shape in SHAPES.items() if shape.disputed} == {
        "EH", "XK", "X-CRIMEA", "X-NCYPRUS", "X-SIACHEN", "X-SOMALILAND",
    }  # fmt: skip


def test_a_place_that_an_editor_calls_disputed_is_hatched_too(client: Client) -> None:
    before = get(client, "/en/map/")[1].count('class="hatch"')
    Place.objects.create(code="TW", kind="disputed")
    assert get(client, "/en/map/")[1].count('class="hatch"') == before + 1


def test_small_places_are_circles_and_no_line_smears_across_the_sheet() -> None:
    assert all(SHAPES[code].x for code in ("SG", "BH", "MT", "HK", "MV", "PS", "XK"))
    for code in ("RU", "US", "CA", "NZ"):
        shape = SHAPES[code]
        steps = [int(step) for line in re.findall(r"l([^z]+)z", shape.lines) for step in re.findall(r"-?\d+", line)]
        assert steps
        assert all(abs(step) < 200 for step in steps), code


def test_the_theme_shows_the_map_as_a_picture_with_a_sentence(client: Client) -> None:
    _, html, _ = get(client, "/en/themes/fouled-rivers/")
    picture = re.search(r'<img[^>]+src="(/en/themes/fouled-rivers/map.svg)"[^>]*>', html)
    assert picture is not None
    assert 'loading="lazy"' in picture[0]
    alt = re.search('alt="([^"]+)"', picture[0])
    assert alt is not None
    assert "Palestine" in alt[1]
    response = client.get(picture[1])
    assert response.headers["Content-Type"] == "image/svg+xml"
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    ElementTree.fromstring(response.content)
    assert look(response.content.decode(), "US") == "actor"


def test_the_picture_of_a_theme_that_is_not_public_does_not_exist(client: Client) -> None:
    edition = ReportEdition.objects.get()
    make_theme(edition, "secret", state=State.DRAFT)
    assert client.get(f"/en/themes/secret-{edition.key}/map.svg").status_code == 404
    assert client.get("/fr/themes/fouled-rivers/map.svg").status_code == 301


def test_the_map_asks_the_database_three_times_and_is_light(client: Client, django_assert_num_queries: Any) -> None:
    # 1 editions, 2 themes of the edition, 3 places with what is said of them
    for code in list(SHAPES)[:160]:
        if not code.startswith("X-"):
            place, _ = Place.objects.get_or_create(code=code)
            PlaceName.objects.get_or_create(
                place=place, lang="en", kind="display", defaults={"name": f"Land of {code}"}
            )
    with django_assert_num_queries(3):
        response, _, _ = get(client, "/en/map/")
    assert len(brotli.compress(response.content, quality=5)) < 28_000


def test_without_any_edition_the_page_says_so(client: Client) -> None:
    ReportEdition.objects.update(state=State.DRAFT)
    _, html, _ = get(client, "/en/map/")
    assert "No edition is published yet." in html


def test_the_picture_has_the_colours_of_the_look() -> None:
    tokens = (Path(__file__).parents[2] / "static" / "look" / "tokens.css").read_text(encoding="utf-8")
    assert set(re.findall(r"#[0-9a-f]{6}", PICTURE_STYLE)) <= set(re.findall(r"#[0-9a-f]{6}", tokens))


def test_the_shapes_are_those_that_the_committed_lines_give() -> None:
    assert json.loads(DRAWN.read_text(encoding="ascii")) == json.loads(json.dumps(drawn()))
