"""Places at the desk: one shown name in each language, codes that exist, and nothing deleted that is in use."""

from __future__ import annotations

import pytest
from django.test import Client

from reports.models import EditionPlaceName, Place, PlaceName
from reports.places import NameKind
from tests.desk.conftest import Cast, form_values
from tests.desk.making import Objects
from tests.desk.test_roles import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(cast: Cast) -> Client:
    return cast.client("editor")


def row(number: int, place: Place, name: str, kind: str = NameKind.DISPLAY, lang: str = "en") -> dict[str, str]:
    values = {"id": "", "place": str(place.pk), "lang": lang, "name": name, "kind": kind, "source": ""}
    return {f"names-{number}-{field}": value for field, value in values.items()}


def test_a_second_shown_name_is_refused_and_the_first_one_named(editor: Client, objects: Objects) -> None:
    place = objects.of("reports.place")
    PlaceName.objects.create(place=place, lang="en", name="Netherlands", kind=NameKind.DISPLAY)
    address = page("reports.place", "change", place.pk)
    values = form_values(editor.get(address)) | {"names-TOTAL_FORMS": "2"}
    answer = editor.post(address, values | row(1, place, "Holland"))
    assert "The name shown in this language is “Netherlands” already." in answer.content.decode()
    assert "Holland" in answer.content.decode()
    assert PlaceName.objects.count() == 1
    for kind, lang in ((NameKind.ALIAS, "en"), (NameKind.DISPLAY, "fr")):
        values = form_values(editor.get(address)) | {"names-TOTAL_FORMS": str(PlaceName.objects.count() + 1)}
        answer = editor.post(address, values | row(PlaceName.objects.count(), place, "Holland", kind, lang))
        assert answer.status_code == 302
    assert PlaceName.objects.count() == 3


def test_a_code_that_iso_did_not_give_is_refused(editor: Client, objects: Objects) -> None:
    empty = {f"{rows}-{count}_FORMS": "0" for rows in ("names", "notes") for count in ("TOTAL", "INITIAL")}
    answer = editor.post(page("reports.place", "add"), {"code": "ZZ", "kind": "state", **empty})
    assert "ZZ is no code of ISO 3166-1." in answer.content.decode()
    assert not Place.objects.filter(code="ZZ").exists()


def test_a_place_in_use_is_not_deleted(editor: Client, objects: Objects) -> None:
    place = objects.of("reports.place")
    answer = editor.post(page("reports.place", "delete", place.pk), {"post": "yes"})
    assert Place.objects.filter(pk=place.pk).exists()
    assert answer.status_code != 302
    unused = Place.objects.create(code="BE")
    assert editor.post(page("reports.place", "delete", unused.pk), {"post": "yes"}).status_code == 302


def test_a_new_place_gets_the_names_of_cldr_but_where_the_editor_gives_one(editor: Client, objects: Objects) -> None:
    empty = {f"{rows}-{count}_FORMS": "0" for rows in ("names", "notes") for count in ("TOTAL", "INITIAL")}
    own = {"names-0-lang": "en", "names-0-name": "Burma", "names-0-kind": "display", "names-0-source": ""}
    answer = editor.post(
        page("reports.place", "add"), {"code": "MM", "kind": "state", **empty, **own, "names-TOTAL_FORMS": "1"}
    )
    assert answer.status_code == 302
    shown = PlaceName.objects.filter(place__code="MM", kind=NameKind.DISPLAY)
    assert set(shown.values_list("lang", flat=True)) == {"en", "fr", "nl", "es", "ar"}
    assert shown.get(lang="en").name == "Burma"
    assert shown.get(lang="fr").name == "Myanmar (Birmanie)"
    assert PlaceName.objects.filter(place__code="MM", lang="es", name="Birmania", kind=NameKind.ALIAS).exists()


def test_an_edition_is_told_what_it_calls_a_place(editor: Client, objects: Objects) -> None:
    edition, place = objects.of("reports.reportedition"), objects.of("reports.place")
    address = f"/desk/reports/reportedition/{edition.pk}/change/"
    row = {"place_names-TOTAL_FORMS": "2", "place_names-0-place": str(place.pk), "place_names-0-lang": "en"}
    row |= {"place_names-0-name": "Holland", "place_names-0-edition": str(edition.pk)}
    assert editor.post(address, form_values(editor.get(address)) | row).status_code == 302
    assert EditionPlaceName.objects.get().name == "Holland"
    again = {"place_names-1-place": str(place.pk), "place_names-1-lang": "en", "place_names-1-name": "Batavia"}
    again |= {"place_names-TOTAL_FORMS": "2", "place_names-1-edition": str(edition.pk)}
    refused = editor.post(address, form_values(editor.get(address)) | again)
    assert refused.status_code == 200
    assert EditionPlaceName.objects.count() == 1
