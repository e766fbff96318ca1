"""Whoever administers sees how mail does; nobody else, and nobody's address."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.test import Client

from campaigns.mail_domains import Pause
from campaigns.mail_troubles import TroubleKind, note, note_pause
from campaigns.petitions.models import Petition
from campaigns.petitions.signable import load
from campaigns.petitions.signatures import MailboxMail, Signature, State
from campaigns.petitions.signing import sign
from reports.editorial.models import AuditEntry
from tests.desk.conftest import Cast
from tests.petitions.cast import make_petition, post, submission

PAGE = "/desk/mail/"


@pytest.mark.parametrize("role", ["editor", "organiser", "moderator", "auditor", "outsider", "nobody"])
def test_only_who_administers_sees_it(cast: Cast, role: str) -> None:
    client = cast.client(role)
    assert client.get(PAGE).status_code == 403
    assert PAGE not in client.get("/desk/").content.decode()
    assert AuditEntry.objects.filter(act="refused").exists()


def test_a_visitor_is_sent_to_sign_in(client: Client, db: None) -> None:
    assert client.get(PAGE).status_code == 302


@pytest.mark.parametrize("role", ["admin", "superuser"])
def test_it_tells_what_waits_and_what_goes_wrong(cast: Cast, role: str) -> None:
    client = cast.client(role)
    assert PAGE in client.get("/desk/").content.decode()
    assert "Nothing." in client.get(PAGE).content.decode()

    petition: Petition = make_petition()
    signable = load(petition)
    for number in range(3):
        sign(signable, submission(signable, f"person{number}@example.net"))
    Signature.objects.update(mail_due_at=Signature.objects.earliest("pk").created_at - timedelta(hours=2))
    for _ in range(4):
        note(TroubleKind.THROTTLED)
    note_pause(Pause("big.example", timedelta(minutes=5), refusing=False))
    note_pause(Pause("", timedelta(minutes=5), refusing=True))

    answer = client.get(PAGE)
    assert [queue.length for _words, queue in answer.context["queues"]] == [3, 0]
    page = answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert "2\xa0hours" in page
    assert "A domain asks for less mail." in page
    assert "big.example" in page
    assert "which are not named" in page
    assert "example.net" not in page


def test_a_signature_whose_mail_came_back_is_flagged_until_it_is_confirmed(cast: Cast, petition: Petition) -> None:
    row = post(petition, "newcomer@example.net", "Newcomer")
    MailboxMail.objects.create(petition=petition, email_key=row.email_key, no=1, signature_id=row.pk)
    page = f"/desk/petitions/signature/{row.pk}/change/"
    client = cast.client("organiser")
    assert not client.get(page).context["unreachable"]
    MailboxMail.objects.update(refused_at=Now())
    answer = client.get(page)
    assert answer.context["unreachable"]
    assert "came back" in answer.content.decode()
    Signature.objects.filter(pk=row.pk).update(state=State.CONFIRMED, slot=1)
    assert not client.get(page).context["unreachable"]
