"""Imports at the desk: hand in a file, look at what it would do, apply it, take it back."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from reports.content_file import LARGEST
from reports.editorial.desk_publishing import Refusals, chip
from reports.importing.applying import Moved, Outcome, apply, check
from reports.importing.files import Handed
from reports.importing.limits import ImportRefused
from reports.importing.positions import MOST_PROBLEMS
from reports.importing.runs import RunState
from reports.importing.undoing import CannotUndo, undo
from reports.models import ImportRun

WAITS = timedelta(days=1)
"""So long a file waits to be applied."""
CHIPS = {RunState.CHECKED: "chip-open", RunState.APPLIED: "chip-met", RunState.UNDONE: "chip-quiet"}


class HandIn(forms.Form):
    """The file."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "An outline in Word (.docx), HTML or Markdown, a zip of CSV tables or a JSON bundle, "
            "at most 10 MB and 20,000 rows."
        ),
        allow_empty_file=False,
    )

    def clean_file(self) -> Any:
        """Not larger than what is read."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("The file is larger than 10 MB. Nothing was read. Split it."))
        return file


@admin.register(ImportRun)
class ImportRunAdmin(Refusals):
    """Files that were handed in, and what became of them."""

    list_display = ("file_name", "edition_key", "state_chip", "actor_email", "at")
    list_filter = ("state",)
    search_fields = ("file_name", "edition_key", "sha256")

    def get_urls(self) -> list[URLPattern]:
        """One address for each act."""
        return [
            self.view("apply", "<path:object_id>/apply/", require_POST(self.apply)),
            self.view("undo", "<path:object_id>/undo/", require_POST(self.undo)),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Without the files themselves."""
        return super().get_queryset(request).defer("content")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A run is applied or taken back, never rewritten."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It stays as a record."""
        return False

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_chip(self, obj: ImportRun) -> SafeString:
        """How far it has come."""
        return chip(obj.get_state_display(), CHIPS[RunState(obj.state)])

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The form; a file that is handed in is checked, and nothing is written."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = HandIn(request.POST, request.FILES) if request.method == "POST" else HandIn()
        if form.is_valid():
            return self.back_to(self._checked(request, form.cleaned_data["file"]))
        context = self._context(request, _("Import an edition")) | {"form": form}
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/reports/import_add.html", context, status=status)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What a file would do, or did."""
        run = self.get_object(request, unquote(object_id))
        if request.method != "GET" or not self.has_view_permission(request, run):
            raise PermissionDenied
        context = self._context(request, run.file_name) | {"original": run, "state_chip": self.state_chip(run)}
        context["outcome"] = run.outcome
        if self.may(request, self.writes, run):
            applicable = run.state == RunState.CHECKED and run.content is not None and not run.outcome.get("problems")
            context["apply_url"] = self.address("apply", run.pk) if applicable and run.outcome.get("total") else ""
            context["undo_url"] = self.address("undo", run.pk) if run.state == RunState.APPLIED else ""
        return TemplateResponse(request, "admin/reports/import_run.html", context)

    def apply(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """POST: write what was checked. 409 where it was applied before or what is stored has changed since."""
        run = self._writable(request, object_id)
        held = ImportRun.objects.filter(pk=run.pk, state=RunState.CHECKED).first()
        if held is None or held.content is None:
            return self.refuse(request, run, [_("This file is not waiting any more. Hand it in again.")], 409)
        try:
            apply(Handed(held.file_name, bytes(held.content)), request.user, held)
        except ImportRefused as refusal:
            _keep(held, _problems(refusal))
            messages.error(request, _("What is stored has changed since the check. Nothing was written."))
            return self.back_to(run)
        except Moved as moved:
            _keep(held, _told(moved.outcome))
            messages.error(request, _("What is stored has changed since the check. Look at the new result first."))
            return self.back_to(run)
        messages.success(request, _("Imported. New findings and texts are drafts."))
        return self.back_to(run)

    def undo(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """POST: take it back. 409 where somebody has worked on it since."""
        run = self._writable(request, object_id)
        try:
            undo(run, request.user)
        except CannotUndo as problem:
            return self.refuse(request, run, problem.lines, 409)
        messages.success(request, _("Taken back. Everything is as it was before this import."))
        return self.back_to(run)

    def _writable(self, request: HttpRequest, object_id: str) -> ImportRun:
        run: ImportRun = self.get_object(request, unquote(object_id))
        if not self.may(request, self.writes, run):
            raise PermissionDenied
        return run

    def _checked(self, request: HttpRequest, file: Any) -> ImportRun:
        """A run that waits for a decision; files that waited too long are dropped."""
        waiting = ImportRun.objects.filter(state=RunState.CHECKED)
        waiting.filter(at__lt=timezone.now() - WAITS).exclude(content=None).update(content=None)
        handed = Handed(file.name, file.read())
        run = ImportRun(
            actor_id=request.user.pk,
            actor_email=getattr(request.user, "email", ""),
            file_name=handed.name[:200],
            sha256=handed.sha256,
        )
        try:
            outcome = check(handed)
            run.edition_key, run.content = outcome.edition_key, handed.content
            _keep(run, _told(outcome))
        except ImportRefused as refusal:
            _keep(run, _problems(refusal))
        return run

    def _context(self, request: HttpRequest, title: str) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "title": title, "opts": self.opts}


def _keep(run: ImportRun, outcome: dict[str, Any]) -> None:
    run.outcome, run.counts = outcome, outcome.get("counts", {})
    run.state = RunState.CHECKED
    run.save()


def _told(outcome: Outcome) -> dict[str, Any]:
    return {
        "counts": outcome.counts,
        "unchanged": outcome.unchanged,
        "total": outcome.total,
        "differences": [asdict(difference) for difference in outcome.differences],
    }


def _problems(refusal: ImportRefused) -> dict[str, Any]:
    """Every problem up to a number, the rest counted."""
    listed = [
        {
            "file": problem.at.file,
            "line": problem.at.line or "",
            "unit": problem.at.unit,
            "column": problem.at.column or problem.path,
            "value": problem.value,
            "advice": problem.advice,
        }
        for problem in refusal.problems[:MOST_PROBLEMS]
    ]
    return {"problems": listed, "more": max(len(refusal.problems) - MOST_PROBLEMS, 0)}
