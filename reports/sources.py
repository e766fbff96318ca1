"""Where a statement comes from."""

from __future__ import annotations

from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reports.table_rules import filled, one_of, web_address

WEB = URLValidator(schemes=["https", "http"])


class SourceKind(models.TextChoices):
    """What sort of document a source is."""

    REPORT = "report", _("report")
    ARTICLE = "article", _("article")
    LAW = "law", _("law")
    JUDGMENT = "judgment", _("judgment")
    UN_DOCUMENT = "un_document", _("UN document")
    DATASET = "dataset", _("data set")
    PRESS = "press", _("press")


class Source(models.Model):
    """A document that can be looked up: by address, or by the symbol it is filed under."""

    key = models.SlugField(_("key"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=SourceKind)
    title = models.CharField(_("title"), max_length=300)
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    authors = models.CharField(_("authors"), max_length=300, blank=True)
    published_on = models.DateField(_("published on"), null=True, blank=True)
    url = models.URLField(_("address"), max_length=500, blank=True, validators=[WEB])
    archived_url = models.URLField(_("archived copy"), max_length=500, blank=True, validators=[WEB])
    doc_symbol = models.CharField(_("document symbol"), max_length=120, blank=True)
    lang = models.CharField(_("language"), max_length=12, blank=True)
    licence = models.CharField(_("licence"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        constraints = [
            models.CheckConstraint(
                condition=~Q(url="") | ~Q(doc_symbol=""),
                name="source_can_be_found",
                violation_error_message=_("A source needs an address or a document symbol."),
            ),
            one_of("kind", SourceKind, "source_kind"),
            filled("source_filled", "title"),
            web_address("url", "source_web_address"),
            web_address("archived_url", "source_archived_web_address"),
        ]

    def __str__(self) -> str:
        return self.title


class Relation(models.TextChoices):
    """What a source does to a finding."""

    SUPPORTS = "supports", _("supports")
    CONTEXT = "context", _("context")
    CONTESTS = "contests", _("contests")


class Evidence(models.Model):
    """A source that bears on a finding, and where in it to look."""

    finding = models.ForeignKey("reports.Finding", models.CASCADE, related_name="evidence")
    source = models.ForeignKey(Source, models.PROTECT, related_name="evidence")
    locator = models.CharField(_("where in it"), max_length=120, blank=True)
    relation = models.CharField(_("relation"), max_length=8, choices=Relation, default=Relation.SUPPORTS)
    note = models.CharField(_("note"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = [
            models.UniqueConstraint(fields=["finding", "source", "locator", "relation"], name="evidence_once"),
            one_of("relation", Relation, "evidence_relation"),
        ]

    def __str__(self) -> str:
        return f"{self.get_relation_display()}: {self.source}"
