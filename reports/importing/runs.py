"""What imports did: one run for each file, and one line for each row that it added, changed or removed."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from reports.table_rules import one_of


class RunState(models.TextChoices):
    """How far an import has come."""

    CHECKED = "checked", _("checked, nothing written")
    APPLIED = "applied", _("applied")
    UNDONE = "undone", _("undone")


class RowAction(models.TextChoices):
    """What an import did to a row."""

    ADDED = "added", _("added")
    CHANGED = "changed", _("changed")
    REMOVED = "removed", _("removed")


class ImportRun(models.Model):
    """One file that was handed in. `content` waits between the check and the decision, and is dropped then."""

    at = models.DateTimeField(_("when"), db_default=Now())
    actor_id = models.BigIntegerField(_("account"), null=True)
    actor_email = models.CharField(_("who"), max_length=254, blank=True)
    file_name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    edition_key = models.CharField(_("edition"), max_length=60, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=RunState, default=RunState.CHECKED)
    counts = models.JSONField(_("counts"), default=dict)
    outcome = models.JSONField(_("result of the check"), default=dict)
    content = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [
            one_of("state", RunState, "import_run_state"),
            models.CheckConstraint(
                condition=Q(state="checked") | Q(content=None),
                name="import_run_keeps_no_file",
                violation_error_message=_("The file is kept only until it is applied."),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class ImportLine(models.Model):
    """One row that a run touched: its columns before and after, so that the run can be taken back."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="lines")
    n = models.PositiveIntegerField()
    action = models.CharField(_("action"), max_length=8, choices=RowAction)
    table = models.CharField(_("table"), max_length=60)
    row_id = models.BigIntegerField()
    before = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(null=True, encoder=DjangoJSONEncoder)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "n"], name="import_line_once"),
            one_of("action", RowAction, "import_line_action"),
            models.CheckConstraint(
                condition=Q(action="added", before=None, after__isnull=False)
                | Q(action="changed", before__isnull=False, after__isnull=False)
                | Q(action="removed", before__isnull=False, after=None),
                name="import_line_before_and_after",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.table} {self.row_id}"
