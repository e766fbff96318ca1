"""The operator learns why mail does not arrive: from the DNS, from the mail server, by a test mail."""

from __future__ import annotations

import base64
import socket
from collections.abc import Iterator
from io import StringIO

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from tests.name_server import name_server
from tests.smtp_server import HOST, SmtpServer, running

Zone = dict[tuple[str, str], list[str]]


def dkim_key(bits: int) -> str:
    der = generate_private_key(65537, bits).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    text = base64.b64encode(der).decode()
    return f'"v=DKIM1; k=rsa; p={text[:200]}" "{text[200:]}"'


@pytest.fixture(scope="module")
def good_key() -> str:
    return dkim_key(2048)


@pytest.fixture
def zone(good_key: str) -> Zone:
    return {
        ("example.org", "TXT"): ['"v=spf1 include:relay.example -all"', '"something else"'],
        ("relay.example", "TXT"): ['"v=spf1 ip4:192.0.2.1 -all"'],
        ("example.org", "MX"): ["10 mx.example.org."],
        ("_dmarc.example.org", "TXT"): ['"v=DMARC1; p=quarantine; rua=mailto:d@example.org"'],
        ("mail._domainkey.example.org", "TXT"): [good_key],
    }


@pytest.fixture
def server(settings: Settings) -> Iterator[SmtpServer]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = HOST
    settings.EMAIL_TIMEOUT = 5
    settings.EMAIL_HOST_PASSWORD = "not-to-be-shown"
    with running() as server:
        settings.EMAIL_PORT = server.port
        yield server


def check(zone: Zone, *arguments: str) -> str:
    out = StringIO()
    with name_server(zone) as where:
        call_command("check_mail", *arguments, "--nameserver", where, stdout=out)
    return out.getvalue()


def complaint(zone: Zone, *arguments: str) -> str:
    out = StringIO()
    with name_server(zone) as where, pytest.raises(CommandError) as caught:
        call_command("check_mail", *arguments, "--nameserver", where, stdout=out)
    assert "keep mail from arriving" in str(caught.value)
    assert "not-to-be-shown" not in out.getvalue()
    return "\n".join(line for line in out.getvalue().splitlines() if not line.startswith("good"))


@pytest.mark.usefixtures("server")
def test_all_is_well(zone: Zone) -> None:
    said = check(zone)
    assert "wrong" not in said
    assert "doubtful" not in said
    assert [line.split()[1] for line in said.splitlines() if line.startswith("good")] == [
        "SPF:", "DKIM:", "DMARC:", "Alignment:", "Mail",
    ]  # fmt: skip


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize(
    ("name", "record", "says"),
    [
        ("example.org", None, "has 0 SPF records"),
        ("example.org", ['"v=spf1 -all"', '"v=spf1 mx -all"'], "has 2 SPF records"),
        ("example.org", ['"v=spf1 +all"'], "the whole world"),
        ("_dmarc.example.org", None, "no DMARC record"),
        ("_dmarc.example.org", ['"v=DMARC1; p=none"', '"v=DMARC1; p=reject"'], "has 2 records"),
        ("_dmarc.example.org", ['"v=DMARC1; p=maybe"'], "no valid p="),
        ("mail._domainkey.example.org", ['"v=DKIM1; p="'], "withdrawn"),
        ("mail._domainkey.example.org", ['"v=DKIM1; p=AAAA"'], "cannot be read"),
    ],
)
def test_what_is_wrong_in_the_dns_is_said_with_what_to_do(
    zone: Zone, name: str, record: list[str] | None, says: str
) -> None:
    del zone[name, "TXT"]
    if record:
        zone[name, "TXT"] = record
    said = complaint(zone)
    assert says in said
    assert "-> " in said.partition(says)[2]


@pytest.mark.usefixtures("server")
def test_what_is_doubtful_is_said_and_fails_nothing(zone: Zone) -> None:
    zone["example.org", "TXT"] = ['"v=spf1 ?all"']
    zone["_dmarc.example.org", "TXT"] = ['"v=DMARC1; p=none"']
    zone["mail._domainkey.example.org", "TXT"] = [dkim_key(1024)]
    said = check(zone)
    assert said.count("doubtful") == 3
    del zone["mail._domainkey.example.org", "TXT"]
    assert "usual selectors" in check(zone)


@pytest.mark.usefixtures("server")
def test_a_selector_that_the_operator_names_must_be_there(zone: Zone) -> None:
    assert "no key of example.org under mine" in complaint(zone, "--selector", "mine")
    assert "RSA key of 2048 bits" in check(zone, "--selector", "mail")


@pytest.mark.usefixtures("server")
def test_more_look_ups_than_receivers_do_are_counted_through_includes(zone: Zone) -> None:
    zone["example.org", "TXT"] = ['"v=spf1 include:relay.example mx -all"']
    zone["relay.example", "TXT"] = ['"v=spf1 ' + " ".join(f"a:{n}.example" for n in range(9)) + ' -all"']
    assert "needs 11 look-ups" in complaint(zone)
    zone["relay.example", "TXT"] = ['"v=spf1 include:relay.example include:example.org -all"']  # a ring ends
    assert "wrong" not in check(zone)


@pytest.mark.usefixtures("server")
def test_the_envelope_must_speak_for_the_sender(zone: Zone, settings: Settings) -> None:
    settings.BOUNCE_ADDRESS = "bounces@mail.example.org"
    zone["mail.example.org", "TXT"] = ['"v=spf1 ip4:192.0.2.1 -all"']
    zone["mail.example.org", "MX"] = ["10 mx.example.org."]
    assert "mail.example.org speaks for example.org" in check(zone)
    zone["_dmarc.example.org", "TXT"] = ['"v=DMARC1; p=reject; aspf=s"']
    assert "only DKIM does" in check(zone)


@pytest.mark.usefixtures("server")
def test_a_domain_that_takes_no_mail_is_told(zone: Zone) -> None:
    del zone["example.org", "MX"]
    assert "no mail can be delivered to example.org" in complaint(zone)


@pytest.mark.usefixtures("server")
def test_a_name_server_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.management.commands.check_mail.PATIENCE", 0.3)
    out = StringIO()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mute:
        mute.bind((HOST, 0))
        with pytest.raises(CommandError):
            call_command("check_mail", "--nameserver", f"{HOST}:{mute.getsockname()[1]}", stdout=out)
    assert "DNS: cannot be asked" in out.getvalue()


def test_a_test_mail_is_delivered(zone: Zone, server: SmtpServer) -> None:
    assert "was taken" in check(zone, "--to", "me@example.net")
    assert server.recipients == ["me@example.net"]
    assert "This is a test" in server.mails[0].part("plain")


def test_a_server_that_refuses_the_test_is_told_without_its_words(zone: Zone, server: SmtpServer) -> None:
    server.at_recipient = lambda _: "554 5.7.1 <me@example.net> relay access denied"
    said = complaint(zone, "--to", "me@example.net")
    assert "Objected at RCPT 554" in said
    assert "me@example.net" not in said


def test_a_server_that_is_down_is_told(zone: Zone, server: SmtpServer) -> None:
    server.stop()
    assert "check host and port in EMAIL_URL" in complaint(zone)


def test_sign_in_that_is_refused_is_told(zone: Zone, server: SmtpServer, settings: Settings) -> None:
    settings.EMAIL_HOST_USER = "somebody"
    assert "SMTPNotSupportedError" in complaint(zone)


def test_mail_without_encryption_over_the_net_is_wrong(zone: Zone, server: SmtpServer, settings: Settings) -> None:
    settings.EMAIL_HOST = "127.0.0.2"  # another machine, as far as anybody can tell
    assert "without encryption" in complaint(zone)


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("arguments", [["--to", "nobody"], ["--nameserver", "dns.example"]])
def test_what_cannot_be_meant_is_refused(arguments: list[str]) -> None:
    with pytest.raises(CommandError, match="--"), name_server({}) as where:
        call_command("check_mail", "--nameserver", where, *arguments, stdout=StringIO())
