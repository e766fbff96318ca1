"""Who wants no more mail gets none, whoever types the address; and an address typed everywhere is no weapon."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from campaigns.mailing import Mailer
from campaigns.petitions.mail_source import ConfirmMails, request_mail
from campaigns.petitions.signable import load
from campaigns.petitions.signatures import MailboxMail, Signature
from campaigns.petitions.signing import sign
from campaigns.suppression import (
    BOUNCE_LIFE,
    Reason,
    SuppressedMailbox,
    digest_behind,
    digest_of,
    forget_old_bounces,
    is_suppressed,
    suppress,
    token_of,
)
from tests.mailing.conftest import Sign, make_due, send_all
from tests.petitions.cast import make_petition, submission
from tests.smtp_server import SmtpServer

SHE = "Jane.Doe@gmail.com"


def link_in(server: SmtpServer) -> str:
    found = re.search(r"http://127\.0\.0\.1:8000(/en/no-more-mail/\S+/)", server.mails[-1].part("plain"))
    assert found
    return found[1]


def test_the_link_of_any_mail_stops_all_mail_and_tells_the_form_nothing(
    server: SmtpServer, mailer: Mailer, signs: Sign, client: Client
) -> None:
    signs(SHE)
    send_all(mailer)
    link = link_in(server)
    for _ in range(3):
        asked = client.get(link)
        assert asked.status_code == 200
        assert "Jane" not in asked.content.decode()
    assert not is_suppressed(SHE)
    assert client.post(link).status_code == 200

    other = load(make_petition("air"))
    sign(other, submission(other, "janedoe+spam@googlemail.com"))  # answers nothing, as ever
    signs(SHE, "Somebody else")
    make_due()
    send_all(mailer)
    assert len(server.mails) == 1
    assert ConfirmMails().queue().length == 0
    assert Signature.objects.count() == 3

    again = client.post(f"{link}again/")
    assert again.status_code == 200
    sign(other, submission(other, SHE, "A third"))
    make_due()
    send_all(mailer)
    assert server.recipients == [SHE, SHE]


def test_the_page_looks_the_same_before_and_after(client: Client, db: None) -> None:
    link = f"/en/no-more-mail/{token_of(SHE)}/"
    before = client.get(link).content
    client.post(link)
    assert client.get(link).content == before
    answer = client.get(link)
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"


def test_the_link_outlives_the_signature(server: SmtpServer, mailer: Mailer, signs: Sign, client: Client) -> None:
    signs(SHE)
    send_all(mailer)
    Signature.objects.all().delete()
    assert client.post(link_in(server)).status_code == 200
    assert is_suppressed(SHE)


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "A" * 44, "ü" * 43, token_of(SHE)[:-1]])
def test_a_link_that_is_none_of_ours_does_nothing(client: Client, db: None, token: str) -> None:
    for url in (f"/en/no-more-mail/{token}/", f"/en/no-more-mail/{token}/again/"):
        if "//" not in url[1:]:
            assert client.post(url).status_code == 404
    assert SuppressedMailbox.objects.count() == 0


@pytest.mark.parametrize("position", range(0, 42, 7))
def test_a_changed_link_proves_nothing(position: int) -> None:
    token = token_of(SHE)
    changed = token[:position] + ("A" if token[position] != "A" else "B") + token[position + 1 :]
    assert digest_behind(token) == digest_of(SHE)
    assert digest_behind(changed) is None


def test_no_address_is_stored(db: None) -> None:
    suppress(digest_of(SHE), Reason.ASKED, timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT s::text FROM suppressed_mailbox s")
        ((row,),) = cursor.fetchall()
    assert "jane" not in row.lower()


def test_a_bounce_ends_by_itself_and_never_weakens_what_an_owner_said(db: None) -> None:
    now = timezone.now()
    suppress(digest_of("a@example.net"), Reason.BOUNCED, now - BOUNCE_LIFE)
    assert not is_suppressed("a@example.net")
    forget_old_bounces(now)
    assert SuppressedMailbox.objects.count() == 0
    suppress(digest_of("a@example.net"), Reason.BOUNCED, now)
    assert is_suppressed("a@example.net")
    suppress(digest_of("a@example.net"), Reason.COMPLAINED, now)
    suppress(digest_of("a@example.net"), Reason.BOUNCED, now)
    forget_old_bounces(now + BOUNCE_LIFE + timedelta(days=1))
    assert SuppressedMailbox.objects.get().reason == Reason.COMPLAINED


def test_a_mailbox_gets_six_unasked_mails_a_day_over_all_petitions(
    server: SmtpServer, mailer: Mailer, signs: Sign
) -> None:
    signs(SHE)
    petitions = [load(make_petition(f"cause{number}")) for number in range(8)]
    for petition in petitions:
        sign(petition, submission(petition, SHE))
    sign(petitions[0], submission(petitions[0], "other@example.net"))
    send_all(mailer)
    assert server.recipients.count(SHE) == 6
    assert server.recipients.count("other@example.net") == 1
    waiting = MailboxMail.objects.filter(sending_at=None)
    assert waiting.count() == 3
    assert set(waiting.values_list("tries", flat=True)) == {0}

    mailbox = MailboxMail.objects.filter(sending_at__isnull=False).earliest("claimed_at")
    row = Signature.objects.get(petition_id=mailbox.petition_id, email_key=mailbox.email_key)
    assert request_mail(row.petition_id, bytes(row.email_key or b""), row.pk)
    send_all(mailer)
    assert server.recipients.count(SHE) == 7  # who has proven the mailbox and asks is not made to wait

    with connection.cursor() as cursor:  # the next day: a new key, all counters gone
        cursor.execute("TRUNCATE limit_count")
        cursor.execute("UPDATE mailbox_mail SET due_at = now() WHERE sending_at IS NULL")
    send_all(mailer)
    assert server.recipients.count(SHE) == 10
