"""The short way: the same answers as Django's whole way, for less work."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver

from campaigns.petitions import sign_page, signing_at_once
from campaigns.petitions.petitions import Petition
from config.body_gate import BodyGate
from config.desk_host import STAFF_PATHS
from config.short_way import ShortWay, marked_at
from tests.petitions_pages.cast import CHECK_MAIL, PAGE, SIGN, confirm_url, sign, signed, typed
from tests.petitions_pages.visitor import Reply, Visitor

NOBODYS = "/en/confirm/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/"
ANSWERS: dict[str, Callable[[Visitor, Petition], Reply]] = {
    "303": lambda visitor, petition: sign(visitor, petition),
    "422": lambda visitor, petition: sign(visitor, petition, email="nothing"),
    "403": lambda visitor, petition: visitor.post(SIGN, typed(petition), sec_fetch_site="cross-site"),
    "404": lambda visitor, petition: visitor.post("/en/petitions/nothing/sign/", typed(petition)),
    "405": lambda visitor, _: visitor.send("DELETE", SIGN, b"", {}),
    "get": lambda visitor, _: visitor.get(SIGN),
    "head": lambda visitor, _: visitor.get(SIGN, method="HEAD"),
    "arabic": lambda visitor, petition: visitor.post("/ar/petitions/water/sign/", {"name": "x"}),
    "host": lambda visitor, petition: visitor.post(SIGN, typed(petition), host="elsewhere.example"),
    "link": lambda visitor, _: visitor.get(NOBODYS),
    "cut": lambda visitor, _: visitor.get(NOBODYS[:-9]),
    "pressed": lambda visitor, _: visitor.post(NOBODYS),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_both_ways_answer_alike(name: str, petition: Petition) -> None:
    short, whole = (ANSWERS[name](Visitor(BodyGate(app)), petition) for app in (ShortWay(WSGIHandler()), WSGIHandler()))
    assert short.status == whole.status
    assert short.body == whole.body
    assert dict(short.headers) == {"Content-Length": str(len(short.body)), **dict(whole.headers)}


def test_a_failure_is_logged_by_its_kind_and_says_nothing(
    visitor: Visitor, petition: Petition, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("ada@example.org")

    for module in (signing_at_once, sign_page):
        monkeypatch.setattr(module, "open_petition", broken)
    with caplog.at_level(logging.ERROR):
        reply = sign(visitor, petition)
    assert reply.status == 500
    assert "ada@example.org" not in reply.text + caplog.text
    assert "route petitions:sign failed: RuntimeError" in caplog.text


def views(patterns: list[URLPattern | URLResolver]) -> Iterator[Callable[..., Any]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns)
        else:
            yield pattern.callback


def test_what_takes_it_is_asked_for_no_token() -> None:
    marked = [view for view in views(get_resolver().url_patterns) if getattr(view, "for_anyone", False)]
    assert len(marked) > 3
    assert all(getattr(view, "csrf_exempt", False) for view in marked)


@pytest.mark.parametrize("path", ["/", "/en/", PAGE, CHECK_MAIL, *STAFF_PATHS, "/healthz", "/en/nothing/"])
def test_everything_else_goes_the_whole_way(path: str) -> None:
    assert marked_at(path) is None


class Wire:
    """What our side sends to PostgreSQL: libpq's own record of messages (PQtrace)."""

    def __init__(self) -> None:
        self.file = tempfile.TemporaryFile()  # noqa: SIM115
        connection.ensure_connection()
        connection.connection.pgconn.trace(self.file.fileno())

    def sent(self) -> list[str]:
        """The kinds of message since the last call."""
        connection.connection.pgconn.untrace()
        os.lseek(self.file.fileno(), 0, os.SEEK_SET)
        lines = [line.split(b"\t") for line in self.file.read().splitlines()]
        kinds = [line[3 if line[0][:2] == b"20" else 2].decode() for line in lines if b"F" in line[:2]]
        self.file.close()
        return kinds


@pytest.mark.parametrize("person", ["new", "known"])
def test_a_signature_is_one_statement_and_one_round_trip(person: str, visitor: Visitor, petition: Petition) -> None:
    sign(visitor, petition)  # the petition is remembered from here on
    form = typed(petition, name="Ada Lovelace" if person == "known" else "Ben Other")
    wire = Wire()
    reply = visitor.post(SIGN, form)
    sent = wire.sent()
    assert reply.status == 303
    assert sent.count("Execute") + sent.count("Query") == 1
    assert sent.count("Sync") == 1


def test_pressing_the_button_asks_the_database_a_bounded_number_of_times(visitor: Visitor, petition: Petition) -> None:
    rows = [signed(visitor, petition, email=f"ada{number}@example.org") for number in range(20)]
    visitor.post(confirm_url(rows[0]))
    wire = Wire()
    assert visitor.post(confirm_url(rows[1])).status == 200
    sent = wire.sent()
    assert sent.count("Execute") + sent.count("Query") <= 10
