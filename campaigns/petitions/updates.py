"""What has happened to a petition since it began, and how it ended."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.petitions.petitions import Petition
from reports.editorial.texts import HasTexts, Text
from reports.table_rules import filled, no_longer, text


class PetitionUpdate(HasTexts, models.Model):
    """A dated piece of news, known by its position. At most one of a petition is its outcome, shown first."""

    petition = models.ForeignKey(Petition, models.CASCADE, related_name="updates")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    on = models.DateField(_("on"))
    outcome = models.BooleanField(_("outcome of the petition"), default=False)
    original_lang = models.CharField(_("original language"), max_length=12, default="en")

    class Meta:
        db_table = "petition_update"
        verbose_name = _("update of a petition")
        verbose_name_plural = _("updates of petitions")
        constraints = [
            models.UniqueConstraint(fields=["petition", "position"], name="petition_update_once"),
            models.UniqueConstraint(
                fields=["petition"],
                condition=Q(outcome=True),
                name="petition_one_outcome",
                violation_error_message=_("This petition has an outcome already. Change that one."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.petition}: {self.on}"

    def read_with(self) -> list[Petition]:
        """It stands on the page of its petition."""
        return [self.petition]


class PetitionUpdateText(Text):
    """The news in words."""

    update = models.ForeignKey(PetitionUpdate, models.CASCADE, related_name="texts")
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"), max_length=2000)

    class Meta:
        db_table = "petition_update_text"
        constraints = [
            *text("petition_update_text", "update"),
            filled("petition_update_text_filled", "title", "text"),
            no_longer("petition_update_text_length", text=2000),
        ]

    def __str__(self) -> str:
        return self.title
