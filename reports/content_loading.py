"""Loading a content file in one transaction, in which public words change only where it is said what the change is.

Whoever loads says for all such words of the file at once what an editor says at the desk for each: that they were
wrong, and why (then the old words, the new ones and the reason stand beside them), or that their meaning stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import IntegrityError, models, transaction

from reports.content_file import ContentFileError, Problem
from reports.content_writing import Changes, DryRun, RowChange
from reports.editorial.corrections import where_they_differ
from reports.editorial.rewording import is_shown, said, tell_of_rewording
from reports.editorial.text_form import words_of_model
from reports.editorial.texts import Text, TextState
from reports.planner_statistics import count_anew


@dataclass(frozen=True)
class Rewording:
    """Words of one object in one language that the public read before a file changed them."""

    holder: models.Model
    lang: str
    was: str
    now: str

    def __str__(self) -> str:
        name = getattr(self.holder, "key", self.holder)
        was, now = (" ".join(side.split()) for side in where_they_differ(self.was, self.now))
        changed = f"“{was}” → " + (f"“{now}”" if now else "(taken out)")
        return f"{self.holder._meta.verbose_name} {name} ({self.lang}): {changed}"


class NotSaid(Exception):
    """The file changes words that the public reads, and it was not said what the change is."""

    def __init__(self, reworded: Sequence[str]) -> None:
        self.reworded = reworded


def write(changes: Changes, steps: Callable[[], None], *, dry_run: bool) -> None:
    """Call `steps` in one transaction, undone again in a dry run, and tell of all public words that they change.

    Raises NotSaid where nothing was said of these, ContentFileError if the database refuses; then nothing is written.
    """
    try:
        with transaction.atomic():
            steps()
            rewordings = public_rewordings(changes.rows)
            changes.reworded = [str(one) for one in rewordings]
            if dry_run:
                with transaction.get_connection().cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                raise DryRun
            _tell(changes, rewordings)
            count_anew([change.row for change in changes.rows])
    except DryRun:
        return
    except IntegrityError as error:
        refusal = str(error).splitlines()[0]
        raise ContentFileError([Problem("", "", f"the database refuses it: {refusal}")]) from None


def _tell(changes: Changes, rewordings: list[Rewording]) -> None:
    if rewordings and changes.said is None:
        raise NotSaid(changes.reworded)
    if changes.said is not None and not changes.said.is_minor:
        for one in rewordings:
            tell_of_rewording(one.holder, one.lang, changes.said, one.was, one.now)


def public_rewordings(rows: Iterable[RowChange]) -> list[Rewording]:
    """Which of the changes reword what the public reads. What went together with its object is not among them."""
    changed: dict[type[Text], list[RowChange]] = defaultdict(list)
    for change in rows:
        if isinstance(change.row, Text) and change.before and change.before["state"] == TextState.PUBLISHED:
            changed[type(change.row)].append(change)
    return [one for model, found in changed.items() for one in _of_model(model, found)]


def _of_model(model: type[Text], changed: list[RowChange]) -> Iterator[Rewording]:
    parent = holder_of(model)
    words = [name for name in words_of_model(model, parent.name) if name != "slug"]
    ids = {getattr(change.row, parent.attname) for change in changed}
    holders = parent.related_model._default_manager.in_bulk(ids)
    for change in changed:
        before, after = change.before or {}, change.after or {}
        pairs = [(before[name], after.get(name)) for name in words if before[name] != after.get(name)]
        was, now = said(pairs) if pairs else ("", "")
        holder = holders.get(getattr(change.row, parent.attname))
        if was != now and holder is not None and is_shown(holder):
            yield Rewording(holder, before["lang"], was, now)


@cache
def holder_of(model: type[Text]) -> Any:
    """The column of a text that leads to the object whose words it holds."""
    fields: Any = model._meta.concrete_fields
    return next(field for field in fields if field.is_relation and field.remote_field.related_name == "texts")
