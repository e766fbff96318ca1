"""What editors assert about two editions: how themes follow each other, and what changed or was resolved between them.

That something is new, goes on or is not mentioned follows from the editions themselves and is never stored.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from reports.editions import ReportEdition
from reports.editorial.texts import HasTexts, Text
from reports.places import Place
from reports.sources import Source
from reports.table_rules import filled, no_longer, one_of, text
from reports.themes import Theme, ThemeInEdition


class LinkKind(models.TextChoices):
    """How a later theme follows from an earlier one."""

    CONTINUES = "continues", _("continues")
    RENAMED = "renamed", _("renamed")
    SPLIT = "split", _("split")
    MERGED = "merged", _("merged")


class ThemeLink(HasTexts, models.Model):
    """A theme that another one follows, so that years stay comparable when a report orders its matters anew.

    Themes never follow each other in a circle: a trigger sees to it.
    """

    earlier = models.ForeignKey(Theme, models.CASCADE, related_name="links_to_later", verbose_name=_("earlier theme"))
    later = models.ForeignKey(Theme, models.CASCADE, related_name="links_to_earlier", verbose_name=_("later theme"))
    kind = models.CharField(_("kind"), max_length=9, choices=LinkKind)
    original_lang = models.CharField(_("original language"), max_length=12, default="en")

    class Meta:
        verbose_name = _("link of themes")
        verbose_name_plural = _("links of themes")
        constraints = [
            models.UniqueConstraint(fields=["earlier", "later"], name="theme_link_once"),
            one_of("kind", LinkKind, "theme_link_kind"),
            models.CheckConstraint(
                condition=~Q(earlier=F("later")),
                name="theme_link_of_two",
                violation_error_message=_("A theme cannot follow from itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.earlier} → {self.later}"

    def read_with(self) -> list[ThemeInEdition]:
        """It is read where editions are compared, once both themes are public; corrected on the later one's page."""
        if not ThemeInEdition.objects.visible().filter(theme=self.earlier_id).exists():
            return []
        return newest_page(self.later_id)


class ThemeLinkText(Text):
    """Why, in a sentence."""

    link = models.ForeignKey(ThemeLink, models.CASCADE, related_name="texts")
    note = models.TextField(_("note"), max_length=600)

    class Meta:
        constraints = [
            *text("theme_link_text", "link"),
            filled("theme_link_text_filled", "note"),
            no_longer("theme_link_text_length", note=600),
        ]

    def __str__(self) -> str:
        return self.note


class Asserted(models.TextChoices):
    """What only an editor with a source can say of the time between two editions."""

    CHANGED = "changed", _("changed")
    RESOLVED = "resolved", _("resolved")


class ThemeChange(HasTexts, models.Model):
    """That a matter changed or was resolved between two editions, everywhere or in one place; on a source.

    It is public once its note is published and both editions are.
    """

    theme = models.ForeignKey(Theme, models.CASCADE, related_name="changes")
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="theme_changes")
    earlier = models.ForeignKey(
        ReportEdition, models.CASCADE, related_name="changes_since", verbose_name=_("earlier edition")
    )
    later = models.ForeignKey(
        ReportEdition, models.CASCADE, related_name="changes_until", verbose_name=_("later edition")
    )
    state = models.CharField(_("what happened"), max_length=8, choices=Asserted)
    source = models.ForeignKey(Source, models.PROTECT, related_name="theme_changes")
    original_lang = models.CharField(_("original language"), max_length=12, default="en")

    class Meta:
        verbose_name = _("change between editions")
        verbose_name_plural = _("changes between editions")
        constraints = [
            models.UniqueConstraint(
                fields=["theme", "place", "earlier", "later"], nulls_distinct=False, name="theme_change_once"
            ),
            one_of("state", Asserted, "theme_change_state"),
            models.CheckConstraint(
                condition=~Q(earlier=F("later")),
                name="theme_change_of_two_editions",
                violation_error_message=_("A change lies between two editions."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.theme}: {self.get_state_display()}"

    def read_with(self) -> list[ThemeInEdition]:
        """It is read beside the theme in either edition once both are public; corrected on its newest page there."""
        both = [self.earlier_id, self.later_id]
        if ReportEdition.objects.visible().filter(pk__in=both).count() < len(both):
            return []
        return newest_page(self.theme_id, edition__in=both)


def newest_page(theme: int, **among: Any) -> list[ThemeInEdition]:
    """The theme in the newest edition with which the public reads it, of those that `among` leaves; or none."""
    shown: list[ThemeInEdition] = list(
        ThemeInEdition.objects.visible().filter(theme=theme, **among).order_by("-edition__period_end")[:1]
    )
    return shown


class ThemeChangeText(Text):
    """What changed, in words."""

    change = models.ForeignKey(ThemeChange, models.CASCADE, related_name="texts")
    note = models.TextField(_("note"), max_length=1000)

    class Meta:
        constraints = [
            *text("theme_change_text", "change"),
            filled("theme_change_text_filled", "note"),
            no_longer("theme_change_text_length", note=1000),
        ]

    def __str__(self) -> str:
        return self.note
