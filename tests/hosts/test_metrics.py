"""What the operator's monitoring may read, and that nobody else may."""

from __future__ import annotations

import os
import re
import time
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from campaigns.mail_troubles import TroubleKind, note
from campaigns.petitions.petitions import Linger, Petition
from campaigns.petitions.sequencing import sequence
from campaigns.petitions.signatures import Signature
from campaigns.worker_state import LoopName, WorkerLoop, report_failure, report_work
from config import metrics
from config.admission import Line
from config.process_numbers import GONE_SECONDS, ProcessNumbers
from config.wsgi import kept_pages
from tests.hosts.conftest import PUBLIC, At
from tests.petitions.cast import make_petition
from tests.petitions_pages.cast import PAGE, confirm_url, printed, sign, signed
from tests.petitions_pages.visitor import Visitor

TOKEN = "a" * 40


@pytest.fixture(autouse=True)
def guarded(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.METRICS_TOKEN = TOKEN
    monkeypatch.setattr(metrics, "PROCESSES", tmp_path / "processes")
    return tmp_path / "processes"


def read(visitor: Visitor) -> dict[str, float]:
    reply = visitor.get("/metrics", authorization=f"Bearer {TOKEN}")
    assert (reply.status, reply["Content-Type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert "no-store" in reply["Cache-Control"]
    lines = [line for line in reply.text.splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r'[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? -?[0-9.e+]+', line) for line in lines)
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}


@pytest.mark.parametrize(
    "sent", [None, "", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer ", "Bearer é", "Bearer"]
)
def test_nobody_else_learns_that_there_is_anything(at: At, sent: str | None) -> None:
    headers = {} if sent is None else {"authorization": sent}
    there, nowhere = at(PUBLIC).get("/metrics", **headers), at(PUBLIC).get("/metricx", **headers)
    assert (there.status, nowhere.status) == (404, 404)
    assert there.headers == nowhere.headers
    assert there.body.replace(b"/metrics", b"?") == nowhere.body.replace(b"/metricx", b"?")


def test_without_a_token_in_the_settings_there_are_none(at: At, settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    for sent in ("Bearer ", f"Bearer {TOKEN}", "Bearer"):
        assert at(PUBLIC).get("/metrics", authorization=sent).status == 404
        assert "problem" not in at(PUBLIC).get("/healthz", authorization=sent).text


def test_it_tells_what_waits_and_what_counts(at: At, petition: Petition) -> None:
    visitor = at(PUBLIC)
    first = signed(visitor, petition)
    signed(visitor, petition, email="grace@example.org", name="Grace Hopper")
    found = read(visitor)
    assert found['upstander_mails_waiting{of="signatures"}'] == 2
    assert (found["upstander_leaves_waiting"], found["upstander_signatures_counted"]) == (0, 0)
    assert visitor.post(confirm_url(first)).status == 200
    assert read(visitor)["upstander_leaves_waiting"] == 1
    sequence(petition.pk)
    found = read(visitor)
    assert (found["upstander_leaves_waiting"], found["upstander_signatures_counted"]) == (0, 1)
    Signature.objects.update(mail_due_at=F("mail_due_at") - timedelta(minutes=25))
    assert read(visitor)['upstander_mails_oldest_seconds{of="signatures"}'] == 1200


def test_no_number_moves_when_somebody_signs_in_safe_mode(at: At) -> None:
    safe = make_petition("k7m2", safe_mode=True, linger=Linger.SAFE)
    visitor = at(PUBLIC)
    before = read(visitor)
    data = {"email": "ada@example.org", "country": "BE", "text": printed(safe).sha256}
    assert visitor.post("/en/petitions/k7m2/sign/", data).status == 303
    assert read(visitor) == before
    assert visitor.post(confirm_url(Signature.objects.get())).status == 200
    assert read(visitor) == before
    sequence(safe.pk)
    assert read(visitor) == before


def test_mail_of_safe_mode_that_has_waited_long_shows_by_its_age_alone(at: At) -> None:
    safe = make_petition("k7m2", safe_mode=True, linger=Linger.SAFE)
    visitor = at(PUBLIC)
    visitor.post(
        "/en/petitions/k7m2/sign/", {"email": "ada@example.org", "country": "BE", "text": printed(safe).sha256}
    )
    Signature.objects.update(mail_due_at=F("mail_due_at") - timedelta(minutes=11))
    found = read(visitor)
    assert found['upstander_mails_waiting{of="signatures"}'] == 0
    assert found['upstander_mails_oldest_seconds{of="signatures"}'] == 600


def test_it_names_loops_and_kinds_of_trouble_and_nobody(at: At, petition: Petition) -> None:
    visitor = at(PUBLIC)
    sign(visitor, petition, name="Marker Lovelace", email="marker@marker.example")
    report_work(LoopName.MAILER)
    report_failure(LoopName.CLOCK, "marker")
    note(TroubleKind.REFUSED)
    found = read(visitor)
    assert found['upstander_loop_state{loop="mailer",state="running"}'] == 1
    assert found['upstander_loop_state{loop="clock",state="failing"}'] == 1
    assert found['upstander_loop_state{loop="sequencer",state="silent"}'] == 1
    assert found['upstander_mail_troubles_today{kind="refused"}'] == 1
    assert "marker" not in str(found).lower()


def test_it_reads_no_signature_that_waits_for_nothing(at: At, petition: Petition) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        read(at(PUBLIC))
    assert len(asked) < 15
    of_rows = [query["sql"] for query in asked if re.search(r"FROM signature|\"signature\"", query["sql"])]
    assert len(of_rows) == 1
    assert "mail_due_at <= now()" in of_rows[0]


@pytest.mark.django_db(transaction=True)
def test_numbers_that_take_too_long_are_left_out(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for them must not stand in anybody's way; the rest is told as ever."""
    monkeypatch.setattr(metrics, "PATIENCE", "SET LOCAL statement_timeout = '50ms'")
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute("LOCK TABLE leaf_queue IN ACCESS EXCLUSIVE MODE")
        found = read(at(PUBLIC))
    assert found["upstander_database_up"] == 1
    assert "upstander_leaves_waiting" not in found
    assert "upstander_leaves_waiting" in read(at(PUBLIC))


def test_posts_that_had_to_wait_are_counted(guarded: Path, petition: Petition, at: At) -> None:
    line = Line()
    line.waited()
    line.refused()
    line.refused()
    ProcessNumbers(guarded, line.numbers).tell()
    found = read(at(PUBLIC))
    assert found[f'upstander_crowded_posts_total{{process="{os.getpid()}",what="waited"}}'] == 1
    assert found[f'upstander_crowded_posts_total{{process="{os.getpid()}",what="refused"}}'] == 2


def test_each_process_tells_its_own_pages_and_connections(guarded: Path, petition: Petition, at: At) -> None:
    cache = kept_pages(WSGIHandler())
    numbers = ProcessNumbers(guarded, cache.numbers, metrics.pool_numbers)
    visitor = Visitor(cache, headers={"host": PUBLIC})
    for _ in range(3):
        assert visitor.get(PAGE).status == 200
    numbers.tell()
    (guarded / "1.json").write_text('{"pages_kept": 7, "pages_asked": 1}')
    (guarded / "2.json").write_text('{"pages_kept": 9}')
    old = time.time() - GONE_SECONDS - 5
    os.utime(guarded / "2.json", (old, old))
    found = read(at(PUBLIC))
    mine = os.getpid()
    assert found[f'upstander_public_pages_total{{process="{mine}",by="memory"}}'] == 2
    assert found[f'upstander_public_pages_total{{process="{mine}",by="django"}}'] == 1
    assert found['upstander_public_pages_total{process="1",by="memory"}'] == 7
    assert 'upstander_public_pages_total{process="2",by="memory"}' not in found
    assert not (guarded / "2.json").exists()
    assert f'upstander_database_connections{{process="{mine}",state="open"}}' in found


def test_everybody_learns_whether_it_runs_and_only_the_operator_when_it_worked(at: At) -> None:
    report_work(LoopName.SEQUENCER)
    report_failure(LoopName.MAILER, "ServerAway")
    told = at(PUBLIC).get("/healthz").text
    assert '"sequencer": {"state": "running"}' in told
    assert '"mailer": {"state": "failing"}' in told
    assert not re.search(r"worked_at|problem|ServerAway|\d{2}:\d{2}|slowed|flowing", told)
    details = at(PUBLIC).get("/healthz", authorization=f"Bearer {TOKEN}").text
    assert '"problem": "ServerAway"' in details
    assert '"mail": "flowing"' in details


@pytest.mark.parametrize(("age", "state"), [(1, "running"), (4, "silent")])
def test_a_worker_that_is_down_shows_since_it_forgets_no_address(at: At, age: int, state: str) -> None:
    report_work(LoopName.CLOCK)
    WorkerLoop.objects.filter(name="clock").update(worked_at=timezone.now() - timedelta(minutes=age))
    assert f'"clock": {{"state": "{state}"}}' in at(PUBLIC).get("/healthz").text
