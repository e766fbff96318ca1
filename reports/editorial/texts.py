"""Texts per language: one row for each object and language, with a slug and a state of its own."""

from __future__ import annotations

from typing import Any, Protocol

from django.conf import settings
from django.db import models
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _


class TextState(models.TextChoices):
    """Only `published` is public; elsewhere the original stands in, with its language marked."""

    DRAFT = "draft", _("draft")
    REVIEW = "review", _("in review")
    PUBLISHED = "published", _("published")


class Text(models.Model):
    """Base of every text row. The subclass adds the parent (related_name="texts") and the words."""

    lang = models.CharField(_("language"), max_length=12, choices=settings.LANGUAGES)
    state = models.CharField(_("state of the text"), max_length=12, choices=TextState, default=TextState.DRAFT)
    source_version = models.PositiveIntegerField(_("translated from version"), default=1)
    machine = models.BooleanField(_("made by a machine"), default=False)
    needs_review = models.BooleanField(_("needs a native speaker's review"), default=False)

    class Meta:
        abstract = True

    @property
    def dir(self) -> str:
        """Writing direction of this text's language."""
        return "rtl" if get_language_info(self.lang)["bidi"] else "ltr"

    @property
    def foreign(self) -> bool:
        """Whether the text is in another language than the page around it."""
        return self.lang != get_language()


class WithTexts(Protocol):
    """What `pick` needs of an object."""

    original_lang: str
    texts: Any


def pick(holder: WithTexts, lang: str | None = None) -> Any:
    """The published text in the language asked for (the page's, if none is), else the original's; None if neither.

    Reads `holder.texts.all()`, so prefetch it: then no query is made.
    """
    published = {text.lang: text for text in holder.texts.all() if text.state == TextState.PUBLISHED}
    return published.get(lang or get_language() or "") or published.get(holder.original_lang)


class HasTexts:
    """Gives an object `text`: its words in the language of the page."""

    @property
    def text(self: WithTexts) -> Any:
        """See `pick`."""
        return pick(self)
