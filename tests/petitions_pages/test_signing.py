"""Signing over HTTP: without account, cookie or script, and with one answer for everybody."""

from __future__ import annotations

import logging

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns import mail_references
from campaigns.keystore import secrets_of
from campaigns.petitions.confirming import confirm
from campaigns.petitions.petitions import Petition, PetitionText, publish_text
from campaigns.petitions.signatures import Signature, State
from campaigns.tokens import Purpose
from tests.petitions.cast import link, mailed, make_text, post, rows
from tests.petitions_pages.cast import ADA, CHECK_MAIL, PAGE, SIGN, end_own_connection, printed, sign, signed, typed
from tests.petitions_pages.visitor import Visitor


def test_the_page_of_the_petition_holds_all_that_a_post_needs(visitor: Visitor, petition: Petition) -> None:
    page = visitor.get(PAGE)
    assert page.status == 200
    assert f'action="{SIGN}"' in page.text
    assert f'name="text" value="{printed(petition).sha256}"' in page.text
    for name, autocomplete in (("name", "name"), ("email", "email"), ("country", "country")):
        assert f'name="{name}"' in page.text
        assert f'autocomplete="{autocomplete}"' in page.text
    assert "csrfmiddlewaretoken" not in page.text
    assert page["Cache-Control"] == page["Vary"] == ""  # the page cache writes them
    assert page["Referrer-Policy"] == "same-origin"


def test_signing_leads_to_check_your_mail_by_303(visitor: Visitor, petition: Petition) -> None:
    reply = sign(visitor, petition)
    assert (reply.status, reply["Location"], reply["Cache-Control"]) == (303, CHECK_MAIL, "no-store")
    assert reply.body == b""
    row = rows(petition).get()
    assert (row.state, row.country, row.lang, row.posts) == (State.PENDING, "GB", "en", 1)
    landed = visitor.get(CHECK_MAIL)
    assert landed.status == 200
    assert landed.title == "One more step: open our mail"
    visitor.get(CHECK_MAIL)
    assert rows(petition).get().posts == 1, "a reload sends nothing again"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_get_changes_nothing_and_leads_back(visitor: Visitor, petition: Petition, method: str) -> None:
    query = "&".join(f"{name}={value}" for name, value in typed(petition).items())
    reply = visitor.get(f"{SIGN}?{query}", method)
    assert (reply.status, reply["Location"]) == (303, PAGE)
    assert not rows(petition).exists()


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_are_refused(visitor: Visitor, petition: Petition, method: str) -> None:
    assert visitor.get(SIGN, method).status == 405
    assert not rows(petition).exists()


def test_new_repeated_held_and_confirmed_get_the_very_same_answer(visitor: Visitor, petition: Petition) -> None:
    new = sign(visitor, petition)
    again = sign(visitor, petition, country="FR")
    for name in ("Ada", "Bea"):
        confirm(link(post(petition, "full@example.org", name)))
    third = sign(visitor, petition, name="Cia", email="full@example.org")
    confirm(link(Signature.objects.latest("pk")))
    held = sign(visitor, petition, name="Cia", email="full@example.org")
    confirmed = sign(visitor, petition, name="Ada", email="full@example.org")
    for number in range(8):
        crowd = sign(visitor, petition, name=f"Somebody {number}", email="crowd@example.org")
    answers = {reply.everything for reply in (new, again, third, held, confirmed, crowd)}
    assert len(answers) == 1
    assert Signature.objects.filter(state=State.HELD).count() == 1, "the cases were what they claim to be"
    assert Signature.objects.filter(state=State.CONFIRMED).count() == 2


def test_a_repeat_changes_nothing_that_was_said(visitor: Visitor, petition: Petition) -> None:
    first = signed(visitor, petition)
    sign(visitor, petition, country="FR", updates="on")
    row = rows(petition).get()
    assert (row.country, row.consent_text_id, row.posts) == (first.country, None, 2)


def test_an_accepted_post_asks_the_database_one_thing(visitor: Visitor, petition: Petition) -> None:
    """Once a process knows the petition: the statement that stores. The others belong to the test itself."""
    sign(visitor, petition)
    for data in (typed(petition, email="bea@example.org"), typed(petition)):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert visitor.post(SIGN, data).status == 303
        assert [query["sql"].split()[0:3] for query in queries] == [["INSERT", "INTO", "signature"]]


def test_a_refused_post_asks_at_most_for_the_words(visitor: Visitor, petition: Petition) -> None:
    data = typed(petition, name="")
    visitor.post(SIGN, data)
    with CaptureQueriesContext(connection) as queries:
        assert visitor.post(SIGN, data).status == 422
    assert len(queries) == 1


def test_words_changed_since_the_page_was_opened_are_signed_as_they_were_read(
    visitor: Visitor, petition: Petition
) -> None:
    before = typed(petition)
    text = PetitionText.objects.get(petition=petition)
    text.demands = ["Clean it by Monday."]
    publish_text(text)
    assert visitor.post(SIGN, before).status == 303
    assert rows(petition).get().text.sha256 == before["text"]
    assert printed(petition).sha256 != before["text"]


@pytest.mark.parametrize("text", ["", "0" * 64, "marker" * 500])
def test_words_that_nobody_published_must_be_read_first(visitor: Visitor, petition: Petition, text: str) -> None:
    reply = sign(visitor, petition, text=text)
    assert reply.status == 422
    assert "Please read the words once more" in reply.text
    assert "Clean it." in reply.text, "the words stand on the page"
    assert 'value="Ada Lovelace"' in reply.text
    assert f'value="{printed(petition).sha256}"' in reply.text
    assert not rows(petition).exists()


def test_the_form_of_one_language_is_signed_in_it(visitor: Visitor, petition: Petition) -> None:
    make_text(petition, "fr", "De l’eau propre", "eau")
    french = printed(petition, "fr")
    assert visitor.post("/fr/petitions/eau/sign/", typed(petition, text=french.sha256)).status == 303
    row = rows(petition).get()
    assert (row.lang, row.text.lang) == ("fr", "fr")


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "Cross-Site "},
        {"sec_fetch_site": "cross-site", "origin": "http://127.0.0.1:8000"},
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:8001"},
        {"origin": "https://127.0.0.1:8000"},
        {"origin": "http://127.0.0.1:8000.evil.example"},
    ],
)
def test_a_form_on_another_site_is_refused_with_a_way_back(
    visitor: Visitor, petition: Petition, headers: dict[str, str]
) -> None:
    reply = visitor.post(SIGN, typed(petition), **headers)
    assert reply.status == 403
    assert reply.title == "This form came from another site"
    assert f'href="{PAGE}"' in reply.text
    assert "Ada" not in reply.text
    assert not rows(petition).exists()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec_fetch_site": "same-origin"},
        {"sec_fetch_site": "none"},
        {"sec_fetch_site": "same-origin", "origin": "null"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:8000"},
        {"origin": "http://localhost:8000", "host": "localhost:8000"},
    ],
)
def test_whatever_is_not_surely_from_elsewhere_is_taken(
    visitor: Visitor, petition: Petition, headers: dict[str, str]
) -> None:
    assert visitor.post(SIGN, typed(petition), **headers).status == 303


def test_no_such_petition_is_404_without_a_trace(visitor: Visitor, petition: Petition) -> None:
    reply = visitor.post("/en/petitions/wine/sign/", typed(petition))
    assert reply.status == 404
    assert "Ada" not in reply.text
    assert not Signature.objects.exists()


def test_the_page_after_signing_is_the_same_whoever_asks(visitor: Visitor, petition: Petition) -> None:
    before = visitor.get(CHECK_MAIL)
    sign(visitor, petition)
    assert visitor.get(CHECK_MAIL).everything == before.everything


def test_a_lost_connection_is_said_and_what_was_typed_stays(
    visitor: Visitor, live_petition: Petition, caplog: pytest.LogCaptureFixture
) -> None:
    data = typed(live_petition, name="Ada Marker", email="ada.marker@example.org")
    end_own_connection()
    with caplog.at_level(logging.DEBUG):
        reply = visitor.post(SIGN, data)
    assert reply.status == 503
    assert reply.title == "Your signature is not saved"
    assert reply["Retry-After"] == "10"
    assert reply["Cache-Control"] == "no-store"
    for kept in ('value="Ada Marker"', 'value="ada.marker@example.org"', '<option value="GB" selected>', data["text"]):
        assert kept in reply.text
    assert "Marker" not in caplog.text
    connection.close()
    assert not rows(live_petition).exists()
    assert visitor.post(SIGN, data).status == 303, "the same form, sent again"


def test_nothing_that_proves_a_mailbox_is_told_to_whoever_posts_its_address(
    visitor: Visitor, petition: Petition, caplog: pytest.LogCaptureFixture
) -> None:
    ask = {"petition": "water", "email": ADA["email"]}
    with caplog.at_level(logging.DEBUG):
        first = sign(visitor, petition)
        row = rows(petition).get()
        told = [link(row, purpose) for purpose in Purpose] + [row.personal.seed.hex(), mailed(row)]
        told.append(
            mail_references.make(secrets_of(petition.uuid).message_id, petition.uuid, row.personal.email_key, 1)
        )
        replies = [first, sign(visitor, petition), sign(visitor, petition, country=""), visitor.get(CHECK_MAIL)]
        replies += [visitor.post("/en/new-mail/", ask), visitor.post("/en/new-mail/", {**ask, "petition": "x"})]
        replies.append(visitor.post("/en/petitions/water/code/", {"email": ADA["email"], "code": "0000-0000"}))
    seen = b"".join(reply.everything for reply in replies).decode() + caplog.text
    assert [reply.status for reply in replies] == [303, 303, 422, 200, 303, 422, 422]
    assert not [proof for proof in told if proof.lower() in seen.lower()]
