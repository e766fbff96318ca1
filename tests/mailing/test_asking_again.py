"""A mail that was asked for by address alone, and the code in every mail."""

from __future__ import annotations

import re

from campaigns.addresses import parse_address
from campaigns.mailing import Mailer
from campaigns.petitions.confirming import confirm_by_code
from campaigns.petitions.mail_requests import MailRequest, ask_for_mail
from campaigns.petitions.mail_source import ConfirmMails
from campaigns.petitions.mailed_codes import read_code
from campaigns.petitions.signable import SigningPetition
from campaigns.petitions.signatures import MailboxMail, Signature, State
from tests.mailing.conftest import Sign, make_due, send_all
from tests.mailing.test_mailboxes import let_a_day_pass
from tests.petitions.cast import at_once
from tests.smtp_server import Received, SmtpServer

ADA = "ada@example.net"


def code_in(mail: Received, subtype: str = "plain") -> str:
    found = re.search(r"\b([0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4})\b", mail.part(subtype))
    assert found, mail.part(subtype)
    code = read_code(found[1])
    assert code
    return code


def ask(petition: SigningPetition, mailer: Mailer, address: str = ADA) -> None:
    ask_for_mail(petition, parse_address(address))
    make_due()
    send_all(mailer)
    make_due()  # two minutes after the mail before
    send_all(mailer)


def test_the_code_in_the_mail_confirms(
    server: SmtpServer, mailer: Mailer, signs: Sign, petition: SigningPetition
) -> None:
    signs(ADA)
    send_all(mailer)
    (mail,) = server.mails
    assert code_in(mail) == code_in(mail, "html")
    answer = confirm_by_code(petition, parse_address(ADA), code_in(mail))
    assert answer is not None
    assert answer.status == "confirmed"


def test_each_mail_has_a_code_of_its_own_and_the_newest_two_work(
    server: SmtpServer, mailer: Mailer, signs: Sign, petition: SigningPetition
) -> None:
    for name in ("Ada", "Bea", "Cia"):
        signs(ADA, name)
        make_due()
        send_all(mailer)
    codes = [code_in(mail) for mail in server.mails]
    assert len(set(codes)) == 3
    worked = [confirm_by_code(petition, parse_address(ADA), code) is not None for code in codes]
    assert worked == [False, True, True]


def test_in_arabic_the_code_keeps_its_direction(server: SmtpServer, mailer: Mailer, signs: Sign) -> None:
    signs(ADA, lang="ar")
    send_all(mailer)
    (mail,) = server.mails
    assert re.search(r"\u2066\w{4}-\w{4}\u2069", mail.part("plain"))
    assert re.search(r'<bdi dir="ltr">\w{4}-\w{4}</bdi>', mail.part("html"))
    code_in(mail)


def test_who_waits_or_counts_is_mailed_and_nobody_else(
    server: SmtpServer, mailer: Mailer, signs: Sign, petition: SigningPetition
) -> None:
    signs(ADA)
    send_all(mailer)
    ask(petition, mailer)
    Signature.objects.update(state=State.CONFIRMED, slot=1)
    ask(petition, mailer)
    ask(petition, mailer, "nobody@example.net")
    assert server.recipients == [ADA] * 3
    assert [mail.message["Subject"] for mail in server.mails] == [
        "Please confirm your signature",
        "Please confirm your signature",
        "Your signature is already counted",
    ]
    assert not MailRequest.objects.exists(), "a request leaves nothing behind"
    assert Signature.objects.count() == 1


def test_the_mail_of_who_is_counted_leads_to_withdrawing(
    server: SmtpServer, mailer: Mailer, signs: Sign, petition: SigningPetition
) -> None:
    signs(ADA)
    Signature.objects.update(state=State.CONFIRMED, slot=1)
    send_all(mailer)
    for subtype in ("plain", "html"):
        assert set(re.findall(r"/en/(\w+)/[A-Za-z0-9_-]{39}/", server.mails[0].part(subtype))) == {
            "confirm",
            "withdraw",
        }


def test_asking_right_after_a_mail_waits_for_two_minutes(
    server: SmtpServer, mailer: Mailer, signs: Sign, petition: SigningPetition
) -> None:
    signs(ADA)
    send_all(mailer)
    for _ in range(3):
        ask_for_mail(petition, parse_address(ADA))
        send_all(mailer)
    assert len(server.mails) == 1
    assert Signature.objects.get().mail_due_at is not None
    make_due()
    send_all(mailer)
    assert len(server.mails) == 2


def test_asking_uses_up_no_more_than_posts_do(
    server: SmtpServer, mailer: Mailer, signs: Sign, petition: SigningPetition
) -> None:
    signs(ADA)
    send_all(mailer)
    for _ in range(4):
        ask(petition, mailer)
    assert len(server.mails) == 3
    let_a_day_pass()
    for _ in range(3):
        ask(petition, mailer)
    assert sorted(MailboxMail.objects.values_list("no", flat=True)) == [1, 2, 3, 4]


def test_mailers_that_take_the_same_requests_mail_once(
    server: SmtpServer, mailer: Mailer, signs: Sign, petition: SigningPetition
) -> None:
    addresses = [f"box{number:02}@example.net" for number in range(20)]
    for address in addresses:
        signs(address)
    Signature.objects.update(mail_due_at=None)
    for address in addresses:
        ask_for_mail(petition, parse_address(address))
    at_once(*[lambda: ConfirmMails().claim(100)] * 4)
    assert MailboxMail.objects.count() == 20
    assert not MailRequest.objects.exists()


def test_who_signed_by_the_way_of_the_code_gets_it_in_the_place_of_the_link(
    server: SmtpServer, mailer: Mailer, signs: Sign, petition: SigningPetition
) -> None:
    signs(ADA)
    Signature.objects.update(code_only=True)
    send_all(mailer)
    (mail,) = server.mails
    for subtype in ("plain", "html"):
        text = mail.part(subtype)
        assert "/confirm/" not in text
        assert "/en/petitions/water/check-your-mail/#code" in text
        assert "/withdraw/" in text
        assert code_in(mail, subtype) == code_in(mail)
    assert confirm_by_code(petition, parse_address(ADA), code_in(mail)) is not None
