"""In the demo the same mailer writes into the mailbox of the same site."""

from __future__ import annotations

from pathlib import Path

from pytest_django.fixtures import Settings

from campaigns.mail_delivery import configured_transport
from campaigns.mail_smtp import SmtpTransport
from campaigns.mailing import Mailer
from campaigns.petitions.mail_source import ConfirmMails
from config.demo_mailbox import Mail
from tests.mailing.conftest import Sign, send_all


def test_mails_become_files_that_the_mailbox_shows(settings: Settings, tmp_path: Path, signs: Sign) -> None:
    settings.EMAIL_BACKEND = "config.demo_mailbox.MailboxBackend"
    settings.MAILBOX = tmp_path / "mail"
    signs("first@example.net")
    signs("second@example.net")
    send_all(Mailer([ConfirmMails()], configured_transport(), 1000))
    mails = [Mail.read(file) for file in sorted(settings.MAILBOX.glob("*.eml"))]
    assert [mail.recipient for mail in mails] == ["first@example.net", "second@example.net"]
    assert all("/en/confirm/" in mail.text for mail in mails)
    assert ConfirmMails().queue().length == 0


def test_a_mail_server_in_the_settings_is_used(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert isinstance(configured_transport(), SmtpTransport)
