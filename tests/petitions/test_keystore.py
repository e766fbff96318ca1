"""The petitions' secrets: one closed file each, useless without the ring, and clear about what is wrong."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from pytest_django import Settings

from campaigns.keystore import KeystoreError, check_keystore, create_secrets, forget_secrets, secrets_of
from campaigns.keystore_files import LOCK
from config.keys import KeyRing
from tests.petitions.cast import at_once

FIRST, SECOND = b"1" * 32, b"2" * 32


def listed(keystore: Path) -> list[str]:
    """What lies there beside the lock."""
    return [entry.name for entry in keystore.iterdir() if entry.name != LOCK]


def test_a_file_opens_to_the_same_secrets(keystore: Path) -> None:
    petition = uuid4()
    create_secrets(petition)
    secrets = secrets_of(petition)
    forget_secrets(petition)
    assert secrets_of(petition) == secrets
    assert secrets.index is not None
    keys = {secrets.seal, secrets.index, secrets.email, secrets.name, secrets.salt, secrets.message_id}
    assert len(keys) == 6
    assert {len(key) for key in keys} == {32}


def test_files_and_folder_are_closed_to_others(keystore: Path) -> None:
    create_secrets(petition := uuid4())
    path = keystore / f"{petition}.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(keystore.stat().st_mode) == 0o700
    assert listed(keystore) == [path.name]


def test_secrets_stand_in_no_file_in_clear_and_in_no_repr(keystore: Path) -> None:
    create_secrets(petition := uuid4())
    content = (keystore / f"{petition}.json").read_bytes()
    secrets = secrets_of(petition)
    assert secrets.index is not None
    for secret in (secrets.seal, secrets.index):
        assert secret not in content
        assert secret.hex().encode() not in content
        assert repr(secret) not in repr(secrets)


def test_secrets_are_made_once_whoever_comes_first(keystore: Path) -> None:
    petition = uuid4()
    at_once(*[lambda: create_secrets(petition)] * 8)
    before = (keystore / f"{petition}.json").read_bytes()
    create_secrets(petition)
    assert (keystore / f"{petition}.json").read_bytes() == before
    assert listed(keystore) == [f"{petition}.json"]


def test_a_missing_ring_key_stops_the_start_and_is_named(keystore: Path, settings: Settings) -> None:
    settings.KEYS = KeyRing(active=3, keys={3: FIRST})
    create_secrets(petition := uuid4())
    check_keystore()
    call_command("check", tags=["security"])

    settings.KEYS = KeyRing(active=1, keys={1: FIRST})
    with pytest.raises(KeystoreError, match=rf"{petition}\.json is wrapped under key 3, which UPSTANDER_KEYS does not"):
        check_keystore()
    with pytest.raises(SystemCheckError, match=rf"{petition}\.json is wrapped under key 3"):
        call_command("check", tags=["security"])
    with pytest.raises(KeystoreError, match="key 3"):
        secrets_of(petition)


def test_a_wrong_ring_key_is_named(settings: Settings) -> None:
    settings.KEYS = KeyRing(active=1, keys={1: FIRST})
    create_secrets(petition := uuid4())
    settings.KEYS = KeyRing(active=1, keys={1: SECOND})
    says = rf"{petition}\.json does not open under key 1 of UPSTANDER_KEYS"
    with pytest.raises(KeystoreError, match=says):
        secrets_of(petition)
    with pytest.raises(KeystoreError, match=says):
        check_keystore()


def test_a_ring_with_more_keys_opens_older_files(settings: Settings) -> None:
    settings.KEYS = KeyRing(active=1, keys={1: FIRST})
    create_secrets(petition := uuid4())
    settings.KEYS = KeyRing(active=2, keys={1: FIRST, 2: SECOND})
    assert secrets_of(petition)
    check_keystore()


def test_one_petition_s_file_does_not_open_as_another_s(keystore: Path) -> None:
    create_secrets(one := uuid4())
    (keystore / f"{one}.json").rename(keystore / f"{(other := uuid4())}.json")
    with pytest.raises(KeystoreError, match="does not open"):
        secrets_of(other)


def test_one_secret_does_not_open_in_the_place_of_the_other(keystore: Path) -> None:
    create_secrets(petition := uuid4())
    path = keystore / f"{petition}.json"
    content = json.loads(path.read_bytes())
    entries = content["secrets"]
    entries["seal"], entries["index"] = entries["index"], entries["seal"]
    path.write_text(json.dumps(content))
    with pytest.raises(KeystoreError, match="does not open"):
        secrets_of(petition)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"format": "other"}', '{"format": "%s", "secrets": []}'])
def test_a_damaged_file_is_named(content: str, keystore: Path) -> None:
    create_secrets(petition := uuid4())
    path = keystore / f"{petition}.json"
    path.write_text(content.replace("%s", "upstander-petition-secrets/1"))
    with pytest.raises(KeystoreError, match=rf"{petition}\.json is no file of petition secrets, or is damaged"):
        secrets_of(petition)


def test_a_missing_file_is_named() -> None:
    with pytest.raises(KeystoreError, match=r"\.json is missing: restore it"):
        secrets_of(uuid4())


def test_a_folder_that_cannot_be_written_is_named(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings.KEYSTORE = tmp_path / "file" / "keystore"
    with pytest.raises(KeystoreError, match="keystore"):
        create_secrets(uuid4())
