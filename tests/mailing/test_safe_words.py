"""The one mail of a petition in safe mode: it and its headers say nothing of the cause or of who asks."""

from __future__ import annotations

import re

import pytest
from pytest_django import Settings

from campaigns.mailing import Mailer
from campaigns.petitions.petitions import Linger
from campaigns.petitions.signable import SigningPetition, load
from campaigns.petitions.signing import sign
from tests.mailing.conftest import send_all
from tests.mailing.test_words import everything
from tests.petitions.cast import make_petition, submission
from tests.smtp_server import Received, SmtpServer

NAMES_SOMEBODY = re.compile(r"petition|water|river|friends|upstander|sign(?!ature\b)|\bcity\b", re.IGNORECASE)


@pytest.fixture
def petition(transactional_db: None) -> SigningPetition:
    return load(make_petition("k7", safe_mode=True, linger=Linger.SAFE))


@pytest.fixture
def mail(server: SmtpServer, mailer: Mailer, petition: SigningPetition, settings: Settings) -> Received:
    settings.SAFE_FROM_EMAIL = "Post <post@neutral.example>"
    sign(petition, submission(petition, "someone@example.net"))
    send_all(mailer)
    (mail,) = server.mails
    return mail


def test_it_names_neither_the_cause_nor_who_asks(mail: Received) -> None:
    text = re.sub(r"http://\S+", "", everything(mail))
    assert not NAMES_SOMEBODY.findall(text)
    assert mail.message["Subject"] == "Please confirm"


def test_sender_and_message_id_are_the_neutral_ones(mail: Received) -> None:
    assert mail.message["From"] == "Post <post@neutral.example>"
    assert re.fullmatch(r"<[a-z2-7]{53}@neutral\.example>", mail.message["Message-ID"])
    assert "example.org" not in mail.raw.decode()


def test_both_parts_hold_both_links_and_say_how_long_they_work(mail: Received) -> None:
    for subtype in ("plain", "html"):
        links = set(re.findall(r"http://127\.0\.0\.1:8000/en/(\w+)/[A-Za-z0-9_-]{39}/", mail.part(subtype)))
        assert links == {"confirm", "withdraw"}
        assert "24 hours" in mail.part(subtype)


def test_without_a_setting_the_sender_is_the_bare_address(settings: Settings) -> None:
    assert settings.SAFE_FROM_EMAIL == "petitions@example.org"
