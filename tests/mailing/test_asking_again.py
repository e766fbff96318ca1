"""A mail that was asked for by address alone, and the code in every mail."""

from __future__ import annotations

import re

from campaigns.addresses import parse_address
from campaigns.mailing import Mailer
from campaigns.petitions.behind_code import TRIES_A_DAY
from campaigns.petitions.confirming import confirm, confirm_by_code
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


def use_up_codes(petition: SigningPetition, address: str = ADA, tries: int = TRIES_A_DAY) -> None:
    """A stranger guesses."""
    for _ in range(tries):
        assert confirm_by_code(petition, parse_address(address), "00000000") is None


def test_a_stranger_who_uses_up_the_codes_of_a_mailbox_without_a_link_brings_its_owner_one(
    server: SmtpServer, mailer: Mailer, signs: Sign, petition: SigningPetition
) -> None:
    signs(ADA)
    Signature.objects.update(code_only=True)
    send_all(mailer)
    use_up_codes(petition)
    send_all(mailer)
    first, second = server.mails
    assert confirm_by_code(petition, parse_address(ADA), code_in(first)) is None
    (token,) = set(re.findall(r"/confirm/([\w-]+)/", second.part("plain")))
    answer = confirm(token)
    assert answer is not None
    assert answer.status == "confirmed"


def test_the_link_comes_once_and_past_what_posts_may_cause(
    server: SmtpServer, mailer: Mailer, signs: Sign, petition: SigningPetition
) -> None:
    """Posts and guesses by a stranger together: five mails at most, and one that holds a link."""
    for name in ("Ada", "Bea", "Cia"):
        signs(ADA, name)
        Signature.objects.update(code_only=True)
        make_due()
        send_all(mailer)
    assert len(server.mails) == 3
    for _ in range(3):
        use_up_codes(petition)
        send_all(mailer)
        make_due()
        send_all(mailer)
    assert ["/confirm/" in mail.part("plain") for mail in server.mails] == [False, False, False, True]


def test_codes_used_up_before_somebody_signs_bring_the_link_when_she_types_hers(
    server: SmtpServer, mailer: Mailer, signs: Sign, petition: SigningPetition
) -> None:
    use_up_codes(petition)
    send_all(mailer)
    assert not MailRequest.objects.exists()
    signs(ADA)
    Signature.objects.update(code_only=True)
    send_all(mailer)
    use_up_codes(petition, tries=1)
    send_all(mailer)
    assert ["/confirm/" in mail.part("plain") for mail in server.mails] == [False, True]


def test_who_has_a_link_gets_another_mail_within_the_cap(
    server: SmtpServer, mailer: Mailer, signs: Sign, petition: SigningPetition
) -> None:
    signs(ADA)
    send_all(mailer)
    use_up_codes(petition, tries=TRIES_A_DAY + 5)
    send_all(mailer)
    make_due()  # two minutes after the mail before
    send_all(mailer)
    assert ["/confirm/" in mail.part("plain") for mail in server.mails] == [True, True]
    assert sorted(MailboxMail.objects.values_list("no", flat=True)) == [1, 2]


def test_whoever_guesses_at_a_mailbox_without_a_signature_causes_nothing(
    server: SmtpServer, mailer: Mailer, petition: SigningPetition
) -> None:
    use_up_codes(petition, "nobody@example.net")
    assert MailRequest.objects.count() == 1
    send_all(mailer)
    assert (server.mails, MailRequest.objects.count(), MailboxMail.objects.count()) == ([], 0, 0)
