"""Shredding: one command, and from then on nobody reads who signed, in no copy, process or page."""

from __future__ import annotations

import builtins
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from campaigns import pending_keys
from campaigns.keystore import KeystoreError, SecretsDestroyed, create_secrets, destroy_secrets, secrets_of
from campaigns.petitions import tallies
from campaigns.petitions.check_counts import check_counts
from campaigns.petitions.confirming import confirm
from campaigns.petitions.exporting import Export
from campaigns.petitions.mail_source import ConfirmMails
from campaigns.petitions.petitions import Linger, Petition, Stage
from campaigns.petitions.sequencing import sequence
from campaigns.petitions.shredding import shred
from campaigns.petitions.signable import forget_petitions, load
from campaigns.petitions.signing import NotOpen, sign
from campaigns.tokens import Purpose
from reports.editorial.audit import Act, AuditEntry
from tests.petitions.cast import link, make_petition, post, rows, submission
from tests.petitions.restored import Restored, database_from
from tests.petitions.test_keystore import listed


@pytest.fixture
def petition(live_petition: Petition) -> Petition:
    """Signed by two who confirmed and one who did not yet."""
    for number in range(3):
        post(live_petition, f"marker-{number}@example.org", f"Marker {number}")
    for row in rows(live_petition).order_by("pk")[:2]:
        confirm(link(row))
    sequence(live_petition.pk)
    return live_petition


def shredded(petition: Petition, *options: str) -> None:
    call_command("shred", petition.key, *(options or ["--yes"]))
    petition.refresh_from_db()
    forget_petitions()


def test_count_log_and_page_stay_and_everything_personal_is_gone(petition: Petition, client: Client) -> None:
    page = reverse("petitions:detail", args=["water"])
    shredded(petition)
    assert (petition.stage, petition.shredded_at is not None, petition.erased_at is not None) == (
        Stage.CLOSED,
        True,
        True,
    )
    assert tallies.total(petition.pk) == 2
    assert check_counts() == []
    assert rows(petition).exclude(blob=None, email_key=None).count() == 0
    shown = client.get(page)
    assert shown.status_code == 200
    assert b"sign-form" not in shown.content


def test_links_lead_to_the_neutral_page(petition: Petition, client: Client) -> None:
    row = rows(petition).order_by("pk")[0]
    links = {"confirm": link(row), "withdraw": link(row, Purpose.WITHDRAW)}
    destroy_secrets(petition.uuid)  # the rows are all there still
    forget_petitions()
    assert_neutral(client, "confirm", links["confirm"])
    shredded(petition)
    for name, token in links.items():
        assert_neutral(client, name, token)


def assert_neutral(client: Client, name: str, token: str) -> None:
    for method in (client.get, client.post):
        wrong = method(reverse(f"petitions:{name}", args=["x" * 39]))
        answer = method(reverse(f"petitions:{name}", args=[token]))
        assert (answer.status_code, answer.content) == (404, wrong.content)


def test_nobody_signs_and_no_mail_goes_out(petition: Petition) -> None:
    signable = load(petition)
    said = submission(signable, "late@example.org")
    shredded(petition)
    with pytest.raises(NotOpen):
        sign(load(petition), said)
    with pytest.raises(KeystoreError):  # who remembers the petition as open has no keys for it
        sign(signable, said)
    mails = ConfirmMails()
    assert not mails.due()
    assert mails.queue().length == 0


def test_an_export_that_runs_breaks_off(petition: Petition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("campaigns.petitions.exporting.BATCH", 1)
    chunks = Export(petition, timezone.now()).chunks()
    assert next(chunks)
    assert b"marker" in next(chunks)
    destroy_secrets(petition.uuid)
    with pytest.raises(SecretsDestroyed):
        next(chunks)


def test_the_key_must_be_typed_again(petition: Petition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builtins, "input", lambda: "wather")
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("shred", "water")
    assert secrets_of(petition.uuid)
    monkeypatch.setattr(builtins, "input", lambda: "water")
    call_command("shred", "water")
    with pytest.raises(SecretsDestroyed):
        secrets_of(petition.uuid)


def test_the_command_names_the_copies_that_are_left(
    petition: Petition, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.KEYSTORE_COPIES = ["the safe's USB stick", "backup.example.org:/keystore"]
    shredded(petition)
    said = capsys.readouterr().out
    assert f"{petition.uuid}.json in every copy of the keystore" in said
    assert "- the safe's USB stick\n" in said
    assert "- backup.example.org:/keystore\n" in said
    assert "marker" not in said.lower()


def test_it_is_noted_once(petition: Petition) -> None:
    shredded(petition)
    shredded(petition)
    (entry,) = AuditEntry.objects.filter(act=Act.SHREDDED)
    assert (entry.object_id, entry.label) == (str(petition.pk), "water")


@pytest.mark.django_db(transaction=True)
def test_mistakes_are_named() -> None:
    with pytest.raises(CommandError, match="no petition with the key 'fire'"):
        call_command("shred", "fire", "--yes")
    petition = make_petition()
    Petition.objects.create(key="draft", campaign=petition.campaign, original_lang="en")
    with pytest.raises(CommandError, match="never opened"):
        call_command("shred", "draft", "--yes")


def test_the_file_is_overwritten_and_says_that_it_is_gone(petition: Petition, keystore: Path) -> None:
    path, held = keystore / f"{petition.uuid}.json", keystore / "held"
    os.link(path, held)  # what a look at the disk would find
    wrapped = re.findall(r'"wrapped": "([^"]+)"', path.read_text())
    destroy_secrets(petition.uuid)
    assert len(wrapped) == 2
    for content in (held.read_bytes(), path.read_bytes()):
        assert not [secret for secret in wrapped if secret.encode() in content]
    assert json.loads(path.read_text())["secrets"] == {}
    assert json.loads(path.read_text())["destroyed"].keys() == {"seal", "index"}
    assert set(listed(keystore)) == {path.name, "held"}


def test_a_damaged_file_is_destroyed_too_and_none_is_ever_made_again(petition: Petition, keystore: Path) -> None:
    path = keystore / f"{petition.uuid}.json"
    path.write_text(path.read_text()[:-40])
    assert destroy_secrets(petition.uuid)
    assert not destroy_secrets(petition.uuid)
    create_secrets(petition.uuid)
    with pytest.raises(SecretsDestroyed):
        secrets_of(petition.uuid)


@pytest.fixture
def other_process(petition: Petition, keystore: Path) -> Iterator[Any]:
    """A process that has the secrets open, and says after each line it gets whether it still has."""
    code = """
import sys, django; django.setup()
from uuid import UUID
from campaigns import keystore, sealing
petition = UUID(sys.argv[1])
opened = keystore.secrets_of(petition)
sealing._cipher(opened.seal, 1)
del opened
for _line in sys.stdin:
    print(petition in keystore._open, sealing._cipher.cache_info().currsize, flush=True)
"""
    places = {"TEST_DATABASE": connection.settings_dict["NAME"], "TEST_SMTP_PORT": "25", "TEST_KEYSTORE": str(keystore)}
    env = {
        **os.environ,
        **places,
        "UPSTANDER_VAR": str(settings.VAR),
        "DJANGO_SETTINGS_MODULE": "tests.worker_settings",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(petition.uuid)],
        cwd=settings.BASE_DIR,
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.wait()


def test_a_running_process_forgets_what_it_has_open(petition: Petition, other_process: Any) -> None:
    """Also one that does nothing: it need not ask for the secrets to notice."""

    def held() -> str:
        other_process.stdin.write("\n")
        other_process.stdin.flush()
        return str(other_process.stdout.readline().strip())

    assert held() == "True 1"
    destroy_secrets(petition.uuid)
    deadline = time.monotonic() + 10
    while held() != "False 0":
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.fixture
def before(petition: Petition, tmp_path: Path) -> Path:
    """A plain dump of the database, taken before."""
    call_command("backup", str(tmp_path / "before.dump"))
    return tmp_path / "before.dump"


def test_a_dump_from_before_opens_nowhere(petition: Petition, before: Path, keystore: Path) -> None:
    """Restored elsewhere, with the ring and the keystore of now."""
    link_to_confirm = link(rows(petition).order_by("pk")[2])
    with database_from(before, keystore) as untouched:
        assert untouched.run(OPENED, str(petition.pk)) == {"rows": 3, "opened": 3}
    shred(petition, petition.opened_at)  # type: ignore[arg-type]  # it was opened
    with database_from(before, keystore) as restored:
        assert restored.run(OPENED, str(petition.pk)) == {"rows": 3, "opened": 0}
        assert restored.run(LINKS, link_to_confirm) is None
        assert_the_clock_blanks(restored, petition)


def assert_the_clock_blanks(restored: Restored, petition: Petition) -> None:
    """The worker there finds the destroyed keys, closes the petition and blanks its rows; the count stays."""
    restored.manage("retention")
    code = """
from campaigns.petitions.models import Petition, Signature
from campaigns.petitions import tallies
petition = Petition.objects.get(pk=int(argv[0]))
answer = {"stage": petition.stage, "shredded": petition.shredded_at is not None, "total": tallies.total(petition.pk),
          "legible": Signature.objects.exclude(blob=None, email_key=None, seed=None).count()}
"""
    expected = {"stage": "closed", "shredded": True, "total": 2, "legible": 0}
    assert restored.run(code, str(petition.pk)) == expected


OPENED = """
from campaigns.keystore import KeystoreError, secrets_of
from campaigns.petitions.models import Petition, Signature
from campaigns.sealing import CannotOpen, Place, unseal
petition = Petition.objects.get(pk=int(argv[0]))
opened = 0
for row in Signature.objects.all():
    kept = row.personal
    try:
        said = unseal(secrets_of(petition.uuid).seal, Place(petition.uuid, kept.email_key, kept.name_key), kept.blob)
        opened += "marker" in said["email"]
    except (KeystoreError, CannotOpen):
        pass
answer = {"rows": Signature.objects.count(), "opened": opened}
"""
LINKS = """
from campaigns.petitions.confirming import confirm
answer = confirm(argv[0])
"""


@pytest.mark.django_db(transaction=True)
def test_in_safe_mode_the_keys_of_those_who_wait_go_with_it(keystore: Path) -> None:
    petition = make_petition("k7", safe_mode=True, linger=Linger.SAFE)
    pending_keys.issue(petition.uuid)
    assert pending_keys.petitions_with_keys() == [petition.uuid]
    shredded(petition)
    assert pending_keys.petitions_with_keys() == []
