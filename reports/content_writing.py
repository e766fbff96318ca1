"""Bringing rows in line with a content file: add what is new, change what differs, leave the rest untouched.

What a file says wins over what is stored; what it does not mention stays. So a second load of it changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction

from reports.content_file import ContentFileError, Problem
from reports.editorial.publishing import State
from reports.editorial.texts import Text, TextState

M = TypeVar("M", bound=models.Model)


class DryRun(Exception):
    """Ends a transaction whose changes are only to be counted."""


@dataclass
class Changes:
    """What was done, by table, and the way it is done."""

    added: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)
    unchanged: int = 0

    def put(self, model: type[M], match: Mapping[str, Any], values: Mapping[str, Any], **first: Any) -> M:
        """The row that `match` finds, with these values; a new row also gets the values in `first`."""
        row = model._default_manager.filter(**match).first()
        if row is None:
            self.added[_name(model)] += 1
            return model._default_manager.create(**match, **values, **first)
        different = [name for name, value in values.items() if getattr(row, name) != value]
        if not different:
            self.unchanged += 1
            return row
        for name in different:
            setattr(row, name, values[name])
        row.save(update_fields=different)
        self.changed[_name(model)] += 1
        return row

    def only(self, rows: models.QuerySet[Any], keep: Collection[models.Model]) -> None:
        """Remove those of the rows that the file no longer lists."""
        gone = rows.exclude(pk__in=[row.pk for row in keep])
        if number := gone.count():
            gone.delete()
            self.removed[_name(rows.model)] += number

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
        stored = {text.lang: text for text in model._default_manager.filter(**{parent: holder})}
        if _differs(stored.get(holder.original_lang), texts.get(holder.original_lang, {})) and _has_version(holder):
            holder.version += 1
            holder.save(update_fields=["version"])
        version = holder.version if _has_version(holder) else 1
        for lang, words in texts.items():
            row = stored.get(lang)
            fresh = {"source_version": version} if row is None or _differs(row, words) else {}
            self.put(model, {parent: holder, "lang": lang}, {**words, **fresh}, state=TextState.PUBLISHED)

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


def write(changes: Changes, steps: Any, *, dry_run: bool) -> None:
    """Call `steps` in one transaction, undone again in a dry run. Raises ContentFileError if the database refuses."""
    try:
        with transaction.atomic():
            steps()
            if dry_run:
                with transaction.get_connection().cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                raise DryRun
    except DryRun:
        return
    except IntegrityError as error:
        refusal = str(error).splitlines()[0]
        raise ContentFileError([Problem("", "", f"the database refuses it: {refusal}")]) from None


def _differs(row: Text | None, words: Mapping[str, Any]) -> bool:
    """Whether a stored text would be worded anew."""
    return row is not None and any(getattr(row, name) != value for name, value in words.items())


def _has_version(holder: models.Model) -> bool:
    return any(column.name == "version" for column in holder._meta.concrete_fields)


def _name(model: type[models.Model]) -> str:
    return str(model._meta.verbose_name_plural)
