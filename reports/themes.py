"""Themes, which live across editions, and what each edition makes of them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from reports.editions import OfEditionQuerySet, ReportEdition
from reports.editorial.publishing import Publishable
from reports.editorial.slugs import SlugField
from reports.editorial.texts import HasTexts, Text
from reports.table_rules import filled, no_longer, publishing, text


class Theme(models.Model):
    """A matter that reports return to, whatever a year's edition calls it."""

    key = models.SlugField(_("key"), max_length=60, unique=True)

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")

    def __str__(self) -> str:
        return self.key


class ThemeInEdition(HasTexts, Publishable):
    """A theme as one edition treats it; its texts carry the slug of the page."""

    theme = models.ForeignKey(Theme, models.PROTECT, related_name="in_editions")
    edition = models.ForeignKey(ReportEdition, models.CASCADE, related_name="themes")
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = OfEditionQuerySet.as_manager()  # type: ignore[misc]  # narrows the base's

    class Meta:
        verbose_name = _("theme of an edition")
        verbose_name_plural = _("themes of editions")
        constraints = [
            *publishing("theme"),
            models.UniqueConstraint(fields=["theme", "edition"], name="theme_in_edition_once"),
        ]

    def __str__(self) -> str:
        return f"{self.theme} ({self.edition})"


class ThemeText(Text):
    """Title and two sentences of summary, in our own words."""

    theme = models.ForeignKey(ThemeInEdition, models.CASCADE, related_name="texts")
    slug = SlugField(_("address"))
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), max_length=800)

    class Meta:
        constraints = [
            *text("theme_text", "theme"),
            models.UniqueConstraint(fields=["lang", "slug"], name="theme_slug_once"),
            filled("theme_text_filled", "slug", "title", "summary"),
            no_longer("theme_text_length", summary=800),
        ]

    def __str__(self) -> str:
        return self.title


class FormerThemeSlug(models.Model):
    """A slug that a theme's page once had; it still leads there. Written by a trigger, whoever changes a slug."""

    theme = models.ForeignKey(ThemeInEdition, models.CASCADE, related_name="former_slugs")
    lang = models.CharField(max_length=12)
    slug = SlugField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lang", "slug"], name="former_theme_slug_once")]

    def __str__(self) -> str:
        return f"{self.lang}/{self.slug}"
