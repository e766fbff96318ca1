"""Comparing a report with what is stored, and writing it: as drafts, in one transaction, remembered row by row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, connection, transaction
from psycopg import sql

from reports.content_file import ContentFileError, Problem
from reports.content_writing import Changes, DryRun, RowChange
from reports.editorial.audit import Act, record
from reports.editorial.publishing import State
from reports.editorial.texts import TextState
from reports.importing.files import Handed, Opened, open_handed
from reports.importing.limits import ImportRefused
from reports.importing.released import what_is_released
from reports.importing.runs import RowAction, RunState
from reports.models import Finding, FindingText, ImportLine, ImportRun, ReportEdition
from reports.planner_statistics import count_anew
from reports.report_file.writing import ReportWriter

Actor = AbstractBaseUser | AnonymousUser
LISTED: Final = 200
"""Findings that the result of a check names; the others are counted."""
LINE_COLUMNS: Final = ("run_id", "n", "action", "table", "row_id", "before", "after")


@dataclass(frozen=True)
class Difference:
    """A finding that the file would add or change, and which of its columns."""

    key: str
    action: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What applying a file does, or would do."""

    edition_key: str
    counts: dict[str, dict[str, int]]
    unchanged: int
    differences: list[Difference]

    @property
    def total(self) -> int:
        """Rows added, changed or removed."""
        return sum(sum(tables.values()) for tables in self.counts.values())

    def lines(self) -> Iterator[str]:
        """For an operator; the last line sums it up."""
        for action, tables in self.counts.items():
            for table, number in tables.items():
                yield f"  {number} {table} {action}"
        for difference in self.differences:
            yield f"  {difference.action} finding {difference.key}: {', '.join(difference.columns)}"
        yield f"{self.total} changes, {self.unchanged} rows as they were."


class Moved(Exception):
    """What is stored has changed since the check: applying would do something else than was shown."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__("checked before something else was stored")
        self.outcome = outcome


def check(handed: Handed) -> Outcome:
    """What applying the file would do. Writes nothing. Raises ImportRefused with every problem."""
    opened = open_handed(handed)
    try:
        with transaction.atomic():
            changes = _write(opened)
            raise DryRun
    except DryRun:
        return _outcome(opened, changes)


def apply(handed: Handed, actor: Actor, run: ImportRun | None = None) -> tuple[ImportRun, Outcome]:
    """Write the file and remember the run; both or neither.

    With a run that was checked before, it must do what the check showed, and only once. Raises ImportRefused with every
    problem, or Moved.
    """
    opened = open_handed(handed)
    with transaction.atomic():
        changes = _write(opened)
        outcome = _outcome(opened, changes)
        if run is not None and not _is_what_was_shown(run, outcome):
            raise Moved(outcome)
        run = run or ImportRun(actor_id=actor.pk, actor_email=getattr(actor, "email", ""))
        run.file_name, run.sha256 = handed.name[:200], handed.sha256
        run.edition_key, run.state, run.content = outcome.edition_key, RunState.APPLIED, None
        run.counts = {**outcome.counts, "unchanged": outcome.unchanged}
        run.save()
        _remember(run, changes.rows)
        record(actor, Act.ADDED, run, edition=outcome.edition_key, sha256=run.sha256, counts=run.counts)
        count_anew([change.row for change in changes.rows])
    return run, outcome


def _is_what_was_shown(run: ImportRun, outcome: Outcome) -> bool:
    """Whether the run still waits, under its lock, and its check counted the same changes."""
    held = ImportRun.objects.select_for_update().filter(pk=run.pk, state=RunState.CHECKED).first()
    return held is not None and held.counts == outcome.counts


def snapshot(columns: dict[str, Any]) -> dict[str, Any]:
    """Columns as JSON holds them, so that two moments compare."""
    parsed: dict[str, Any] = json.loads(_as_json(columns))
    return parsed


def _as_json(columns: dict[str, Any]) -> str:
    return json.dumps(columns, cls=DjangoJSONEncoder, ensure_ascii=False)


def _write(opened: Opened) -> Changes:
    """Bring the rows in line, inside the transaction at hand. Raises ImportRefused."""
    report = opened.report
    changes = Changes(text_state=TextState.DRAFT, unread=report.needs_review)
    edition = ReportEdition.objects.select_for_update().filter(key=report.edition.key).first()
    try:
        with transaction.atomic():
            ReportWriter(report, changes, State.DRAFT).write()
            problems = what_is_released(report, changes, edition.state if edition else None)
            if problems:
                raise ContentFileError(problems)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except IntegrityError as error:
        refusal = str(error).splitlines()[0]
        raise ImportRefused([opened.positions.locate(_refusal(refusal))]) from None
    except ContentFileError as error:
        raise ImportRefused([opened.positions.locate(problem) for problem in error.problems]) from None
    return changes


def _refusal(rule: str) -> Problem:
    return Problem("", "", f"the database refuses it: {rule}")


def _outcome(opened: Opened, changes: Changes) -> Outcome:
    counted = {"added": changes.added, "changed": changes.changed, "removed": changes.removed}
    counts = {action: {name: n for name, n in sorted(tables.items()) if n} for action, tables in counted.items()}
    return Outcome(opened.report.edition.key, counts, changes.unchanged, _differences(changes.rows))


def _differences(rows: list[RowChange]) -> list[Difference]:
    """Findings that are new, then those whose own columns or words change."""
    new = {change.row.pk for change in rows if isinstance(change.row, Finding) and change.before is None}
    columns: dict[str, list[str]] = {}
    added: list[str] = []
    for change in rows:
        row = change.row
        if isinstance(row, Finding):
            if change.before is None:
                added.append(row.key)
            else:
                columns.setdefault(row.key, []).extend(_changed(change))
        elif isinstance(row, FindingText) and row.finding_id not in new:
            prefix = f"{row.lang}: "
            columns.setdefault(row.finding.key, []).extend(prefix + name for name in _changed(change) or ["all"])
    found = [Difference(key, "added", ()) for key in added]
    found += [Difference(key, "changed", tuple(names)) for key, names in columns.items() if names]
    return found[:LISTED]


def _changed(change: RowChange) -> list[str]:
    before, after = change.before or {}, change.after or {}
    passed_over = {"version", "source_version"}
    return [name for name in before if name in after and before[name] != after[name] and name not in passed_over]


def _remember(run: ImportRun, rows: list[RowChange]) -> None:
    """A line for each row, by COPY (PostgreSQL manual, chapter 14.4): Django would quote all this JSON three times."""
    columns = sql.SQL(", ").join(map(sql.Identifier, LINE_COLUMNS))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(ImportLine._meta.db_table), columns)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for n, change in enumerate(rows):
            copy.write_row((run.pk, n, _action(change).value, *_what_changed(change)))


def _what_changed(change: RowChange) -> tuple[str, int, str | None, str | None]:
    """Table and key of the row, and its columns before and after as JSON."""
    key = (change.after or change.before or {})[change.row._meta.pk.attname]
    before, after = (None if columns is None else _as_json(columns) for columns in (change.before, change.after))
    return change.row._meta.label_lower, key, before, after


def _action(change: RowChange) -> RowAction:
    if change.before is None:
        return RowAction.ADDED
    return RowAction.REMOVED if change.after is None else RowAction.CHANGED
