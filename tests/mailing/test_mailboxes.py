"""How many mails a mailbox gets, whoever posts its address, and what one mail covers."""

from __future__ import annotations

import functools
import itertools
import re
import threading
from collections import Counter

import pytest
from django.db import connection, connections
from django.db.models import F
from django.utils import timezone

from campaigns import tokens
from campaigns.campaigning import Campaign
from campaigns.mailing import Mailer
from campaigns.petitions.confirming import confirm
from campaigns.petitions.expiring import delete_expired
from campaigns.petitions.mail_source import Claim, ConfirmMails, request_mail
from campaigns.petitions.petitions import Petition
from campaigns.petitions.signable import SigningPetition
from campaigns.petitions.signatures import PENDING_LIFE, MailboxMail, Signature, State
from reports.editorial.publishing import State as Publishing
from tests.mailing.conftest import MakeMailer, Sign, make_due, send_all, until
from tests.petitions.cast import at_once
from tests.smtp_server import Received, SmtpServer

BOXES = 42
MAILERS = 6


def confirm_token(mail: Received) -> tokens.Parsed:
    found = re.search(r"/confirm/(\S+)/", mail.part("plain"))
    assert found
    parsed = tokens.parse(found[1])
    assert parsed
    return parsed


def post_again(signs: Sign, mailer: Mailer, address: str = "victim@example.net", name: str = "Someone") -> None:
    signs(address, name)
    make_due()
    send_all(mailer)


A_DAY_PASSES = """
UPDATE mailbox_mail m SET claimed_at = claimed_at - interval '1 day'
FROM (SELECT petition_id, email_key, no FROM mailbox_mail FOR UPDATE SKIP LOCKED) idle
WHERE (m.petition_id, m.email_key, m.no) = (idle.petition_id, idle.email_key, idle.no)
"""


def let_a_day_pass() -> None:
    """But for mails that a mailer writes at this moment: all at once, and it would be this that waits for ever."""
    with connection.cursor() as cursor:
        cursor.execute(A_DAY_PASSES)


def test_posts_cause_three_mails_a_day_and_four_in_all(server: SmtpServer, mailer: Mailer, signs: Sign) -> None:
    for expected in (1, 2, 3, 3, 3):
        post_again(signs, mailer)
        assert len(server.mails) == expected
    for _ in range(3):
        let_a_day_pass()
        post_again(signs, mailer)
    assert len(server.mails) == 4
    assert len(server.ids) == 4


def test_the_last_mail_is_kept_for_who_has_proven_the_mailbox(server: SmtpServer, mailer: Mailer, signs: Sign) -> None:
    for _ in range(4):
        post_again(signs, mailer)
    row = Signature.objects.get()
    mailbox = bytes(row.email_key or b"")
    assert request_mail(row.petition_id, mailbox, row.pk)
    assert not request_mail(row.petition_id, mailbox, row.pk)
    send_all(mailer)
    assert len(server.mails) == 4
    let_a_day_pass()
    post_again(signs, mailer)
    assert len(server.mails) == 5
    let_a_day_pass()
    post_again(signs, mailer)
    assert len(server.mails) == 5
    assert sorted(MailboxMail.objects.values_list("no", flat=True)) == [1, 2, 3, 4, 5]


def test_four_posts_by_somebody_else_silence_nobody_once_their_links_have_ended(
    server: SmtpServer, mailer: Mailer, signs: Sign
) -> None:
    for _ in range(4):
        post_again(signs, mailer)
        let_a_day_pass()
    assert len(server.mails) == 4
    delete_expired(timezone.now() + PENDING_LIFE)
    for _ in range(3):
        post_again(signs, mailer, name="She herself")
        let_a_day_pass()
    assert len(server.mails) == 5, "never more than five"
    found = re.search(r"/confirm/(\S+)/", server.mails[4].part("plain"))
    assert found
    answer = confirm(found[1])
    assert answer is not None
    assert answer.own.name == "She herself"


def test_one_mail_covers_everybody_who_waits_in_a_mailbox(server: SmtpServer, mailer: Mailer, signs: Sign) -> None:
    for name in ("Ann", "Ben", "Cem"):
        signs("family@example.net", name)
    send_all(mailer)
    (mail,) = server.mails
    newest = Signature.objects.latest("pk")
    assert confirm_token(mail).row_id == newest.pk


def test_the_link_is_that_of_the_row_and_verifies(
    server: SmtpServer, mailer: Mailer, signs: Sign, petition: SigningPetition
) -> None:
    signs("someone@example.net")
    send_all(mailer)
    row = Signature.objects.get()
    assert tokens.verify(confirm_token(server.mails[0]), tokens.Purpose.CONFIRM, petition.uuid, bytes(row.seed or b""))


def test_mail_goes_to_the_address_as_typed(server: SmtpServer, mailer: Mailer, signs: Sign) -> None:
    signs("Jane.Doe+water@Gmail.com")
    send_all(mailer)
    assert server.recipients == ["Jane.Doe+water@gmail.com"]


def test_the_seventh_person_is_mailed_through_another_row(server: SmtpServer, mailer: Mailer, signs: Sign) -> None:
    for number in range(6):
        signs("crowd@example.net", f"Person {number}")
    send_all(mailer)
    Signature.objects.update(mail_due_at=None)
    signs("crowd@example.net", "One more")
    assert Signature.objects.filter(blob=None).count() == 1
    send_all(mailer)
    assert server.recipients == ["crowd@example.net"] * 2
    assert confirm_token(server.mails[1]).row_id == Signature.objects.exclude(blob=None).latest("pk").pk


def test_a_mail_still_on_its_way_covers_a_new_post(server: SmtpServer, mailer: Mailer, signs: Sign) -> None:
    server.at_recipient = lambda _: "450 4.2.1 later"
    signs("someone@example.net")
    mailer.send_due()
    signs("someone@example.net", "Somebody else")
    mailer.send_due()
    server.at_recipient = lambda _: None
    send_all(mailer)
    assert len(server.mails) == 1
    assert confirm_token(server.mails[0]).row_id == Signature.objects.latest("pk").pk


def test_what_the_mail_says_follows_the_state(server: SmtpServer, mailer: Mailer, signs: Sign) -> None:
    signs("someone@example.net")
    send_all(mailer)
    for state, slot in [(State.CONFIRMED, 1), (State.HELD, None)]:
        Signature.objects.update(state=state, slot=slot)
        post_again(signs, mailer, "someone@example.net")
    assert [mail.message["Subject"] for mail in server.mails] == [
        "Please confirm your signature",
        "Your signature is already counted",
        "Your signature has to wait",
    ]


def test_who_was_taken_out_by_a_moderator_is_not_mailed(server: SmtpServer, mailer: Mailer, signs: Sign) -> None:
    signs("someone@example.net")
    Signature.objects.update(state=State.REMOVED, slot=1)
    send_all(mailer)
    assert server.mails == []
    assert MailboxMail.objects.count() == 0


@pytest.mark.parametrize("model", [Petition, Campaign])
def test_no_mail_asks_to_confirm_what_was_taken_off_the_site(
    server: SmtpServer, mailer: Mailer, signs: Sign, model: type[Petition | Campaign]
) -> None:
    signs("someone@example.net")
    signs("counted@example.net")
    Signature.objects.filter(pk=Signature.objects.latest("pk").pk).update(state=State.CONFIRMED, slot=1)
    model.objects.update(state=Publishing.REMOVED)
    send_all(mailer)
    assert server.recipients == ["counted@example.net"], "whose mail holds the way out"
    assert not ConfirmMails().due()


def test_mailers_that_hold_different_rows_of_the_same_mailboxes(signs: Sign) -> None:
    """Each finds one row of every mailbox due: they number the same mailboxes at once, and none waits for ever."""
    addresses = [f"box{number:02}@example.net" for number in range(BOXES)]
    for name in range(MAILERS):
        for address in addresses:
            signs(address, f"Person {'abcdef'[name]}")
    claims: list[Claim] = []
    for _round in range(5):
        Signature.objects.update(mail_due_at=F("created_at"))
        MailboxMail.objects.all().delete()
        claims.clear()
        at_once(*[lambda: claims.extend(ConfirmMails().claim(BOXES))] * MAILERS)
        assert {claim.no for claim in claims} == {1}
        assert len(claims) == len({claim.email_key for claim in claims}) == BOXES


def test_six_mailers_against_those_who_post_again_and_again(
    server: SmtpServer, make_mailer: MakeMailer, signs: Sign
) -> None:
    """Never a sixth mail, never one twice, no deadlock; and in the end every mailbox has had all it may have."""
    addresses = [f"box{number:02}@example.net" for number in range(BOXES)]
    mailers = [make_mailer() for _ in range(MAILERS)]
    done = threading.Event()

    def post(own: list[str]) -> None:
        for turn in itertools.count():
            if done.is_set():
                return
            signs(own[turn % len(own)], f"Person {turn % 9}")
            connections.close_all()  # the pool holds fewer connections than there are threads here

    def send(mailer: Mailer) -> None:
        while not done.is_set():
            mailer.send_due()
            connections.close_all()

    def let_time_pass() -> None:
        try:
            until(round_of_days, seconds=30)
        finally:
            done.set()

    def round_of_days() -> bool:
        let_a_day_pass()
        make_due()
        for petition_id, mailbox in MailboxMail.objects.filter(no=1).values_list("petition_id", "email_key"):
            request_mail(petition_id, bytes(mailbox), 0)
        return len(server.ids) >= BOXES * 5

    connections.close_all()
    posters = [functools.partial(post, addresses[number::MAILERS]) for number in range(MAILERS)]
    at_once(let_time_pass, *posters, *[functools.partial(send, mailer) for mailer in mailers])
    send_all(mailers[0])
    per_box = Counter(server.recipients)
    assert set(per_box.values()) == {5}
    assert len(per_box) == BOXES
    assert set(server.ids.values()) == {1}
