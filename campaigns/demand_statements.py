"""What a later edition says became of a demand. No edition is released while it is silent on one that is still open."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.demands import Demand, DemandState
from reports.editorial.publishing import State
from reports.editorial.texts import HasTexts, Text
from reports.models import ReportEdition, Source
from reports.table_rules import filled, no_longer, one_of, text

PENDING = frozenset({DemandState.OPEN, DemandState.ANSWERED, DemandState.PARTLY_MET})
"""Where something may still come of a demand; elsewhere it has come to its end."""


class DemandStatement(HasTexts, models.Model):
    """Where a demand stood when an edition came out. Once that is public, a trigger lets nobody change it."""

    demand = models.ForeignKey(Demand, models.PROTECT, related_name="statements")
    edition = models.ForeignKey(ReportEdition, models.CASCADE, related_name="demand_statements")
    standing = models.CharField(_("what became of it"), max_length=10, choices=DemandState)
    source = models.ForeignKey(Source, models.PROTECT, null=True, blank=True, related_name="demand_statements")
    original_lang = models.CharField(_("original language"), max_length=12, default="en")

    class Meta:
        verbose_name = _("statement on a demand")
        verbose_name_plural = _("statements on demands")
        constraints = [
            one_of("standing", DemandState, "demand_statement_standing"),
            models.UniqueConstraint(
                fields=["demand", "edition"],
                name="demand_statement_once",
                violation_error_message=_("This edition says already what became of that demand."),
            ),
            models.CheckConstraint(
                condition=~Q(standing__in=["met", "rejected"]) | Q(source__isnull=False),
                name="demand_statement_source",
                violation_error_message=_("That a demand was met or rejected needs a source."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition}: {self.demand}"

    def read_with(self) -> list[Demand]:
        """It stands in the ledger of the demand once its edition is public."""
        return [self.demand] if ReportEdition.objects.visible().filter(pk=self.edition_id).exists() else []


class DemandStatementText(Text):
    """The statement in words."""

    statement = models.ForeignKey(DemandStatement, models.CASCADE, related_name="texts")
    note = models.TextField(_("note"), max_length=1000)

    class Meta:
        constraints = [
            *text("demand_statement_text", "statement"),
            filled("demand_statement_text_filled", "note"),
            no_longer("demand_statement_text_length", note=1000),
        ]

    def __str__(self) -> str:
        return self.note


def unanswered(edition: ReportEdition) -> list[Demand]:
    """The public demands of the same publisher's earlier editions that are still open and on which this one is silent.

    A trigger holds the same rule at the edition's release and has the last word.
    """
    earlier = Demand.objects.filter(
        state__in=[State.SCHEDULED, State.PUBLISHED],
        first_edition__publisher=edition.publisher_id,
        first_edition__period_end__lt=edition.period_end,
    )
    silent = earlier.exclude(statements__edition=edition).prefetch_related("events", "texts").order_by("pk")
    return [demand for demand in silent if demand.standing in PENDING]
