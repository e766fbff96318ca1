"""One value of a content file against the column it will fill."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from reports.editorial.accessible_html import faults_in
from reports.editorial.rich_text import RichTextField

KEY: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
NO_TEXT: Final = re.compile("[\\x00\\ud800-\\udfff]")
"""What PostgreSQL cannot hold: the null character and halves of surrogate pairs."""


class Refused(Exception):
    """The value cannot stand in this column; the text says what can."""


def checked_value(column: Any, value: object) -> Any:
    """The value as the column stores it, so that a later load can compare. Raises Refused."""
    if value is None:
        if column.null:
            return None
        raise Refused("must not be null" + (': write "" for nothing' if column.blank else ""))
    _check_json_type(column, value)
    if isinstance(value, str):
        value = unicodedata.normalize("NFC", value)  # one form for each letter, so that names and addresses compare
    _check_text(column, value)
    if column.choices and value not in dict(column.choices):
        raise Refused(f"is none of {', '.join(str(choice) for choice, _ in column.choices)}")
    try:
        clean = column.clean(value, None)
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from None
    if isinstance(clean, datetime) and timezone.is_naive(clean):
        raise Refused('needs its zone, as "+02:00" or "Z" at the end')
    return column.get_prep_value(clean)


def _check_json_type(column: Any, value: object) -> None:
    if isinstance(column, models.BooleanField):
        wanted, right = "true or false", isinstance(value, bool)
    elif isinstance(column, models.IntegerField):
        wanted, right = "a whole number", isinstance(value, int) and not isinstance(value, bool)
    elif isinstance(column, models.DateTimeField):
        wanted, right = 'a time with its zone in quotes, as "2024-04-24T00:01:00+02:00"', isinstance(value, str)
    elif isinstance(column, models.DateField):
        wanted, right = 'a date in quotes, as "2024-04-24"', isinstance(value, str)
    else:
        wanted, right = "text", isinstance(value, str)
    if not right:
        raise Refused(f"must be {wanted}")


def _check_text(column: Any, value: object) -> None:
    """What PostgreSQL cannot hold, what is blank where it must not be, what shuts a reader out, what is too long."""
    if not isinstance(value, str):
        return
    if NO_TEXT.search(value):
        raise Refused("holds a character that is no text: type it anew")
    if not value.strip() and not column.blank:
        raise Refused("must not be empty")
    if isinstance(column, models.URLField) and value and not value.startswith(("https://", "http://")):
        raise Refused("must be an address that starts with https:// or http://")
    if isinstance(column, RichTextField) and (faults := faults_in(value)):
        raise Refused(" ".join(faults))
    if column.max_length and len(value) > column.max_length:
        raise Refused(f"is {len(value)} characters long: shorten it to {column.max_length}")
