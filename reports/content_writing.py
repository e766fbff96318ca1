"""Bringing rows in line with a content file: add what is new, change what differs, leave the rest untouched.

What a file says wins over what is stored; what it does not mention stays. So a second load of it changes nothing.
Rows are read and written a table at a time, so that two thousand findings cost a few dozen statements.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from django.db import models

from reports.editorial.corrections import Change
from reports.editorial.publishing import State
from reports.editorial.texts import Text, TextState

M = TypeVar("M", bound=models.Model)
BATCH: Final = 500


class DryRun(Exception):
    """Ends a transaction whose changes are only to be counted."""


@dataclass(frozen=True)
class Wanted:
    """A row that a file asks for: what finds it, what it is to hold, and what only a new one gets besides."""

    match: Mapping[str, Any]
    values: Mapping[str, Any]
    first: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RowChange:
    """One row that was added (`before` is None), removed (`after` is None) or changed, with its columns."""

    row: models.Model
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass
class Changes:
    """What was done, by table, and the way it is done. New texts get `text_state`."""

    added: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)
    unchanged: int = 0
    text_state: TextState = TextState.PUBLISHED
    unread: Collection[str] = ()
    """Languages whose new texts no native speaker has read yet."""
    said: Change | None = None
    """What was said of changes to words that the public reads; a slip of the pen leaves translations current."""
    rows: list[RowChange] = field(default_factory=list)
    reworded: list[str] = field(default_factory=list)
    """The words that the public read and that are others now, a line for each text."""

    def put(self, model: type[M], match: Mapping[str, Any], values: Mapping[str, Any], **first: Any) -> M:
        """The row that `match` finds, with these values; a new row also gets the values in `first`."""
        return self.put_all(model, [Wanted(match, values, first)])[0]

    def put_all(self, model: type[M], wanted: Sequence[Wanted]) -> list[M]:
        """The rows that these find, in their order; all match by the same columns. Three statements at most."""
        if not wanted:
            return []
        names = [model._meta.get_field(name).attname for name in wanted[0].match]  # type: ignore[union-attr]
        stored = {tuple(getattr(row, name) for name in names): row for row in _found(model, wanted)}
        rows: list[M] = []
        new: list[M] = []
        different: list[tuple[M, dict[str, Any], list[str]]] = []
        for one in wanted:
            asked = model(**one.match, **one.values, **one.first)
            key = tuple(getattr(asked, name) for name in names)
            row = stored.setdefault(key, asked)
            rows.append(row)
            if row is asked:
                new.append(row)
            elif names_of_it := [name for name, value in one.values.items() if getattr(row, name) != value]:
                different.append((row, columns_of(row), names_of_it))
                for name in names_of_it:
                    setattr(row, name, one.values[name])
            else:
                self.unchanged += 1
        self._add(model, new)
        self._change(model, different)
        return rows

    def _add(self, model: type[M], rows: list[M]) -> None:
        if not rows:
            return
        if _saves_by_itself(model):
            for row in rows:
                row.save(force_insert=True)
        else:
            model._default_manager.bulk_create(rows, batch_size=BATCH)
        self.added[_name(model)] += len(rows)
        self.rows += [RowChange(row, None, columns_of(row)) for row in rows]

    def _change(self, model: type[M], different: list[tuple[M, dict[str, Any], list[str]]]) -> None:
        if not different:
            return
        alike: dict[tuple[str, ...], list[M]] = defaultdict(list)
        for row, _before, names in different:
            alike[tuple(names)].append(row)
        for columns, rows in alike.items():
            if _saves_by_itself(model):
                for row in rows:
                    row.save(update_fields=columns)
            else:
                model._default_manager.bulk_update(rows, list(columns), batch_size=BATCH)
        self.changed[_name(model)] += len(different)
        self.rows += [RowChange(row, before, columns_of(row)) for row, before, _names in different]

    def only(self, rows: models.QuerySet[Any], keep: Collection[models.Model]) -> None:
        """Remove those of the rows that the file no longer lists."""
        kept = {row.pk for row in keep}
        gone = [row for row in rows.all() if row.pk not in kept]  # read anew: they may have changed
        if gone:
            self.rows += [RowChange(row, columns_of(row), None) for row in gone]
            rows.model._default_manager.filter(pk__in=[row.pk for row in gone]).delete()
            self.removed[_name(rows.model)] += len(gone)

    def link(self, relation: Any, targets: Iterable[models.Model]) -> None:
        """Make a many-to-many relation hold these and no others."""
        stored = set(relation.values_list("pk", flat=True))
        wanted = {target.pk for target in targets}
        relation.add(*(wanted - stored))
        relation.remove(*(stored - wanted))
        name = str(relation.model._meta.verbose_name_plural)
        self.added[f"links to {name}"] += len(wanted - stored)
        self.removed[f"links to {name}"] += len(stored - wanted)

    def texts(self, model: type[Text], parent: str, holder: Any, texts: Mapping[str, Mapping[str, Any]]) -> None:
        """Publish the words of an object. Where its original is worded anew, what is not in step shows as older."""
        self.all_texts(model, parent, [(holder, texts)])

    def all_texts(
        self, model: type[Text], parent: str, given: Sequence[tuple[Any, Mapping[str, Mapping[str, Any]]]]
    ) -> None:
        """The same for many objects of one table."""
        holders = [holder for holder, _texts in given]
        stored: dict[int, dict[str, Text]] = defaultdict(dict)
        for text in model._default_manager.filter(**{f"{parent}__in": holders}):
            stored[getattr(text, f"{parent}_id")][text.lang] = text
        self.count_versions([holder for holder, texts in given if worded_anew(holder, stored[holder.pk], texts)])
        wanted = []
        for holder, texts in given:
            for lang, words in texts.items():
                values = {**words, **made_from(holder, stored[holder.pk].get(lang), words)}
                first = {"state": self.text_state, "needs_review": lang in self.unread}
                wanted.append(Wanted({parent: holder, "lang": lang}, values, first))
        self.put_all(model, wanted)

    def count_versions(self, holders: list[Any]) -> None:
        """A new version of each whose original was worded anew, by more than a slip. Holders are of one table."""
        if self.said is not None and self.said.is_minor:
            return
        for holder in holders:
            before = columns_of(holder)
            holder.version += 1
            self.rows.append(RowChange(holder, before, columns_of(holder)))
        if holders:
            type(holders[0])._default_manager.bulk_update(holders, ["version"], batch_size=BATCH)

    def lines(self) -> Iterator[str]:
        """What was done, for an operator; the last line sums it up."""
        for verb, counts in (("added", self.added), ("changed", self.changed), ("removed", self.removed)):
            for name, number in sorted(counts.items()):
                if number:
                    yield f"  {number} {name} {verb}"
        yield f"{self.total} changes, {self.unchanged} rows as they were."

    @property
    def total(self) -> int:
        """Rows added, changed or removed."""
        return self.added.total() + self.changed.total() + self.removed.total()


PUBLISHED = {"state": State.PUBLISHED}
"""A new object of a file is public; the state of one that is there already is the desk's."""


def _saves_by_itself(model: type[models.Model]) -> bool:
    """Whether more is stored than was asked for (a demonstration stores the moments of its wall times): row by row."""
    return model.save is not models.Model.save


def columns_of(row: models.Model) -> dict[str, Any]:
    """The stored columns of a row, by attribute."""
    return {column.attname: getattr(row, column.attname) for column in row._meta.concrete_fields}


def _found(model: type[M], wanted: Sequence[Wanted]) -> models.QuerySet[M]:
    """Stored rows among which those that are wanted are: each column of the match holds one of the wanted values."""
    columns = {name: {one.match[name] for one in wanted} for name in wanted[0].match}
    found = model._default_manager.all()
    for name, values in columns.items():
        unset = models.Q(**{name: None}) if None in values else models.Q()
        found = found.filter(models.Q(**{f"{name}__in": values - {None}}) | unset)
    return found


def made_from(holder: Any, stored: Text | None, words: Mapping[str, Any]) -> dict[str, int]:
    """The version of the original that a text is made from, where it is new or worded anew."""
    return {"source_version": getattr(holder, "version", 1)} if stored is None or _differs(stored, words) else {}


def worded_anew(holder: Any, stored: Mapping[str, Text], texts: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether the original of something that counts its versions changes."""
    return hasattr(holder, "version") and _differs(
        stored.get(holder.original_lang), texts.get(holder.original_lang, {})
    )


def _differs(row: Text | None, words: Mapping[str, Any]) -> bool:
    """Whether a stored text would be worded anew."""
    return row is not None and any(getattr(row, name) != value for name, value in words.items())


def _name(model: type[models.Model]) -> str:
    return str(model._meta.verbose_name_plural)
