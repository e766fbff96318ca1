"""The rehearsal: it measures a whole site, tells what is missing, and never leaves this machine."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.rehearsal.books import Books, Lag, outcome
from config.rehearsal.crowd import NotLoopback, Tally, loopback_only
from config.rehearsal.mail_sink import MailSink
from tests.browser.conftest import ROOT, clean_environment
from tests.config.server_users import open_directory


def rehearse(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", "rehearse", *arguments]
    return subprocess.run(command, cwd=ROOT, env=clean_environment(), capture_output=True, text=True, timeout=600)


@pytest.fixture
def place() -> Iterator[Path]:
    with open_directory() as directory:
        yield directory


def test_it_measures_a_whole_site_and_compares_with_the_last_run(place: Path) -> None:
    first = rehearse("--seconds", "3", "--rate", "20", "--var", str(place / "site"))
    assert first.returncode == 0, first.stdout + first.stderr
    assert "lost = 0" in first.stdout
    assert "accepted 60, confirmed 60" in first.stdout
    assert "last run" not in first.stdout
    second = rehearse("--seconds", "1", "--rate", "10", "--var", str(place / "site"))
    assert "(last run" in second.stdout
    assert "accepted 10, confirmed 10" in second.stdout


@pytest.mark.parametrize("host", ["10.0.0.1", "0.0.0.0", "192.0.2.1", "::2"])
def test_any_other_host_is_refused_before_anything_starts(host: str, place: Path) -> None:
    done = rehearse("--host", host, "--var", str(place / "site"))
    assert done.returncode == 1
    assert "loopback address only" in done.stderr
    assert not (place / "site").exists()


def test_a_name_that_leads_elsewhere_too_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, 0, 0, "", ("127.0.0.1", 0)), (socket.AF_INET, 0, 0, "", ("192.0.2.1", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: found)
    with pytest.raises(NotLoopback):
        loopback_only("both.example")
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: found[:1])
    assert loopback_only("here.example") == "127.0.0.1"


def test_a_folder_that_holds_something_else_is_left_alone(place: Path) -> None:
    (place / "keystore").mkdir()
    done = rehearse("--var", str(place))
    assert done.returncode == 1
    assert "holds something else" in done.stderr
    assert [entry.name for entry in place.iterdir()] == ["keystore"]


def test_what_is_missing_is_told() -> None:
    tally = Tally(accepted=dict.fromkeys("abcd", 0.0), confirmed=dict.fromkeys("abc", 0.0))
    sink = MailSink(lambda *_: None)
    sink.mails = Counter({"a": 1, "b": 2, "c": 1})
    found = outcome(tally, sink, Books(stored=3, confirmed=2, counted=4, uncounted=0, unmailed=0))
    assert (found.lost, found.uncounted, found.miscounted, found.unmailed_people, found.mailed_twice) == (1, 1, 2, 1, 1)
    assert not found.clean


def test_the_count_is_behind_by_the_oldest_confirmed_signature_that_is_not_in_it() -> None:
    lag = Lag(before=5, samples=[(1.0, 0), (2.5, 1), (4.0, 3)])
    assert lag.longest({"a": 0.8, "b": 1.0, "c": 3.0}) == 1.5
