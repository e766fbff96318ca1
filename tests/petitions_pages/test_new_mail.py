"""Asking for our mail again, by address alone: the same answer for everybody, and a mail only for who signed."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.petitions import printed
from campaigns.petitions.confirming import confirm
from campaigns.petitions.mail_requests import MailRequest
from campaigns.petitions.petitions import Petition, Stage
from campaigns.petitions.signatures import MailboxMail, Signature
from campaigns.tokens import Purpose
from tests.petitions.cast import ADA, link, make_petition, make_text, post
from tests.petitions_pages.cast import CHECK_MAIL, PAGE, confirm_url, end_own_connection
from tests.petitions_pages.visitor import Reply, Visitor

NEW_MAIL = "/en/new-mail/"
AGAIN = f"{CHECK_MAIL}again/"


def ask(visitor: Visitor, email: str = ADA, petition: str = "water", **headers: str) -> Reply:
    return visitor.post(NEW_MAIL, {"petition": petition, "email": email}, **headers)


def test_known_and_unknown_get_the_same_answer_for_the_same_work(visitor: Visitor, petition: Petition) -> None:
    confirm(link(post(petition)))
    seen = []
    for email in (ADA, "nobody@example.org", ADA, "nobody@example.org"):
        with CaptureQueriesContext(connection) as captured:
            reply = ask(visitor, email)
        written = [query["sql"] for query in captured.captured_queries if "mail_request" in query["sql"]]
        seen.append((reply.everything, len(written)))
    assert (reply.status, reply["Location"], reply["Cache-Control"]) == (303, AGAIN, "no-store")
    assert len(set(seen)) == 1
    assert MailRequest.objects.count() == 2
    landed = visitor.get(AGAIN)
    assert (landed.status, landed.title) == (200, "Look into your mailbox")
    assert 'action="/en/petitions/water/code/"' in landed.text


@pytest.mark.parametrize(
    ("email", "slug"), [("", "water"), ("ada", "water"), (ADA, ""), (ADA, "none"), (ADA, "x" * 5000)]
)
def test_what_is_wrong_is_told_and_kept(visitor: Visitor, petition: Petition, email: str, slug: str) -> None:
    refused = ask(visitor, email, slug)
    assert refused.status == 422
    assert 'aria-invalid="true"' in refused.text
    assert not email or f'value="{email}"' in refused.text
    assert ('value="water"\n' in refused.text) or "selected" in refused.text or slug != "water"
    assert not MailRequest.objects.exists()


def test_another_site_cannot_ask(visitor: Visitor, petition: Petition) -> None:
    assert ask(visitor, sec_fetch_site="cross-site").status == 403
    assert not MailRequest.objects.exists()


def test_it_works_after_the_end(visitor: Visitor, petition: Petition) -> None:
    petition.close()
    assert ask(visitor).status == 303
    assert MailRequest.objects.count() == 1


@pytest.mark.parametrize("act", ["confirm", "withdraw"])
def test_a_link_to_nowhere_lets_one_choose_the_petition(visitor: Visitor, petition: Petition, act: str) -> None:
    make_text(make_petition("forest"), "ar", "غابة", "غابة")
    page = visitor.get(f"/en/{act}/x/")
    assert page.status == 404
    form = re.search(rf'<form[^>]*action="{NEW_MAIL}".*?</form>', page.text, re.DOTALL)
    assert form
    assert re.findall(r'<option value="([^"]*)"', form[0]) == ["", "forest", "water"] or re.findall(
        r'<option value="([^"]*)"', form[0]
    ) == ["", "water", "forest"]
    for lang in ("fr", "nl", "es", "ar"):
        assert visitor.get(f"/{lang}/new-mail/").status == 200
        assert f'href="/{lang}/new-mail/"' in page.text


def test_a_used_link_to_withdraw_says_first_what_is_most_likely(visitor: Visitor, petition: Petition) -> None:
    url = f"/en/withdraw/{link(post(petition), Purpose.WITHDRAW)}/"
    visitor.post(url)
    lede = re.search(r'class="lede">(.*?)</p>', visitor.post(url).text, re.DOTALL)
    assert lede
    assert lede[1].strip().startswith("If you withdrew with it before, your signature is erased")


def test_while_the_database_is_away_nothing_is_lost_silently(visitor: Visitor, live_petition: Petition) -> None:
    end_own_connection()
    assert ask(visitor).status == 503
    connection.close()
    assert ask(visitor).status == 303


def test_behind_an_earlier_link_the_last_mail_can_be_asked_for_once(visitor: Visitor, petition: Petition) -> None:
    row = post(petition)
    done = visitor.post(confirm_url(row))
    url = f"{confirm_url(row)}mail/"
    assert f'action="{url}"' in done.text
    assert visitor.get(url).status == 303
    assert not MailboxMail.objects.exists()
    first, again = visitor.post(url), visitor.post(url)
    assert first.title == again.title == "Your signature counts"
    assert "on its way" in first.text
    assert "was asked for before" in again.text
    assert list(MailboxMail.objects.values_list("no", flat=True)) == [5]


def test_a_forged_link_asks_for_no_mail(visitor: Visitor, petition: Petition) -> None:
    row = post(petition)
    forged = f"/en/confirm/{link(row)[:-2]}AA/mail/"
    assert visitor.post(forged).everything == visitor.post("/en/confirm/x/").everything
    assert not MailboxMail.objects.exists()


def test_of_a_full_mailbox_the_owner_makes_room_on_the_page(visitor: Visitor, petition: Petition) -> None:
    ada, bea, cia = (post(petition, name=name) for name in ("Ada", "Bea", "Cia"))
    for row in (ada, bea):
        visitor.post(f"{confirm_url(ada)}person/", {"signature": row.pk})
    held = visitor.post(confirm_url(cia))
    assert held.title == "Your signature waits, it is not counted"
    assert "Waiting for a check" in held.text
    ways = re.findall(r'href="(/en/withdraw/[^"]+)"', held.text)
    assert ways[0] == f"/en/withdraw/{link(ada, Purpose.WITHDRAW)}/"
    assert visitor.post(confirm_url(cia)).everything == held.everything, "while both count, it stays so"
    gone = visitor.post(ways[0])
    assert gone.title == "Your signature is withdrawn and erased"
    assert "<bdi>Cia</bdi>" in gone.text
    (action,) = re.findall(r'action="(/en/confirm/[^"]+)"', gone.text)
    assert visitor.post(action).title == "Your signature counts"
    assert list(Signature.objects.order_by("pk").values_list("state", flat=True)) == [1, 1]


def test_however_many_petitions_there_are_the_choice_stays_short(
    visitor: Visitor, petition: Petition, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest that can be signed, and the way to every other; a link to nowhere costs no more than that either."""
    monkeypatch.setattr(printed, "MOST_TO_CHOOSE", 3)
    make_petition("over", stage=Stage.CLOSED)
    for number in range(4):
        make_petition(f"river-{number}")
    for page in (visitor.get(NEW_MAIL), visitor.get("/en/confirm/x/")):
        assert set(re.findall(r'<option value="([^"]*)"', page.text)) == {"", "river-1", "river-2", "river-3"}
        assert '<a href="/en/petitions/">the list of all petitions</a>' in page.text
    assert ask(visitor).status == 303, "what is not in the list can be asked for all the same"
    assert f'href="{CHECK_MAIL}' in visitor.get(PAGE).text


def test_who_once_stopped_our_mail_learns_what_to_do(visitor: Visitor, petition: Petition) -> None:
    assert "once stopped all mail of this site" in visitor.get(CHECK_MAIL).text
    assert "once stopped all mail of this site" in visitor.get(AGAIN).text
