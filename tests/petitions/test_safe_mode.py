"""Safe mode: one person a mailbox, and an address that is gone minutes after it is confirmed, wherever one looks."""

from __future__ import annotations

import logging
import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from campaigns import limits, mail_gate, pending_keys
from campaigns.keystore import KeystoreError, SecretsDestroyed, forget_secrets, secrets_of
from campaigns.mail_smtp import SmtpServer, SmtpTransport
from campaigns.mailing import Mailer
from campaigns.pending_keys import forget_windows
from campaigns.petitions.confirming import confirm
from campaigns.petitions.correcting import add_person, correct
from campaigns.petitions.ending import destroy_indexes
from campaigns.petitions.expiring import delete_expired
from campaigns.petitions.mail_source import ConfirmMails
from campaigns.petitions.petitions import Linger, Petition, publish_text
from campaigns.petitions.safe_mode import SAFE_NAME_KEY, forget_addresses, names_the_cause, neutral_slug, open_address
from campaigns.petitions.signable import load
from campaigns.petitions.signatures import MailboxMail, Signature, State
from campaigns.petitions.signing import Submission, sign
from campaigns.petitions.withdrawing import withdraw
from campaigns.sealing import CannotOpen, Place
from campaigns.tokens import Purpose
from config.embedded_programs import program
from reports.editorial.publishing import IllegalTransition
from tests.petitions.cast import at_once, link, make_petition, rows, submission
from tests.smtp_server import HOST, running

MARKER = "qzmarker"
ADDRESS = f"{MARKER}@example.org"


@pytest.fixture(autouse=True)
def no_window_of_another_test() -> Iterator[None]:
    forget_windows()
    yield
    forget_windows()


@pytest.fixture
def safe(db: None) -> Petition:
    return make_petition("river", safe_mode=True, linger=Linger.SAFE)


@pytest.fixture
def live_safe(transactional_db: None) -> Petition:
    return make_petition("river", safe_mode=True, linger=Linger.SAFE)


def post(petition: Petition, address: str = ADDRESS) -> Signature:
    signable = load(petition)
    said = submission(signable, address)
    sign(signable, Submission("", said.address, said.country, said.lang, said.text_sha256))
    return rows(petition).latest("pk")


def address_of(row: Signature) -> str:
    personal = Signature.objects.get(pk=row.pk).personal
    petition = Petition.objects.get(pk=row.petition_id)
    return str(open_address(Place(petition.uuid, personal.email_key, personal.name_key), personal.blob)["email"])


def later(**span: float) -> None:
    """What the clock does after a while."""
    forget_addresses(timezone.now() + timedelta(**span))


def key_files(keystore: Path) -> list[Path]:
    return sorted(keystore.glob("pending/*/*.key"))


def test_an_address_opens_while_it_waits_and_never_after_it_is_confirmed(safe: Petition) -> None:
    row, other = post(safe), post(safe, "other@example.org")
    before = row.personal.blob
    later(minutes=4)
    assert (address_of(row), address_of(other)) == (ADDRESS, "other@example.org")
    found = confirm(link(row))
    assert found is not None
    assert found.status == "confirmed"
    assert Signature.objects.get(pk=row.pk).blob == b""
    later(minutes=5)
    place = Place(safe.uuid, row.personal.email_key, row.personal.name_key)
    with pytest.raises(CannotOpen):  # an old version of the row, out of the table's file, the WAL or a backup
        open_address(place, before)
    assert address_of(other) == "other@example.org", "who waits beside it can still be mailed"


def test_the_key_of_one_who_withdrew_goes_as_well_and_with_the_last_one_the_file(
    safe: Petition, keystore: Path
) -> None:
    row = post(safe)
    assert len(key_files(keystore)) == 1
    later(minutes=2)
    assert len(key_files(keystore)) == 1, "a post could still be on its way under an open window"
    assert withdraw(link(row, Purpose.WITHDRAW))
    later(minutes=4)
    assert key_files(keystore) == []


def test_the_rows_of_a_minute_share_one_file_that_others_cannot_read(safe: Petition, keystore: Path) -> None:
    for number in range(5):
        post(safe, f"a{number}@example.org")
    (file,) = key_files(keystore)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_the_root_leaves_file_and_memory_when_its_window_closes(safe: Petition, keystore: Path) -> None:
    row = post(safe)
    (file,) = key_files(keystore)
    with_root = file.read_bytes()
    later(minutes=4)
    assert file.read_bytes() != with_root
    assert address_of(row) == ADDRESS
    window = row.personal.blob[1:9]
    with pytest.raises(pending_keys.KeyGone):
        pending_keys.key_of(safe.uuid, window, 77)  # no row but those that wait has a key any more


def test_what_a_file_held_is_overwritten_on_the_disk(safe: Petition, keystore: Path) -> None:
    row = post(safe)
    (file,) = key_files(keystore)
    with file.open("rb") as held:  # whoever still holds the old file finds nothing in it
        later(minutes=4)
        assert set(held.read()) == {0}
    (file,) = key_files(keystore)
    with file.open("rb") as held:
        confirm(link(row))
        later(minutes=5)
        assert set(held.read()) == {0}


def test_what_a_killed_write_left_goes_as_well(safe: Petition, keystore: Path) -> None:
    row = post(safe)
    (file,) = key_files(keystore)
    (keystore / "pending" / "lost+found").mkdir()
    draft = file.with_name(f".{file.name}.0123456789abcdef")
    draft.write_bytes(file.read_bytes())
    with draft.open("rb") as held:
        later(minutes=1)
        assert draft.exists(), "somebody may be writing it"
        later(minutes=4)
        assert set(held.read()) == {0}
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert address_of(row) == ADDRESS


def test_a_day_later_nothing_opens_even_if_nobody_deleted_the_row(safe: Petition, keystore: Path) -> None:
    row = post(safe)
    later(hours=23, minutes=50)
    assert address_of(row) == ADDRESS
    later(hours=24, minutes=4)
    assert key_files(keystore) == []
    with pytest.raises(CannotOpen):
        address_of(row)
    assert delete_expired(timezone.now() + timedelta(hours=24)) == 1


def test_a_waiting_row_lives_a_day_and_its_link_no_longer(safe: Petition) -> None:
    row = post(safe)
    Signature.objects.update(created_at=timezone.now() - timedelta(hours=23))
    assert delete_expired(timezone.now()) == 0
    Signature.objects.update(created_at=timezone.now() - timedelta(hours=24))
    assert confirm(link(row)) is None
    assert delete_expired(timezone.now()) == 1


def test_keys_of_different_windows_and_petitions_do_not_open_each_other(safe: Petition) -> None:
    one = post(safe)
    forget_windows()
    two = post(safe, "other@example.org")
    assert one.personal.blob[1:9] != two.personal.blob[1:9]
    assert (address_of(one), address_of(two)) == (ADDRESS, "other@example.org")
    moved = Place(safe.uuid, two.personal.email_key, SAFE_NAME_KEY)
    with pytest.raises(CannotOpen):
        open_address(moved, one.personal.blob)


def test_a_keystore_that_cannot_be_written_stores_nothing(safe: Petition, keystore: Path) -> None:
    (keystore / "pending").write_text("in the way")
    with pytest.raises(KeystoreError) as refusal:
        post(safe)
    assert ADDRESS not in str(refusal.value)
    assert not rows(safe).exists()


def test_a_damaged_file_does_not_keep_the_others(
    safe: Petition, keystore: Path, caplog: pytest.LogCaptureFixture
) -> None:
    post(safe)
    (bad,) = key_files(keystore)
    bad.write_bytes(b"x" * 80)
    forget_windows()
    row = post(safe, "other@example.org")
    confirm(link(row))
    with caplog.at_level(logging.ERROR), pytest.raises(KeystoreError):
        later(minutes=4)
    assert key_files(keystore) == [bad]
    assert "cannot be forgotten" in caplog.text


def test_fifty_posts_of_a_mailbox_at_once_are_one_person(live_safe: Petition) -> None:
    signable = load(live_safe)
    spellings = [ADDRESS, ADDRESS.upper(), f" {ADDRESS} "]
    said = [submission(signable, address) for address in spellings]
    acts = [
        partial(sign, signable, Submission(f"Name {n}", said[n % 3].address, "NL", "en", said[0].text_sha256))
        for n in range(50)
    ]
    at_once(*acts)
    row = rows(live_safe).get()
    assert (row.posts, row.name_key) == (50, SAFE_NAME_KEY)
    at_once(*[partial(confirm, link(row)) for _ in range(20)])
    row.refresh_from_db()
    assert (row.state, row.slot, row.blob) == (State.CONFIRMED, 1, b"")


def test_the_table_takes_no_second_person_and_no_confirmed_address(safe: Petition) -> None:
    row = post(safe)
    for change in ({"state": State.CONFIRMED, "slot": 1}, {"state": State.HELD}):
        with pytest.raises(IntegrityError, match="signature_forgotten_if_safe"), transaction.atomic():
            rows(safe).filter(pk=row.pk).update(**change)
    with pytest.raises(IntegrityError, match="signature_one_person_if_safe"), transaction.atomic():
        rows(safe).filter(pk=row.pk).update(state=State.CONFIRMED, slot=2, blob=b"")


def test_nobody_is_added_renamed_or_asked_for_consent(safe: Petition) -> None:
    row = post(safe)
    assert add_person(link(row), "Somebody else", "NL") is None
    assert confirm(link(row), consent_id=1) is not None
    corrected = correct(link(row), row.pk, name="A name", country="BE", consent_id=1)
    assert corrected is not None
    row.refresh_from_db()
    assert (row.country, row.name_key, row.blob, row.consent_text_id) == ("BE", SAFE_NAME_KEY, b"", None)


def test_a_repeat_is_the_same_statement_and_causes_no_mail_once_confirmed(safe: Petition) -> None:
    row = post(safe)
    assert [claim.signature_id for claim in ConfirmMails().claim(10)] == [row.pk]
    confirm(link(row))
    assert post(safe).pk == row.pk
    MailboxMail.objects.update(sending_at=timezone.now(), sent_at=timezone.now())
    rows(safe).update(mail_due_at=timezone.now() - timedelta(hours=1))
    assert ConfirmMails().claim(10) == []
    row.refresh_from_db()
    assert (row.blob, row.mail_due_at, row.posts) == (b"", None, 2)


def test_who_signs_again_a_day_later_gets_a_mail_whose_link_works(safe: Petition) -> None:
    """The key of the first address is gone by then, and the hour in which its row goes as well is not over."""
    old = post(safe)
    rows(safe).update(created_at=timezone.now() - timedelta(hours=24, minutes=1), mail_due_at=None)
    later(minutes=5)
    with pytest.raises(CannotOpen):
        address_of(old)
    forget_windows()  # the minute in which the first one came is over
    with running() as server:
        row = post(safe)
        mail_once(server.port)
        assert server.recipients == [ADDRESS]
    assert row.pk != old.pk
    found = confirm(link(row))
    assert found is not None
    assert found.status == "confirmed"
    assert confirm(link(old)) is None


def test_a_mail_whose_link_lives_a_day_does_not_wait_for_the_next_day(safe: Petition) -> None:
    """Else whoever makes other petitions write to somebody keeps her from signing here."""
    limits.raise_counters(mail_gate.KIND, {limits.day_hash(mail_gate.KIND.encode(), ADDRESS.encode()): mail_gate.A_DAY})
    with running() as server:
        post(safe)
        mail_once(server.port)
    assert server.recipients == [ADDRESS]
    (counter,) = limits.counters_today(
        mail_gate.KIND, [limits.day_hash(mail_gate.KIND.encode(), ADDRESS.encode())]
    ).values()
    assert counter == mail_gate.A_DAY + 1, "others wait for it all the same"


def test_it_is_decided_before_opening(db: None) -> None:
    ordinary = make_petition("water")
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Petition.objects.filter(pk=ordinary.pk).update(safe_mode=True, linger=Linger.SAFE)
    safe = make_petition("river", safe_mode=True, linger=Linger.SAFE)
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Petition.objects.filter(pk=safe.pk).update(safe_mode=False)


@pytest.mark.parametrize("change", [{"linger": Linger.NORMAL}, {"ask_place": "city"}, {"ask_comment": True}])
def test_the_table_holds_what_safe_mode_means(safe: Petition, change: dict[str, object]) -> None:
    with pytest.raises(IntegrityError, match="petition_safe_mode"), transaction.atomic():
        Petition.objects.filter(pk=safe.pk).update(**change)


def test_a_day_after_the_end_nobody_can_test_a_guessed_address(safe: Petition) -> None:
    """Withdrawing works on; what finds a mailbox is destroyed. Other petitions keep it."""
    ordinary = make_petition("water")
    row = post(safe)
    confirm(link(row))
    way_out = link(row, Purpose.WITHDRAW)
    now = timezone.now()
    for petition in (safe, ordinary):
        petition.close(now)
    assert destroy_indexes(now + timedelta(hours=23)) == 0
    assert secrets_of(safe.uuid).email
    assert destroy_indexes(now + timedelta(hours=24)) == 1
    assert destroy_indexes(now + timedelta(hours=25)) == 0
    forget_secrets(safe.uuid)
    with pytest.raises(SecretsDestroyed):
        _ = secrets_of(safe.uuid).email
    assert secrets_of(ordinary.uuid).email
    assert withdraw(way_out)


@pytest.mark.parametrize(
    ("slug", "title", "named"),
    [
        ("water", "Clean water now", True),
        ("étang", "Sauvons l’Etang", True),
        ("مياه", "مياه نظيفة الآن", True),
        ("x7k2m9pq", "Clean water now", False),
        ("an-7k2", "Clean water in an hour", False),
        ("水", "干净的水", True),
    ],
)
def test_an_address_that_names_the_cause_is_told(slug: str, title: str, named: bool) -> None:
    assert names_the_cause(slug, title) == named


def test_an_address_that_names_the_cause_is_not_published_or_opened(safe: Petition) -> None:
    text = safe.texts.get()
    text.slug = "clean-water"
    with pytest.raises(IllegalTransition, match="must not name the cause"):
        publish_text(text)
    draft = Petition.objects.create(key="draft", campaign=safe.campaign, safe_mode=True, linger=Linger.SAFE)
    publish_text(type(text)(petition=draft, lang="en", slug=neutral_slug(), title="Clean air", addressee="x", lede="y"))
    draft.texts.update(slug="clean-air")
    with pytest.raises(IllegalTransition, match="must not name the cause"):
        draft.open()


def test_ten_minutes_after_confirming_nothing_anywhere_holds_the_address(
    live_safe: Petition, keystore: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Dump, files of the tables, WAL, keystore, log: the marker is nowhere, and no blob that stayed opens."""
    began = time.time()
    with caplog.at_level(logging.DEBUG), running() as server:
        row = post(live_safe)
        old_blob, place = row.personal.blob, Place(live_safe.uuid, row.personal.email_key, SAFE_NAME_KEY)
        mail_once(server.port)
        assert [mail.message["To"] for mail in server.mails] == [ADDRESS]
        confirm(link(row))
        later(minutes=9)
    contents = [dump(), caplog.text.encode(), *written_since(began, data_directory()), *written_since(began, keystore)]
    assert str(live_safe.uuid).encode() in contents[0], "the dump holds our rows"
    assert old_blob.hex().encode() not in contents[0]
    assert any(old_blob in content for content in contents), "an UPDATE erases nothing: the old row is still there"
    assert not any(MARKER.encode() in content for content in contents)
    with pytest.raises(CannotOpen):
        open_address(place, old_blob)


def mail_once(port: int) -> None:
    mailer = Mailer([ConfirmMails()], SmtpTransport(SmtpServer(HOST, port, timeout=5, greeting="x")), 1000)
    mailer.send_due()
    mailer.close()


def dump() -> bytes:
    connection.ensure_connection()
    found = connection.connection.info
    command = [program("pg_dump"), "--host", found.host, "--username", found.user, found.dbname]
    return subprocess.run(command, check=True, capture_output=True).stdout


def data_directory() -> Path:
    """Of the test's cluster, once everything is written to its files."""
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SHOW data_directory")
        return Path(cursor.fetchone()[0])


def written_since(began: float, folder: Path) -> Iterator[bytes]:
    """Tables, WAL, the server's log, keys: every file there that was written to."""
    for path in folder.rglob("*"):
        if path.is_file() and path.stat().st_mtime >= began - 1:
            yield path.read_bytes()
