"""What an import may not touch: rows that the public reads already. They are corrected at the desk, one by one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import Model, Q

from reports.content_file import Problem
from reports.content_writing import Changes, RowChange
from reports.editorial.publishing import PUBLIC, State
from reports.models import (
    EditionPlace,
    Instrument,
    InstrumentText,
    NamingNote,
    Person,
    Place,
    PlaceName,
    Publisher,
    ReportEdition,
    Source,
    ThemeInEdition,
    ThemeLink,
    ThemeLinkText,
    Voice,
    VoiceText,
)
from reports.report_file.parts import ReportFile

OPEN = frozenset({State.DRAFT, State.IN_REVIEW})
"""States of an edition over which may be imported."""
SOURCE_SHOWN_WITH: Final = {
    "evidence": "finding__edition__",
    "voices": "",
    "theme_changes": "later__",
    "demand_events": "demand__",
    "demand_statements": "edition__",
}
"""Where a source is read: what points to it, and the way from there to the object whose state decides."""


def what_is_released(report: ReportFile, changes: Changes, state: str | None) -> list[Problem]:
    """Reasons not to apply these changes; `state` is that of the edition before them, None for a new one."""
    problems = list(_shared(report, changes.rows))
    if state is not None and state not in OPEN and changes.total:
        advice = (
            f"is {State(state).label} already, and the file would change it: correct single statements at the desk, "
            "or give the file a key and a label of its own"
        )
        problems.insert(0, Problem("edition.key", f'"{report.edition.key}"', advice))
    return problems


def _shared(report: ReportFile, rows: Iterable[RowChange]) -> Iterable[Problem]:
    """Rows that several editions share and a released one shows."""
    for change in rows:
        shown = _shown(change)
        if shown is None or not _is_public(change.row, shown):
            continue
        advice = "is shown with a released edition: change it at the desk, or leave it as it is there"
        yield Problem(_path(report, shown), f'"{_key(shown)}"', advice)


def _shown(change: RowChange) -> Any:
    """The object that readers would see change; None if an addition shows nothing new."""
    row = change.row
    if isinstance(row, NamingNote):
        return row.place
    if isinstance(row, ThemeLink):
        return row
    if isinstance(row, ThemeLinkText):
        return row.link
    if change.before is None:
        return None
    if isinstance(row, PlaceName):
        return row.place
    if isinstance(row, VoiceText):
        return row.voice
    if isinstance(row, InstrumentText):
        return row.instrument
    return row if isinstance(row, Source | Person | Place | Publisher | Voice | Instrument) else None


def _is_public(row: Model, shown: Any) -> bool:
    if isinstance(shown, Voice | Instrument):
        return shown.state in PUBLIC
    if isinstance(shown, ThemeLink):
        ends = ThemeInEdition.objects.filter(state__in=PUBLIC, edition__state__in=PUBLIC)
        return all(ends.filter(theme=theme).exists() for theme in (shown.earlier_id, shown.later_id))
    if isinstance(shown, Source):
        uses = (f"{use}__{owner}state__in" for use, owner in SOURCE_SHOWN_WITH.items())
        return any(Source.objects.filter(pk=shown.pk, **{use: PUBLIC}).exists() for use in uses)
    if isinstance(shown, Person):
        return Voice.objects.filter(person=shown, state__in=PUBLIC).exists()
    if isinstance(shown, Place):
        return EditionPlace.objects.filter(place=shown, edition__state__in=PUBLIC).exists()
    return ReportEdition.objects.filter(Q(publisher=shown), state__in=PUBLIC).exists()


def _key(shown: Any) -> str:
    if isinstance(shown, ThemeLink):
        return f"{shown.earlier.key} {shown.later.key}"
    return str(shown.code if isinstance(shown, Place) else shown.key)


def _path(report: ReportFile, shown: Any) -> str:
    """Where the object stands in the file."""
    lists: dict[type[Any], tuple[str, list[str]]] = {
        Source: ("sources", [item.key for item in report.sources]),
        Person: ("people", [item.key for item in report.people]),
        Place: ("places", [item.code for item in report.places]),
        Voice: ("voices", [item.key for item in report.voices]),
        Instrument: ("instruments", [item.key for item in report.instruments]),
        ThemeLink: ("theme_links", [f"{item.earlier} {item.later}" for item in report.theme_links]),
    }
    if type(shown) not in lists:
        return "publisher"
    name, keys = lists[type(shown)]
    return f"{name}[{keys.index(_key(shown))}]" if _key(shown) in keys else name
