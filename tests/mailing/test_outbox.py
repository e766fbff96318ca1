"""Whatever happens to the mail server: no mail is lost, none comes twice, and they leave in order."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import Error as DatabaseTrouble
from django.db import connection, connections
from django.utils import timezone

from campaigns.mail_transport import ServerAway
from campaigns.mailing import Mailer, Queue
from campaigns.petitions.mail_source import ConfirmMails
from campaigns.petitions.signatures import MailboxMail, Signature
from tests.mailing.conftest import MakeMailer, Sign, make_due, send_all
from tests.petitions.cast import at_once
from tests.smtp_server import SmtpServer


def addresses(n: int) -> list[str]:
    return [f"person{number:03}@example.net" for number in range(n)]


def test_each_signer_gets_one_mail(server: SmtpServer, mailer: Mailer, signs: Sign) -> None:
    for address in addresses(7):
        signs(address)
    send_all(mailer)
    send_all(mailer)
    assert server.recipients == addresses(7)
    assert set(server.ids.values()) == {1}
    assert ConfirmMails().queue().length == 0


def test_mails_wait_while_the_server_is_down_and_leave_in_order(
    server: SmtpServer, mailer: Mailer, signs: Sign
) -> None:
    signs("first@example.net")
    send_all(mailer)
    server.stop()
    for address in addresses(25):
        signs(address)
        with pytest.raises(ServerAway):
            mailer.send_due()
    assert ConfirmMails().queue().length == 25
    server.start()
    send_all(mailer)
    assert server.recipients == ["first@example.net", *addresses(25)]
    assert set(server.ids.values()) == {1}


def test_a_server_that_goes_away_in_the_middle_of_a_batch_leaves_the_order(
    server: SmtpServer, mailer: Mailer, signs: Sign
) -> None:
    for address in addresses(12):
        signs(address)
    server.at_recipient = lambda address: "421 4.3.2 closing" if len(server.mails) == 5 else None
    for _ in range(2):
        with pytest.raises(ServerAway):
            mailer.send_due()
    server.at_recipient = lambda _: None
    send_all(mailer)
    assert server.recipients == addresses(12)
    assert set(server.ids.values()) == {1}


def test_one_mail_at_which_the_server_always_hangs_up_does_not_hold_up_the_others(
    server: SmtpServer, make_mailer: MakeMailer, signs: Sign
) -> None:
    mailer = make_mailer()
    mailer._delay = lambda tries: timedelta(hours=1)
    for address in addresses(4):
        signs(address)
    server.at_recipient = lambda address: "421 4.3.2 closing" if address == addresses(4)[0] else None
    for _ in range(10):
        try:
            send_all(mailer)
        except ServerAway:
            continue
    assert server.recipients == addresses(4)[1:]


@pytest.mark.parametrize("step", ["at_recipient", "at_content"])
def test_a_temporary_refusal_is_tried_again_as_the_same_mail(
    server: SmtpServer, mailer: Mailer, signs: Sign, step: str
) -> None:
    refusals = ["450 4.2.1 later"] * 3

    def once_more(address: str) -> str | None:
        return refusals.pop() if address.startswith("odd") and refusals else None

    setattr(server, step, once_more)
    for address in ["odd@example.net", *addresses(3)]:
        signs(address)
    send_all(mailer)
    assert sorted(server.recipients) == ["odd@example.net", *addresses(3)]
    assert set(server.ids.values()) == {1}
    if step == "at_content":
        (odd,) = [mail.id for mail in server.mails if mail.recipient.startswith("odd")]
        assert server.offered.count(odd) == 4
    mail = MailboxMail.objects.get(tries=3)
    assert mail.no == 1
    assert mail.sent_at is not None


@pytest.mark.parametrize("step", ["at_recipient", "at_content"])
def test_a_permanent_refusal_marks_the_address_and_stops(
    server: SmtpServer, mailer: Mailer, signs: Sign, step: str
) -> None:
    tries: list[str] = []

    def no_such(address: str) -> str | None:
        tries.append(address)
        return "550 5.1.1 no such mailbox" if address.startswith("gone") else None

    setattr(server, step, no_such)
    for address in ["gone@example.net", *addresses(3)]:
        signs(address)
    send_all(mailer)
    signs("gone@example.net")
    make_due()
    send_all(mailer)
    assert server.recipients == addresses(3)
    assert tries.count("gone@example.net") == 1
    assert MailboxMail.objects.filter(refused_at__isnull=False).count() == 1


def test_a_relay_that_does_not_know_us_is_no_fault_of_the_address(
    server: SmtpServer, mailer: Mailer, signs: Sign
) -> None:
    refusals = ["554 5.7.1 relay access denied"] * 5
    server.at_recipient = lambda _: refusals.pop() if refusals else None
    signs("someone@example.net")
    send_all(mailer)
    assert server.recipients == ["someone@example.net"]


def test_a_lost_answer_counts_as_sent(server: SmtpServer, mailer: Mailer, signs: Sign) -> None:
    server.drops_after_content = lambda address: "drop" if address.startswith("person001") else None
    for address in addresses(3):
        signs(address)
    send_all(mailer)
    send_all(mailer)
    assert server.recipients == addresses(3)
    assert set(server.ids.values()) == {1}


def test_a_mail_that_cannot_be_written_waits_and_holds_up_nobody(
    server: SmtpServer, make_mailer: MakeMailer, signs: Sign
) -> None:
    mailer = make_mailer()
    mailer._delay = lambda _tries: timedelta(hours=1)
    for address in addresses(3):
        signs(address)
    row = Signature.objects.order_by("pk")[0]
    blob = bytes(row.blob or b"")
    Signature.objects.filter(pk=row.pk).update(blob=blob[:-1] + bytes([blob[-1] ^ 1]))
    send_all(mailer)
    assert server.recipients == addresses(3)[1:]
    Signature.objects.filter(pk=row.pk).update(blob=blob)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE mailbox_mail SET due_at = now() WHERE sent_at IS NULL")
    send_all(mailer)
    assert server.recipients == [*addresses(3)[1:], addresses(3)[0]]


def test_whoever_withdrew_before_the_next_try_gets_no_mail(server: SmtpServer, mailer: Mailer, signs: Sign) -> None:
    answers: list[Callable[[], str]] = [lambda: "450 4.2.1 later"]
    server.at_recipient = lambda _: answers.pop()() if answers else None
    signs("someone@example.net")
    mailer.send_due()
    Signature.objects.all().delete()
    send_all(mailer)
    assert server.mails == []
    assert MailboxMail.objects.count() == 0


def test_an_answer_that_could_not_be_written_down_is_not_forgotten(
    server: SmtpServer, mailer: Mailer, signs: Sign
) -> None:
    """The database goes away while the server refuses for the moment: the mail stays, and leaves once both are back."""
    signs("someone@example.net")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        own = cursor.fetchone()

    def cut_off() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", own)

    def refuse_while_the_database_goes(_address: str) -> str:
        at_once(cut_off)
        return "450 4.2.1 later"

    server.at_content = refuse_while_the_database_goes
    with pytest.raises(DatabaseTrouble):
        mailer.send_due()
    connections.close_all()
    server.at_content = lambda _: None
    send_all(mailer)
    assert server.recipients == ["someone@example.net"]


def test_they_leave_in_pace(server: SmtpServer, make_mailer: MakeMailer, signs: Sign) -> None:
    mailer = make_mailer(rate=40)
    for address in addresses(9):
        signs(address)
    began = time.monotonic()
    send_all(mailer)
    assert time.monotonic() - began >= 8 / 40
    assert len(server.mails) == 9


def test_a_mailer_that_is_told_to_stop_leaves_the_rest_to_others_at_once(
    server: SmtpServer, mailer: Mailer, make_mailer: MakeMailer, signs: Sign
) -> None:
    for address in addresses(9):
        signs(address)

    def stop_at_the_third(_address: str) -> None:
        if len(server.mails) == 2:
            mailer._stop.set()

    server.at_recipient = stop_at_the_third
    send_all(mailer)
    assert server.recipients == addresses(3)
    send_all(make_mailer())
    assert server.recipients == addresses(9)


def test_a_claim_is_a_lease(server: SmtpServer, mailer: Mailer, signs: Sign) -> None:
    """Whoever comes late for a mail that another has taken again may not send it; both would be the same mail."""
    signs("someone@example.net")
    slow, quick = ConfirmMails(lease=timedelta(0)), ConfirmMails()
    (late,) = slow.claim(10)
    (taken,) = quick.claim(10)
    assert quick.write(taken).message["Message-ID"] == slow.write(late).message["Message-ID"]
    assert late.no == taken.no == 1
    assert not slow.mark_sending(late)
    assert quick.mark_sending(taken)
    assert not quick.mark_sending(taken)
    slow.retry_later(late, timedelta(0))
    slow.put_off(late, timedelta(0))
    assert not quick.due()


def test_a_mail_marked_as_being_sent_is_never_taken_again(signs: Sign) -> None:
    signs("someone@example.net")
    source = ConfirmMails(lease=timedelta(0))
    (claim,) = source.claim(10)
    assert source.mark_sending(claim)
    assert not source.due()
    assert source.claim(10) == []


def test_a_claimed_mail_waits_five_minutes_for_its_mailer(signs: Sign) -> None:
    signs("someone@example.net")
    assert len(ConfirmMails().claim(10)) == 1
    assert not ConfirmMails().due()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE mailbox_mail SET due_at = due_at - interval '5 minutes'")
    assert len(ConfirmMails().claim(10)) == 1


def test_the_queue_tells_how_much_waits_and_since_when(signs: Sign) -> None:
    source = ConfirmMails()
    assert source.queue() == Queue(0, None)
    before = timezone.now()
    signs("first@example.net")
    signs("second@example.net")
    source.claim(1)
    waiting = source.queue()
    assert waiting.length == 2
    assert waiting.oldest is not None
    assert before - timedelta(seconds=5) < waiting.oldest <= timezone.now() + timedelta(seconds=5)
