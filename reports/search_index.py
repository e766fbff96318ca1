"""The index of the search: the words of every published text, and every word once.

Triggers write it in the transaction that changes a text (see the migrations called `search`), so nothing here does.
It knows nothing of who may see what: whoever reads it joins the `visible()` of the object's own kind.
"""

from __future__ import annotations

from typing import Any, Final

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models, transaction
from django.db.models import F, Func, Q

LANGUAGES: Final = ("en", "fr", "nl", "es", "ar")
"""Languages with a stemmer; a text in another one is searched by its plain words."""


def folded(column: str) -> models.GeneratedField:
    """A name as it is compared: without capitals, accents, vowel marks and punctuation."""
    return _generated("search_fold", models.TextField(), column)


def _generated(function: str, output: models.Field[Any, Any], *columns: str) -> models.GeneratedField:
    expression = Func(*[F(column) for column in columns], function=function)
    return models.GeneratedField(expression=expression, output_field=output, db_persist=True)


class SearchDocument(models.Model):
    """What one text says. `address` is what its page is found by: a slug or a uid."""

    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    lang = models.CharField(max_length=12)
    address = models.CharField(max_length=200)
    title = models.TextField()
    words = models.TextField()
    vector = _generated("search_vector", SearchVectorField(), "lang", "title", "words")
    plain = _generated("search_plain", SearchVectorField(), "title", "words")

    class Meta:
        db_table = "search_document"
        indexes = [
            GinIndex(fields=["vector"], name="search_by_stem"),  # words and their other forms
            GinIndex(fields=["plain"], name="search_by_word"),  # words of similar spelling
        ]
        constraints = [models.UniqueConstraint(fields=["kind", "object_id", "lang"], name="search_document_once")]

    def __str__(self) -> str:
        return self.title


class SearchTerm(models.Model):
    """A folded word that stands, or once stood, in a text; `skeleton` are the consonants of an Arabic one."""

    term = models.TextField()
    skeleton = _generated("search_skeleton", models.TextField(), "term")

    class Meta:
        db_table = "search_term"
        indexes = [
            models.Index(fields=["term"], name="search_term_known"),  # is it there already?
            GinIndex(fields=["term"], name="search_term_alike", opclasses=["gin_trgm_ops"]),  # similar spelling
            models.Index(fields=["skeleton"], name="search_term_skeleton", condition=~Q(skeleton="")),
        ]

    def __str__(self) -> str:
        return self.term


def rebuild() -> int:
    """Write the whole index anew from the texts; how many documents there are.

    Needed only after PostgreSQL itself has got other dictionaries. Readers keep the old index until it is done; writers
    of texts wait.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT search_rebuild()")
        return int(cursor.fetchone()[0])
