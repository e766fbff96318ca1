"""A pledge with an address: its mail, its link, and when it counts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from campaigns.demonstrations.confirming import Confirmation, confirm, send_again
from campaigns.demonstrations.demonstrations import Demonstration, Status
from campaigns.demonstrations.mail_source import PledgeMails
from campaigns.demonstrations.pledging import pledge
from campaigns.mail_smtp import SmtpServer as Smtp
from campaigns.mail_smtp import SmtpTransport
from campaigns.mail_transport import ServerAway
from campaigns.mailing import Mailer
from campaigns.suppression import Reason, digest_of, suppress
from campaigns.tokens import Purpose
from reports.editorial.publishing import State
from tests.demonstrations.cast import (
    ADA,
    announce,
    at_once,
    link,
    make_demonstration,
    make_text,
    party,
    people,
    post,
    read,
    rows,
)
from tests.smtp_server import HOST, SmtpServer, running

LINK = re.compile(r"http://127\.0\.0\.1:8000(/en/pledges/\S+)")
MakeMailer = Callable[..., Mailer]


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with running() as server:
        yield server


@pytest.fixture
def make_mailer(server: SmtpServer) -> Iterator[MakeMailer]:
    mailers: list[Mailer] = []

    def make(lease: timedelta = timedelta(minutes=5)) -> Mailer:
        way = Smtp(
            host=HOST,
            port=server.port,
            user="",
            password="",
            starttls=False,
            tls=False,
            timeout=5,
            greeting="example.org",
        )
        mailer = Mailer([PledgeMails(lease)], SmtpTransport(way), 100_000, delay=lambda tries: timedelta(0))
        mailers.append(mailer)
        return mailer

    yield make
    for mailer in mailers:
        mailer.close()


def asks(demonstration: Demonstration, address: str = ADA, **values: Any) -> None:
    pledge(read(demonstration), party(address, **values))


def links(server: SmtpServer) -> list[str]:
    return LINK.findall(server.mails[-1].part("plain"))


def due_now(demonstration: Demonstration) -> None:
    rows(demonstration).filter(mail_due_at__isnull=False).update(mail_due_at=Now())


def test_from_the_form_to_the_count(
    live_demonstration: Demonstration, server: SmtpServer, make_mailer: MakeMailer, client: Client
) -> None:
    sent = client.post("/en/demonstrations/brussels/pledge/", {"size": "4", "email": ADA, "nickname": "Zebra"})
    assert sent.status_code == 303
    make_mailer().send_due()
    [mail] = server.mails
    assert mail.recipient == ADA
    assert "Rally for the river" in mail.part("plain")
    assert "Zebra" not in mail.raw.decode()
    confirm_url, own_url = links(server)
    button = client.get(confirm_url)
    assert button.status_code == 200
    assert "Zebra" not in button.content.decode()
    assert people(live_demonstration) == 0, "scanners follow links"
    done = client.post(confirm_url)
    assert "Confirmed: you are counted" in done.content.decode()
    assert 'value="Zebra"' in done.content.decode()
    assert people(live_demonstration) == 4
    again = client.post(confirm_url)
    assert "You confirmed this before" in again.content.decode()
    assert people(live_demonstration) == 4
    assert "This link was used" in client.get(confirm_url).content.decode()
    assert 'value="4"' in client.post("/en/pledges/", {"code": own_url.split("/")[-2]}).content.decode()
    for answer in (button, done, again):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert not answer.cookies


def test_a_link_ends_after_48_hours_and_a_new_one_comes_to_the_same_mailbox(
    live_demonstration: Demonstration, server: SmtpServer, make_mailer: MakeMailer, client: Client
) -> None:
    asks(live_demonstration)
    make_mailer().send_due()
    url = links(server)[0]
    row = rows(live_demonstration).get()
    assert timedelta(hours=47, minutes=59) < row.link_until - timezone.now() <= timedelta(hours=48)
    rows(live_demonstration).update(link_until=F("link_until") - timedelta(hours=48))
    late = client.get(url)
    assert "This link is too old" in late.content.decode()
    assert "This link is too old" in client.post(url).content.decode()
    assert people(live_demonstration) == 0
    assert "on its way" in client.post(f"{url}again/").content.decode()
    make_mailer().send_due()
    assert [mail.recipient for mail in server.mails] == [ADA, ADA]
    assert len({mail.id for mail in server.mails}) == 2
    client.post(links(server)[0])
    assert people(live_demonstration) == 1


def test_the_mail_speaks_the_language_of_the_page(
    live_demonstration: Demonstration, server: SmtpServer, make_mailer: MakeMailer
) -> None:
    make_text(live_demonstration, "ar", slug="وقفة", title="وقفة من أجل النهر")
    asks(live_demonstration, lang="ar")
    make_mailer().send_due()
    [mail] = server.mails
    assert mail.message["Content-Language"] == "ar"
    assert "وقفة من أجل النهر" in mail.part("plain")
    assert 'dir="rtl"' in mail.part("html")
    assert "/ar/pledges/confirm/" in mail.part("plain")


def test_posts_cause_three_mails_and_the_owner_gets_two_more(
    live_demonstration: Demonstration, server: SmtpServer, make_mailer: MakeMailer
) -> None:
    mailer = make_mailer()
    for _ in range(6):
        asks(live_demonstration)
        due_now(live_demonstration)
        mailer.send_due()
    assert len(server.mails) == 3
    token = link(rows(live_demonstration).get())
    for _ in range(4):
        assert send_again(token) == live_demonstration.pk
        mailer.send_due()
    assert len(server.mails) == 5
    assert len({mail.id for mail in server.mails}) == 5


def test_a_repeat_waits_two_minutes(
    live_demonstration: Demonstration, server: SmtpServer, make_mailer: MakeMailer
) -> None:
    mailer = make_mailer()
    for _ in range(3):
        asks(live_demonstration)
        mailer.send_due()
    assert len(server.mails) == 1
    waiting = rows(live_demonstration).get().mail_due_at - timezone.now()
    assert timedelta(seconds=100) < waiting <= timedelta(minutes=2)


def test_whoever_is_counted_is_told_so(
    live_demonstration: Demonstration, server: SmtpServer, make_mailer: MakeMailer
) -> None:
    row = post(live_demonstration)
    confirm(link(row))
    asks(live_demonstration)
    due_now(live_demonstration)
    make_mailer().send_due()
    assert "You confirmed that before" in server.mails[-1].part("plain")
    assert len(links(server)) == 1, "a way to change or withdraw, and nothing to confirm"


def test_no_mail_leaves_for_what_does_not_take_place(
    live_demonstration: Demonstration, server: SmtpServer, make_mailer: MakeMailer
) -> None:
    asks(live_demonstration)
    Demonstration.objects.update(status=Status.CANCELLED)
    mailer = make_mailer()
    mailer.send_due()
    assert not server.mails
    assert rows(live_demonstration).get().mail_due_at is None


def test_a_mail_that_the_server_postpones_comes_later_as_the_same(
    live_demonstration: Demonstration, server: SmtpServer, make_mailer: MakeMailer
) -> None:
    asks(live_demonstration)
    server.at_content = lambda recipient: "451 later"
    mailer = make_mailer()
    mailer.send_due()
    assert not server.mails
    row = rows(live_demonstration).get()
    assert (row.mails, row.mail_tries) == (0, 1)
    server.at_content = lambda recipient: None
    mailer.send_due()
    assert len(server.mails) == 1
    assert len(set(server.offered)) == 1
    assert rows(live_demonstration).get().mails == 1


def test_a_mailbox_that_does_not_exist_is_left_in_peace(
    live_demonstration: Demonstration, server: SmtpServer, make_mailer: MakeMailer
) -> None:
    asks(live_demonstration)
    server.at_recipient = lambda recipient: "550 no such mailbox"
    mailer = make_mailer()
    mailer.send_due()
    server.at_recipient = lambda recipient: None
    asks(live_demonstration)
    due_now(live_demonstration)
    mailer.send_due()
    assert not server.mails


def test_while_no_server_answers_everything_waits(
    live_demonstration: Demonstration, server: SmtpServer, make_mailer: MakeMailer
) -> None:
    asks(live_demonstration)
    mailer = make_mailer()
    server.stop()
    with pytest.raises(ServerAway):
        mailer.send_due()
    assert PledgeMails().queue().length == 1
    server.start()
    mailer.send_due()
    assert len(server.mails) == 1
    assert PledgeMails().queue().length == 0


def test_many_mailers_send_each_mail_once(
    live_demonstration: Demonstration, server: SmtpServer, make_mailer: MakeMailer
) -> None:
    for number in range(30):
        asks(live_demonstration, f"person{number}@example.org")
    at_once(*[make_mailer().send_due for _ in range(4)])
    assert sorted(mail.recipient for mail in server.mails) == sorted(f"person{n}@example.org" for n in range(30))


def test_a_claim_that_was_lost_sends_nothing(live_demonstration: Demonstration) -> None:
    asks(live_demonstration)
    source = PledgeMails(lease=timedelta(0))
    [first] = source.claim(10)
    [second] = source.claim(10)
    assert not source.mark_sending(first)
    assert source.mark_sending(second)
    source.retry_later(first, timedelta(0))
    assert not source.due()
    assert rows(live_demonstration).get().mails == 1


def test_a_withdrawn_pledge_is_not_mailed(live_demonstration: Demonstration) -> None:
    asks(live_demonstration)
    source = PledgeMails()
    [claim] = source.claim(10)
    rows(live_demonstration).delete()
    assert not source.mark_sending(claim)
    source.put_off(claim, timedelta(0))
    assert not rows(live_demonstration).exists()


def test_confirming_fifty_times_at_once_counts_once(live_demonstration: Demonstration) -> None:
    row = post(live_demonstration, size=6)
    token = link(row)
    results: list[Confirmation | None] = []
    at_once(*[lambda: results.append(confirm(token))] * 50)
    assert sorted(result.status for result in results if result) == ["already"] * 49 + ["confirmed"]
    assert people(live_demonstration) == 6


def test_confirming_and_withdrawing_at_once_leave_a_true_number(live_demonstration: Demonstration) -> None:
    posted = [post(live_demonstration, f"person{number}@example.org", size=2) for number in range(12)]
    acts = [partial(confirm, link(row)) for row in posted]
    acts += [partial(rows(live_demonstration).filter(pk=row.pk).delete) for row in posted[::2]]
    at_once(*acts)
    assert people(live_demonstration) == 12
    assert rows(live_demonstration).count() == 6


@pytest.mark.parametrize(
    "values",
    [
        {"status": Status.CANCELLED},
        {"status": Status.POSTPONED},
        {"state": State.ARCHIVED},
        {"state": State.RETRACTED},
    ],
)
def test_nobody_is_counted_where_nothing_takes_place(
    demonstration: Demonstration, client: Client, values: dict[str, Any]
) -> None:
    row = post(demonstration)
    demonstration.texts.update(status_note="No safe way to the square.")
    Demonstration.objects.update(**values)
    answer = client.post(f"/en/pledges/confirm/{link(row)}/")
    assert answer.status_code == 409
    assert "No safe way to the square." in answer.content.decode()
    assert people(demonstration) == 0


def test_links_do_one_thing_each(demonstration: Demonstration) -> None:
    row = post(demonstration)
    for purpose in Purpose:
        done = confirm(link(row, purpose))
        assert (done is not None) == (purpose == Purpose.CONFIRM)
    other = make_demonstration("antwerp")
    elsewhere = post(other)
    assert confirm(link(elsewhere)) is not None
    assert people(demonstration) == people(other) == 1


def test_codes_and_mails_count_together_and_are_kept_apart(demonstration: Demonstration) -> None:
    confirm(link(post(demonstration, size=3)))
    announce(demonstration, 4)
    tally = Demonstration.objects.get().tally
    assert (tally.by_mail, tally.by_code, tally.people) == (3, 4, 7)


def test_who_wants_no_more_mail_of_the_site_gets_none(
    live_demonstration: Demonstration, server: SmtpServer, make_mailer: MakeMailer
) -> None:
    suppress(digest_of(ADA), Reason.ASKED, timezone.now())
    asks(live_demonstration)
    asks(live_demonstration, "other@example.org")
    make_mailer().send_due()
    assert server.recipients == ["other@example.org"]
    assert not PledgeMails().due()
