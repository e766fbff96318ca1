"""Rotating the ring: every file follows, whatever interrupts it, and nothing destroyed comes back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from campaigns import pending_keys
from campaigns.keystore import (
    KeystoreError,
    SecretsDestroyed,
    check_keystore,
    create_secrets,
    destroy_secrets,
    forget_secrets,
    secrets_of,
)
from campaigns.keystore_rewrapping import rewrap_keystore
from config import keys
from config.keys import KeyRing
from tests.browser.conftest import clean_environment, free_port
from tests.config.test_settings import GOOD
from tests.petitions.cast import at_once
from tests.petitions.test_keystore import listed

ROOT = Path(__file__).resolve().parent.parent.parent
FIRST, SECOND = b"1" * 32, b"2" * 32
OLD = KeyRing(active=1, keys={1: FIRST})
BOTH = KeyRing(active=2, keys={1: FIRST, 2: SECOND})
NEW = KeyRing(active=2, keys={2: SECOND})


def made(count: int) -> dict[UUID, tuple[bytes, bytes | None]]:
    """So many petitions with secrets, and what these are."""
    petitions = [uuid4() for _ in range(count)]
    create_all(petitions)
    return {petition: opened(petition) for petition in petitions}


def create_all(petitions: Iterable[UUID]) -> None:
    for petition in petitions:
        create_secrets(petition)


def opened(petition: UUID) -> tuple[bytes, bytes | None]:
    """What the file holds now, past what this process remembers."""
    forget_secrets(petition)
    found = secrets_of(petition)
    return found.seal, found.index


def test_files_follow_the_ring_and_the_old_key_may_go(settings: Settings) -> None:
    settings.KEYS = OLD
    before = made(3)
    settings.KEYS = BOTH
    done = rewrap_keystore()
    assert (done.changed, done.unchanged, done.problems, done.idle) == (3, 0, (), (1,))
    settings.KEYS = NEW
    check_keystore()
    assert {petition: opened(petition) for petition in before} == before


def test_a_second_run_changes_nothing(settings: Settings, keystore: Path) -> None:
    settings.KEYS = OLD
    made(2)
    settings.KEYS = BOTH
    rewrap_keystore()
    bytes_before = {path: path.read_bytes() for path in keystore.glob("*.json")}
    done = rewrap_keystore()
    assert (done.changed, done.unchanged) == (0, 2)
    assert {path: path.read_bytes() for path in keystore.glob("*.json")} == bytes_before


def test_a_file_that_does_not_open_stays_and_the_others_follow(
    settings: Settings, keystore: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.KEYS = KeyRing(active=9, keys={9: b"9" * 32})
    (lost,) = made(1)
    settings.KEYS = OLD
    made(2)
    settings.KEYS = BOTH
    content = (keystore / f"{lost}.json").read_bytes()
    with pytest.raises(CommandError, match=rf"{lost}\.json is wrapped under key 9, which UPSTANDER_KEYS does not hold"):
        call_command("rewrap_keystore")
    assert "2 files wrapped anew under key 2, 0 were so before." in capsys.readouterr().out
    assert (keystore / f"{lost}.json").read_bytes() == content
    assert rewrap_keystore().idle == (1,)


def test_the_command_says_which_keys_are_idle(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    settings.KEYS = OLD
    made(1)
    call_command("rewrap_keystore")
    assert "Every other key of the ring is in use, or there is none." in capsys.readouterr().out
    settings.KEYS = BOTH
    call_command("rewrap_keystore")
    said = capsys.readouterr().out
    assert "1 files wrapped anew under key 2, 0 were so before." in said
    assert "No file here needs key 1 any more." in said


class Killed(BaseException):
    """The process ends here."""


def dies_at(monkeypatch: pytest.MonkeyPatch, name: str, turn: int) -> None:
    """Let the turn-th call of a function of `os` be the last thing that happens."""
    real: Callable[..., Any] = getattr(os, name)
    calls: list[None] = []

    def dying(*args: Any, **kwargs: Any) -> Any:
        calls.append(None)
        if len(calls) == turn:
            raise Killed
        return real(*args, **kwargs)

    monkeypatch.setattr(os, name, dying)


@pytest.mark.parametrize(
    ("name", "turn"), [("open", 1), ("link", 1), ("replace", 1), *[("fsync", turn) for turn in (1, 2, 3, 4, 6)]]
)
def test_an_interrupted_run_leaves_every_file_openable_and_the_next_one_goes_on(
    name: str, turn: int, settings: Settings, keystore: Path
) -> None:
    settings.KEYS = OLD
    before = made(2)
    settings.KEYS = BOTH
    with pytest.MonkeyPatch.context() as patch:
        dies_at(patch, name, turn)
        with pytest.raises(Killed):
            rewrap_keystore()
    check_keystore()
    assert {petition: opened(petition) for petition in before} == before
    rewrap_keystore()
    settings.KEYS = NEW
    assert {petition: opened(petition) for petition in before} == before
    assert sorted(listed(keystore)) == sorted(f"{petition}.json" for petition in before), "no draft is left"


def test_the_former_version_is_overwritten_before_it_goes(settings: Settings, keystore: Path) -> None:
    settings.KEYS = OLD
    (petition,) = made(1)
    former = keystore / "held"
    os.link(keystore / f"{petition}.json", former)  # what a look at the disk would find
    settings.KEYS = BOTH
    rewrap_keystore()
    with pytest.raises(ValueError, match=r"codec|Expecting"):
        json.loads(former.read_bytes())


def test_rewrapping_beside_creating_and_destroying_loses_and_revives_nothing(settings: Settings) -> None:
    settings.KEYS = OLD
    before = made(20)
    doomed, kept = list(before)[:10], list(before)[10:]
    fresh = [uuid4() for _ in range(10)]
    settings.KEYS = BOTH
    at_once(
        rewrap_keystore,
        rewrap_keystore,
        lambda: [destroy_secrets(petition) for petition in doomed],
        lambda: create_all(fresh),
        lambda: create_all(doomed),
    )
    rewrap_keystore()
    settings.KEYS = NEW
    check_keystore()
    assert {petition: opened(petition) for petition in kept} == {petition: before[petition] for petition in kept}
    assert all(opened(petition) for petition in fresh)
    for petition in doomed:
        with pytest.raises(SecretsDestroyed):
            opened(petition)


def test_a_killed_process_leaves_every_file_openable(tmp_path: Path, settings: Settings) -> None:
    settings.KEYSTORE = tmp_path / "big"
    old, new = keys.new_key(), keys.new_key()
    settings.KEYS = keys.parse_ring(f"1:{old}")
    before = made(150)
    settings.KEYS = keys.parse_ring(f"1:{old},2:{new}")
    env = {**clean_environment(), **GOOD, "UPSTANDER_KEYSTORE": str(settings.KEYSTORE)}
    env |= {"UPSTANDER_KEYS": f"1:{old},2:{new}"}
    process = subprocess.Popen([sys.executable, "manage.py", "rewrap_keystore"], cwd=ROOT, env=env)
    deadline = time.monotonic() + 30
    while rewrapped(settings.KEYSTORE) < 20 and process.poll() is None:
        assert time.monotonic() < deadline
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert rewrapped(settings.KEYSTORE) >= 20
    check_keystore()
    assert {petition: opened(petition) for petition in before} == before
    assert rewrap_keystore().problems == ()
    settings.KEYS = keys.parse_ring(f"2:{new}")
    assert {petition: opened(petition) for petition in before} == before


def rewrapped(keystore: Path) -> int:
    return sum(b'"ring_key": 2' in path.read_bytes() for path in keystore.glob("*.json"))


START = {
    "web server": ["-c", "import config.wsgi"],
    "worker": ["manage.py", "worker"],
}


@pytest.mark.parametrize("what", START)
@pytest.mark.parametrize(
    ("ring", "says"),
    [
        ("2", "is wrapped under key 1, which UPSTANDER_KEYS does not hold"),
        ("1", "does not open under key 1 of UPSTANDER_KEYS"),
    ],
)
def test_a_start_without_the_ring_s_key_is_one_line_that_names_file_and_key(
    what: str, ring: str, says: str, settings: Settings, keystore: Path, tmp_path: Path
) -> None:
    (tmp_path / "static").mkdir()
    settings.KEYS = OLD
    (petition,) = made(1)
    env = {**clean_environment(), **GOOD, "UPSTANDER_KEYSTORE": str(keystore), "UPSTANDER_VAR": str(tmp_path)}
    env |= {"UPSTANDER_KEYS": f"{ring}:{keys.new_key()}"}
    done = subprocess.run([sys.executable, *START[what]], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert f"{petition}.json {says}" in done.stderr


def test_the_demo_names_a_keystore_that_does_not_open(tmp_path: Path, settings: Settings) -> None:
    settings.KEYSTORE = tmp_path / "keystore"
    settings.KEYS = OLD
    (petition,) = made(1)
    command = [sys.executable, "manage.py", "demo", "--port", str(free_port()), "--var", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, env=clean_environment(), capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert f"{petition}.json does not open under key 1 of UPSTANDER_KEYS" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_strange_file_is_named(keystore: Path) -> None:
    made(1)
    (keystore / "notes.json").write_text("{}")
    with pytest.raises(KeystoreError, match=r"notes\.json is no file of petition secrets"):
        check_keystore()


def test_a_ring_key_is_needed_while_a_waiting_signature_s_key_is_wrapped_under_it(settings: Settings) -> None:
    settings.KEYS = OLD
    petition = uuid4()
    pending_keys.issue(petition)
    settings.KEYS = BOTH
    assert rewrap_keystore().idle == ()
    settings.KEYS = NEW
    with pytest.raises(KeystoreError, match="pending holds files under key 1, which UPSTANDER_KEYS does not hold"):
        check_keystore()
    pending_keys.destroy_all(petition)
    check_keystore()
