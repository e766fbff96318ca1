"""The code on the page after signing: the same answers as the link, and the same refusal whatever is wrong."""

from __future__ import annotations

import logging
import re

import pytest
from django.db import connection

from campaigns.petitions.confirming import confirm
from campaigns.petitions.consent import publish_consent
from campaigns.petitions.mailed_codes import shown_code
from campaigns.petitions.moderating import take_out
from campaigns.petitions.petitions import Petition
from campaigns.petitions.signatures import Signature, State
from reports.editorial.models import Organisation
from tests.petitions.cast import ADA, link, mailed, make_text, post, rows
from tests.petitions_pages.cast import CHECK_MAIL, confirm_url, end_own_connection
from tests.petitions_pages.visitor import Reply, Visitor

CODE = "/en/petitions/water/code/"


def type_code(visitor: Visitor, code: str, email: str = ADA, **more: str) -> Reply:
    return visitor.post(CODE, {"email": email, "code": code, **more})


def state(row: Signature) -> int:
    row.refresh_from_db()
    return int(row.state)


def test_the_page_after_signing_asks_for_code_and_address_together(visitor: Visitor, petition: Petition) -> None:
    page = visitor.get(CHECK_MAIL)
    form = re.search(rf'<form[^>]*action="{CODE}".*?</form>', page.text, re.DOTALL)
    assert form
    assert set(re.findall(r'name="(\w+)"', form[0])) == {"email", "code"}
    assert 'autocomplete="one-time-code"' in form[0]
    assert "petitions@example.org" in page.text, "where to look for the mail"
    assert "spam folder" in page.text
    ids = re.findall(r'\sid="([^"]+)"', page.text)
    assert len(ids) == len(set(ids))


def test_the_code_answers_with_the_very_page_of_the_link(visitor: Visitor, petition: Petition) -> None:
    row = post(petition, country="ET")
    by_code = type_code(visitor, shown_code(mailed(row)))
    assert (by_code.status, by_code.title) == (200, "Your signature counts")
    assert state(row) == State.CONFIRMED
    assert visitor.post(confirm_url(row)).everything == by_code.everything
    assert type_code(visitor, shown_code(mailed(row, 2))).everything == by_code.everything


def test_what_follows_the_code_can_be_done(visitor: Visitor, petition: Petition) -> None:
    consent = publish_consent(Organisation.objects.get(), "en", "Friends may write to me.")
    row = post(petition)
    box = re.search(r'<input type="checkbox"[^>]*>', visitor.get(CHECK_MAIL).text)
    assert box
    assert "checked" not in box[0]
    done = type_code(visitor, mailed(row), updates=str(consent.pk))
    assert rows(petition).filter(pk=row.pk, consent_text=consent).exists()
    (action,) = re.findall(r'action="([^"]+/correct/)"', done.text)
    saved = visitor.post(action, {"signature": row.pk, "name": "Ada King", "country": "ZZ"})
    assert "Ada King" in saved.text
    assert (
        visitor.post(action, {"signature": row.pk, "name": "Ada King", "country": "ZZ"}).everything == saved.everything
    )
    assert rows(petition).filter(pk=row.pk, consent_text=None, country="ZZ").exists()


def test_with_several_people_waiting_the_code_leads_to_the_choice(visitor: Visitor, petition: Petition) -> None:
    ada, bea, cia = (post(petition, name=name) for name in ("Ada", "Bea", "Cia"))
    code = mailed(cia)
    chooser = type_code(visitor, code)
    assert (chooser.status, chooser.title) == (200, "Who are you?")
    (action,) = set(re.findall(r'action="([^"]+/person/)"', chooser.text))
    for row in (ada, bea):
        assert visitor.post(action, {"signature": row.pk}).title == "Your signature counts"
    held = type_code(visitor, code)
    assert (held.status, held.title) == (200, "Your signature waits, it is not counted")
    assert state(cia) == State.HELD
    take_out(ada.pk)
    assert type_code(visitor, mailed(ada, 2)).title != "Your signature counts"


def test_wrong_unknown_late_and_used_up_get_the_same_answer(visitor: Visitor, petition: Petition) -> None:
    row = post(petition)
    code = mailed(row)
    other = post(petition, "late@example.org")
    late = mailed(other)
    rows(petition).filter(pk=other.pk).update(created_at="2020-01-01T00:00Z")
    answers = [type_code(visitor, "0000-0000", address) for address in (ADA, "nobody@example.org")]
    answers += [type_code(visitor, late, "late@example.org")]
    answers += [type_code(visitor, "0000-0000") for _ in range(10)]
    answers += [type_code(visitor, code)]
    assert {answer.status for answer in answers} == {422}
    typed = re.compile(rf'value="(?:[^"]*@[^"]*|0000-0000|{code}|{late})"')
    assert len({typed.sub("", answer.text) for answer in answers}) == 1
    assert "Wrong or used up" in answers[0].text
    assert "/en/new-mail/" in answers[0].text, "it offers a new mail"
    assert 'value="0000-0000"' in answers[0].text
    assert f'value="{ADA}"' in answers[0].text
    assert answers[0]["Cache-Control"] == "no-store"
    assert state(row) == State.PENDING
    assert visitor.post(confirm_url(row)).title == "Your signature counts", "the link is not concerned"


@pytest.mark.parametrize(
    ("email", "code"), [("", ""), ("ada", "0000-0000"), (ADA, "000"), (ADA, "x" * 5000), ("@", "ااا")]
)
def test_what_is_no_code_or_no_address_is_told_at_the_field(
    visitor: Visitor, petition: Petition, email: str, code: str
) -> None:
    refused = type_code(visitor, code, email)
    assert refused.status == 422
    assert 'aria-invalid="true"' in refused.text
    assert "Nothing has been confirmed yet" in refused.text


def test_another_site_cannot_send_the_form(visitor: Visitor, petition: Petition) -> None:
    row = post(petition)
    code = mailed(row)
    reply = visitor.post(CODE, {"email": ADA, "code": code}, sec_fetch_site="cross-site")
    assert reply.status == 403
    assert state(row) == State.PENDING
    assert type_code(visitor, code).status == 200, "and no try was used up"


def test_a_get_changes_nothing_and_leads_to_the_form(visitor: Visitor, petition: Petition) -> None:
    row = post(petition)
    for method in ("GET", "HEAD"):
        reply = visitor.get(f"{CODE}?email={ADA}&code={mailed(row, 1 if method == 'GET' else 2)}", method)
        assert (reply.status, reply["Location"]) == (303, CHECK_MAIL)
    assert state(row) == State.PENDING


def test_the_form_works_in_every_language_and_the_switch_keeps_the_reader_somewhere_real(
    visitor: Visitor, petition: Petition
) -> None:
    make_text(petition, "ar", "ماء نظيف الآن", "ماء")
    row = post(petition)
    code = mailed(row)
    for lang in ("en", "fr", "nl", "es", "ar"):
        slug = "ماء" if lang == "ar" else "water"
        page = visitor.get(f"/{lang}/petitions/{slug}/check-your-mail/")
        (action,) = re.findall(r'id="code-form"[^>]*action="([^"]+)"', re.sub(r"\s+", " ", page.text))
        done = visitor.post(action, {"email": ADA, "code": code})
        assert done.status == 200
        assert f'<html lang="{lang}"' in done.text
        assert f'href="/es/confirm/{link(row)}/"' in done.text or lang == "es"
        refused = visitor.post(action, {"email": ADA, "code": "0000-0000"})
        assert 'href="/nl/petitions/water/check-your-mail/"' in refused.text or lang == "nl"


def test_a_petition_that_is_not_there_takes_no_code(visitor: Visitor, petition: Petition) -> None:
    assert visitor.post("/en/petitions/none/code/", {"email": ADA, "code": "0000-0000"}).status == 404
    Petition.objects.update(state="removed")
    assert type_code(visitor, "0000-0000").status == 410


def test_while_the_database_is_away_the_code_stays_good(visitor: Visitor, live_petition: Petition) -> None:
    row = post(live_petition)
    code = mailed(row)
    end_own_connection()
    refused = type_code(visitor, shown_code(code), updates="7")
    assert (refused.status, refused["Retry-After"], refused["Cache-Control"]) == (503, "10", "no-store")
    assert f'action="{CODE}"' in refused.text
    typed = dict(re.findall(r'<input [^>]*name="(\w+)"[^>]*?value="([^"]*)"', re.sub(r"\s+", " ", refused.text)))
    assert typed == {"email": ADA, "code": shown_code(code), "updates": "7"}
    connection.close()
    assert visitor.post(CODE, typed).status == 200


def test_neither_code_nor_address_is_logged(
    visitor: Visitor, petition: Petition, caplog: pytest.LogCaptureFixture
) -> None:
    code = mailed(post(petition, "qzmarker@example.org", "Qzmarker"))
    with caplog.at_level(logging.DEBUG):
        type_code(visitor, "0000-0000", "qzmarker@example.org")
        type_code(visitor, code, "qzmarker@example.org")
    assert not re.search(f"qzmarker|{code}", caplog.text, re.IGNORECASE)


def test_the_second_person_s_page_names_both(visitor: Visitor, petition: Petition) -> None:
    ada, bea = post(petition), post(petition, name="Bea <i>")
    confirm(link(ada))  # both wait: nothing is confirmed yet
    visitor.post(f"{confirm_url(ada)}person/", {"signature": ada.pk})
    second = visitor.post(confirm_url(bea))
    assert second.title == "Your signature counts"
    counted = second.text.partition("Counted from this mailbox")[2].partition("</section>")[0]
    assert re.findall(r"<bdi>(.*?)</bdi>", counted) == ["Bea &lt;i&gt;", "Ada"]
