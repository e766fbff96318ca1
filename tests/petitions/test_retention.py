"""Some months after the closing nothing personal is left anywhere, and the number stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from campaigns.keystore import (
    KeystoreError,
    SecretsDestroyed,
    destroy_index,
    destroy_secrets,
    is_destroyed,
    secrets_of,
)
from campaigns.petitions import retention, tallies
from campaigns.petitions.check_counts import check_counts
from campaigns.petitions.confirming import confirm
from campaigns.petitions.ending import close_due
from campaigns.petitions.expiring import delete_expired
from campaigns.petitions.ledger_queue import LeafRow, LedgerHead
from campaigns.petitions.moderating import take_in, take_out
from campaigns.petitions.petitions import Petition, Stage, erasure_after
from campaigns.petitions.retention import OF_MAILBOXES, due, erase, erase_due
from campaigns.petitions.sequencing import sequence
from campaigns.petitions.signatures import MailboxMail, Signature, State
from campaigns.petitions.withdrawing import withdraw
from campaigns.tokens import Purpose
from config.worker_jobs import delete_what_is_over
from reports.editorial.audit import Act, AuditEntry
from reports.editorial.publishing import State as Publishing
from tests.petitions.cast import at_once, link, make_petition, post, rows
from tests.petitions.stored import columns_named, everything_stored, marks_of


@pytest.fixture
def petition(live_petition: Petition) -> Petition:
    """Committed: the counts are compared in a transaction of their own."""
    return live_petition


def month_after(petition: Petition, months: int = 6) -> datetime:
    petition.refresh_from_db()
    assert petition.closed_at is not None
    return erasure_after(petition.closed_at, months) + timedelta(seconds=1)


def everybody(petition: Petition) -> list[Signature]:
    """A confirmed, a counted, a removed, a held and a pending signature, and mails to their boxes."""
    people = [post(petition, f"marker-{number}@example.org", f"Marker {number}") for number in range(5)]
    for row in people[:3]:
        confirm(link(row))
    sequence(petition.pk)
    take_out(people[2].pk)
    Signature.objects.filter(pk=people[3].pk).update(state=State.HELD)
    for row in people:
        row.refresh_from_db()
        MailboxMail.objects.create(petition_id=petition.pk, email_key=row.personal.email_key, no=1, signature_id=row.pk)
    return people


def log_of(petition: Petition) -> Any:
    return (
        LedgerHead.objects.get(petition=petition).size,
        list(LeafRow.objects.filter(petition_id=petition.pk).order_by("entry_index").values()),
        tallies.total(petition.pk),
        tallies.by_country(petition.pk),
    )


@pytest.mark.parametrize(
    ("ended", "months", "expected"),
    [
        ("2026-01-15", 6, "2026-07-15"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2026-12-01", 1, "2027-01-01"),
        ("2026-03-10", 24, "2028-03-10"),
        ("2026-03-10", 0, "2026-03-11"),  # the day in which one may still confirm
    ],
)
def test_months_go_by_the_calendar(ended: str, months: int, expected: str) -> None:
    moment = datetime.fromisoformat(ended).replace(hour=10, tzinfo=UTC)
    assert erasure_after(moment, months) == datetime.fromisoformat(expected).replace(hour=10, tzinfo=UTC)


def test_a_stub_is_all_that_is_left(petition: Petition) -> None:
    people = everybody(petition)
    petition.close()
    sequence(petition.pk)
    before = log_of(petition)
    marks = [mark for row in people for mark in marks_of(row)]
    assert all(mark in everything_stored() for mark in marks)

    assert erase_due(month_after(petition)) == 1

    after = everything_stored()
    assert not [mark for mark in marks if mark in after]
    assert "marker" not in after.lower()
    left = list(rows(petition).order_by("pk").values())
    assert [row["state"] for row in left] == [State.CONFIRMED, State.CONFIRMED, State.REMOVED]
    told = {"id", "petition_id", "country", "lang", "text_id", "state", "slot", "created_at"}
    defaults = {"posts": 1, "code_only": False}
    assert [
        {name for name, value in row.items() if value is not None and value != defaults.get(name)} for row in left
    ] == [told] * 3
    assert {row["created_at"] for row in left} == {petition.opened_at}, "no moment leads to a person"
    assert MailboxMail.objects.count() == 0
    assert log_of(petition) == before
    assert check_counts() == []
    with pytest.raises(SecretsDestroyed):
        secrets_of(petition.uuid)


def test_before_its_time_nothing_goes(petition: Petition) -> None:
    everybody(petition)
    petition.close()
    before = everything_stored()
    assert erase_due(month_after(petition) - timedelta(seconds=2)) == 0
    assert everything_stored() == before


def test_a_running_petition_is_never_erased(petition: Petition) -> None:
    everybody(petition)
    assert erase_due(timezone.now() + timedelta(days=4000)) == 0


@pytest.mark.parametrize("state", [Publishing.ARCHIVED, Publishing.RETRACTED, Publishing.REMOVED])
def test_a_petition_that_nobody_can_sign_any_more_comes_to_its_end_by_itself(
    petition: Petition, state: Publishing
) -> None:
    Petition.objects.update(state=state)
    now = timezone.now()
    assert close_due(now) == 1
    petition.refresh_from_db()
    assert (petition.stage, petition.closed_at) == (Stage.CLOSED, now)
    assert close_due(now) == 0


def test_stubs_are_still_moderated_and_counted(petition: Petition) -> None:
    first, second, *_ = everybody(petition)
    petition.close()
    erase_due(month_after(petition))
    assert take_out(first.pk)
    assert take_out(second.pk)
    assert take_in(second.pk)
    sequence(petition.pk)
    assert tallies.total(petition.pk) == 1
    assert check_counts() == []


def test_what_waits_for_the_log_is_counted_first(petition: Petition) -> None:
    confirm(link(post(petition)))
    petition.close()
    erase_due(month_after(petition))
    assert tallies.total(petition.pk) == 1
    assert check_counts() == []


def test_it_is_noted_once_and_names_nobody(petition: Petition) -> None:
    everybody(petition)
    petition.close()
    later = month_after(petition)
    assert [erase_due(later), erase_due(later)] == [1, 0]
    (entry,) = AuditEntry.objects.filter(act=Act.ERASED)
    assert (entry.object_id, entry.actor_email) == (str(petition.pk), "")
    assert entry.detail == {"signatures": 3, "unconfirmed": 2}


def test_a_dry_run_prints_numbers_and_changes_nothing(petition: Petition, capsys: pytest.CaptureFixture[str]) -> None:
    everybody(petition)
    petition.close()
    make_petition("running")
    before = everything_stored()
    call_command("retention", "--dry-run")
    assert everything_stored() == before
    assert not is_destroyed(petition.uuid)
    petition.refresh_from_db()
    assert petition.erase_at is not None
    assert capsys.readouterr().out.splitlines() == [
        f"water: 3 signatures, 2 unconfirmed; erased from {petition.erase_at:%Y-%m-%d %H:%M} UTC on",
        "running: 0 signatures, 0 unconfirmed; kept until 6 months after it closes",
    ]


def test_the_command_erases_and_says_what(petition: Petition, capsys: pytest.CaptureFixture[str]) -> None:
    everybody(petition)
    petition.close(timezone.now() - timedelta(days=400))
    call_command("retention")
    assert capsys.readouterr().out == "water: 3 blanked, 2 unconfirmed deleted\n"
    call_command("retention", "--dry-run")
    assert capsys.readouterr().out == "No petition holds personal data.\n"


def test_two_at_once_do_no_harm(live_petition: Petition) -> None:
    everybody(live_petition)
    live_petition.close()
    later = month_after(live_petition)
    at_once(*[partial(erase_due, later)] * 4, partial(delete_expired, later))
    assert rows(live_petition).exclude(email_key=None).count() == 0
    assert rows(live_petition).count() == 3
    assert AuditEntry.objects.filter(act=Act.ERASED).count() == 1
    assert check_counts() == []


def test_a_keystore_that_cannot_be_written_is_told_and_stops_only_its_petition(
    petition: Petition, keystore: Path
) -> None:
    other = make_petition("other")
    for one in (petition, other):
        confirm(link(post(one)))
        one.close()
    path = keystore / f"{petition.uuid}.json"
    content = path.read_bytes()
    path.unlink()
    path.mkdir()  # nothing can be put in its place
    later = max(month_after(one) for one in (petition, other))
    with pytest.raises(KeystoreError, match=str(petition.uuid)):
        delete_what_is_over(later)
    petition.refresh_from_db()
    assert petition.erased_at is None
    assert is_destroyed(other.uuid)
    path.rmdir()
    path.write_bytes(content)
    assert erase_due(later) == 1
    assert is_destroyed(petition.uuid)


def test_rows_of_a_dump_from_before_are_found_by_the_destroyed_keys(petition: Petition) -> None:
    """As after restoring it: the petition is open again and its rows are back, while the keystore knows better."""
    everybody(petition)
    Petition.objects.filter(pk=petition.pk).update(closes_at=None)
    destroy_secrets(petition.uuid)
    now = timezone.now()
    assert [found.pk for found in due(now)] == [petition.pk]
    assert erase_due(now) == 1
    petition.refresh_from_db()
    assert (petition.stage, petition.shredded_at) == (Stage.CLOSED, now)
    assert rows(petition).exclude(email_key=None).count() == 0


def test_without_the_index_links_still_open_and_withdraw(petition: Petition) -> None:
    row = post(petition)
    confirm(link(row))
    assert destroy_index(petition.uuid)
    assert not destroy_index(petition.uuid)
    secrets = secrets_of(petition.uuid)
    for key in ("email", "name", "message_id"):
        with pytest.raises(SecretsDestroyed):
            getattr(secrets, key)
    assert secrets.salt
    assert confirm(link(row)) is not None
    assert withdraw(link(row, Purpose.WITHDRAW))


@pytest.mark.parametrize(
    "change", [{"keep_months": 25}, {"erased_at": timezone.now()}, {"shredded_at": timezone.now()}]
)
def test_the_database_refuses_wrong_marks(petition: Petition, change: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Petition.objects.filter(pk=petition.pk).update(**change)


@pytest.mark.parametrize("mark", ["erased_at", "shredded_at"])
def test_a_mark_is_never_taken_back(petition: Petition, mark: str) -> None:
    petition.close()
    Petition.objects.filter(pk=petition.pk).update(**{mark: timezone.now()})
    for value in (None, timezone.now()):
        with pytest.raises(IntegrityError, match="stays erased"), transaction.atomic():
            Petition.objects.filter(pk=petition.pk).update(**{mark: value})


@pytest.mark.parametrize("kept", [{"mail_due_at": timezone.now()}, {"confirmed_at": timezone.now()}, {"state": 0}])
def test_the_database_refuses_a_stub_that_tells_more(petition: Petition, kept: dict[str, Any]) -> None:
    row = post(petition)
    bare = {"email_key": None, "name_key": None, "seed": None, "blob": None, "mail_due_at": None, "confirmed_at": None}
    slot = {"state": 1, "slot": 1} if "state" not in kept else {}
    with pytest.raises(IntegrityError, match="signature_stub_is_bare"), transaction.atomic():
        Signature.objects.filter(pk=row.pk).update(**{**bare, **slot, **kept})


@pytest.mark.django_db
def test_every_table_kept_by_mailbox_is_emptied() -> None:
    """A new table with such a column must be named in `OF_MAILBOXES`, or hold no row by the time of erasing."""
    assert columns_named("email_key") == {"signature", *OF_MAILBOXES}


def test_expiry_leaves_nothing_of_those_who_never_confirmed_in_any_table(petition: Petition) -> None:
    people = [post(petition, f"marker-{number}@example.org", f"Marker {number}") for number in range(3)]
    for row in people:
        MailboxMail.objects.create(petition_id=petition.pk, email_key=row.personal.email_key, no=1, signature_id=row.pk)
    marks = [mark for row in people for mark in marks_of(row)]
    petition.close()
    delete_what_is_over(month_after(petition))
    after = everything_stored()
    assert not [mark for mark in marks if mark in after]


@pytest.fixture
def crowd(live_petition: Petition) -> Petition:
    """Twelve thousand who confirmed; blobs and keys are noise, as they are to whoever has no secrets."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO signature (petition_id, email_key, name_key, seed, blob, country, lang, text_id, state, slot,
                                   confirmed_at)
            SELECT %s, decode(md5('k' || i), 'hex'), substr(decode(md5('n' || i), 'hex'), 1, 8),
                   decode(md5('s' || i), 'hex'), decode(repeat(md5('b' || i), 9), 'hex'), 'NL', 'en', %s, 1, 1, now()
            FROM generate_series(1, 12000) i
            """,
            [live_petition.pk, live_petition.text_versions.get().pk],
        )
        cursor.execute(
            "INSERT INTO leaf_queue (petition_id, kind, signature_id, country, lang) "
            "SELECT petition_id, 'sign', id, country, lang FROM signature"
        )
    sequence(live_petition.pk)
    return live_petition


def blanked(petition: Petition) -> int:
    return rows(petition).filter(email_key=None).count()


def test_killed_in_the_middle_it_goes_on_where_it_was(crowd: Petition, keystore: Path) -> None:
    crowd.close(timezone.now() - timedelta(days=400))
    places = {"TEST_DATABASE": connection.settings_dict["NAME"], "TEST_SMTP_PORT": "25", "TEST_KEYSTORE": str(keystore)}
    command = [sys.executable, "manage.py", "retention", "--settings", "tests.worker_settings"]
    env = {**os.environ, **places, "UPSTANDER_VAR": str(settings.VAR)}
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=env, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not blanked(crowd):
        assert process.poll() is None, "it ended before it was killed"
        assert time.monotonic() < deadline
    process.send_signal(signal.SIGKILL)
    process.wait()
    at_kill = blanked(crowd)
    print(f"killed at {at_kill} of 12000")
    assert at_kill > 0
    assert Petition.objects.get(pk=crowd.pk).erased_at is None
    call_command("retention")
    assert Petition.objects.get(pk=crowd.pk).erased_at is not None
    assert (blanked(crowd), rows(crowd).count(), tallies.total(crowd.pk)) == (12000, 12000, 12000)
    assert check_counts() == []


def walks_through() -> int:
    """How often the whole table of signatures was read."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'signature'")
        (count,) = cursor.fetchone()
    return int(count)


def test_batches_go_by_an_index_of_the_table(crowd: Petition, monkeypatch: pytest.MonkeyPatch) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE signature")
    monkeypatch.setattr(retention, "BATCH", 500)
    crowd.close()
    before = walks_through()
    assert erase(crowd, timezone.now()).signatures == 12000
    assert walks_through() == before
