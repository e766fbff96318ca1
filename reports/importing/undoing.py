"""Taking an import back, as long as nobody has touched what it wrote: all of it, or nothing."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.utils.translation import gettext as _

from reports.content_writing import columns_of
from reports.editorial.audit import Act, record
from reports.importing.applying import Actor, snapshot
from reports.importing.runs import RowAction, RunState
from reports.models import ImportLine, ImportRun


class CannotUndo(Exception):
    """Something stands in the way; `lines` say what, in words for an editor."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(*lines)
        self.lines = lines


def undo(run: ImportRun, actor: Actor) -> None:
    """Bring every row back to what it was before the run. Raises CannotUndo, with nothing written."""
    try:
        with transaction.atomic():
            held = ImportRun.objects.select_for_update().get(pk=run.pk)
            if held.state != RunState.APPLIED:
                raise CannotUndo([_("This import is not applied: there is nothing to take back.")])
            for (table, action), lines in groupby(held.lines.order_by("-n"), lambda line: (line.table, line.action)):
                _take_back(apps.get_model(table), RowAction(action), list(lines))
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            held.state = RunState.UNDONE
            held.save(update_fields=["state"])
            record(actor, Act.CHANGED, held, undone=True, edition=held.edition_key)
    except IntegrityError as error:
        refusal = str(error).splitlines()[0]
        raise CannotUndo(
            [_("Something else stands by now on what this import wrote: %(rule)s") % {"rule": refusal}]
        ) from None
    run.state = RunState.UNDONE


def _take_back(model: type[models.Model], action: RowAction, lines: list[ImportLine]) -> None:
    """Rows of one table that met the same fate, the last first."""
    stored = model._base_manager.select_for_update().in_bulk([line.row_id for line in lines])
    if action == RowAction.REMOVED:
        model._base_manager.bulk_create([_restored(model, line) for line in lines])
        return
    touched = [line for line in lines if not _is_as_left(stored.get(line.row_id), line)]
    if touched:
        told = {"number": len(touched), "table": model._meta.verbose_name_plural}
        message = _("Changed, moved on or removed since this import: %(table)s (%(number)s rows).") % told
        raise CannotUndo([message, _("Nothing was taken back. Change single findings at the desk.")])
    if action == RowAction.ADDED:
        # Past Django's collector: what was attached since must refuse the undo, not vanish with it.
        found: Any = model._base_manager.filter(pk__in=[line.row_id for line in lines])
        found._raw_delete(found.db)
        return
    for line in lines:
        model._base_manager.filter(pk=line.row_id).update(**_changed_back(line))


def _is_as_left(row: models.Model | None, line: ImportLine) -> bool:
    return row is not None and snapshot(columns_of(row)) == line.after


def _restored(model: type[models.Model], line: ImportLine) -> models.Model:
    before: dict[str, Any] = line.before or {}
    columns = {column.attname: column for column in model._meta.concrete_fields}
    return model(**{name: columns[name].to_python(value) for name, value in before.items()})


def _changed_back(line: ImportLine) -> dict[str, Any]:
    before, after = line.before or {}, line.after or {}
    return {name: value for name, value in before.items() if after[name] != value}
