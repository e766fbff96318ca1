"""How long a search takes over many long texts: for the words themselves, and for words of similar spelling.

    uv run python -m tests.benchmarks.search [--texts 20000] [--rounds 15]

It runs on the tests' own cluster and leaves nothing in it. The words are made up of syllables from a seed; as in
any language, few of them make up most of every text. Each line is a question whose word is so common; its parts are
measured in turns, so that the ratio compares the same minute.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.db import connection  # noqa: E402  # needs Django to be set up
from django.test.runner import DiscoverRunner  # noqa: E402

from campaigns.pages.search_kinds import Filters, documents  # noqa: E402
from campaigns.pages.search_page import MOST_MATCHES  # noqa: E402
from reports.editorial.publishing import State  # noqa: E402
from reports.models import Finding, SearchDocument, SearchTerm  # noqa: E402
from reports.search import Question, matching, understand  # noqa: E402
from tests.reports.making import make_edition, make_theme  # noqa: E402

SYLLABLES: Final = [a + b for a in "bcdfglmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er", "is", "ol")]
WORDS: Final = 100_000
WORDS_IN_A_TEXT: Final = 150
RANKS: Final = (5, 50, 500, 5_000, 50_000)
"""How many words are more common than the one that is asked for."""


def words(count: int) -> list[str]:
    """So many different words of two to four syllables, the most common first."""
    chance = random.Random(3)
    found: dict[str, None] = {}
    while len(found) < count:
        found["".join(chance.choices(SYLLABLES, k=chance.choice([2, 3, 3, 4, 4])))] = None
    return list(found)


def fill(texts: int, vocabulary: list[str]) -> None:
    """Public findings that say these words; their evidence, which triggers ask for, is not what is measured."""
    chance = random.Random(5)
    weights = list(itertools.accumulate(1 / (rank + 20) for rank in range(len(vocabulary))))
    edition = make_theme(make_edition()).edition
    facts = {"kind": "trend", "attribution": "reported_by", "scope": "world", "state": State.PUBLISHED}
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        findings = Finding.objects.bulk_create(Finding(edition=edition, key=f"f-{n}", **facts) for n in range(texts))
        cursor.execute("RESET session_replication_role")
    written = []
    for finding in findings:
        said = chance.choices(vocabulary, cum_weights=weights, k=WORDS_IN_A_TEXT)
        where = {"kind": "finding", "object_id": finding.pk, "lang": "en", "address": finding.uid}
        written.append(SearchDocument(**where, title=" ".join(said[:12]), words=" ".join(said[12:])))
    SearchDocument.objects.bulk_create(written, batch_size=500)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def milliseconds(step: Callable[[], object]) -> float:
    """How long it took, once."""
    begun = time.perf_counter()
    step()
    return (time.perf_counter() - begun) * 1000


def measure(word: str, rounds: int) -> None:
    """Both halves of a search for a word with its last letter wrong and, for the words themselves, right."""
    wrong = word[:-1] + "x"
    exact, similar = replace(understand(word, "en"), alike={}), understand(wrong, "en")
    taken = [(milliseconds(lambda: understand(wrong, "en")), _ask(exact), _ask(similar)) for _ in range(rounds)]
    looked_up, by_word, by_spelling = (statistics.median(column) for column in zip(*taken, strict=True))
    print(
        f"{word:<14} similar words {looked_up:6.1f} ms, texts with it {by_word:6.1f} ms, "
        f"texts with similar words {by_spelling:6.1f} ms, ratio {(looked_up + by_spelling) / by_word:5.2f}"
    )


def _ask(question: Question) -> float:
    return milliseconds(lambda: matching(documents(Filters()), question, "en", MOST_MATCHES))


def main() -> None:
    """In a database of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        vocabulary = words(WORDS)
        fill(options.texts, vocabulary)
        print(f"{SearchDocument.objects.count()} texts, {SearchTerm.objects.count()} words")
        for rank in RANKS:
            measure(vocabulary[rank], options.rounds)
    finally:
        runner.teardown_databases(databases)


if __name__ == "__main__":
    main()
