"""Backups: whole, without keys, without what must not outlive a day; and restored, everything works again."""

from __future__ import annotations

import os
import re
import shutil
import stat
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from campaigns.limits import day_hash, raise_counter
from campaigns.petitions.confirming import confirm
from campaigns.petitions.petitions import Petition
from campaigns.petitions.sequencing import sequence
from campaigns.tokens import Purpose
from config.backups import back_up, warning_about
from config.checks import check_keystore_place
from tests.petitions.cast import link, post, rows
from tests.petitions.restored import database_from, empty_database

STATE = """
from campaigns.petitions import tallies
from campaigns.petitions.check_counts import check_counts
from campaigns.petitions.confirming import confirm
from campaigns.petitions.models import Signature
from campaigns.petitions.sequencing import sequence
from campaigns.petitions.withdrawing import withdraw
petition, pending, counted = int(argv[0]), argv[1], argv[2]
answer = [Signature.objects.count(), tallies.total(petition)]
answer.append(confirm(pending).status)
sequence(petition)
answer.append(tallies.total(petition))
answer.append(bool(withdraw(counted)))
sequence(petition)
answer += [tallies.total(petition), [str(mismatch) for mismatch in check_counts()]]
"""


@pytest.fixture
def petition(live_petition: Petition) -> Petition:
    for number in range(3):
        post(live_petition, f"marker-{number}@example.org", f"Marker {number}")
    for row in rows(live_petition).order_by("pk")[:2]:
        confirm(link(row))
    sequence(live_petition.pk)
    return live_petition


UNKNOWN_TO_THE_PLANNER = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT relname FROM pg_class WHERE relname IN ('signature', 'django_migrations') AND reltuples < 1")
    answer = [name for (name,) in cursor.fetchall()]
"""


def test_restored_on_an_empty_machine_counts_are_the_same_and_links_work(
    petition: Petition, tmp_path: Path, keystore: Path
) -> None:
    counted, _other, pending = rows(petition).order_by("pk")
    backup, copied = tmp_path / "backups" / "today.dump", tmp_path / "elsewhere" / "keystore"
    backup.parent.mkdir()
    call_command("backup", str(backup))
    shutil.copytree(keystore, copied)
    with empty_database(copied) as machine:
        said = machine.manage("restore", str(backup)).stdout
        assert "The backup is restored" in said
        assert machine.run(UNKNOWN_TO_THE_PLANNER) == []
        state = machine.run(STATE, str(petition.pk), link(pending), link(counted, Purpose.WITHDRAW))
    assert state == [3, 2, "confirmed", 3, True, 2, []]


def test_a_database_that_holds_anything_is_refused_and_stays(
    petition: Petition, tmp_path: Path, keystore: Path
) -> None:
    backup = tmp_path / "today.dump"
    back_up(backup)
    with empty_database(keystore) as machine:
        machine.run(
            "from django.db import connection; connection.cursor().execute('CREATE TABLE one (n int)'); answer = 0"
        )
        done = machine.tried("restore", str(backup))
        assert done.returncode == 1
        assert "The database is not empty." in done.stderr
        tables = "from django.db import connection; answer = connection.introspection.table_names()"
        assert machine.run(tables) == ["one"]


def test_a_damaged_backup_leaves_the_database_empty(petition: Petition, tmp_path: Path, keystore: Path) -> None:
    whole = tmp_path / "today.dump"
    back_up(whole)
    cut = tmp_path / "cut.dump"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with empty_database(keystore) as machine:
        done = machine.tried("restore", str(cut))
        assert done.returncode == 1
        assert "pg_restore gave up: " in done.stderr
        assert "Traceback" not in done.stderr
        tables = "from django.db import connection; answer = connection.introspection.table_names()"
        assert machine.run(tables) == []


def test_what_must_not_outlive_a_day_is_left_out(petition: Petition, tmp_path: Path, keystore: Path) -> None:
    Session.objects.create(session_key="marker-session", session_data="x", expire_date=timezone.now())
    raise_counter("marker", day_hash(b"203.0.113.0/24"))
    unlogged = rows_of_unlogged_tables()
    assert unlogged["limit_key"] == unlogged["limit_count"] == 1
    backup = tmp_path / "today.dump"
    back_up(backup)
    code = """
from django.db import connection
answer = {}
with connection.cursor() as cursor:
    for table in argv:
        cursor.execute(f"SELECT count(*) FROM {table}")
        answer[table] = cursor.fetchone()[0]
"""
    with database_from(backup, keystore) as machine:
        assert machine.run(code, *unlogged, "django_session") == dict.fromkeys([*unlogged, "django_session"], 0)


def rows_of_unlogged_tables() -> dict[str, int]:
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relpersistence = 'u' AND relkind = 'r'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = int(cursor.fetchone()[0])
    return found


def test_no_key_is_in_it_and_only_its_owner_reads_it(petition: Petition, tmp_path: Path, keystore: Path) -> None:
    backup = tmp_path / "today.dump"
    size = back_up(backup)
    content = backup.read_bytes()
    assert len(content) == size > 1000
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    wrapped = re.findall(rb'"wrapped": "([^"]+)"', (keystore / f"{petition.uuid}.json").read_bytes())
    assert len(wrapped) == 2
    assert not [secret for secret in wrapped if secret in content]


def test_a_file_is_never_overwritten(petition: Petition, tmp_path: Path) -> None:
    (tmp_path / "today.dump").write_text("yesterday's")
    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", str(tmp_path / "today.dump"))
    assert os.listdir(tmp_path / "keystore")
    assert (tmp_path / "today.dump").read_text() == "yesterday's"


@pytest.mark.parametrize("place", ["keystore/today.dump", "keystore/below/today.dump"])
def test_a_backup_never_lies_in_the_keystore(petition: Petition, tmp_path: Path, place: str) -> None:
    with pytest.raises(CommandError, match="lies in the keystore"):
        call_command("backup", str(tmp_path / place))


def test_a_place_that_is_not_there_is_named(petition: Petition, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"today\.dump cannot be written: No such file or directory"):
        call_command("backup", str(tmp_path / "nowhere" / "today.dump"))


@pytest.mark.parametrize(
    ("place", "warned"), [("a/today", True), ("today", True), ("b/today", False), ("a/c/t", False)]
)
def test_a_place_beside_the_keystore_is_warned_of(tmp_path: Path, settings: Settings, place: str, warned: bool) -> None:
    settings.KEYSTORE = tmp_path / "a" / "keystore"
    assert bool(warning_about(tmp_path / place)) == warned


def test_the_check_before_going_public_warns_of_a_shared_place(settings: Settings, tmp_path: Path) -> None:
    settings.VAR, settings.KEYSTORE = tmp_path, tmp_path / "keystore"
    assert [found.id for found in check_keystore_place(None)] == ["upstander.W003"]
    settings.KEYSTORE = tmp_path.with_name("apart")
    settings.KEYSTORE.mkdir(mode=0o755)
    assert [found.id for found in check_keystore_place(None)] == ["upstander.W004"]
    settings.KEYSTORE.chmod(0o700)
    assert check_keystore_place(None) == []
