"""The country a signer lives in: ISO 3166-1 alpha-2 and XK, each under the name this site uses, or "not said".

Names come from CLDR, overridden by the names that our own rows of places prefer. They are kept in each process, since
250 names cost more than the rest of the form.
"""

from __future__ import annotations

import time
import unicodedata
from dataclasses import dataclass
from typing import Any, Final

from babel import Locale
from django import forms
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.forms.utils import flatatt
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from reports.iso_codes import ISO_CODES
from reports.places import NameKind, PlaceName

NOT_SAID: Final = "ZZ"
COUNTRIES: Final = frozenset({*ISO_CODES, NOT_SAID})
KEPT_SECONDS: Final = 300

Choices = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    choices: Choices
    until: float


_kept: dict[str, _Kept] = {}


def country_choices(lang: str) -> Choices:
    """Codes and names in the order of the names, without "not said"; at most five minutes old.

    One query when they are older; while the database is away, what was known before, or CLDR's names alone.
    """
    kept = _kept.get(lang)
    if kept is None or kept.until < time.monotonic():
        kept = _kept[lang] = _Kept(_choices(lang, kept), time.monotonic() + KEPT_SECONDS)
    return kept.choices


def country_name(code: str, lang: str) -> str:
    """What the signer chose, in words."""
    return dict(country_choices(lang)).get(code) or str(_("not said"))


def _choices(lang: str, before: _Kept | None) -> Choices:
    cldr = Locale.parse(lang, sep="-").territories
    names: dict[str, str] = {code: cldr.get(code, code) for code in ISO_CODES}
    ours = PlaceName.objects.filter(kind=NameKind.DISPLAY, lang=lang, place__code__in=ISO_CODES)
    try:
        names |= dict(ours.values_list("place__code", "name"))
    except DatabaseError:
        return before.choices if before else in_order(names)
    return in_order(names)


def in_order(names: dict[str, str]) -> Choices:
    """Sorted as a reader looks for them: capital letters and the marks on letters do not count."""
    return tuple(sorted(names.items(), key=lambda item: (_bare(item[1]), item[1])))


def _bare(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


class Select(forms.Widget):
    """The select element, written in one go: Django would render a template for each of its 250 options."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The countries in the language of the page, with the chosen one selected."""
        attributes = {**self.attrs, **(attrs or {}), "name": name}
        first = (("", str(_("Choose your country"))), (NOT_SAID, str(_("I would rather not say"))))
        options = [_option(code, label, value) for code, label in (*first, *country_choices(get_language() or "en"))]
        return mark_safe(f"<select{flatatt(attributes)}>{''.join(options)}</select>")  # noqa: S308


def _option(code: str, label: str, chosen: Any) -> str:
    return f'<option value="{code}"{" selected" if code == chosen else ""}>{escape(label)}</option>'


class CountryField(forms.Field):
    """A country code, or ZZ. Any other text is refused."""

    widget = Select

    def to_python(self, value: Any) -> str:
        """In capital letters, without spaces around it."""
        return str(value or "").strip().upper()

    def validate(self, value: Any) -> None:
        """One of the list."""
        super().validate(value)
        if value not in COUNTRIES:
            raise ValidationError(_("This is no country of the list. Choose one, or say that you would rather not."))
