"""Whether words are on the site now, and telling of a change to them on every page where they are read."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import override

from reports.editorial.corrections import Change, plain_words, record_correction, where_they_differ
from reports.editorial.publishing import Publishable
from reports.editorial.text_states import read_with

Pairs = list[tuple[Any, Any]]
"""The old and the new value of each field of a text."""


def is_shown(holder: models.Model) -> bool:
    """Whether the public can read the published words of an object now."""
    return (not isinstance(holder, Publishable) or is_visible(holder)) and bool(pages_of(holder))


def pages_of(holder: models.Model) -> list[Publishable]:
    """What the public reads its words with: the objects on whose pages a correction of them stands."""
    return [one for one in read_with(holder) if is_visible(one)]


def is_visible(obj: Publishable) -> bool:
    """Whether the public can see it now."""
    return bool(type(obj)._default_manager.visible().filter(pk=obj.pk).exists())


def said(pairs: Pairs) -> tuple[str, str]:
    """What a text said and what it says now, as plain words: the same where only marks or spaces changed."""
    was, now = ("\n".join(filter(None, map(plain_words, side))) for side in zip(*pairs, strict=True))
    return was, now


def tell_of_rewording(holder: models.Model, lang: str, change: Change, was: str, now: str) -> None:
    """Record on every page what words that differ said and say, after they were stored, in the transaction at hand."""
    was, now = where_they_differ(was, now)
    with override(lang):
        now = now or _("(taken out)")
    for shown in pages_of(holder):
        versions = shown.wording_numbers(lang) if shown == holder else (shown.version, shown.version)
        record_correction(shown, lang, change, was or "–", now, versions)
