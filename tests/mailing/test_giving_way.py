"""What nobody waits for gives way: it does not begin, or is broken off, while posts, mail or the count wait."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from campaigns.petitions.models import LeafQueue
from campaigns.petitions.petitions import Linger, Petition
from campaigns.petitions.signable import SigningPetition
from campaigns.petitions.signatures import MailboxMail, Signature
from campaigns.worker_state import LoopName, has_reported
from config import metrics, worker_jobs
from config.admission import Line
from config.giving_way import Postponed, giving_way, who_waits
from config.process_numbers import ProcessNumbers
from tests.config.server_users import wait_until
from tests.mailing.conftest import Sign

BEFORE = timedelta(minutes=3)


@pytest.fixture(autouse=True)
def processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(metrics, "PROCESSES", tmp_path / "processes")
    return tmp_path / "processes"


def a_new_mail_waits(petition: SigningPetition) -> None:
    Signature.objects.update(mail_due_at=Now() - BEFORE)


def a_claimed_mail_waits(petition: SigningPetition) -> None:
    MailboxMail.objects.create(
        petition_id=petition.id, email_key=bytes(16), no=1, signature_id=1, due_at=timezone.now() - BEFORE
    )


def the_count_waits(petition: SigningPetition) -> None:
    LeafQueue.objects.create(petition_id=petition.id, kind="paper", n=1, queued_at=timezone.now() - BEFORE)


@pytest.mark.parametrize(
    ("happens", "who"), [(a_new_mail_waits, "mail"), (a_claimed_mail_waits, "mail"), (the_count_waits, "count")]
)
def test_the_look_at_the_books_waits_for_mail_and_count(
    signs: Sign, petition: SigningPetition, happens: Callable[[SigningPetition], None], who: str
) -> None:
    signs("first@example.net")
    assert who_waits() == ""
    happens(petition)
    assert who_waits() == who
    with pytest.raises(Postponed):
        worker_jobs.every_night(timestamp=0)
    assert not has_reported(LoopName.BOOKS)
    Signature.objects.update(mail_due_at=None)
    MailboxMail.objects.all().delete()
    LeafQueue.objects.all().delete()
    worker_jobs.every_night(timestamp=0)
    assert has_reported(LoopName.BOOKS)


def test_a_count_that_lags_on_purpose_holds_up_nothing(petition: SigningPetition) -> None:
    the_count_waits(petition)
    Petition.objects.update(linger=Linger.SAFE)
    assert who_waits() == ""


def test_archives_are_packed_when_no_post_waits(petition: SigningPetition, processes: Path) -> None:
    line = Line()
    ProcessNumbers(processes, line.numbers).tell()
    assert who_waits() == ""
    line.waited()
    ProcessNumbers(processes, line.numbers).tell()
    assert who_waits() == "posts"
    with pytest.raises(Postponed):
        worker_jobs.pack_editions(timestamp=0)


def test_what_reads_already_is_broken_off_when_somebody_waits(signs: Sign, petition: SigningPetition) -> None:
    signs("first@example.net")
    ended: list[str] = []

    def reads() -> None:
        try:
            with giving_way(glance=0.05), connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(600)")
        except Postponed:
            ended.append("postponed")
        finally:
            connection.close()

    statistics = threading.Thread(target=reads)
    statistics.start()
    wait_until(sleeps)
    a_new_mail_waits(petition)
    statistics.join(60)
    assert ended == ["postponed"]
    assert not sleeps()


def test_nothing_more_is_asked_once_somebody_waits(signs: Sign, petition: SigningPetition) -> None:
    signs("first@example.net")
    with pytest.raises(Postponed):
        read_on_while(petition)


def read_on_while(petition: SigningPetition) -> None:
    """A mail falls behind beside many short reads."""
    with giving_way(glance=0.01):
        a_new_mail_waits(petition)
        wait_until(lambda: Signature.objects.filter(pk=0).exists())  # it never does


def sleeps() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep')")
        return bool(cursor.fetchone()[0])
