"""Behind the links of a mail: a button, then what its owner may see and do; and one page for every link to nowhere."""

from __future__ import annotations

import logging
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from campaigns.keystore import destroy_index, destroy_secrets
from campaigns.petitions.confirming import confirm
from campaigns.petitions.consent import publish_consent
from campaigns.petitions.moderating import take_out
from campaigns.petitions.petitions import Petition
from campaigns.petitions.signable import forget_petitions
from campaigns.petitions.signatures import PENDING_LIFE, Signature, State
from campaigns.tokens import Purpose
from reports.editorial.models import Organisation
from reports.editorial.publishing import State as Publishing
from tests.petitions.cast import link, mailed, post, rows
from tests.petitions_pages.cast import confirm_url, end_own_connection
from tests.petitions_pages.visitor import Reply, Visitor


def withdraw_url(row: Signature, lang: str = "en") -> str:
    return f"/{lang}/withdraw/{link(row, Purpose.WITHDRAW)}/"


def state(row: Signature) -> int:
    row.refresh_from_db()
    return int(row.state)


def is_kept_nowhere(reply: Reply) -> bool:
    private = (reply["Cache-Control"], reply["Referrer-Policy"], reply["X-Robots-Tag"])
    return private == ("no-store", "no-referrer", "noindex") and 'content="noindex"' in reply.text


def test_ten_looks_of_a_scanner_confirm_nothing_and_learn_nothing(visitor: Visitor, petition: Petition) -> None:
    row = post(petition, "ada.marker@example.org", "Ada Marker", country="ET")
    for number in range(10):
        page = visitor.get(confirm_url(row), "HEAD" if number % 2 else "GET")
        assert page.status == 200
    page = visitor.get(confirm_url(row))
    assert state(row) == State.PENDING
    assert "Clean water now" in page.text
    assert len(re.findall(r"<form", page.text)) == 1
    assert "Confirm my signature" in page.text
    assert not re.search("marker|ethiopia", page.text, re.IGNORECASE)
    assert is_kept_nowhere(page)


def test_the_button_confirms_and_the_second_press_shows_the_same_page(visitor: Visitor, petition: Petition) -> None:
    row = post(petition, country="ET")
    first = visitor.post(confirm_url(row))
    assert (first.status, first.title) == (200, "Your signature counts")
    assert state(row) == State.CONFIRMED
    assert "Ada" in first.text
    assert "Ethiopia" in first.text
    assert withdraw_url(row) in first.text
    assert is_kept_nowhere(first)
    assert visitor.post(confirm_url(row)).everything == first.everything
    assert rows(petition).count() == 1


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_nobodys_page_holds_what_is_another_ones(visitor: Visitor, petition: Petition, lang: str) -> None:
    """The page is made once for many; the second press is made for one alone, and tells the same."""
    names = ["Ada", "Bo &amp; <b>'Co'</b> \"x\"", "آدا ‏ (1)", "link-0", "𝔄 %s {0}"]
    pages = []
    for number, name in enumerate(names):
        row = post(petition, f"somebody{number}@example.org", name, country="ET")
        pages.append(visitor.post(confirm_url(row, lang)))
        assert link(row) in pages[-1].text
        assert visitor.post(confirm_url(row, lang)).everything == pages[-1].everything
    found = [re.findall(r"/(?:confirm|withdraw)/([\w-]{39})/", page.text) for page in pages]
    assert len({token for tokens in found for token in tokens}) == 2 * len(names)
    assert all("Ada" not in page.text for page in pages[1:])


def test_a_changed_consent_is_told_at_the_first_press(visitor: Visitor, petition: Petition) -> None:
    """Neither country nor consent of whoever came before stands on the page."""
    consent = publish_consent(petition.campaign.organisation, "en", "Write to me about rivers.")
    for number, (country, updates) in enumerate([("ET", ""), ("NL", ""), ("ET", consent.pk), ("NL", consent.pk)]):
        row = post(petition, f"somebody{number}@example.org", "Ada", country=country)
        page = visitor.post(confirm_url(row), {"updates": updates})
        assert ("yes, you asked for it" in page.text) == bool(updates)
        assert f'<option value="{country}" selected>' in page.text
        assert visitor.post(confirm_url(row)).everything == page.everything


@pytest.mark.parametrize("source", ["cross-site", "same-site", "none"])
def test_the_link_is_the_authority_wherever_the_press_comes_from(
    visitor: Visitor, petition: Petition, source: str
) -> None:
    row = post(petition)
    assert visitor.post(confirm_url(row), sec_fetch_site=source, origin="null").status == 200
    assert state(row) == State.CONFIRMED


@pytest.mark.parametrize("act", ["confirm", "withdraw"])
def test_every_link_to_nowhere_shows_the_same_bytes(
    visitor: Visitor, petition: Petition, act: str, caplog: pytest.LogCaptureFixture
) -> None:
    row, gone, expired = (post(petition, f"{name}@example.org") for name in ("ada", "gone", "late"))
    purpose, other = (Purpose(act), Purpose.CONFIRM if act == "withdraw" else Purpose.WITHDRAW)
    token = link(row, purpose)
    removed = link(gone, purpose)
    gone.delete()
    rows(petition).filter(pk=expired.pk).update(created_at=timezone.now() - PENDING_LIFE)
    wrong = [
        "",
        f"{token[:-1]}/",
        f"{token[:-1]}{'A' if token[-1] != 'A' else 'B'}/",
        f"B{token[1:]}/",
        f"{token}A/",
        f"{token.lower()}/",
        f"{link(row, other)}/",
        f"{removed}/",
        *([f"{link(expired, purpose)}/"] if act == "confirm" else []),
        "x/",
        f"{'x' * 5000}/",
        "%E2%80%8B/",
        "مرحبا/",
    ]
    with caplog.at_level(logging.DEBUG):
        pages = [visitor.get(f"/en/{act}/{end}") for end in wrong] + [visitor.post(f"/en/{act}/{end}") for end in wrong]
    assert {page.status for page in pages} == {404}
    assert len({page.everything for page in pages}) == 1
    assert 'href="/en/petitions/"' in pages[0].text, "it offers to sign again"
    assert is_kept_nowhere(pages[0])
    assert state(row) == State.PENDING
    assert token not in caplog.text


def test_a_link_without_its_last_stroke_works_in_place(visitor: Visitor, petition: Petition) -> None:
    row = post(petition)
    page = visitor.get(confirm_url(row).rstrip("/"))
    assert page.status == 200
    assert is_kept_nowhere(page)


def test_the_page_is_there_in_every_language(visitor: Visitor, petition: Petition) -> None:
    row = post(petition)
    for lang in ("en", "fr", "nl", "es", "ar"):
        page = visitor.get(confirm_url(row, lang))
        assert page.status == 200
        assert f'<html lang="{lang}"' in page.text
    assert visitor.post(confirm_url(row, "ar")).status == 200
    assert state(row) == State.CONFIRMED


def test_two_people_of_one_mailbox_choose_and_a_third_is_held(visitor: Visitor, petition: Petition) -> None:
    ada, bea, cia = (post(petition, name=name) for name in ("Ada", "Bea <i>", "Cia"))
    before = visitor.get(confirm_url(ada))
    assert "Bea" not in before.text, "no name before the mailbox is proven"
    chooser = visitor.post(confirm_url(ada))
    assert (chooser.status, chooser.title) == (200, "Who are you?")
    assert "<bdi>Bea &lt;i&gt;</bdi>" in chooser.text
    assert [state(row) for row in (ada, bea, cia)] == [State.PENDING] * 3
    person = f"{confirm_url(ada)}person/"
    assert f'action="{person}"' in chooser.text
    chosen = visitor.post(person, {"signature": bea.pk})
    assert chosen.title == "Your signature counts"
    assert "Somebody else waits in this mailbox" in chosen.text
    assert visitor.post(person, {"signature": ada.pk}).title == "Your signature counts"
    held = visitor.post(person, {"signature": cia.pk})
    assert (held.status, held.title) == (200, "Your signature waits, it is not counted")
    assert [state(row) for row in (ada, bea, cia)] == [State.CONFIRMED, State.CONFIRMED, State.HELD]


@pytest.mark.parametrize("signature", ["", "-1", "x", "9" * 30, "٣"])
def test_who_is_not_in_the_mailbox_cannot_be_chosen(visitor: Visitor, petition: Petition, signature: str) -> None:
    row = post(petition)
    assert visitor.post(f"{confirm_url(row)}person/", {"signature": signature}).status == 404
    assert state(row) == State.PENDING


def test_a_link_opens_no_other_mailbox(visitor: Visitor, petition: Petition) -> None:
    mine, theirs = post(petition), post(petition, "bea@example.org", "Bea Marker")
    for end, data in (
        ("person/", {"signature": theirs.pk}),
        ("correct/", {"signature": theirs.pk, "name": "Eve", "country": "ZZ"}),
    ):
        reply = visitor.post(f"{confirm_url(mine)}{end}", data)
        assert reply.status == 404
        assert "Marker" not in reply.text
    assert state(theirs) == State.PENDING


def test_somebody_whose_name_is_missing_signs_and_confirms_at_once(visitor: Visitor, petition: Petition) -> None:
    row = post(petition, name="Not me")
    url = f"{confirm_url(row)}other-person/"
    wrong = visitor.post(url, {"name": "=x", "country": ""})
    assert wrong.status == 422
    assert 'aria-invalid="true"' in wrong.text
    assert 'value="=x"' in wrong.text
    done = visitor.post(url, {"name": "Ada", "country": "ET"})
    assert done.title == "Your signature counts"
    assert sorted(rows(petition).values_list("state", "country")) == [(State.PENDING, "NL"), (State.CONFIRMED, "ET")]


def test_the_owner_corrects_and_takes_back_a_consent(visitor: Visitor, petition: Petition) -> None:
    consent = publish_consent(Organisation.objects.get(), "en", "Friends may write to me. <Marker>")
    row = post(petition)
    page = visitor.get(confirm_url(row)).text
    box = re.search(r'<input type="checkbox"[^>]*>', page)
    assert box
    assert "checked" not in box[0]
    assert "Friends may write to me. &lt;Marker&gt;" in page
    done = visitor.post(confirm_url(row), {"updates": consent.pk})
    assert "yes, you asked for it" in done.text
    assert rows(petition).filter(pk=row.pk, consent_text=consent).exists()
    url = f"{confirm_url(row)}correct/"
    assert f'action="{url}"' in done.text
    saved = visitor.post(url, {"signature": row.pk, "name": "Ada King", "country": "ZZ"})
    assert saved.status == 200
    assert "Saved." in saved.text
    assert "Ada King" in saved.text
    assert "not said" in saved.text
    assert rows(petition).filter(pk=row.pk, consent_text=None, country="ZZ").exists()


def test_a_correction_that_is_no_name_stays_to_be_corrected(visitor: Visitor, petition: Petition) -> None:
    row, other = post(petition), post(petition, name="Bea")
    confirm(link(row))
    url = f"{confirm_url(row)}correct/"
    refused = visitor.post(url, {"signature": row.pk, "name": "www.evil.example", "country": "NL"})
    assert refused.status == 422
    assert 'value="www.evil.example"' in refused.text
    assert f'name="signature" value="{row.pk}"' in re.sub(r"\s+", " ", refused.text)
    taken = visitor.post(url, {"signature": row.pk, "name": "Bea", "country": "NL"})
    assert taken.status == 422
    assert "bears this name already" in taken.text
    assert state(other) == State.PENDING


def test_the_box_of_another_organisation_means_nothing(visitor: Visitor, petition: Petition) -> None:
    other = Organisation.objects.create(key="others", name="Others")
    consent = publish_consent(other, "en", "Others may write to me.")
    row = post(petition)
    for value in (str(consent.pk), "x", "-1", "9" * 40):
        assert visitor.post(confirm_url(row), {"updates": value}).status == 200
    row.refresh_from_db()
    assert row.consent_text_id is None


def test_a_get_of_a_deeper_address_leads_to_the_button(visitor: Visitor, petition: Petition) -> None:
    row = post(petition)
    for end in ("person/", "other-person/", "correct/"):
        reply = visitor.get(f"{confirm_url(row)}{end}")
        assert (reply.status, reply["Location"]) == (303, confirm_url(row))
        assert reply["Referrer-Policy"] == "no-referrer"


def test_what_a_moderator_took_out_is_no_success(visitor: Visitor, petition: Petition) -> None:
    row = post(petition)
    confirm(link(row))
    take_out(row.pk)
    assert visitor.post(confirm_url(row)).title == "Your signature is not counted"


def test_a_look_at_the_link_to_withdraw_erases_nothing(visitor: Visitor, petition: Petition) -> None:
    row = post(petition, name="Ada Marker")
    for method in ("GET", "HEAD", "GET"):
        page = visitor.get(withdraw_url(row), method)
        assert page.status == 200
    assert "Clean water now" in page.text
    assert "Marker" not in page.text
    assert is_kept_nowhere(page)
    assert rows(petition).exists()


@pytest.mark.parametrize("first", ["pending", "confirmed", "closed", "removed"])
def test_the_button_erases_whatever_became_of_the_petition(visitor: Visitor, petition: Petition, first: str) -> None:
    row = post(petition)
    url = withdraw_url(row)
    if first != "pending":
        confirm(link(row))
    if first == "closed":
        petition.close()
    if first == "removed":
        Petition.objects.update(state=Publishing.REMOVED)
    forget_petitions()
    assert visitor.get(url).status == 200
    done = visitor.post(url)
    assert (done.status, done.title) == (200, "Your signature is withdrawn and erased")
    assert is_kept_nowhere(done)
    assert not rows(petition).exists()
    assert visitor.post(url).everything == visitor.get("/en/withdraw/x/").everything
    assert ("Clean water now" in done.text) == (first != "removed")


def test_a_link_of_one_kind_does_not_do_the_other(visitor: Visitor, petition: Petition) -> None:
    row = post(petition)
    assert visitor.post(f"/en/withdraw/{link(row, Purpose.CONFIRM)}/").status == 404
    assert visitor.post(f"/en/confirm/{link(row, Purpose.WITHDRAW)}/").status == 404
    assert state(row) == State.PENDING


def test_a_day_after_the_end_a_link_confirms_no_more(visitor: Visitor, petition: Petition) -> None:
    row = post(petition)
    petition.close(timezone.now() - timedelta(hours=23))
    assert visitor.get(confirm_url(row)).status == 200
    Petition.objects.update(closed_at=timezone.now() - timedelta(hours=25))
    forget_petitions()
    assert visitor.post(confirm_url(row)).status == 404
    assert state(row) == State.PENDING


def test_a_petition_taken_off_the_site_confirms_no_more(visitor: Visitor, petition: Petition) -> None:
    row = post(petition)
    Petition.objects.update(state=Publishing.REMOVED)
    forget_petitions()
    assert visitor.post(confirm_url(row)).everything == visitor.get("/en/confirm/x/").everything
    assert state(row) == State.PENDING


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("act", ["confirm", "withdraw"])
def test_while_the_database_is_away_the_link_stays_good(
    visitor: Visitor, live_petition: Petition, act: str, method: str
) -> None:
    row = post(live_petition)
    url = confirm_url(row) if act == "confirm" else withdraw_url(row)
    end_own_connection()
    page = visitor.send(method, url, b"", {})
    assert (page.status, page.title) == (503, "Please try again in a minute")
    assert page["Retry-After"] == "10"
    assert is_kept_nowhere(page)
    connection.close()
    assert visitor.send(method, url, b"", {}).status == 200


def test_when_only_the_index_is_destroyed_links_work_and_addresses_find_nothing(
    visitor: Visitor, petition: Petition
) -> None:
    row = post(petition)
    confirm(link(row))
    code = mailed(row)
    petition.close()
    destroy_index(petition.uuid)
    forget_petitions()
    wrong = visitor.post("/en/petitions/water/code/", {"email": "ada@example.org", "code": code})
    assert (wrong.status, "Wrong or used up" in wrong.text) == (422, True)
    asked = visitor.post("/en/new-mail/", {"petition": "water", "email": "ada@example.org"})
    assert asked.status == 303
    assert visitor.post(confirm_url(row)).title == "Your signature counts"
    assert visitor.post(withdraw_url(row)).title == "Your signature is withdrawn and erased"


def test_after_a_petition_s_secrets_are_destroyed_a_link_can_still_erase_the_row(
    visitor: Visitor, petition: Petition
) -> None:
    row = post(petition)
    confirm(link(row))
    petition.close()
    destroy_secrets(petition.uuid)
    forget_petitions()
    assert visitor.post(confirm_url(row)).everything == visitor.post("/en/confirm/x/").everything
    assert visitor.post(withdraw_url(row)).title == "Your signature is withdrawn and erased"
    assert not rows(petition).exists()
