"""A mail that comes back, or is called spam, flags its mailbox; nobody can make such a report up."""

from __future__ import annotations

import base64
import json
import mailbox
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from campaigns.bounce_reports import Kind, read_report
from campaigns.mail_troubles import MailTrouble, TroubleKind
from campaigns.mailing import Mailer
from campaigns.petitions.signatures import MailboxMail, Signature
from campaigns.suppression import Reason, SuppressedMailbox, is_suppressed
from config.body_gate import BodyGate
from config.mail_returns import Read, read_bounces
from config.mail_settings import PROVIDERS
from tests.mailing.conftest import Sign, make_due, send_all
from tests.mailing.returned import complaint, dsn, headers_of
from tests.smtp_server import Received, SmtpServer

SHE = "someone@example.net"
SECRET = "provider:a-long-shared-secret"


@pytest.fixture
def maildir(settings: Settings, tmp_path: Path) -> mailbox.Maildir:
    settings.BOUNCE_MAILDIR = tmp_path / "bounces"
    return mailbox.Maildir(settings.BOUNCE_MAILDIR, create=True)


@pytest.fixture
def mail(server: SmtpServer, mailer: Mailer, signs: Sign) -> Received:
    signs(SHE)
    send_all(mailer)
    return server.mails[0]


def refused() -> bool:
    return MailboxMail.objects.filter(refused_at__isnull=False).exists()


def troubles() -> dict[str, int]:
    return dict(MailTrouble.objects.values_list("kind", "n"))


def test_an_unknown_mailbox_gets_no_more_mail(
    maildir: mailbox.Maildir, mail: Received, server: SmtpServer, mailer: Mailer, signs: Sign
) -> None:
    maildir.add(dsn(mail))
    assert read_bounces() == Read(ours=1)
    assert refused()
    assert len(maildir) == 0  # it held an address
    assert SuppressedMailbox.objects.get().reason == Reason.BOUNCED
    SuppressedMailbox.objects.all().delete()
    signs(SHE, "Somebody else")
    make_due()
    send_all(mailer)
    assert len(server.mails) == 1
    assert troubles() == {TroubleKind.BOUNCED: 1}
    assert Signature.objects.count() == 2  # the form was told nothing


@pytest.mark.parametrize("status", ["5.2.2", "5.7.1", "5.3.4", "5.4.7", "4.4.7"])
def test_a_full_or_strict_mailbox_is_no_unknown_one(maildir: mailbox.Maildir, mail: Received, status: str) -> None:
    maildir.add(dsn(mail, status=status))
    assert read_bounces() == Read(ours=1)
    assert not refused()
    assert SuppressedMailbox.objects.count() == 0


def test_a_delay_is_only_told(maildir: mailbox.Maildir, mail: Received) -> None:
    maildir.add(dsn(mail, status="4.4.1", action="delayed"))
    assert read_bounces() == Read(ours=1)
    assert not refused()
    assert troubles() == {TroubleKind.DEFERRED: 1}


def test_a_complaint_stops_all_mail_to_the_address(maildir: mailbox.Maildir, mail: Received) -> None:
    maildir.add(complaint(mail))
    assert read_bounces() == Read(ours=1)
    assert refused()
    assert SuppressedMailbox.objects.get().reason == Reason.COMPLAINED
    assert is_suppressed(SHE.upper())
    assert troubles() == {TroubleKind.COMPLAINED: 1}


def test_a_complaint_counts_even_when_the_signature_is_gone(maildir: mailbox.Maildir, mail: Received) -> None:
    Signature.objects.all().delete()
    maildir.add(complaint(mail))
    read_bounces()
    assert is_suppressed(SHE)


def test_not_spam_is_no_complaint(maildir: mailbox.Maildir, mail: Received) -> None:
    maildir.add(complaint(mail, feedback="not-spam"))
    read_bounces()
    assert not is_suppressed(SHE)
    assert not refused()


def test_what_comes_back_to_the_return_path_names_the_mail(
    settings: Settings, maildir: mailbox.Maildir, server: SmtpServer, mailer: Mailer, signs: Sign
) -> None:
    settings.BOUNCE_ADDRESS = "bounces@act.example.org"
    senders: list[str] = []
    server.at_sender = senders.append
    signs(SHE)
    send_all(mailer)
    (sender,) = senders
    assert sender.startswith("bounces+")
    assert sender.endswith("@act.example.org")
    assert len(sender.partition("@")[0]) <= 64
    maildir.add(dsn(server.mails[0], to=sender, headers="Subject: nothing else came back"))
    assert read_bounces() == Read(ours=1)
    assert refused()


def test_a_returned_mail_in_base64_is_understood(maildir: mailbox.Maildir, mail: Received) -> None:
    wrapped = base64.encodebytes(headers_of(mail).encode()).decode()
    maildir.add(
        dsn(mail, headers="@@").replace(
            b"text/rfc822-headers\n\n@@",
            f"text/rfc822-headers\nContent-Transfer-Encoding: base64\n\n{wrapped}".encode(),
        )
    )
    assert read_bounces() == Read(ours=1)


def test_a_made_up_report_is_counted_and_believed_in_nothing(maildir: mailbox.Maildir, mail: Received) -> None:
    name = mail.id.strip("<>").partition("@")[0]
    forged = name[:-2] + ("a" if name[-2] != "a" else "b") + name[-1]
    maildir.add(dsn(mail).replace(name.encode(), forged.encode()))
    assert read_bounces() == Read(others=1)
    assert read_bounces() == Read()
    assert len(maildir) == 1
    assert not refused()
    assert not is_suppressed(SHE)
    assert troubles() == {TroubleKind.FORGED: 1}


def test_a_report_cannot_stop_the_mail_of_another_address(maildir: mailbox.Maildir, mail: Received) -> None:
    """Whoever gets our mail can report on it, and name somebody else."""
    maildir.add(complaint(mail).replace(b"Original-Rcpt-To: " + SHE.encode(), b"Original-Rcpt-To: victim@example.com"))
    read_bounces()
    assert is_suppressed(SHE)
    assert not is_suppressed("victim@example.com")


def test_what_people_write_stays_for_people(maildir: mailbox.Maildir, mail: Received) -> None:
    maildir.add(b"From: a@example.net\nSubject: Hello\n\nHow are you? " + mail.id.encode())
    assert read_bounces() == Read(others=1)
    assert read_bounces() == Read()
    (key,) = maildir.keys()
    assert "S" in maildir.get_message(key).get_flags()
    assert troubles() == {}


def test_the_command_says_how_many(maildir: mailbox.Maildir, mail: Received) -> None:
    maildir.add(dsn(mail))
    maildir.add(b"Subject: Hello\n\nHow are you?")
    out = StringIO()
    call_command("read_bounces", stdout=out)
    assert "1 reports" in out.getvalue()
    assert "1 other mails" in out.getvalue()
    assert "someone" not in out.getvalue()


@given(st.binary(max_size=400))
def test_garbage_is_no_report(raw: bytes) -> None:
    assert read_report(raw) is None
    read_report(b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n" + raw)
    read_report(b"Content-Type: message/feedback-report\n\n" + raw)
    read_report(b"Content-Type: " + raw)


def test_a_huge_report_is_read_within_bounds() -> None:
    nested = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2000))
    assert read_report(nested) is None
    many = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 200_000
    assert read_report(many) is None


@pytest.fixture
def postmark(settings: Settings) -> None:
    settings.MAIL_PROVIDER = "postmark"
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}


def report(mail: Received, **changes: Any) -> dict[str, Any]:
    """As Postmark documents it, with the headers that it keeps of a mail taken by SMTP."""
    return {
        "RecordType": "Bounce",
        "Type": "HardBounce",
        "TypeCode": 1,
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Email": mail.recipient,
        "BouncedAt": "2026-11-05T16:33:54.9070259Z",
        "Metadata": {},
        "Content": headers_of(mail),
        **changes,
    }


def call(client: Client, content: object, secret: str = SECRET, provider: str = "postmark") -> int:
    authorization = "Basic " + base64.b64encode(secret.encode()).decode()
    body = content if isinstance(content, str) else json.dumps(content)
    path = f"/hooks/mail/{provider}/"
    return client.post(path, body, "application/json", headers={"Authorization": authorization}).status_code


@pytest.mark.usefixtures("postmark")
def test_a_provider_reports_a_bounce(client: Client, mail: Received) -> None:
    assert call(client, report(mail)) == 200
    assert refused()
    assert SuppressedMailbox.objects.get().reason == Reason.BOUNCED


@pytest.mark.usefixtures("postmark")
def test_a_provider_reports_a_complaint(client: Client, mail: Received) -> None:
    assert call(client, report(mail, RecordType="SpamComplaint", Type="SpamComplaint")) == 200
    assert SuppressedMailbox.objects.get().reason == Reason.COMPLAINED


@pytest.mark.usefixtures("postmark")
def test_what_a_provider_did_not_send_is_refused(client: Client, mail: Received) -> None:
    for secret in ("provider:wrong-shared-secret", "", SECRET[:-1]):
        assert call(client, report(mail), secret) == 403
    assert client.post("/hooks/mail/postmark/", json.dumps(report(mail)), "application/json").status_code == 403
    assert client.get("/hooks/mail/postmark/").status_code == 405
    assert not refused()
    assert troubles() == {}


@pytest.mark.usefixtures("postmark")
def test_only_the_provider_of_the_settings_is_answered(client: Client, mail: Received, settings: Settings) -> None:
    assert call(client, report(mail), provider="sendgrid") == 404
    settings.MAIL_PROVIDER = ""
    assert call(client, report(mail)) == 404
    assert not refused()


@pytest.mark.usefixtures("postmark", "db")
@pytest.mark.parametrize(
    "body", ["", "{", "[]", "null", '{"RecordType": 5}', '"x"', "[[[[", "[" * 100_000, '{"RecordType": "Bounce"}']
)
def test_what_cannot_be_read_changes_nothing(client: Client, body: str) -> None:
    assert call(client, body) in {200, 400}
    assert set(troubles()) <= {TroubleKind.FORGED}


def test_what_is_unknown_is_the_address_and_not_the_moment(mail: Received) -> None:
    kinds = {}
    for status in ("5.1.1", "5.1.10", "5.0.0", "5.2.1", "5.2.2", "5.7.26"):
        found = read_report(dsn(mail, status=status))
        assert found is not None
        kinds[status] = found.kind
    assert [status for status, kind in kinds.items() if kind == Kind.UNKNOWN] == ["5.1.1", "5.1.10", "5.0.0", "5.2.1"]


@pytest.mark.parametrize(("path", "status"), [("/hooks/mail/postmark/", "200"), ("/en/petitions/water/sign/", "415")])
def test_the_gate_takes_json_of_providers_alone(path: str, status: str) -> None:
    answers: list[str] = []
    environ = RequestFactory().post(path, "{}", "application/json").environ

    def site(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [b""]

    def start_response(answer: str, headers: Any, error: Any = None, /) -> Any:
        answers.append(answer)

    list(BodyGate(site)(environ, start_response))
    assert [answer[:3] for answer in answers] == [status]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_provider_is_told_the_name_of_a_mail_and_to_leave_its_links_alone(
    settings: Settings, server: SmtpServer, mailer: Mailer, signs: Sign, provider: str
) -> None:
    settings.MAIL_PROVIDER = provider
    signs(SHE)
    send_all(mailer)
    (mail,) = server.mails
    name = mail.id.strip("<>").partition("@")[0]
    own = {header: str(value) for header, value in mail.message.items() if header.startswith("X-")}
    assert any(name in value for value in own.values())
    if provider != "brevo":  # it knows no such header
        assert re.search("track", json.dumps(own), re.IGNORECASE)
    for value in own.values():
        if value.startswith("{"):
            json.loads(value)
