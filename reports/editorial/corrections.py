"""What the public could read and was changed for more than a slip of the pen: kept for good, for everybody to see.

Rows are only ever added, and bear the moment they are written: triggers see to both, so no correction can be dated back
to before something was published. An object is named by the label of its model and its id, so that every room can use
this one table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

LONGEST_REASON: Final = 600
LONG: Final = 60  # words; of more, only what lies round the change is shown
AROUND: Final = 10  # words on either side of it


class CorrectionKind(models.TextChoices):
    """Why published words were changed."""

    CORRECTION = "correction", pgettext_lazy("kind of change", "Correction: it was wrong")
    CLARIFICATION = "clarification", pgettext_lazy("kind of change", "Clarification: it could be misread")
    UPDATE = "update", pgettext_lazy("kind of change", "Update: something happened since")
    RETRACTION = "retraction", pgettext_lazy("kind of change", "Retraction: we no longer stand by it")


MINOR: Final = "minor"
"""A slip of the pen: the meaning stays, so nothing is told and translations stay current."""
TOLD: Final = (CorrectionKind.CORRECTION, CorrectionKind.CLARIFICATION, CorrectionKind.UPDATE)
"""What an editor can call a change; a retraction is an act of its own."""


class Correction(models.Model):
    """One change to the words of one object in one language: what it said, what it says now, and why."""

    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    lang = models.CharField(_("language"), max_length=12)
    at = models.DateTimeField(_("when"), db_default=Now())
    kind = models.CharField(_("kind"), max_length=13, choices=CorrectionKind)
    was = models.TextField(_("what it said"))
    now = models.TextField(_("what it says now"), blank=True)
    reason = models.CharField(_("reason"), max_length=LONGEST_REASON)
    version_from = models.PositiveIntegerField(null=True)
    version_to = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        indexes = [models.Index(fields=["object_type", "object_id", "-id"], name="correction_of_object")]  # its page
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=CorrectionKind.values), name="correction_kind"),
            models.CheckConstraint(condition=Q(reason__regex=r"\S"), name="correction_reason"),
            models.CheckConstraint(condition=~Q(was=F("now")), name="correction_changes_something"),
            models.CheckConstraint(
                condition=Q(kind="retraction", now="") | (~Q(kind="retraction") & ~Q(now="")),
                name="correction_says_what_holds_now",
            ),
        ]

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True)
class Change:
    """What an editor said of a change to public words."""

    kind: str
    reason: str

    @property
    def is_minor(self) -> bool:
        """Whether nothing is told of it."""
        return self.kind == MINOR


def record_correction(
    holder: models.Model, lang: str, change: Change, was: str, now: str, versions: tuple[int, int] | None = None
) -> Correction:
    """Tell of a change, in the transaction at hand. Raises IntegrityError for what the table's rules refuse."""
    version_from, version_to = versions or (None, None)
    return Correction.objects.create(
        object_type=holder._meta.label_lower,
        object_id=holder.pk,
        lang=lang,
        kind=change.kind,
        was=was,
        now=now,
        reason=change.reason,
        version_from=version_from,
        version_to=version_to,
    )


def plain_words(value: Any) -> str:
    """A field of a text as plain words: lists in lines, HTML without its marks."""
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return " ".join(strip_tags(str(value or "").replace("<", " <")).split())


def where_they_differ(was: str, now: str) -> tuple[str, str]:
    """Both wordings; of long ones what differs, with some words round it."""
    old, new = was.split(), now.split()
    if max(len(old), len(new)) <= LONG:
        return was, now
    alike = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    rest = min(len(old), len(new)) - alike
    ends = next((n for n in range(rest) if old[-1 - n] != new[-1 - n]), rest)
    start, end = max(alike - AROUND, 0), max(ends - AROUND, 0)
    return _part(old, start, end), _part(new, start, end)


def _part(words: list[str], start: int, end: int) -> str:
    kept = words[start : len(words) - end]
    return " ".join([*(["…"] if start else []), *kept, *(["…"] if end else [])])
