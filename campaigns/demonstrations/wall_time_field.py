"""A column for wall time: what the clock shows, without any zone (PostgreSQL: `timestamp without time zone`)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _


class WallTimeInput(forms.DateTimeField):
    """A day and a time as typed; Django's own field would take them to be in the server's zone."""

    widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def to_python(self, value: Any) -> datetime | None:
        """A naive time, whatever zone is active."""
        with timezone.override(UTC):
            moment = super().to_python(value)
        return moment.replace(tzinfo=None) if moment else None


class WallTimeField(models.Field):  # type: ignore[type-arg]
    """Holds naive datetimes, and refuses others: they would be off by somebody's hours."""

    description = _("Date and time on the clock there")
    empty_strings_allowed = False

    def db_type(self, connection: Any) -> str:
        """PostgreSQL manual, 8.5.1."""
        return "timestamp without time zone"

    def to_python(self, value: Any) -> datetime | None:
        """A naive datetime, also from ISO 8601 text."""
        if value is None:
            return None
        wall = _read(value) if isinstance(value, str) else value
        if isinstance(wall, datetime) and timezone.is_naive(wall):
            return wall
        raise ValidationError(_("Give a day and a time without a zone, as in 2026-03-29 18:00."))

    def get_prep_value(self, value: Any) -> datetime | None:
        """See `to_python`."""
        return self.to_python(super().get_prep_value(value))

    def value_to_string(self, obj: models.Model) -> str:
        """ISO 8601."""
        value: datetime | None = self.value_from_object(obj)
        return value.isoformat() if value else ""

    def formfield(self, **kwargs: Any) -> Any:
        """A field that takes the time as typed."""
        return super().formfield(**{"form_class": WallTimeInput, **kwargs})


def _read(text: str) -> datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:  # well formed, but no such day or time
        return None
