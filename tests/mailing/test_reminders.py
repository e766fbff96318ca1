"""Who has not confirmed is reminded once, after two days, while the petition is open."""

from __future__ import annotations

import functools
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from campaigns.mailing import Mailer
from campaigns.petitions.mail_source import Claim, ConfirmMails
from campaigns.petitions.petitions import Petition
from campaigns.petitions.signable import SigningPetition
from campaigns.petitions.signatures import MailboxMail, Signature, State
from reports.editorial.publishing import State as Publishing
from tests.mailing.conftest import Sign, make_due, send_all
from tests.petitions.cast import at_once
from tests.smtp_server import SmtpServer

ASKS = "Please confirm your signature"
REMINDS = "Reminder: please confirm your signature"


def let_pass(span: timedelta) -> None:
    values: dict[str, Any] = {"t": span}
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE mailbox_mail SET claimed_at = claimed_at - %(t)s, sending_at = sending_at - %(t)s,"
            " sent_at = sent_at - %(t)s, remind_at = remind_at - %(t)s",
            values,
        )


def subjects(server: SmtpServer) -> list[str]:
    return [mail.message["Subject"] for mail in server.mails]


@pytest.fixture
def asked(server: SmtpServer, mailer: Mailer, signs: Sign) -> None:
    signs("someone@example.net")
    send_all(mailer)
    assert subjects(server) == [ASKS]


@pytest.mark.usefixtures("asked")
def test_once_after_two_days(server: SmtpServer, mailer: Mailer) -> None:
    let_pass(timedelta(days=1, hours=23))
    send_all(mailer)
    assert subjects(server) == [ASKS]
    let_pass(timedelta(hours=1))
    send_all(mailer)
    assert subjects(server) == [ASKS, REMINDS]
    assert "only this once" in server.mails[1].part("plain")
    assert "only this once" in server.mails[1].part("html")
    for _ in range(5):
        let_pass(timedelta(days=2))
        send_all(mailer)
    assert subjects(server) == [ASKS, REMINDS]


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("state", [State.CONFIRMED, State.REMOVED, State.HELD])
def test_only_who_still_waits(server: SmtpServer, mailer: Mailer, state: State) -> None:
    Signature.objects.update(state=state, slot=None if state == State.HELD else 1)
    let_pass(timedelta(days=2))
    send_all(mailer)
    assert subjects(server) == [ASKS]


@pytest.mark.usefixtures("asked")
def test_nobody_who_withdrew(server: SmtpServer, mailer: Mailer) -> None:
    Signature.objects.all().delete()
    let_pass(timedelta(days=2))
    send_all(mailer)
    assert subjects(server) == [ASKS]
    assert MailboxMail.objects.count() == 1


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("change", ["pause", "close", "off", "over", "retracted"])
def test_only_while_the_petition_is_open_and_reminds(server: SmtpServer, mailer: Mailer, change: str) -> None:
    petition = Petition.objects.get()
    if change == "pause":
        petition.pause()
    elif change == "close":
        petition.close()
    elif change == "off":
        Petition.objects.update(reminders=False)
    elif change == "over":
        Petition.objects.update(closes_at=petition.opened_at and petition.opened_at + timedelta(microseconds=1))
    else:
        Petition.objects.update(state=Publishing.RETRACTED)
    let_pass(timedelta(days=2))
    send_all(mailer)
    assert subjects(server) == [ASKS]


@pytest.mark.usefixtures("asked")
def test_a_later_mail_moves_it(server: SmtpServer, mailer: Mailer, signs: Sign) -> None:
    let_pass(timedelta(days=1, hours=12))
    signs("someone@example.net")
    make_due()
    send_all(mailer)
    let_pass(timedelta(days=1))
    send_all(mailer)
    assert subjects(server) == [ASKS, ASKS]
    let_pass(timedelta(days=1))
    send_all(mailer)
    assert subjects(server) == [ASKS, ASKS, REMINDS]


@pytest.mark.usefixtures("asked")
def test_it_takes_one_of_the_five_numbers_and_never_the_last(server: SmtpServer, mailer: Mailer, signs: Sign) -> None:
    for _ in range(3):
        signs("someone@example.net")
        make_due()
        send_all(mailer)
        let_pass(timedelta(days=1))
    assert len(server.mails) == 4
    let_pass(timedelta(days=9))
    send_all(mailer)
    assert sorted(MailboxMail.objects.values_list("no", flat=True)) == [1, 2, 3, 4]
    assert REMINDS not in subjects(server)


@pytest.mark.usefixtures("asked")
def test_a_reminder_that_waits_for_another_try_is_dropped_when_it_has_no_reason_any_more(
    server: SmtpServer, mailer: Mailer
) -> None:
    refusals = ["450 4.2.1 later"]
    server.at_recipient = lambda _: refusals.pop() if refusals else None
    let_pass(timedelta(days=2))
    mailer.send_due()
    Signature.objects.update(state=State.CONFIRMED, slot=1)
    send_all(mailer)
    assert subjects(server) == [ASKS]
    assert not MailboxMail.objects.filter(reminder=True).exists()


def test_an_address_that_was_refused_is_not_reminded(server: SmtpServer, mailer: Mailer, signs: Sign) -> None:
    server.at_content = lambda _: "550 5.1.1 no such mailbox"
    signs("gone@example.net")
    send_all(mailer)
    server.at_content = lambda _: None
    let_pass(timedelta(days=2))
    send_all(mailer)
    assert server.mails == []


def test_six_mailers_remind_each_mailbox_once(
    server: SmtpServer, mailer: Mailer, signs: Sign, petition: SigningPetition
) -> None:
    boxes = 40
    for number in range(boxes):
        signs(f"box{number:02}@example.net")
    send_all(mailer)
    let_pass(timedelta(days=2))
    claims: list[Claim] = []
    at_once(*[functools.partial(lambda: claims.extend(ConfirmMails().claim(boxes)))] * 6)
    assert len(claims) == len({claim.email_key for claim in claims}) == boxes
    assert all(claim.reminder for claim in claims)
