"""The worker as a process: it works, says how it does, ends on request, and may be killed at any moment."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from procrastinate.contrib.django import app

from campaigns.petitions.petitions import Petition, Stage
from campaigns.petitions.signable import SigningPetition
from campaigns.petitions.signatures import MailboxMail
from tests.mailing.conftest import OPERATOR, Sign, until
from tests.smtp_server import HOST, SmtpServer

StartWorker = Callable[[], "subprocess.Popen[bytes]"]


def loops(client: Client) -> dict[str, Any]:
    answer: dict[str, Any] = client.get("/healthz", headers=OPERATOR).json()
    assert answer["database"] == "up"
    found: dict[str, Any] = answer["loops"]
    return found


def condition(client: Client, name: str) -> str:
    state: str = loops(client)[name]["state"]
    return state


def all_run(client: Client) -> bool:
    return {condition(client, name) for name in ("mailer", "sequencer", "clock")} == {"running"}


def backends() -> set[int]:
    """Processes of the database that serve somebody else than this thread."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = %s",
            [connection.settings_dict["NAME"]],
        )
        return {pid for (pid,) in cursor.fetchall()}


def cut(those: set[int]) -> None:
    """As a database does that restarts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s::int[]) pid", [list(those)])


def test_it_mails_reports_and_ends_on_request(
    start_worker: StartWorker, server: SmtpServer, signs: Sign, client: Client
) -> None:
    assert {state["state"] for state in loops(client).values()} == {"silent"}
    before = backends()
    worker = start_worker()
    signs("first@example.net")
    until(lambda: server.recipients == ["first@example.net"])
    until(lambda: all_run(client))
    cut(backends() - before)
    signs("second@example.net")
    until(lambda: server.recipients == ["first@example.net", "second@example.net"])
    until(lambda: all_run(client))
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(60) == 0


def test_a_mail_server_that_never_answers_does_not_hold_up_the_end(
    start_worker: StartWorker, server: SmtpServer, signs: Sign, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker would wait an hour for a word of the server, and the test for as long as a busy machine takes."""
    monkeypatch.setenv("TEST_SMTP_TIMEOUT", "3600")
    server.stop()
    with socket.create_server((HOST, server.port)) as mute:
        signs("someone@example.net")
        worker = start_worker()
        mute.settimeout(120)
        connected, _ = mute.accept()
        with connected:
            worker.send_signal(signal.SIGINT)
            assert worker.wait(120) == 0


def test_a_failing_loop_is_told_and_works_again(
    start_worker: StartWorker, server: SmtpServer, signs: Sign, client: Client
) -> None:
    server.stop()
    signs("someone@example.net")
    start_worker()
    until(lambda: condition(client, "mailer") == "failing")
    told = loops(client)
    assert told["mailer"]["problem"] == "ServerAway at connect ConnectionRefusedError"
    until(lambda: condition(client, "sequencer") == "running")
    server.start()
    until(lambda: server.recipients == ["someone@example.net"])
    until(lambda: condition(client, "mailer") == "running")


def test_the_job_of_a_killed_worker_runs_after_all(start_worker: StartWorker, petition: SigningPetition) -> None:
    """Here the one that closes a petition when its time has come."""
    found = Petition.objects.filter(pk=petition.id)
    found.update(closes_at=F("opened_at") + timedelta(microseconds=1))
    app.configure_task("every_minute").defer(timestamp=0)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")
    app.configure_task("retry_stalled").defer(timestamp=0)
    start_worker()
    until(lambda: found.get().stage == Stage.CLOSED)


def lease_ends() -> None:
    """As if five minutes had passed since the worker died."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE mailbox_mail SET due_at = now() WHERE sending_at IS NULL")


def test_killed_around_the_sending_it_loses_at_most_that_mail_and_doubles_none(
    start_worker: StartWorker, server: SmtpServer, signs: Sign
) -> None:
    seed = int(os.environ.get("SEED") or random.randrange(10**6))
    print(f"SEED={seed}")
    kills, chance = 3, random.Random(seed)
    addresses = [f"person{number:03}@example.net" for number in range(60)]
    for address in addresses:
        signs(address)
    for _ in range(kills):
        worker = start_worker()
        kill_at_a_moment(worker, server, chance)
        worker.wait(20)
        lease_ends()
    start_worker()
    marked = MailboxMail.objects.filter(sending_at__isnull=False)
    until(lambda: marked.count() == len(addresses))
    assert set(Counter(server.offered).values()) == {1}  # content that arrived, whether the worker learned of it or not
    missing = set(addresses) - set(server.recipients)
    assert len(missing) <= kills
    assert len(missing) <= marked.filter(sent_at=None).count()  # none of which the worker says that it was taken


def kill_at_a_moment(worker: subprocess.Popen[bytes], server: SmtpServer, chance: random.Random) -> None:
    """Once some more mails have passed, at the recipient or at the content, at once or a few milliseconds later."""
    step, after = chance.choice(["at_recipient", "at_content"]), chance.randrange(10)
    wait = chance.choice([0.0, chance.uniform(0, 0.01)])
    seen: list[str] = []

    def kill(address: str) -> None:
        seen.append(address)
        if len(seen) > after and worker.poll() is None:
            time.sleep(wait)
            worker.kill()

    setattr(server, step, kill)
    until(lambda: worker.poll() is not None)
    setattr(server, step, lambda _: None)
