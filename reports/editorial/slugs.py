"""Slugs of any script: what may stand in an address, and how an address finds it whatever its Unicode form."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import register_converter
from django.utils.translation import gettext_lazy as _

MAX_LENGTH = 120
_LETTERS_MARKS_DIGITS = ("L", "M", "N")


def validate_slug(value: str) -> None:
    """Letters with their marks and digits of any script, joined by single hyphens, in NFC."""
    clean = all(unicodedata.category(char).startswith(_LETTERS_MARKS_DIGITS) or char == "-" for char in value)
    if not clean or "--" in value or value.strip("-") != value or value != unicodedata.normalize("NFC", value):
        raise ValidationError(_("An address holds letters and digits of any script, joined by single hyphens."))


class SlugField(models.CharField):  # type: ignore[type-arg]
    """A slug in the language of its text; unique together with that language (the model says so)."""

    default_validators = [validate_slug]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": MAX_LENGTH, **kwargs})

    def get_prep_value(self, value: object) -> object:
        """One Unicode form in the database, whichever way the value came."""
        value = super().get_prep_value(value)
        return unicodedata.normalize("NFC", value).lower() if isinstance(value, str) else value


class SlugConverter:
    """`<uslug:slug>` in an address: NFC, lower case."""

    regex = r"[^/\s\x00]{1,200}"  # PostgreSQL holds no NUL

    def to_python(self, value: str) -> str:
        """The one form that the database holds."""
        return unicodedata.normalize("NFC", value).lower()

    def to_url(self, value: str) -> str:
        """As stored; Django escapes it."""
        return value


register_converter(SlugConverter, "uslug")
