"""What the mail says, and what it must not hold."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from campaigns.mail_letters import Words, letter
from campaigns.mailing import Mailer
from campaigns.petitions.petitions import PetitionText
from campaigns.petitions.signable import SigningPetition
from campaigns.petitions.signatures import Signature
from tests.mailing.conftest import Sign, send_all
from tests.smtp_server import Received, SmtpServer

TYPED = "Zebulon Buy-Now"


@pytest.fixture
def mail(server: SmtpServer, mailer: Mailer, signs: Sign) -> Received:
    signs("someone@example.net", TYPED)
    send_all(mailer)
    return server.mails[0]


def everything(mail: Received) -> str:
    parts = [part.get_content() for part in mail.message.walk() if not part.is_multipart()]
    return "\n".join([str(mail.message), *mail.message.values(), *parts])


def test_the_mail_holds_nothing_that_was_typed_but_its_own_address(mail: Received) -> None:
    text = everything(mail)
    for typed in ("Zebulon", "Buy", "Netherlands"):
        assert typed not in text
    assert text.count("someone@example.net") == 2  # `To`, seen twice


def test_plain_text_comes_first_and_both_parts_hold_both_links(mail: Received) -> None:
    assert [part.get_content_type() for part in mail.message.iter_parts()] == ["text/plain", "text/html"]
    for subtype in ("plain", "html"):
        links = set(re.findall(r"http://127\.0\.0\.1:8000/en/(\w+)/[A-Za-z0-9_-]{39}/", mail.part(subtype)))
        assert links == {"confirm", "withdraw"}
        assert len(re.findall(r"http://127\.0\.0\.1:8000/en/no-more-mail/[A-Za-z0-9_-]{43}/", mail.part(subtype))) == (
            1 if subtype == "plain" else 2  # the link and what it shows
        )


def test_the_html_loads_nothing_and_every_link_shows_where_it_leads(mail: Received) -> None:
    html = mail.part("html")
    assert not re.search(r"<(?:img|link|script|iframe|object|video|audio|source)\b|url\(|src=", html)
    links = re.findall(r'<a href="([^"]*)" dir="ltr">\s*(\S*?)\s*</a>', html)
    assert len(links) == 3
    assert all(target == shown for target, shown in links)


def test_headers_name_the_sender_and_no_machine(mail: Received) -> None:
    headers = mail.message
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["From"] == "Upstander <petitions@example.org>"
    assert headers["List-Unsubscribe"] is headers["List-Unsubscribe-Post"] is None
    assert re.fullmatch(r"<[a-z2-7]{53}@example\.org>", headers["Message-ID"])


def test_the_message_id_is_no_key_of_the_mailbox(mail: Received) -> None:
    mailbox = bytes(Signature.objects.get().email_key or b"")
    assert mailbox.hex() not in everything(mail)


def test_it_is_ascii_in_short_lines(mail: Received) -> None:
    assert mail.raw.isascii()
    assert max(map(len, mail.raw.split(b"\r\n"))) < 100
    assert b"\r\nMessage-ID: <" in mail.raw


def test_an_arabic_mail_runs_from_right_to_left(server: SmtpServer, mailer: Mailer, signs: Sign) -> None:
    signs("someone@example.net", lang="ar")
    send_all(mailer)
    (mail,) = server.mails
    assert '<html lang="ar" dir="rtl">' in mail.part("html")
    assert "ماء نظيف الآن" in mail.part("plain")
    assert "http://127.0.0.1:8000/ar/confirm/" in mail.part("plain")
    assert mail.message["Content-Language"] == "ar"
    assert mail.raw.isascii()


def test_a_language_without_a_text_keeps_the_title_in_its_own_direction(
    server: SmtpServer, mailer: Mailer, signs: Sign, petition: SigningPetition
) -> None:
    signs("someone@example.net", lang="fr")
    send_all(mailer)
    assert '<strong lang="en" dir="ltr">Clean water now</strong>' in re.sub(r"\s+", " ", server.mails[0].part("html"))


NEWS = Words(
    subject="News",
    templates="petitions/mail/already",
    lang="en",
    context={"petition": PetitionText(lang="en", title="T")},
)


def test_a_mail_of_a_list_is_ended_by_one_click() -> None:
    news = letter(replace(NEWS, one_click="https://act.example.org/end/1/"), to="a@example.net", reference="a")
    assert news.message["List-Unsubscribe"] == "<https://act.example.org/end/1/>"
    assert news.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_mail_may_come_from_a_neutral_sender_and_shows_no_other() -> None:
    neutral = "Messages <post@plain.example>"
    sent = letter(replace(NEWS, sender=neutral), to="a@example.net", reference="a")
    assert sent.message["From"] == neutral
    assert sent.sender == "post@plain.example"
    assert sent.message["Message-ID"] == "<a@plain.example>"
    assert b"example.org" not in sent.as_bytes()
