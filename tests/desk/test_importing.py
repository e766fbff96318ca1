"""Importing at the desk: checked, shown, applied, taken back, by those who may write the report and by nobody else."""

from __future__ import annotations

import json
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reports.editorial.audit import AuditEntry
from reports.importing.applying import check
from reports.importing.files import Handed
from reports.models import Finding, FindingText, ImportRun, ReportEdition
from tests.desk.conftest import Cast
from tests.importing.making import bundle, changed, tables, zipped
from tests.importing.outlines import docx, markdown, number_of, paragraph_of, with_line
from tests.reports.making import put, report_json

pytestmark = pytest.mark.django_db
ADD = "/desk/reports/importrun/add/"


def hand_in(client: Client, handed: Handed, status: int = 302) -> Any:
    response = client.post(ADD, {"file": SimpleUploadedFile(handed.name, handed.content)})
    assert response.status_code == status, response.content.decode()[:2000]
    return response


def page(client: Client, run: ImportRun, act: str = "change") -> str:
    return reverse(f"admin:reports_importrun_{act}", args=[run.pk])


def latest() -> ImportRun:
    return ImportRun.objects.latest("pk")


def test_a_file_is_shown_then_applied_then_taken_back(cast: Cast) -> None:
    editor = cast.client("editor")
    hand_in(editor, bundle())
    run = latest()
    assert not Finding.objects.exists()
    html = editor.get(page(editor, run)).content.decode()
    assert "What it would do" in html
    assert "Import it as drafts" in html
    assert editor.post(page(editor, run, "apply")).status_code == 302
    assert Finding.objects.count() == len(report_json()["findings"])
    run.refresh_from_db()
    assert (run.state, run.content, run.actor_email) == ("applied", None, "editor@example.org")
    assert editor.post(page(editor, run, "apply")).status_code == 409
    assert "Take this import back" in editor.get(page(editor, run)).content.decode()
    assert editor.post(page(editor, run, "undo")).status_code == 302
    assert not Finding.objects.exists()
    assert editor.post(page(editor, run, "undo")).status_code == 409
    acts = AuditEntry.objects.filter(object_type="reports.importrun", object_id=str(run.pk))
    assert set(acts.values_list("actor_email", "act")) == {
        ("editor@example.org", "added"),
        ("editor@example.org", "changed"),
        ("editor@example.org", "refused"),
    }


def test_what_is_wrong_is_listed_by_table_line_and_column(cast: Cast) -> None:
    editor, files = cast.client("editor"), tables()
    files["findings"] = changed(files["findings"], 0, kind="violatoin")
    files["evidence"] = changed(files["evidence"], 0, source="<script>")
    hand_in(editor, zipped(files))
    html = editor.get(page(editor, latest())).content.decode()
    assert "2 things to correct" in html
    assert "<bdi>findings.csv</bdi></td>" in html
    assert "&lt;script&gt;" in html
    assert "<script>&quot;" not in html
    assert "Import it as drafts" not in html
    assert latest().content is None
    assert editor.post(page(editor, latest(), "apply")).status_code == 409


@pytest.mark.parametrize("notation", [markdown, docx])
def test_an_outline_is_corrected_then_applied_then_taken_back(cast: Cast, notation: Any) -> None:
    editor = cast.client("editor")
    hand_in(editor, notation(with_line("Kind: violation", "Kind: a<b")))
    html = " ".join(editor.get(page(editor, latest())).content.decode().split())
    assert "1 thing to correct" in html
    assert f"<bdi>{latest().file_name}</bdi>" in html
    line = f"paragraph {paragraph_of('Kind: violation')}" if notation is docx else number_of("Kind: violation")
    assert f'data-label="Line"> {line} </td>' in html
    assert "<bdi>Kind</bdi>" in html
    assert "a&lt;b" in html
    assert not Finding.objects.exists()
    hand_in(editor, notation())
    assert editor.post(page(editor, latest(), "apply")).status_code == 302
    assert Finding.objects.filter(state="draft").count() == len(report_json()["findings"])
    assert editor.post(page(editor, latest(), "undo")).status_code == 302
    assert not Finding.objects.exists()


def test_the_form_says_which_files_it_takes_and_shows_an_outline_that_can_be_handed_in(cast: Cast) -> None:
    editor = cast.client("editor")
    html = editor.get(ADD).content.decode()
    assert "An outline in Word (.docx), HTML or Markdown" in html
    hand_in(editor, bundle())
    editor.post(page(editor, latest(), "apply"))
    shown = unescape(html.split("<pre", 1)[1].split(">", 1)[1].split("</pre>")[0])
    hand_in(editor, Handed("shown.md", shown.encode()))
    assert latest().outcome["differences"] == [{"key": "oil-reaches-every-river", "action": "added", "columns": []}]


def test_the_same_file_again_says_that_nothing_changes(cast: Cast) -> None:
    editor = cast.client("editor")
    hand_in(editor, bundle())
    editor.post(page(editor, latest(), "apply"))
    hand_in(editor, bundle())
    html = editor.get(page(editor, latest())).content.decode()
    assert "0 changes" in html
    assert "Import it as drafts" not in html


def test_what_moved_since_the_check_is_shown_again_and_not_written(cast: Cast) -> None:
    editor = cast.client("editor")
    hand_in(editor, bundle())
    editor.post(page(editor, latest(), "apply"))
    hand_in(editor, bundle(put(report_json(), "findings.0.texts.en.statement", "Worded anew.")))
    run = latest()
    FindingText.objects.filter(finding__key="veto", lang="fr").update(statement="Entre-temps.")
    answer = editor.post(page(editor, run, "apply"), follow=True)
    assert "has changed since the check" in answer.content.decode()
    assert not FindingText.objects.filter(statement="Worded anew.").exists()
    assert editor.post(page(editor, run, "apply"), follow=True).status_code == 200
    assert FindingText.objects.filter(statement="Worded anew.").exists()


def test_a_file_that_waits_too_long_is_dropped(cast: Cast) -> None:
    editor = cast.client("editor")
    hand_in(editor, bundle())
    first = latest()
    ImportRun.objects.filter(pk=first.pk).update(at=timezone.now() - timedelta(days=2))
    hand_in(editor, bundle())
    assert editor.post(page(editor, first, "apply")).status_code == 409


@pytest.mark.parametrize("role", ["organiser", "moderator", "auditor", "outsider", "nobody"])
def test_only_who_may_write_the_report_imports(cast: Cast, role: str) -> None:
    hand_in(cast.client("editor"), bundle())
    run, client = latest(), cast.client(role)
    assert hand_in(client, bundle(), 403)
    assert client.post(page(client, run, "apply")).status_code == 403
    assert client.post(page(client, run, "undo")).status_code == 403
    assert not Finding.objects.exists()


def test_no_file_and_too_large_a_file_are_told_in_the_form(cast: Cast) -> None:
    editor = cast.client("editor")
    assert editor.post(ADD, {}).status_code == 422
    big = Handed("big.json", b" " * (10 * 1024 * 1024 + 1))
    assert "larger than 10 MB" in hand_in(editor, big, 422).content.decode()
    assert not ImportRun.objects.exists()


def test_an_editor_fetches_an_edition_with_its_drafts_and_nobody_else_does(cast: Cast) -> None:
    editor = cast.client("editor")
    hand_in(editor, bundle())
    editor.post(page(editor, latest(), "apply"))
    edition = ReportEdition.objects.get()
    for form in ("bundle", "tables"):
        address = reverse("admin:reports_reportedition_file", args=[edition.pk, form])
        response = editor.get(address)
        assert "no-store" in response.headers["Cache-Control"]
        assert check(Handed("again", response.content)).total == 0
        assert cast.client("auditor").get(address).status_code == 403
        assert address in editor.get(reverse("admin:reports_reportedition_change", args=[edition.pk])).content.decode()
    assert json.loads(editor.get(reverse("admin:reports_reportedition_file", args=[edition.pk, "bundle"])).content)
    assert editor.get(reverse("admin:reports_reportedition_file", args=[edition.pk, "pdf"])).status_code == 404
