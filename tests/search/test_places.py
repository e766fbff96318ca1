"""Places are found by exactly their names, whatever the language they are called in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from reports.models import EditionPlaceName, Finding, Place
from reports.places import NameKind
from tests.reports.making import load_rivers, make_edition
from tests.search.making import name_place, search

pytestmark = pytest.mark.django_db


def codes(client: Client, words: str, lang: str = "en") -> list[str]:
    return [place.code for place in search(client, words, lang)[0].places]


@pytest.mark.parametrize("loaded", [True, False])
@pytest.mark.parametrize("lang", ["en", "ar"])
@pytest.mark.parametrize(
    "name", ["Burma", "Birma", "Birmanie", "Birmania", "بورما", "MYANMAR", "myanmar (burma)", "mm"]
)
def test_myanmar_is_found_by_every_name_it_has(client: Client, name: str, lang: str, loaded: bool) -> None:
    if loaded:
        load_rivers()
    else:
        Place.objects.create(code="MM")  # an editor gave it no name yet
    assert codes(client, name, lang) == ["MM"]


def test_a_name_stands_out_of_a_longer_question(client: Client) -> None:
    load_rivers()
    assert codes(client, "rivers of Birmanie 2023") == ["MM"]
    assert codes(client, "river") == []
    assert codes(client, "burm") == []


def test_gaza_is_a_part_of_palestine(client: Client) -> None:
    load_rivers()
    page, _, outline = search(client, "gaza")
    assert [(place.code, place.locality) for place in page.places] == [("PS", "Gaza")]
    assert "Gaza is a part of Palestine that findings name" in " ".join(text for text, _, _ in outline.texts)
    Finding.objects.update(release_at=timezone.now() + timedelta(minutes=1))
    assert codes(client, "gaza") == []


def test_names_given_at_the_desk_find_it_too(client: Client) -> None:
    name_place("CI", "en", "Côte d’Ivoire")
    name_place("CI", "en", "Ivory Coast", NameKind.FORMER)
    for name in ("cote d'ivoire", "COTE D IVOIRE", "ivory coast", "Elfenbeinküste"):
        assert codes(client, name) == ([] if name == "Elfenbeinküste" else ["CI"])


def test_a_name_that_an_edition_keeps_finds_the_place_while_the_edition_is_public(client: Client) -> None:
    load_rivers()
    edition = make_edition("older")
    EditionPlaceName.objects.create(edition=edition, place=Place.objects.get(code="MM"), lang="en", name="Sunset Land")
    assert codes(client, "sunset land") == ["MM"]
    type(edition).objects.filter(pk=edition.pk).update(release_at=timezone.now() + timedelta(minutes=1))
    assert codes(client, "sunset land") == []
