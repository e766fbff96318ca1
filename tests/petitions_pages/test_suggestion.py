"""A probable typing mistake in an address is asked about, and never keeps anybody from signing."""

from __future__ import annotations

import re

from campaigns.petitions.petitions import Petition
from campaigns.petitions.signatures import Signature
from tests.petitions_pages.cast import PAGE, SIGN, sign, typed
from tests.petitions_pages.test_sign_form import said
from tests.petitions_pages.visitor import Visitor

QUESTION = re.compile(r"Did you mean <button[^>]*>\s*<bdi>([^<]*)</bdi>")


def test_an_address_with_a_probable_mistake_is_taken_as_typed(visitor: Visitor, petition: Petition) -> None:
    reply = sign(visitor, petition, email="ada@gmial.com")
    assert reply.status == 303
    assert "gmail" not in reply["Location"]
    assert said(petition)["email"] == "ada@gmial.com"


def test_a_form_that_comes_back_asks_and_one_button_applies_it(visitor: Visitor, petition: Petition) -> None:
    reply = sign(visitor, petition, name="", email="ada@gmial.com")
    assert reply.status == 422
    assert QUESTION.findall(reply.text) == ["ada@gmail.com"]
    button = re.search(r'<button class="as-link"\s+type="submit"\s+name="email"\s+value="([^"]*)"', reply.text)
    assert button
    data = [*typed(petition).items(), ("email", "ada@gmial.com"), ("email", button[1])]
    body = "&".join(f"{name}={value}".replace("@", "%40").replace(" ", "+") for name, value in data).encode()
    assert visitor.post(SIGN, body).status == 303
    assert said(petition)["email"] == "ada@gmail.com"


def test_no_question_without_a_mistake_and_none_on_the_page_of_all(visitor: Visitor, petition: Petition) -> None:
    assert not QUESTION.search(sign(visitor, petition, name="", email="ada@gmail.com").text)
    assert not QUESTION.search(sign(visitor, petition, name="", email="").text)
    assert not QUESTION.search(visitor.get(PAGE).text)
    assert not Signature.objects.exists()


def test_what_is_suggested_is_shown_as_text(visitor: Visitor, petition: Petition) -> None:
    reply = sign(visitor, petition, name="", email='"><script>alert(1)</script>@gmial.com')
    assert "<script>alert" not in reply.text


def test_enter_presses_no_button_of_another_language(visitor: Visitor, petition: Petition) -> None:
    """The first submit button of a form is what the Enter key presses (HTML, 4.10.21.2)."""
    first = re.search(r'<button[^>]*form="sign-form"[^>]*>', visitor.get(PAGE).text)
    assert first
    assert "formaction" not in first[0]
