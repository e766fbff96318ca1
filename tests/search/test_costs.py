"""What a search costs does not grow with what it does not show: pages read for a word, texts ranked for a spelling."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaigns.pages.search_kinds import Filters, documents
from reports.models import SearchTerm
from reports.search import RANKED_ALIKE, matching, understand
from tests.search.making import make_reading, say, search, titles

pytestmark = pytest.mark.django_db

MANY = RANKED_ALIKE + 10


def explained(sql: str, params: tuple[Any, ...] = ()) -> dict[str, Any]:
    """What PostgreSQL did for a query, after it has done it."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, VERBOSE, FORMAT JSON) {sql}", params or None)
        (answer,) = cursor.fetchone()
    plan: dict[str, Any] = (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]
    return plan


def steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from steps(below)


@pytest.mark.parametrize(("asked", "lang"), [("quicksylver", "en"), ("demonstratie", "nl"), ("مظاهرة", "ar")])
def test_similar_words_are_looked_up_in_an_index_of_words(asked: str, lang: str) -> None:
    terms = 20_000
    SearchTerm.objects.bulk_create(SearchTerm(term=f"w{nth:x}{nth * 7919:o}") for nth in range(terms))
    SearchTerm.objects.create(term="quicksilver")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE search_term")
        cursor.execute("SELECT gin_clean_pending_list('search_term_alike')")
    plan = explained("SELECT * FROM search_similar(%s, %s)", (asked, lang))
    read = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    assert read < terms / 20
    assert plan["Actual Rows"] == (asked == "quicksylver")


def test_few_texts_with_a_similar_spelling_are_ranked_however_many_there_are(client: Client) -> None:
    theme = make_reading()
    for nth in range(MANY):
        say(theme, f"metal-{nth}", "Quicksilver was in the river.")
    question = understand("quicksylver", "en")
    with CaptureQueriesContext(connection) as queries:
        found = matching(documents(Filters()), question, "en", 1000)
    assert len(found) == RANKED_ALIKE
    ranking = [
        step
        for step in steps(explained(queries[-1]["sql"]))
        if any("ts_rank" in column and ".plain" in column for column in step.get("Output", []))
    ]
    assert ranking
    assert max(step["Actual Rows"] * step["Actual Loops"] for step in ranking) <= RANKED_ALIKE


def test_other_forms_of_a_word_do_not_crowd_out_what_is_only_spelled_alike(client: Client) -> None:
    theme = make_reading()
    say(theme, "protection", "There was no protection.")
    for nth in range(MANY):
        say(theme, f"protests-{nth}", "They were watched at their protests.")
    page, _, _ = search(client, "protest")
    assert page.total == MANY
    assert titles(page.similar) == ["There was no protection."]


def test_the_language_of_the_page_does_not_decide_what_other_languages_take_for_one_word(client: Client) -> None:
    say(make_reading(), "marches", "Demonstraties werden verboden.", "nl")  # to the Dutch stemmer it is another word
    for lang in ("nl", "en", "ar"):
        page, _, _ = search(client, "demonstratie", lang)
        assert titles([*page.exact, *page.similar]) == ["Demonstraties werden verboden."], lang
