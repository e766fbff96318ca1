"""People whose words a report carries, as they stood when they spoke."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reports.editorial.publishing import Publishable
from reports.editorial.texts import HasTexts, Text
from reports.sources import Source
from reports.table_rules import filled, no_longer, one_of, publishing, text
from reports.themes import ThemeInEdition

LONGEST_QUOTATION = 60
"""Words that may be quoted with permission; more is no longer a quotation but a copy."""


class Mode(models.TextChoices):
    """Our words, or theirs with permission."""

    PARAPHRASE = "paraphrase", _("in our words")
    QUOTE = "quote", _("quotation")


class Person(models.Model):
    """Someone who speaks in public."""

    key = models.SlugField(_("key"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=150)
    organisation = models.CharField(_("organisation"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [filled("person_filled", "name")]

    def __str__(self) -> str:
        return self.name


class Voice(HasTexts, Publishable):
    """What a person said. A paraphrase is never set in quotation marks."""

    key = models.SlugField(_("key"), max_length=80, unique=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="voices")
    said_on = models.DateField(_("said on"))
    source = models.ForeignKey(Source, models.PROTECT, related_name="voices")
    locator = models.CharField(_("where in the source"), max_length=120, blank=True)
    mode = models.CharField(_("mode"), max_length=10, choices=Mode, default=Mode.PARAPHRASE)
    quote_lang = models.CharField(_("language it was said in"), max_length=12, blank=True)
    permission_basis = models.CharField(_("basis of the permission to quote"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("voice")
        verbose_name_plural = _("voices")
        constraints = [
            *publishing("voice"),
            one_of("mode", Mode, "voice_mode"),
            models.CheckConstraint(
                condition=Q(mode="paraphrase") | (~Q(permission_basis="") & ~Q(locator="") & ~Q(quote_lang="")),
                name="voice_quote_permission",
                violation_error_message=_(
                    "A quotation needs the basis of the permission, where it stands in the source, and its language."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.key

    def read_with(self) -> list[ThemeInEdition]:
        """It is heard on the pages of themes."""
        return list(ThemeInEdition.objects.filter(theme_voices__voice=self).order_by("pk"))


class VoiceText(Text):
    """The words, and the role the person had at the time."""

    voice = models.ForeignKey(Voice, models.CASCADE, related_name="texts")
    role = models.CharField(_("role at the time"), max_length=200)
    text = models.TextField(_("words"), max_length=1000)

    class Meta:
        constraints = [
            *text("voice_text", "voice"),
            filled("voice_text_filled", "role", "text"),
            no_longer("voice_text_length", text=1000),
        ]

    def __str__(self) -> str:
        return self.text


class VoiceTheme(models.Model):
    """A theme on whose page the voice is heard."""

    voice = models.ForeignKey(Voice, models.CASCADE, related_name="voice_themes")
    theme = models.ForeignKey(ThemeInEdition, models.CASCADE, related_name="theme_voices")
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["voice", "theme"], name="voice_theme_once")]

    def __str__(self) -> str:
        return f"{self.voice}: {self.theme}"
