"""What people agree to when they tick the box for updates: the exact words, kept for ever.

A signature holds the id of the wording and the time: together they are the record of the consent.
"""

from __future__ import annotations

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reports.editorial.models import Organisation

# The words an organisation starts with, until it publishes its own.
FIRST_WORDING = {
    "en": "{organisation} may send me news by e-mail about this petition and what comes of it. "
    "I can end this at any time.",
    "fr": "{organisation} peut m’envoyer par courriel des nouvelles de cette pétition et de ses suites. "
    "Je peux y mettre fin à tout moment.",
    "nl": "{organisation} mag mij per e-mail nieuws sturen over deze petitie en wat ervan komt. "
    "Ik kan dit op elk moment stoppen.",
    "es": "{organisation} puede enviarme por correo electrónico noticias sobre esta petición y sus resultados. "
    "Puedo ponerle fin en cualquier momento.",
    "ar": "يمكن لـ{organisation} أن ترسل إليّ بالبريد الإلكتروني أخبار هذه العريضة وما يترتب عليها. "
    "ويمكنني إيقاف ذلك في أي وقت.",
}


class ConsentText(models.Model):
    """One wording in one language. Rows are only ever added (a trigger sees to it)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="consent_texts")
    version = models.PositiveSmallIntegerField(_("version"))
    lang = models.CharField(_("language"), max_length=12)
    text = models.TextField(_("text"))
    published_at = models.DateTimeField(_("published at"), default=timezone.now)

    class Meta:
        db_table = "consent_text"
        verbose_name = _("wording of the consent to news")
        verbose_name_plural = _("wordings of the consent to news")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "lang", "version"], name="consent_text_once"),
            models.CheckConstraint(condition=~Q(text=""), name="consent_text_filled"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.lang} {self.version}"


def publish_consent(organisation: Organisation, lang: str, text: str) -> ConsentText:
    """Make this wording the one that is asked from now on; the same words again change nothing."""
    latest = current_consent(organisation.pk, [lang])
    if latest is not None and latest.text == text:
        return latest
    try:
        with transaction.atomic():
            return ConsentText.objects.create(
                organisation=organisation, lang=lang, text=text, version=latest.version + 1 if latest else 1
            )
    except IntegrityError:  # somebody else published at the same moment
        return publish_consent(organisation, lang, text)


def current_consent(organisation_id: int, langs: list[str]) -> ConsentText | None:
    """The wording to ask in the first of these languages that has one; None where the organisation has none."""
    texts = ConsentText.objects.filter(organisation_id=organisation_id, lang__in=langs)
    newest = {text.lang: text for text in texts.order_by("version")}
    return next((newest[lang] for lang in langs if lang in newest), None)


def publish_first_wording(organisation: Organisation) -> None:
    """See to it that the organisation can ask for consent in every language; its own words stay."""
    for lang, wording in FIRST_WORDING.items():
        if current_consent(organisation.pk, [lang]) is None:
            publish_consent(organisation, lang, wording.format(organisation=organisation.name))
