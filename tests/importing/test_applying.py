"""Importing an edition: nothing at the check, all or nothing at the apply, nothing the second time, and back again."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from campaigns.models import Demand, DemandEvent, DemandStatement
from reports.editorial.audit import AuditEntry
from reports.editorial.publishing import PUBLIC, State
from reports.editorial.texts import TextState
from reports.importing.applying import apply, check
from reports.importing.files import Handed
from reports.importing.limits import ImportRefused
from reports.importing.released import SOURCE_SHOWN_WITH
from reports.importing.undoing import CannotUndo, undo
from reports.models import (
    Evidence,
    Finding,
    FindingPlace,
    FindingText,
    FindingTheme,
    ImportLine,
    ImportRun,
    Instrument,
    Person,
    Place,
    PlaceName,
    Publisher,
    ReportEdition,
    Source,
    ThemeInEdition,
    ThemeText,
    Voice,
)
from tests.importing.making import bundle, tables, told, zipped
from tests.reports.large_edition import large_edition
from tests.reports.making import load_report, load_rivers, make_source, put, report_json

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()
TABLES = [Evidence, Finding, FindingPlace, FindingText, FindingTheme, ImportLine, ImportRun, Instrument, Person, Place,
          PlaceName, Publisher, ReportEdition, Source, ThemeInEdition, ThemeText, Voice, AuditEntry]  # fmt: skip


def stored() -> dict[str, list[Any]]:
    """Every row there is."""
    return {model.__name__: list(model._default_manager.order_by("pk").values_list()) for model in TABLES}


def refusals(handed: Handed) -> list[str]:
    with pytest.raises(ImportRefused) as refusal:
        apply(handed, NOBODY)
    return told(refusal.value)


def test_a_check_writes_nothing_and_says_what_would_change() -> None:
    before = stored()
    outcome = check(bundle())
    assert stored() == before
    assert outcome.counts["added"]["findings"] == len(report_json()["findings"])
    assert {one.key for one in outcome.differences} == {finding["key"] for finding in report_json()["findings"]}


def test_what_is_imported_is_a_draft_and_nowhere_to_be_seen(client: Any) -> None:
    apply(bundle(), NOBODY)
    for model in (ReportEdition, ThemeInEdition, Finding, Voice, Instrument):
        assert set(model._default_manager.values_list("state", flat=True)) == {State.DRAFT}
    assert set(FindingText.objects.values_list("state", flat=True)) == {TextState.DRAFT}
    assert client.get("/en/themes/fouled-rivers/").status_code == 404
    assert not ReportEdition.objects.visible().exists()


@pytest.mark.parametrize("again", [bundle(), zipped(tables())])
def test_the_same_file_twice_is_no_change(again: Handed) -> None:
    apply(bundle(), NOBODY)
    before = stored()
    _run, outcome = apply(again, NOBODY)
    assert outcome.total == 0
    after = stored()
    for name in ("ImportRun", "AuditEntry"):
        before.pop(name)
        after.pop(name)
    assert after == before


def test_a_second_file_changes_what_differs_and_names_it() -> None:
    apply(bundle(), NOBODY)
    data = put(report_json(), "findings.0.texts.en.statement", "Worded anew.")
    data = put(data, "findings.1.kind", "context")
    outcome = check(bundle(data))
    told_changes = {one.key: one.columns for one in outcome.differences}
    assert told_changes == {
        data["findings"][0]["key"]: ("en: statement",),
        data["findings"][1]["key"]: ("kind",),
    }
    assert outcome.counts["added"] == {}


def test_an_import_is_remembered_row_by_row_and_in_the_audit_log() -> None:
    run, outcome = apply(bundle(), NOBODY)
    assert run.lines.count() == outcome.total
    assert (run.sha256, run.edition_key) == (bundle().sha256, "watch-2024")
    entry = AuditEntry.objects.get(object_type="reports.importrun")
    assert entry.detail["counts"]["added"]["findings"] == len(report_json()["findings"])


def test_a_rule_of_the_database_undoes_the_whole() -> None:
    before = stored()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE reports_evidence ADD CONSTRAINT none_here CHECK (note <> 'never')")
    data = put(report_json(), "findings.0.evidence.0.note", "never")
    assert any("none_here" in line for line in refusals(bundle(data)))
    assert stored() == before


# --- What is released -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [*PUBLIC, State.APPROVED, State.REMOVED])
def test_an_edition_that_has_left_the_drafts_is_not_imported_over(state: State) -> None:
    load_report()
    ReportEdition.objects.update(state=state)
    before = stored()
    data = put(report_json(), "findings.0.texts.en.statement", "Worded anew.")
    lines = refusals(bundle(data))
    assert any("edition.key" in line and "a key and a label of its own" in line for line in lines)
    assert stored() == before


def test_a_released_edition_that_the_file_would_leave_as_it_is_is_no_error() -> None:
    load_report()
    assert apply(bundle(), NOBODY)[1].total == 0


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("sources.0.title", "Another title"),
        ("people.0.name", "Another name"),
        ("places.0.kind", "territory"),
        ("publisher.name", "Another publisher"),
        ("voices.0.texts.en.text", "Other words."),
        ("instruments.0.identifier", "Another number"),
    ],
)
def test_a_new_edition_does_not_change_what_a_released_one_shows(path: str, value: str) -> None:
    load_report()
    data = put(put(other_edition(), path, value), "places.0.notes", {})
    lines = refusals(bundle(data))
    assert any("is shown with a released edition" in line for line in lines), lines


@pytest.mark.parametrize("stands_on_it", ["event", "statement"])
def test_an_import_does_not_change_a_source_that_only_the_ledger_of_a_demand_shows(stands_on_it: str) -> None:
    load_rivers()
    source, demand = make_source("ledger-only"), Demand.objects.get(key="clean-it")
    if stands_on_it == "event":
        DemandEvent.objects.create(demand=demand, position=0, on=date(2024, 6, 1), kind="kept", source=source)
    else:
        edition = ReportEdition.objects.get(key="watch-2024")
        DemandStatement.objects.create(demand=demand, edition=edition, standing="met", source=source)
    data = other_edition()
    data["sources"].append({"key": "ledger-only", "kind": "report", "title": "Another title", "doc_symbol": "M/1"})
    lines = refusals(bundle(data))
    assert any("sources[2]" in line and "is shown with a released edition" in line for line in lines), lines
    assert make_source("ledger-only").title == "ledger-only"


def test_all_that_points_to_a_source_is_known_where_a_source_is_shown() -> None:
    pointing = {relation.get_accessor_name() for relation in Source._meta.related_objects}
    assert pointing - {"runs"} == set(SOURCE_SHOWN_WITH)  # the runs of its words are read by nobody


def other_edition() -> dict[str, Any]:
    """The same rivers a year later, under addresses of its own."""
    data = put(put(report_json(), "edition.key", "watch-2025"), "edition.label", "2024/25")
    for theme in data["themes"]:
        for words in theme["texts"].values():
            words["slug"] += "-2025"
    return data


def test_a_new_edition_of_the_same_themes_is_imported_beside_the_released_one() -> None:
    load_report()
    before = set(stored()["Finding"])
    _run, outcome = apply(bundle(other_edition()), NOBODY)
    assert outcome.counts["changed"] == outcome.counts["removed"] == {}
    assert before < set(stored()["Finding"])


# --- Undo -----------------------------------------------------------------------------------------------------------


def test_an_import_is_taken_back_to_the_last_row() -> None:
    before = stored()
    run, _outcome = apply(bundle(), NOBODY)
    undo(run, NOBODY)
    after = stored()
    assert {name: rows for name, rows in after.items() if name not in ("ImportRun", "ImportLine", "AuditEntry")} == {
        name: rows for name, rows in before.items() if name not in ("ImportRun", "ImportLine", "AuditEntry")
    }
    with pytest.raises(CannotUndo, match="nothing to take back"):
        undo(run, NOBODY)


def test_a_changing_import_is_taken_back_too() -> None:
    apply(bundle(), NOBODY)
    before = stored()
    data = put(
        put(report_json(), "findings.0.texts.en.statement", "Worded anew."), "findings.0.themes", ["silenced-anglers"]
    )
    evidence = report_json()["findings"][1]["evidence"][:1]
    data = put(put(data, "findings.1.evidence", evidence), "findings.1.places", [])
    data = put(data, "findings.1.scope", "world")
    run, outcome = apply(bundle(data), NOBODY)
    assert outcome.counts["removed"]
    undo(run, NOBODY)
    for name in ("Finding", "FindingText", "FindingTheme", "FindingPlace", "Evidence"):
        assert stored()[name] == before[name], name


def test_what_somebody_touched_since_is_not_taken_back() -> None:
    run, _outcome = apply(bundle(), NOBODY)
    FindingText.objects.filter(finding__key="veto", lang="en").update(statement="Worked on.")
    before = stored()
    with pytest.raises(CannotUndo, match="Changed, moved on or removed since this import"):
        undo(run, NOBODY)
    assert stored() == before


def test_what_somebody_attached_since_keeps_the_import() -> None:
    run, _outcome = apply(bundle(), NOBODY)
    Evidence.objects.create(finding=Finding.objects.get(key="veto"), source=make_source("later"))
    before = stored()
    with pytest.raises(CannotUndo, match="Something else stands"):
        undo(run, NOBODY)
    assert stored() == before


def test_the_database_keeps_runs_and_lines_in_order() -> None:
    run, _outcome = apply(bundle(), NOBODY)
    with pytest.raises(IntegrityError), transaction.atomic():
        ImportRun.objects.filter(pk=run.pk).update(content=b"kept")
    with pytest.raises(IntegrityError), transaction.atomic():
        ImportLine.objects.filter(run=run, n=0).update(before={})


# --- The command, and the size of it --------------------------------------------------------------------------------


def test_the_command_does_what_the_desk_does(tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "report.json"
    path.write_text(json.dumps(report_json()), encoding="utf-8")
    call_command("import_report", str(path))
    assert Finding.objects.filter(state=State.DRAFT).count() == len(report_json()["findings"])
    call_command("import_report", str(path))
    assert "0 changes" in capsys.readouterr().out
    path.write_text(json.dumps(put(report_json(), "findings.0.kind", "x")), encoding="utf-8")
    with pytest.raises(CommandError, match=r"Nothing was written. 1 problems:\n.*findings\[0\].kind"):
        call_command("import_report", str(path))


def statements(findings: int) -> int:
    """Statements that it takes to import so many findings on the same places, themes and sources."""
    data = large_edition(20, 250)
    data["findings"] = data["findings"][:findings]
    with CaptureQueriesContext(connection) as captured:
        apply(bundle(data), NOBODY)
    return len(captured)


def test_ten_times_the_findings_take_hardly_more_statements() -> None:
    apply(bundle(large_edition(20, 1) | {"sources": large_edition(20, 250)["sources"]}), NOBODY)
    few = statements(20)
    assert statements(200) < few + 60
