"""A petition that can be signed, a real SMTP server, and a mailer between them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection

from campaigns.mail_smtp import SmtpServer as Settings
from campaigns.mail_smtp import SmtpTransport
from campaigns.mailing import Mailer
from campaigns.petitions.mail_source import ConfirmMails
from campaigns.petitions.signable import SigningPetition, load
from campaigns.petitions.signing import sign
from tests.petitions.cast import make_petition, make_text, submission
from tests.smtp_server import HOST, SmtpServer, running

Sign = Callable[..., None]
MakeMailer = Callable[..., Mailer]
OPERATOR = {"authorization": f"Bearer {settings.METRICS_TOKEN}"}


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with running() as server:
        yield server


@pytest.fixture
def petition(transactional_db: None) -> SigningPetition:
    petition = make_petition()
    make_text(petition, "ar", "ماء نظيف الآن")
    return load(petition)


@pytest.fixture
def signs(petition: SigningPetition) -> Sign:
    """Post the form for an address."""

    def post(address: str, name: str = "Someone", lang: str = "en") -> None:
        sign(petition, submission(petition, address, name, lang=lang))

    return post


@pytest.fixture
def make_mailer(server: SmtpServer) -> Iterator[MakeMailer]:
    mailers: list[Mailer] = []

    def make(rate: float = 100_000, lease: timedelta = timedelta(minutes=5)) -> Mailer:
        transport = SmtpTransport(Settings(HOST, server.port, timeout=5, greeting="example.org"))
        mailers.append(Mailer([ConfirmMails(lease)], transport, rate, delay=lambda _tries: timedelta(0)))
        return mailers[-1]

    yield make
    for mailer in mailers:
        mailer.close()


@pytest.fixture
def mailer(make_mailer: MakeMailer) -> Mailer:
    return make_mailer()


def send_all(mailer: Mailer) -> None:
    for _ in range(1000):
        if not mailer.send_due():
            return
    raise AssertionError("mails are due again and again")


def make_due() -> None:
    """As if the two minutes after a repeated post had passed."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE signature SET mail_due_at = now() WHERE mail_due_at IS NOT NULL")


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to pass in time"
        time.sleep(0.02)


@pytest.fixture
def start_worker(server: SmtpServer, petition: SigningPetition) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start `manage.py worker` as a process, on the test's database and mail server."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        places = {"TEST_DATABASE": connection.settings_dict["NAME"], "TEST_SMTP_PORT": str(server.port)}
        command = [sys.executable, "manage.py", "worker", "--settings", "tests.worker_settings"]
        env = {**os.environ, **places, "UPSTANDER_VAR": str(settings.VAR)}
        started.append(subprocess.Popen(command, cwd=settings.BASE_DIR, env=env, stdout=subprocess.DEVNULL))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
    until(
        nobody_else_is_busy
    )  # what a killed process has asked for is still carried out, and the tables are emptied next


def nobody_else_is_busy() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid() AND state <> 'idle'",
            [connection.settings_dict["NAME"]],
        )
        return bool(cursor.fetchone() == (0,))
