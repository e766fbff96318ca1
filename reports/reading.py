"""Reading for a page: one query for a list of things with all that hangs below them, as JSON.

A page of many parts would ask the database once for each relation and language. Here the relations become JSON columns
of one query (`below`), and the words are chosen in it (`words`): the page's language if that text is published, else
the original. What comes back is turned into plain, typed objects by the module that asks; a text becomes an unsaved
row of its model, so that templates treat it like any other.

PostgreSQL manual, chapter 9.16 (JSON functions); `ARRAY(subquery)`, chapter 4.2.12.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, ExpressionWrapper, ForeignKey, OrderBy, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject

from reports.editorial.texts import Text, TextState
from reports.models import EditionPlaceName, PlaceName
from reports.places import NameKind

T = TypeVar("T", bound=Text)
Row = dict[str, Any]

ABOUT_THE_TEXT: Final = {"id", "state", "source_version", "machine"}
LAST_RESORT: Final = "en"
"""The language of a place's name where the page's has none."""


def rows(found: QuerySet[Any], columns: Mapping[str, Any]) -> list[Row]:
    """The rows found, as objects with these columns: names of fields, `words`, `below`; one query."""
    return list(found.values_list(JSONObject(**columns), flat=True))


def below(found: QuerySet[Any], columns: Mapping[str, Any]) -> ArraySubquery:
    """The same as a column of an outer row, to which `found` refers by OuterRef."""
    return ArraySubquery(found.values(row=JSONObject(**columns)))


def first(found: QuerySet[Any], columns: Mapping[str, Any]) -> Subquery:
    """The first of the rows found, as a column of an outer row; null without any."""
    return Subquery(found.values(row=JSONObject(**columns))[:1])


def words(model: type[Text], lang: str, *only: str, of: str = "pk", original: str = "original_lang") -> Subquery:
    """The published text of the row at hand, or of the one its column `of` points to; null without any.

    `only` names the columns of the text that are wanted besides its language; without it, all.
    """
    names = ("lang", *only) if only else _columns(model)
    return first(chosen_text(model, lang, of=of, original=original), {name: name for name in names})


def chosen_text(model: type[Text], lang: str, *, of: str = "pk", original: str = "original_lang") -> QuerySet[Any]:
    """Published texts of the row at hand: first the one in the page's language, then the original."""
    texts = model._default_manager.filter(**{parent_of(model): OuterRef(of)}, state=TextState.PUBLISHED)
    return texts.filter(Q(lang=lang) | Q(lang=OuterRef(original))).order_by(own_language_first(lang))


def all_words(model: type[Text], *names: str, of: str = "pk") -> ArraySubquery:
    """Some columns of every published text of the row at hand, with their language."""
    texts = model._default_manager.filter(**{parent_of(model): OuterRef(of)}, state=TextState.PUBLISHED)
    return below(texts.order_by("lang"), {name: name for name in ("lang", *names)})


def place_name(lang: str, *, of: str | OuterRef = "place_id", edition: str | int | None = None) -> Any:
    """The shown name of a place in this language, else in English; null without any.

    `of`: the column that holds the place's id, or a reference to the row further out.
    `edition`: the id of an edition, or the column that holds it: the name that this edition keeps goes first.
    """
    shown = [_name(PlaceName, language, of, kind=NameKind.DISPLAY) for language in _in_turn(lang)]
    if edition is None:
        return Coalesce(*shown) if len(shown) > 1 else shown[0]
    its = OuterRef(edition) if isinstance(edition, str) else edition
    kept = [_name(EditionPlaceName, language, of, edition=its) for language in _in_turn(lang)]
    return Coalesce(*(name for pair in zip(kept, shown, strict=True) for name in pair))


def _in_turn(lang: str) -> list[str]:
    return list(dict.fromkeys((lang, LAST_RESORT)))


def _name(model: type[Any], lang: str, of: str | OuterRef, **which: Any) -> Subquery:
    """The name of a place in one language. At most one row has it, by a rule of the table."""
    return Subquery(model.objects.filter(place=OuterRef(of), lang=lang, **which).values("name")[:1])


def as_text(model: type[T], row: Row | None) -> T | None:
    """What `words` found, as an unsaved row of its model."""
    return model(**row) if row else None


def as_day(value: str | None) -> date | None:
    """A date out of JSON."""
    return date.fromisoformat(value) if value else None


def as_time(value: str | None) -> datetime | None:
    """A moment out of JSON."""
    return datetime.fromisoformat(value) if value else None


def parent_of(model: type[Text]) -> str:
    """The column of a text row that points to the object whose words it holds."""
    foreign = [column for column in model._meta.concrete_fields if isinstance(column, ForeignKey)]
    return next(column.name for column in foreign if column.remote_field.related_name == "texts")


def own_language_first(lang: object, column: str = "lang") -> OrderBy:
    """An order that puts the rows in this language (a code or an expression) before all others."""
    return OrderBy(ExpressionWrapper(Q(**{column: lang}), BooleanField()), descending=True)


def _columns(model: type[Text]) -> list[str]:
    parent = parent_of(model)
    fields = [column for column in model._meta.concrete_fields if column.name not in {*ABOUT_THE_TEXT, parent}]
    return [column.name for column in fields if not isinstance(column, ForeignKey)]
