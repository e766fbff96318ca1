"""Under overload: pages, then signing, then mail, then statistics. On the real server, held fast or crowded."""

from __future__ import annotations

import http.client
import itertools
import os
import re
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

import pytest
from procrastinate import App, SyncPsycopgConnector

from config.admission import RUNNING, WAITING, Admission
from config.management.commands.demo import web_server
from config.process_numbers import told
from config.rehearsal.books import read_books
from config.rehearsal.stack import LOOPBACK, SLUG, Stack, web_command
from tests.config.server_users import open_directory, wait_until
from tests.petitions_pages.visitor import Visitor
from tests.smtp_server import SmtpServer, running

PROCESSES = 2
FITS = PROCESSES * (RUNNING + WAITING)
SIGN = f"/en/petitions/{SLUG}/sign/"
Answer = tuple[int, dict[str, str], str]


def ask(stack: Stack, method: str, path: str, form: dict[str, str] | None = None) -> Answer:
    connection = http.client.HTTPConnection(LOOPBACK, stack.port, timeout=60)
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
    connection.request(method, path, urlencode(form) if form else None, kind)
    answer = connection.getresponse()
    headers = {name.lower(): value for name, value in answer.getheaders()}
    found = answer.status, headers, answer.read().decode()
    connection.close()
    return found


@pytest.fixture
def mail_server() -> Iterator[SmtpServer]:
    with running() as server:
        yield server


@pytest.fixture
def stack(mail_server: SmtpServer) -> Iterator[Stack]:
    with open_directory() as directory:
        stack = Stack(directory, mail_server.port)
        try:
            stack.start()
            yield stack
        finally:
            stack.stop()


def test_pages_stay_up_then_signatures_are_stored_then_mail_leaves(stack: Stack, mail_server: SmtpServer) -> None:
    text = stack.wait_until_serving()
    with stack.database() as database:
        before = read_books(database)
    os.kill(stack.running["worker"].pid, signal.SIGSTOP)  # as good as saturated: it does nothing at all

    def post(number: int) -> Answer:
        form = {"name": f"Ada <{number}>", "email": f"ada{number}@example.org", "country": "GB", "text": text}
        return ask(stack, "POST", SIGN, form | ({"name": f"Ada {number}"} if number % 2 else {}))

    with ThreadPoolExecutor(3 * FITS) as people, stack.database() as database:
        database.autocommit = False
        database.execute("LOCK TABLE signature IN EXCLUSIVE MODE")  # every post waits for this
        posts: list[Future[Answer]] = [people.submit(post, 2 * number + 1) for number in range(3 * FITS)]
        wait_until(lambda: sum(post.done() for post in posts) >= FITS)
        for _ in range(5):
            assert ask(stack, "GET", f"/en/petitions/{SLUG}/")[0] == 200
            assert ask(stack, "GET", f"/en/petitions/{SLUG}/count.json")[0] == 200
        assert not all(post.done() for post in posts)  # the pages did not wait for them
        database.rollback()
        answers = [post.result() for post in posts]
    statuses = [status for status, _headers, _page in answers]
    accepted = statuses.count(303)
    assert statuses.count(503) == len(posts) - accepted
    assert accepted >= PROCESSES  # what was running when the database came free
    assert {headers["retry-after"] for status, headers, _ in answers if status == 503} == {"5"}
    with stack.database() as database:
        books = read_books(database) - before
    assert (books.stored, books.unmailed - before.unmailed, mail_server.recipients) == (accepted, accepted, [])
    os.kill(stack.running["worker"].pid, signal.SIGCONT)
    wait_until(lambda: len(mail_server.recipients) >= accepted, 120)
    assert len(set(mail_server.recipients)) == len(mail_server.recipients) == accepted + before.unmailed


class Posters:
    """People who sign again and again, each with a new address, and come back soon where the site is busy."""

    def __init__(self, stack: Stack, text: str) -> None:
        self.statuses: Counter[int] = Counter()
        self.stop = threading.Event()
        self._stack, self._text, self._numbers = stack, text, itertools.count()

    def post_on(self) -> None:
        while not self.stop.is_set():
            number = next(self._numbers)
            form = {"name": "Ada", "email": f"crowd{number}@example.org", "country": "GB", "text": self._text}
            status, _headers, _page = ask(self._stack, "POST", SIGN, form)
            self.statuses[status] += 1
            self.stop.wait(0.2 if status == 503 else 0)


def put_off(stack: Stack) -> int:
    """How often the look at the books was begun and left for later."""
    with stack.database() as database:
        row = database.execute(
            "SELECT max(attempts) FROM procrastinate_jobs WHERE task_name = 'every_night' AND status = 'todo'"
        ).fetchone()
    return int(row[0] or 0) if row else 0


def looked_since(stack: Stack, moment: datetime) -> bool:
    with stack.database() as database:
        asked = "SELECT EXISTS (SELECT FROM worker_loop WHERE name = 'books' AND worked_at > %s)"
        row = database.execute(asked, [moment]).fetchone()
    return bool(row and row[0])


def crowded(stack: Stack) -> bool:
    """Whether a process of the web server has told that posts wait."""
    processes = Path(stack.environment["UPSTANDER_VAR"], "processes")
    return any(numbers["posts_crowded_at"] for numbers in told(processes).values())


def defer_look(stack: Stack) -> datetime:
    """The night has come; when, by the database's clock."""
    with App(connector=SyncPsycopgConnector(conninfo=stack.cluster.dsn)).open() as jobs, stack.database() as database:
        jobs.configure_task("every_night", lock="every_night").defer(timestamp=0)
        row = database.execute("SELECT clock_timestamp()").fetchone()
    assert row
    return cast(datetime, row[0])


def test_statistics_are_the_first_to_give_way_and_are_caught_up(stack: Stack, mail_server: SmtpServer) -> None:
    """Pages are answered, people sign, mail leaves: only the look at the books waits until the crowd has gone."""
    posters = Posters(stack, stack.wait_until_serving())
    with stack.database() as database:
        before = read_books(database)
    with ThreadPoolExecutor(FITS + 24) as people:
        crowd = [people.submit(posters.post_on) for _ in range(FITS + 24)]
        try:
            wait_until(lambda: crowded(stack), 60)
            night = defer_look(stack)
            wait_until(lambda: put_off(stack) >= 1, 60)
            mailed = len(mail_server.recipients)
            wait_until(lambda: len(mail_server.recipients) >= mailed + 20, 60)
            for _ in range(10):
                assert ask(stack, "GET", f"/en/petitions/{SLUG}/")[0] == 200
                assert ask(stack, "GET", f"/en/petitions/{SLUG}/count.json")[0] == 200
            assert not looked_since(stack, night)
        finally:
            posters.stop.set()
        assert [each.exception() for each in crowd] == [None] * len(crowd)
    accepted = posters.statuses[303]
    assert accepted > 20
    assert posters.statuses[503] > 20
    assert posters.statuses.total() == accepted + posters.statuses[503]
    with stack.database() as database:
        assert (read_books(database) - before).stored == accepted
    wait_until(lambda: len(mail_server.recipients) >= accepted + before.unmailed, 240)
    assert len(set(mail_server.recipients)) == len(mail_server.recipients) == accepted + before.unmailed
    wait_until(lambda: looked_since(stack, night), 120)


class Held:
    """An application whose posts wait until they are let go."""

    def __init__(self) -> None:
        self.inside = threading.Semaphore(0)
        self.go = threading.Event()

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            self.inside.release()
            assert self.go.wait(30)
        start_response("200 OK", [])
        return [b"done"]


def test_a_post_without_a_place_keeps_what_was_typed() -> None:
    held = Held()
    visitor = Visitor(Admission(held, running=1, waiting=0))
    typed = {"name": 'Ada "A" <b>', "email": "ada@example.org", "city": "", "other": "é&ü"}
    with ThreadPoolExecutor(1) as people:
        first = people.submit(visitor.post, SIGN, typed)
        assert held.inside.acquire(timeout=30)
        refused = visitor.post(SIGN, typed)
        assert visitor.get("/en/anything/").status == 200
        held.go.set()
        assert first.result().status == 200
    assert (refused.status, refused["Retry-After"], refused["Cache-Control"]) == (503, "5", "no-store")
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', refused.text)
    assert {name: unescape(value) for name, value in fields} == typed
    assert "default-src 'none'" in refused["Content-Security-Policy"]
    assert visitor.post(SIGN, typed).status == 200  # the place is free again


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"name=Marker", {"sec_fetch_site": "cross-site"}),
        (b"name=Marker", {"origin": "https://elsewhere.example"}),
        (b"name=Marker", {"origin": "https://elsewhere.example", "host": "elsewhere.example"}),
        (b"&Marker" * 5000, {}),  # each field would take ten times its room
    ],
)
def test_what_no_form_of_ours_sent_is_not_kept(body: bytes, headers: dict[str, str]) -> None:
    """Else the button of our own page would send what another site wrote, and nothing would tell it from ours."""
    visitor = Visitor(Admission(Held(), running=0, waiting=0))
    refused = visitor.post(SIGN, body, **headers)
    assert refused.status == 503
    assert "Marker" not in refused.text
    assert len(refused.body) < 10_000
    assert "Send again" not in refused.text
    assert "Send again" in visitor.post(SIGN, b"").text, "a button of ours sends nothing else"


def test_who_waits_in_line_is_served_in_turn_or_told() -> None:
    held = Held()
    patient = Visitor(Admission(held, running=1, waiting=1))
    with ThreadPoolExecutor(2) as people:
        posts = [people.submit(patient.post, SIGN, {"name": "Ada"}) for _ in range(2)]
        assert held.inside.acquire(timeout=30)
        held.go.set()
        assert [post.result().status for post in posts] == [200, 200]
    held.go.clear()
    short = Visitor(Admission(held, running=1, waiting=1, patience=0.05))
    with ThreadPoolExecutor(1) as people:
        first = people.submit(short.post, SIGN, {"name": "Ada"})
        assert held.inside.acquire(timeout=30)
        assert short.post(SIGN, {"name": "Ben"}).status == 503
        held.go.set()
        assert first.result().status == 200


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_page_speaks_the_language_of_the_path(language: str) -> None:
    visitor = Visitor(Admission(Held(), running=0, waiting=0))
    assert f'lang="{language}"' in visitor.post(f"/{language}/petitions/water/sign/", {"name": "Ada"}).text


def test_threads_are_left_for_pages() -> None:
    """A server with fewer threads than posts may hold would let pages wait behind them."""
    for command in (web_command(8000), web_server(8000)):
        threads = int(command[command.index("--blocking-threads") + 1])
        assert threads > RUNNING + WAITING
