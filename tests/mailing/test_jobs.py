"""What the clock calls for, and how its failures are told."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from campaigns.petitions.models import PetitionTally
from campaigns.petitions.signable import SigningPetition
from campaigns.petitions.signatures import Signature
from campaigns.worker_state import LoopCondition, LoopName, WorkerLoop, loop_states, report_work
from config import worker_jobs
from tests.mailing.conftest import OPERATOR, Sign


def condition(name: LoopName, now: datetime | None = None) -> LoopCondition:
    (state,) = [state for state in loop_states(now) if state.name == name]
    return state.condition


def test_what_nobody_confirmed_is_deleted_after_its_time(signs: Sign) -> None:
    signs("first@example.net")
    signs("second@example.net")
    Signature.objects.filter(pk=Signature.objects.earliest("pk").pk).update(
        created_at=timezone.now() - timedelta(days=14, minutes=1)
    )
    worker_jobs.every_minute(timestamp=0)
    assert Signature.objects.count() == 1
    assert condition(LoopName.EXPIRY) == LoopCondition.RUNNING


def test_a_job_that_fails_is_told_and_keeps_the_others_from_nothing(
    petition: SigningPetition, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    done: list[datetime] = []

    def breaks(_now: datetime) -> None:
        raise ValueError("someone@example.net")

    monkeypatch.setattr(worker_jobs, "EXPIRING", [breaks, done.append])
    worker_jobs.every_minute(timestamp=0)
    assert len(done) == 1
    told = client.get("/healthz", headers=OPERATOR).json()["loops"]
    assert told["expiry"]["state"] == "failing"
    assert told["expiry"]["problem"].startswith("ValueError at test_jobs.py")
    assert told["clock"]["state"] == "running"
    monkeypatch.setattr(worker_jobs, "EXPIRING", [done.append])
    worker_jobs.every_minute(timestamp=60)
    assert condition(LoopName.EXPIRY) == LoopCondition.RUNNING
    worker_jobs.every_minute(timestamp=120)  # an hour has not passed
    assert len(done) == 2


def test_a_loop_that_reports_no_more_is_silent(petition: SigningPetition) -> None:
    assert condition(LoopName.MAILER) == LoopCondition.SILENT
    report_work(LoopName.MAILER)
    assert condition(LoopName.MAILER) == LoopCondition.RUNNING
    assert condition(LoopName.MAILER, timezone.now() + timedelta(minutes=5)) == LoopCondition.SILENT
    assert WorkerLoop.objects.count() == 1


def test_numbers_that_disagree_are_told_by_name(
    signs: Sign, petition: SigningPetition, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    signs("first@example.net")
    worker_jobs.every_night(timestamp=0)
    assert condition(LoopName.BOOKS) == LoopCondition.RUNNING
    PetitionTally.objects.create(petition_id=petition.id, kind="total", key="", n=7)
    worker_jobs.every_night(timestamp=86400)
    assert client.get("/healthz").json()["loops"]["books"]["state"] == "failing"
    assert f"petition {petition.id}: tally total: 7, should be 0" in caplog.text
    PetitionTally.objects.all().delete()
    worker_jobs.every_night(timestamp=2 * 86400)
    assert condition(LoopName.BOOKS) == LoopCondition.RUNNING


def test_a_new_installation_looks_at_its_books_soon_and_beside_what_is_due_each_minute(
    petition: SigningPetition,
) -> None:
    worker_jobs.every_minute(timestamp=0)
    worker_jobs.every_minute(timestamp=60)
    looks = ProcrastinateJob.objects.filter(task_name="every_night", status="todo")
    assert looks.count() == 1
    worker_jobs.every_night(timestamp=0)
    looks.delete()
    worker_jobs.every_minute(timestamp=120)
    assert looks.count() == 0
