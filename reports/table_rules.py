"""Rules that PostgreSQL holds every row to, in the words of the models: lists of values, texts, publishing."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from reports.editorial.publishing import State
from reports.editorial.texts import TextState

LANGUAGE_TAG = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"  # BCP 47, as far as we use it
WEB_ADDRESS = r"^https?://[^\s]+$"


def one_of(field: str, choices: type[models.TextChoices], name: str) -> models.CheckConstraint:
    """The field holds one of the listed values, whichever way the row is written."""
    message = _("Choose one of the values in the list.")
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": choices.values}), name=name, violation_error_message=message
    )


def filled(name: str, *fields: str) -> models.CheckConstraint:
    """None of these texts is empty."""
    condition = Q()
    for field in fields:
        condition &= ~Q(**{field: ""})
    message = _("Fill in the words that are empty.")
    return models.CheckConstraint(condition=condition, name=name, violation_error_message=message)


def no_longer(name: str, **longest: int) -> models.CheckConstraint:
    """Texts of unlimited type keep to the number of characters that the page has room for."""
    condition = Q()
    for field, characters in longest.items():
        condition &= Q(LessThanOrEqual(Length(field), characters))
    message = _("Shorten the text.")
    return models.CheckConstraint(condition=condition, name=name, violation_error_message=message)


def web_address(field: str, name: str) -> models.CheckConstraint:
    """An address of the web, or none: no other scheme may reach a reader's click."""
    message = _("Give an address that starts with https:// or http://.")
    return models.CheckConstraint(
        condition=Q(**{field: ""}) | Q(**{f"{field}__regex": WEB_ADDRESS}), name=name, violation_error_message=message
    )


def publishing(name: str) -> list[models.CheckConstraint]:
    """What holds for every publishable object."""
    return [one_of("state", State, f"{name}_state"), _language("original_lang", f"{name}_original_lang")]


def text(name: str, parent: str) -> list[models.BaseConstraint]:
    """What holds for every text row: one for each object and language."""
    return [
        models.UniqueConstraint(fields=[parent, "lang"], name=f"{name}_once"),
        one_of("state", TextState, f"{name}_state"),
        _language("lang", f"{name}_lang"),
    ]


def _language(field: str, name: str) -> models.CheckConstraint:
    message = _("Give the short code of a language, as in fr.")
    return models.CheckConstraint(
        condition=Q(**{f"{field}__regex": LANGUAGE_TAG}), name=name, violation_error_message=message
    )
