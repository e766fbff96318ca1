"""Each recipient domain has a pace of its own: one that defers or refuses holds up nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from campaigns.mail_domains import FEWEST, NAMED_FROM, REFUSED_PAUSE, Domains
from campaigns.mail_troubles import MailDomainPause, MailTrouble, TroubleKind
from campaigns.mailing import Mailer
from campaigns.petitions.mail_source import ConfirmMails
from campaigns.petitions.signatures import MailboxMail
from tests.mailing.conftest import OPERATOR, MakeMailer, Sign, send_all
from tests.smtp_server import SmtpServer

SLOW, OTHER = "slow.example", "other.example"


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def domains(clock: Clock) -> Domains:
    return Domains(10, lambda tries: timedelta(minutes=2**tries), clock)


def leaves(domains: Domains, domain: str = SLOW) -> bool:
    return not domains.wait(domain)


def test_a_deferral_pauses_that_domain_alone_twice_as_long_each_time(domains: Domains, clock: Clock) -> None:
    for minutes in (1, 2, 4):
        assert leaves(domains)
        assert domains.deferred(SLOW).lasts == timedelta(minutes=minutes)
        assert not leaves(domains)
        assert leaves(domains, OTHER)
        clock.now += 60 * minutes
    assert leaves(domains)
    assert domains.took(SLOW)
    assert domains.deferred(SLOW).lasts == timedelta(minutes=1)


def test_mails_that_must_wait_get_a_place_each_in_their_order(domains: Domains, clock: Clock) -> None:
    leaves(domains)
    domains.deferred(SLOW)
    waits = [domains.wait(SLOW) for _ in range(50)]
    assert waits[0] > timedelta(minutes=1)
    assert waits == sorted(set(waits))
    for wait in waits:
        clock.now = 1000 + wait.total_seconds()
        assert leaves(domains)


def test_no_more_than_its_rate_goes_to_a_domain(clock: Clock) -> None:
    domains = Domains(0.5, lambda _tries: timedelta(0), clock)
    left = 0
    for _ in range(600):
        left += leaves(domains)
        clock.now += 0.1
    assert 30 <= left <= 31  # a minute's thirty, and one at the start
    assert leaves(domains, OTHER)


def test_a_domain_that_refuses_too_much_as_unknown_pauses(domains: Domains, clock: Clock) -> None:
    """Over 8 % of the last hundred; fewer than fifty say nothing."""
    for number in range(FEWEST - 1):
        clock.now += 1
        assert leaves(domains)
        if number % 10 == 9:
            assert domains.refused(SLOW) is None
        else:
            domains.took(SLOW)
    clock.now += 1
    leaves(domains)
    pause = domains.refused(SLOW)
    assert pause is not None
    assert pause.refusing
    assert pause.domain == SLOW
    assert not leaves(domains)
    assert leaves(domains, OTHER)
    clock.now += REFUSED_PAUSE.total_seconds()
    assert leaves(domains)


def test_a_few_unknown_addresses_are_what_people_mistype(domains: Domains, clock: Clock) -> None:
    for number in range(500):
        clock.now += 1
        assert leaves(domains)
        if number % 13 == 12:  # 7.7 %
            assert domains.refused(SLOW) is None
        else:
            domains.took(SLOW)


def test_a_domain_is_named_only_when_many_mails_went_there(domains: Domains, clock: Clock) -> None:
    for _ in range(NAMED_FROM - 1):
        clock.now += 1
        leaves(domains)
    assert domains.deferred(SLOW).domain == ""
    clock.now += 60
    leaves(domains)
    assert domains.deferred(SLOW).domain == SLOW


def test_a_domain_that_defers_leaves_the_others_alone_and_is_not_asked_again_and_again(
    server: SmtpServer, make_mailer: MakeMailer, signs: Sign, client: Client
) -> None:
    mailer = make_mailer(rate=50)
    mailer._delay = lambda tries: timedelta(minutes=10)
    tried: list[str] = []

    def defers(address: str) -> str | None:
        tried.append(address)
        return "451 4.7.0 too much mail" if address.endswith(SLOW) else None

    server.at_recipient = defers
    people = [f"person{number:02}@{SLOW if number % 2 else OTHER}" for number in range(20)]
    for address in people:
        signs(address)
    send_all(mailer)
    assert server.recipients == people[::2]
    assert len([address for address in tried if address.endswith(SLOW)]) == 1
    assert not ConfirmMails().due()
    assert ConfirmMails().queue().length == 10
    assert client.get("/healthz", headers=OPERATOR).json()["mail"] == "slowed"
    assert MailTrouble.objects.get().kind == TroubleKind.THROTTLED
    assert MailDomainPause.objects.get().domain == ""  # ten mails: it could be a family's server

    server.at_recipient = lambda _: None
    the_time_has_come(mailer)
    assert server.recipients == people[::2] + people[1::2]
    assert set(server.ids.values()) == {1}
    assert set(MailboxMail.objects.values_list("tries", flat=True)) == {0, 1}


def the_time_has_come(mailer: Mailer) -> None:
    """The pauses of domains and mails are over; the mails keep their places."""
    for state in mailer._domains._known.values():
        state.paused_until = 0
    with connection.cursor() as cursor:
        cursor.execute("UPDATE mailbox_mail SET due_at = due_at - interval '20 minutes' WHERE sending_at IS NULL")
    send_all(mailer)


@pytest.mark.parametrize(
    "answer", ["450 4.7.1 Greylisted, come back", "451 4.2.0 grey-listed", "450 4.2.1 busy", "552 5.2.2 full"]
)
def test_what_concerns_one_mail_does_not_slow_its_domain(
    server: SmtpServer, make_mailer: MakeMailer, signs: Sign, answer: str
) -> None:
    mailer = make_mailer()
    mailer._delay = lambda tries: timedelta(minutes=10)
    server.at_recipient = lambda address: answer if address.startswith("first") else None
    signs("first@slow.example")
    signs("second@slow.example")
    send_all(mailer)
    assert server.recipients == ["second@slow.example"]


def test_a_domain_that_answers_421_closes_the_session_and_holds_up_nobody(
    server: SmtpServer, make_mailer: MakeMailer, signs: Sign
) -> None:
    mailer = make_mailer()
    mailer._delay = lambda tries: timedelta(minutes=10)
    server.at_recipient = lambda address: "421 4.7.0 too fast" if address.endswith(SLOW) else None
    for address in [f"a@{SLOW}", f"b@{OTHER}", f"c@{SLOW}", f"d@{OTHER}"]:
        signs(address)
    send_all(mailer)
    assert server.recipients == [f"b@{OTHER}", f"d@{OTHER}"]


def test_many_unknown_addresses_of_a_domain_are_told(
    server: SmtpServer, mailer: Mailer, signs: Sign, client: Client
) -> None:
    server.at_recipient = lambda address: "550 5.1.1 unknown" if "odd" in address else None
    for number in range(FEWEST + 10):
        signs(f"{'odd' if number % 5 == 0 else 'person'}{number:02}@{SLOW}")
    send_all(mailer)
    assert len(server.mails) < FEWEST
    assert MailDomainPause.objects.get(refusing=True).domain == SLOW
    assert client.get("/healthz", headers=OPERATOR).json()["mail"] == "refusing"
