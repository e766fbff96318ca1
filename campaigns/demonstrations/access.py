"""What people must know to decide whether they can take part: facts with a plain answer each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Answer(models.TextChoices):
    """Nobody's silence is taken for a yes: `unknown` is an answer, and it is shown."""

    YES = "yes", _("yes")
    PARTLY = "partly", _("partly")
    NO = "no", _("no")
    UNKNOWN = "unknown", _("not known")


# In the order in which pages tell them. Each is a column of the demonstration.
FACTS: Mapping[str, StrOrPromise] = {
    "step_free": _("Step-free"),
    "toilets": _("Accessible toilets"),
    "sign_language": _("Sign language"),
    "captions": _("Live captions"),
    "resting_points": _("Places to rest"),
    "quiet_area": _("Quiet area"),
}


def fact(name: str) -> models.CharField[str, str]:
    """The column of one fact; empty while nobody has answered, which keeps a demonstration from being published."""
    return models.CharField(FACTS[name], max_length=7, choices=Answer, blank=True, default="")


def answers_only(name: str) -> models.CheckConstraint:
    """Every fact holds one of the answers, or none yet."""
    condition = Q()
    for column in FACTS:
        condition &= Q(**{f"{column}__in": ["", *Answer.values]})
    message = _("Choose one of the answers in the list.")
    return models.CheckConstraint(condition=condition, name=name, violation_error_message=message)


def all_answered() -> Q:
    """Rows in which every fact has an answer."""
    condition = Q()
    for column in FACTS:
        condition &= ~Q(**{column: ""})
    return condition
