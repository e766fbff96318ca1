"""Whatever is typed, the answer is a page with a way on; and nobody keeps what was typed."""

from __future__ import annotations

import logging

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from config.embedded import cluster_at
from tests.search.making import make_reading, say, search

pytestmark = pytest.mark.django_db

ODD = [
    '((&|"', "''''", "\\", ":*", "a:*b & !", "\x00", "evil\x00word", "😀", "\u200f\u202e\u2066", "\ufeff", "-", "--",
    "!!!", "<->", "a <-> b", "%_%", "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"), "ﷺ",
    "e\u0301" * 50,
]  # fmt: skip


@pytest.mark.parametrize("typed", ODD)
def test_odd_input_gets_a_page(client: Client, typed: str) -> None:
    say(make_reading(), "metal", "Quicksilver was in the river.")
    for lang in ("en", "ar"):
        page, html, _ = search(client, typed, lang)
        assert page.question.whole or 'class="notice"' in html
        assert "\x00" not in html


@pytest.mark.parametrize("typed", ["", "   ", "\x00", "😀", "\u200f\u202e", '(("'])
def test_what_holds_no_word_gets_a_hint(client: Client, typed: str) -> None:
    _, html, _ = search(client, typed)
    assert "Type a word, a name or a place." in html


@pytest.mark.parametrize("length", [500, 10_000])
def test_a_long_question_is_cut_and_told(client: Client, length: int) -> None:
    say(make_reading(), "metal", "Quicksilver was in the river.")
    page, html, _ = search(client, ("quicksilver " * length)[:length])
    assert len(page.question.text) <= 200
    assert "longer than 200 characters" in html
    assert page.exact
    for typed in ("x" * length, "x " * length, "ب" * length):
        search(client, typed)


def test_bytes_that_are_no_text_get_a_page(client: Client) -> None:
    for raw in ("q=%ff%fe", "q=%ed%a0%80", "q=%00", "q=a&q=b", "q", "q=%F0%9F%98%80", "page=1"):
        assert client.get(f"/en/search/?{raw}").status_code == 200
    assert client.post("/en/search/", {"q": "x"}).status_code == 405


@given(st.text(max_size=300))
@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_no_input_breaks_it(client: Client, typed: str) -> None:
    search(client, typed.encode("utf-8", "replace").decode())


def test_nothing_asked_is_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for typed in ("marker-quxzzy", "marker-quxzzy ((& \x00", "marker-quxzzy" * 1000):
            search(client, typed)
    ours = [record for record in caplog.records if record.name != "django.db.backends"]
    assert "quxzzy" not in " ".join(record.getMessage() for record in ours)
    log = cluster_at(str(settings.VAR / "postgresql")).log
    assert log.exists()
    assert "quxzzy" not in log.read_text(errors="replace")
