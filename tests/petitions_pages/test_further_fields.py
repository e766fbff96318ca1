"""What a petition may ask beside name, address and country: optional, sealed with them, for the organisers alone."""

from __future__ import annotations

import re
from typing import Any

import pytest

from campaigns.petitions.asking import parse_comment
from campaigns.petitions.behind_token import opened
from campaigns.petitions.correcting import correct
from campaigns.petitions.petitions import Petition
from campaigns.petitions.signable import load
from tests.petitions.cast import link, make_petition, rows
from tests.petitions_pages.cast import PAGE, sign, signed
from tests.petitions_pages.test_sign_form import refused, said
from tests.petitions_pages.visitor import Visitor


@pytest.fixture
def curious(db: None) -> Petition:
    return make_petition(ask_place="city", ask_comment=True)


def fields(html: str) -> list[str]:
    return re.findall(r'<(?:input|select|textarea)[^>]*id="sign_(\w+)"', html)


def test_the_editor_decides_which_there_are(visitor: Visitor, petition: Petition) -> None:
    assert fields(visitor.get(PAGE).text) == ["name", "email", "country"]
    Petition.objects.update(ask_place="postcode")
    page = visitor.get(PAGE).text
    assert fields(page) == ["name", "email", "country", "place"]
    assert 'autocomplete="postal-code"' in page
    Petition.objects.update(ask_place="city", ask_comment=True)
    assert fields(visitor.get(PAGE).text) == ["name", "email", "country", "place", "comment"]


def test_both_may_stay_empty_and_what_is_said_is_sealed(visitor: Visitor, curious: Petition) -> None:
    assert sign(visitor, curious, place="", comment="").status == 303
    assert said(curious) == {"name": "Ada Lovelace", "email": "ada@example.org", "updates": False}
    row = signed(visitor, curious, email="b@example.org", place="  São  Paulo ", comment="Line one\r\n\r\n نعم ")
    found = opened(row, load(curious)).said
    assert (found["place"], found["comment"]) == ("São Paulo", "Line one\n\nنعم")


def test_what_is_not_asked_is_not_stored(visitor: Visitor, petition: Petition) -> None:
    row = signed(visitor, petition, place="Ghent", comment="Hello")
    assert "place" not in opened(row, load(petition)).said


@pytest.mark.parametrize("place", ["Gh\u202eent", "x" * 81, "=Ghent", "www.ghent.example", "12345", "a\nb"])
def test_what_is_no_city_is_refused_and_stays(visitor: Visitor, curious: Petition, place: str) -> None:
    reply = sign(visitor, curious, place=place, comment="Kept <b>comment</b>")
    assert refused(reply, "place")
    assert "Kept &lt;b&gt;comment&lt;/b&gt;</textarea>" in reply.text
    assert not rows(curious).exists()


@pytest.mark.parametrize(
    ("typed", "stored"), [("9000", "9000"), ("sw1a 1aa", "SW1A 1AA"), ("75-001", "75-001"), ("１００", "１００")]
)
def test_postcodes_of_any_country(visitor: Visitor, petition: Petition, typed: str, stored: str) -> None:
    Petition.objects.update(ask_place="postcode")
    assert opened(signed(visitor, petition, place=typed), load(petition)).said["place"] == stored


@pytest.mark.parametrize("place", ["9000!", "1" * 17, "-9000", "=1", "9000\u202e"])
def test_what_is_no_postcode_is_refused(visitor: Visitor, petition: Petition, place: str) -> None:
    Petition.objects.update(ask_place="postcode")
    assert refused(sign(visitor, petition, place=place), "place")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("See https://evil.example/x?y=1 now", "See … now"),
        ("www.evil.example\nfine", "…\nfine"),
        ("evil.example/path", "…"),
        ("It cost 3.50 e.g. a lot", "It cost 3.50 e.g. a lot"),
        ("a\tb", "a b"),
    ],
)
def test_links_are_left_out_of_a_comment(typed: str, kept: str) -> None:
    assert parse_comment(typed) == kept


@pytest.mark.parametrize("comment", ["x" * 501, "a\u202eb", "a\x07b", "x" * 60_000])
def test_what_is_no_comment_is_refused(visitor: Visitor, curious: Petition, comment: str) -> None:
    reply = sign(visitor, curious, comment=comment)
    assert reply.status == 422
    assert 'id="sign_comment_error"' in reply.text
    assert not rows(curious).exists()


def test_five_hundred_characters_are_a_comment(visitor: Visitor, curious: Petition) -> None:
    assert sign(visitor, curious, comment="é" * 500).status == 303


def test_changing_the_language_keeps_them(visitor: Visitor, curious: Petition) -> None:
    typed: dict[str, Any] = {"name": "Ada", "email": "ada", "country": "GB", "place": "Ghent", "comment": "One\nTwo"}
    page = visitor.post(PAGE.replace("/en/", "/fr/"), typed).text
    assert 'value="Ghent"' in page
    assert "One\nTwo</textarea>" in page


def test_a_corrected_name_keeps_what_else_was_said(visitor: Visitor, curious: Petition) -> None:
    row = signed(visitor, curious, place="Ghent", comment="Hello")
    assert correct(link(row), row.pk, name="Ada King") is not None
    found = opened(rows(curious).get(), load(curious)).said
    assert (found["name"], found["place"], found["comment"]) == ("Ada King", "Ghent", "Hello")
