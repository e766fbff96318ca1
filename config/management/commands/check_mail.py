"""Whether our mail can arrive: what the DNS says about the sender, the mail server, and a test delivery."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Iterator
from typing import Any

import dns.resolver
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaigns.addresses import AddressError, parse_address
from campaigns.mail_delivery import configured_transport
from campaigns.mail_letters import Words, letter, sender_domain
from campaigns.mail_transport import MailError
from campaigns.sender_checks import Finding, Grade, Sender, check_sender

PATIENCE = 5.0  # seconds for one question to the DNS
SERVER = "Mail server"
TO_DO = {
    "ConnectionRefusedError": "Nothing listens there: check host and port in EMAIL_URL.",
    "TimeoutError": "Nobody answers: a firewall may stand between, or the port is wrong.",
    "gaierror": "The host in EMAIL_URL is not known.",
    "SSLCertVerificationError": "Its certificate is not for the host in EMAIL_URL, or nobody known has signed it.",
    "SMTPNotSupportedError": "It offers no STARTTLS or sign-in at this port: try smtp+tls://…:587 or smtp+ssl://…:465.",
    "535": "It does not take user and password of EMAIL_URL.",
}


class Command(BaseCommand):
    """Each line says what is right or wrong, and what to do. Never prints a password."""

    help = "Explain SPF, DKIM and DMARC of the sender, try the mail server, and with --to deliver a test mail."

    def add_arguments(self, parser: CommandParser) -> None:
        """Nothing is required."""
        parser.add_argument("--to", metavar="ADDRESS", help="deliver a test mail to this address")
        parser.add_argument(
            "--selector", action="append", default=[], metavar="NAME", help="a DKIM selector of your relay (repeatable)"
        )
        parser.add_argument("--nameserver", metavar="IP[:PORT]", help="ask this name server instead of the machine's")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit status 1 if anything is wrong."""
        resolver = _resolver(options["nameserver"])
        bounces = settings.BOUNCE_ADDRESS.rpartition("@")[2] or sender_domain()
        findings = check_sender(Sender(sender_domain(), bounces, options["selector"]), resolver)
        findings += _server(options["to"])
        for found in findings:
            self.stdout.write(f"{found.grade.value:8}  {found.about}: {found.says}")
            if found.to_do:
                self.stdout.write(f"{'':8}  -> {found.to_do}")
        wrong = [found for found in findings if found.grade == Grade.WRONG]
        if wrong:
            raise CommandError(f"{len(wrong)} of {len(findings)} findings keep mail from arriving.")


def _resolver(nameserver: str | None) -> dns.resolver.Resolver:
    resolver = dns.resolver.Resolver(configure=nameserver is None)
    resolver.lifetime = PATIENCE
    if nameserver is not None:
        host, _, port = nameserver.partition(":") if nameserver.count(":") == 1 else (nameserver, "", "")
        try:
            resolver.nameservers = [str(ipaddress.ip_address(host))]
            resolver.port = int(port or 53)
        except ValueError:
            raise CommandError("--nameserver must be an IP address, with a port if it is not 53.") from None
    return resolver


def _server(to: str | None) -> Iterator[Finding]:
    yield from _encryption()
    transport = configured_transport()
    try:
        transport.open()
        yield Finding(Grade.GOOD, SERVER, "takes our sign-in.")
        if to is not None:
            transport.offer(_test_letter(to))
            transport.hand_over()
            yield Finding(Grade.GOOD, "Test mail", "was taken. Look at its headers: spf, dkim and dmarc must say pass.")
    except MailError as problem:
        reason = str(problem).rpartition(" ")[2]
        to_do = TO_DO.get(reason, "Ask whoever runs the mail server: its log has the words that belong to this code.")
        yield Finding(Grade.WRONG, SERVER, f"says no ({type(problem).__name__} at {problem}).", to_do)
    finally:
        transport.close()


def _encryption() -> Iterator[Finding]:
    if settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL or settings.EMAIL_HOST in {"localhost", "127.0.0.1", "::1"}:
        return
    says = f"mail leaves to {settings.EMAIL_HOST} without encryption: whoever listens reads every address."
    yield Finding(Grade.WRONG, SERVER, says, "Use smtp+tls:// or smtp+ssl:// in EMAIL_URL.")


def _test_letter(to: str) -> Any:
    try:
        address = parse_address(to).typed
    except AddressError as problem:
        raise CommandError(f"--to: {problem}") from None
    words = Words("A test of our mail", "campaigns/mail/test", "en", {"origin": settings.ORIGIN})
    return letter(words, to=address, reference=f"test-{secrets.token_hex(16)}", unasked=False)
