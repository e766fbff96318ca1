"""Asking the search index: what a reader typed, which places it names, which texts hold its words or words like them.

Three groups, never mixed: texts with the words or another form of them; texts with words of similar spelling; places,
which are found by their exact names alone. (Iran and Iraq, Niger and Nigeria are alike in spelling and nothing else: so
the name of a country is never taken for another spelling of a word.)

Whatever is typed is only ever a value of a query. It is written to no log and kept nowhere.
PostgreSQL manual: 12.3.2 (`websearch_to_tsquery` takes any input), F.33 (word similarity).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property, reduce
from operator import or_
from typing import Any, Final

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.db import connection
from django.db.models import BooleanField, Case, ExpressionWrapper, F, Func, Q, QuerySet, TextField, Value, When

from reports.cldr_names import cldr_names
from reports.iso_codes import ISO_CODES
from reports.search_index import LANGUAGES, SearchDocument

LONGEST: Final = 200
"""Characters of a question; the rest is cut off, and the reader told."""
MOST_WORDS: Final = 8
"""Words of a question that are looked at one by one."""
NEAREST: Final = 3
"""Other spellings of a word that are looked for by themselves."""
SPELLED_SO: Final = 10
"""Texts with another spelling of one word that are looked at, where no text is like all the words."""
RANKED_ALIKE: Final = 200
"""Texts with words of similar spelling that are ranked, the newest in the language of the page and as many in others.
Ranking reads a whole text, and far more texts hold something like a word than hold it."""
SHORTEST_IN_A_SENTENCE: Final = 3
"""Letters of a place's name that counts although it is not all that was asked."""
MATCH, MATCH_ENDS = "\ue000", "\ue001"
"""Stand around the words that were found; of Unicode's private use, so no text holds them."""

UNDERSTAND = """
SELECT gram, search_fold(gram), '', false FROM unnest(%s::text[]) gram
UNION ALL SELECT '', word, term, is_form FROM search_similar(%s, %s)
"""
COUNTRIES = "SELECT search_fold(name), array_agg(code) FROM unnest(%s::text[], %s::text[]) known(code, name) GROUP BY 1"


@dataclass(frozen=True)
class Question:
    """What was asked: in one line, with how the index reads it."""

    text: str
    cut: bool = False
    folded: dict[str, str] = field(default_factory=dict)
    """The whole question, and each row of neighbouring words in it, as names are compared."""
    alike: dict[str, list[str]] = field(default_factory=dict)
    """For each word, the words of the index that are spelled alike, the nearest first."""
    forms: dict[str, set[str]] = field(default_factory=dict)
    """For each word, those of them that its language takes for the same word: texts with these hold what was asked."""

    @property
    def whole(self) -> str:
        """The question as names are compared; empty where it holds no letter or digit."""
        return self.folded.get(self.text, "")

    @cached_property
    def names(self) -> set[str]:
        """What could be the name of a place."""
        parts = {name for name in self.folded.values() if len(name) >= SHORTEST_IN_A_SENTENCE}
        return parts | ({self.whole} if self.whole else set())

    @property
    def country_codes(self) -> set[str]:
        """Codes of the countries that are named, in any of the languages; or whose code is all that was asked."""
        named = {code for name in self.names for code in countries().get(name, ())}
        return named | {code for code in [self.text.upper()] if code in ISO_CODES}

    @cached_property
    def spellings(self) -> dict[str, list[str]]:
        """For each word but the names of countries, other spellings that are no names of countries."""
        named = countries()
        return {
            word: [] if word in named else [term for term in terms if term != word and term not in named]
            for word, terms in self.alike.items()
        }


def one_line(typed: str) -> tuple[str, bool]:
    """What was typed, without what cannot be read, cut between two words where it is too long; and whether it was."""
    much = typed[: LONGEST * 10]
    text = " ".join("".join(char if _can_be_read(char) else " " for char in much).split())
    if len(text) <= LONGEST and much == typed:
        return text, False
    kept, space, _part = text[:LONGEST].rpartition(" ")
    return (kept if space else text[:LONGEST]), True


@dataclass(frozen=True)
class Match:
    """A text that holds the words of a question (`exact`), or words like them."""

    pk: int
    kind: str
    thing: int
    exact: bool
    own: bool
    rank: float

    @property
    def place(self) -> tuple[bool, bool, float, int]:
        """What orders the matches."""
        return (not self.exact, not self.own, -self.rank, self.pk)


def understand(typed: str, lang: str) -> Question:
    """What was typed, cut where it is too long, as the index reads it for a language. One query, none for nothing."""
    text, cut = one_line(typed)
    if not text:
        return Question(text, cut)
    folded: dict[str, str] = {}
    alike: dict[str, list[str]] = {}
    forms: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(UNDERSTAND, [_grams(text), text, lang])
        for gram, word, term, is_form in cursor.fetchall():
            if gram:
                folded[gram] = word
                continue
            alike.setdefault(word, []).append(term)
            if is_form:
                forms.setdefault(word, set()).add(term)
    return Question(text, cut, folded, alike, forms)


@cache
def countries() -> dict[str, list[str]]:
    """Codes by every name that Unicode's CLDR has for a country, as names are compared; asked once per process."""
    known = [(code, name) for lang in LANGUAGES for code in ISO_CODES for name in cldr_names(code, lang)]
    with connection.cursor() as cursor:
        cursor.execute(COUNTRIES, [[code for code, _ in known], [name for _, name in known]])
        return dict(cursor.fetchall())


def matching(documents: QuerySet[SearchDocument], question: Question, lang: str, most: int) -> list[Match]:
    """At most so many that hold the words, and after them as many that hold words like them; of either sort those in
    this language first, then by rank. One query.

    Asked in any language the index finds few texts; only these are asked in their own, and ranked.
    """
    queries = _queries(question)
    exact = documents.filter(vector=reduce(or_, queries.values())).annotate(rank=_by_language(_ranks(queries)))
    found = _best(exact.filter(_in_its_language(queries)), lang, most, exact=True)
    alike = [
        *_alike(documents.filter(lang=lang), _spelled_alike(question, question.forms)),
        *_alike(documents.exclude(lang=lang), _spelled_alike(question, {})),
    ]
    found = found.union(*(_best(texts, lang, most, exact=False) for texts in alike), all=True) if alike else found
    return sorted((Match(*row) for row in found), key=lambda match: match.place)


def with_a_spelling(documents: QuerySet[SearchDocument], question: Question) -> QuerySet[SearchDocument]:
    """Of each word a text that holds it, and some that hold one of its nearest other spellings: what may have been
    meant, where no single text holds something like every word.

    Only these texts tell whether a word is known. The index also knows words of what the public may not see yet.
    """
    wanted = [
        (terms, most)
        for word, near in question.spellings.items()
        for terms, most in (([word], 1), (near[:NEAREST], SPELLED_SO))
        if terms
    ]
    if not any(question.spellings.values()):
        return documents.none()
    first, *others = [
        documents.filter(plain=SearchQuery(" | ".join(_quoted(terms)), config="simple", search_type="raw"))
        .order_by("pk")
        .values("pk")[:most]
        for terms, most in wanted
    ]
    return SearchDocument.objects.filter(pk__in=first.union(*others, all=True) if others else first)


def with_excerpts(documents: QuerySet[SearchDocument], question: Question) -> QuerySet[SearchDocument]:
    """The documents with `shown_title` and `excerpt`, in which MATCH and MATCH_ENDS stand around what was found."""
    queries = _queries(question)
    titles = {
        lang: SearchHeadline(
            "title", query, config=f"search_{lang}", start_sel=MATCH, stop_sel=MATCH_ENDS, highlight_all=True
        )
        for lang, query in queries.items()
    }
    excerpts = {
        lang: SearchHeadline(
            "words", query, config=f"search_{lang}", start_sel=MATCH, stop_sel=MATCH_ENDS, min_words=12, max_words=32
        )
        for lang, query in queries.items()
    }
    return documents.annotate(
        shown_title=_by_language(titles, TextField()), excerpt=_by_language(excerpts, TextField())
    )


def _can_be_read(char: str) -> bool:
    """Neither a control character, NUL among them, nor half of a surrogate pair."""
    return unicodedata.category(char) not in {"Cc", "Cs"}


def _grams(text: str) -> list[str]:
    """The whole, and every row of up to MOST_WORDS neighbouring words."""
    words = text.split()[: 2 * MOST_WORDS]
    rows = [
        " ".join(words[start:end])
        for start in range(len(words))
        for end in range(start + 1, min(start + MOST_WORDS, len(words)) + 1)
    ]
    return list(dict.fromkeys([text, *rows]))


def _queries(question: Question) -> dict[str, SearchQuery]:
    """The question in each language; under `other` without a stemmer."""
    text = Func(Value(question.text), function="search_clean")
    return {lang: SearchQuery(text, config=f"search_{lang}", search_type="websearch") for lang in (*LANGUAGES, "other")}


def _in_its_language(queries: dict[str, Any]) -> Q:
    """Each text by the question in its own language."""
    found = ~Q(lang__in=LANGUAGES) & Q(vector=queries["other"])
    for lang in LANGUAGES:
        found |= Q(lang=lang) & Q(vector=queries[lang])
    return found


def _ranks(queries: dict[str, Any]) -> dict[str, Any]:
    return {lang: SearchRank(F("vector"), query) for lang, query in queries.items()}


def _best(found: QuerySet[Any], lang: str, most: int, *, exact: bool) -> Any:
    """The first of them, with what their place in the whole follows from."""
    marked = found.annotate(is_exact=Value(exact), own=ExpressionWrapper(Q(lang=lang), BooleanField()))
    ordered = marked.order_by("-own", "-rank", "pk")[:most]
    return ordered.values_list("pk", "kind", "object_id", "is_exact", "own", "rank")


def _alike(documents: QuerySet[SearchDocument], spelled_alike: str) -> list[QuerySet[Any]]:
    """The newest texts that a tsquery finds, with their rank; nothing where it is empty.

    They are chosen by what the index tells without reading a text. (Sorted by `-pk` and not by `pk` downwards: for that
    order the planner would walk the texts themselves and read each.)
    """
    if not spelled_alike:
        return []
    query = SearchQuery(spelled_alike, config="simple", search_type="raw")
    newest = documents.filter(plain=query).order_by(-F("pk")).values("pk")[:RANKED_ALIKE]
    return [SearchDocument.objects.filter(pk__in=newest).annotate(rank=SearchRank(F("plain"), query))]


def _by_language(values: dict[str, Any], output: Any = None) -> Case:
    return Case(
        *[When(lang=lang, then=values[lang]) for lang in LANGUAGES], default=values["other"], output_field=output
    )


def _spelled_alike(question: Question, forms: dict[str, set[str]]) -> str:
    """A tsquery for texts that hold, for each word, it or another spelling, and not each of them as it was asked for or
    in one of these forms; empty where there is no other spelling."""
    other = {word: set(terms) - forms.get(word, set()) for word, terms in question.spellings.items()}
    if not any(other.values()):
        return ""
    alternatives = " & ".join(_any_of([word, *terms]) for word, terms in question.spellings.items())
    asked = " & ".join(_any_of([word, *sorted(forms.get(word, ()))]) for word in question.spellings)
    return f"{alternatives} & !({asked})"


def _any_of(words: Iterable[str]) -> str:
    return "(" + " | ".join(_quoted(words)) + ")"


def _quoted(words: Iterable[str]) -> list[str]:
    return ["'" + word.replace("\\", "\\\\").replace("'", "''") + "'" for word in words]
