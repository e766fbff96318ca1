"""Petitions: what they ask in each language, and when they may be signed.

Two things say where a petition stands. Its publishing state decides whether the public sees it at all; its `stage`
decides whether it can be signed. A text is signed by its content: every published wording is kept for ever as a
version, named by the SHA-256 of its canonical bytes (RFC 8785), and a signature names the version it was given under.
"""

from __future__ import annotations

import calendar
import hashlib
import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.addresses import DEFAULT_ALIASES
from campaigns.alias_rules import rules_now
from campaigns.keystore import create_secrets
from campaigns.models import Campaign, OfCampaignQuerySet
from campaigns.petitions.asking import AskedPlace
from campaigns.petitions.ledger_queue import LedgerHead
from campaigns.petitions.safe_mode import names_the_cause, neutral_slug
from reports.editorial.publishing import IllegalTransition, Publishable
from reports.editorial.rich_text import RichTextField
from reports.editorial.slugs import SlugField
from reports.editorial.texts import HasTexts, Text, TextState
from reports.table_rules import filled, no_longer, one_of, publishing, text

# A mail may be read late: who signed before the end may still confirm for so long.
CONFIRM_AFTER_CLOSING = timedelta(hours=24)

KEEP_MONTHS, MOST_MONTHS = 6, 24


class Stage(models.TextChoices):
    """Whether a petition can be signed. A new one is `paused` until it is opened; `closed` is final."""

    OPEN = "open", _("open")
    PAUSED = "paused", _("paused")
    CLOSED = "closed", _("closed")


class Linger(models.TextChoices):
    """How long a confirmed signature waits before count, tallies and log move; see `campaigns.petitions.lingering`."""

    NORMAL = "normal", _("about a second")
    CAREFUL = "careful", _("up to a minute")
    SAFE = "safe", _("hourly or daily, in groups")


def default_aliases() -> dict[str, str]:
    """The alias domains a new petition starts with; it keeps its own copy."""
    return dict(DEFAULT_ALIASES)


def stage_at(stage: str, closes_at: datetime | None, now: datetime) -> Stage:
    """The stage that counts at a moment: the end of a petition comes by itself, however late its row is closed."""
    return Stage.CLOSED if closes_at is not None and closes_at <= now else Stage(stage)


def erasure_after(ended: datetime, months: int) -> datetime:
    """When personal data goes: so many months after the end by the calendar (the month's last day, where it has no such
    day), and never before the time to confirm is over."""
    ended = ended.astimezone(UTC)
    year, month = divmod(ended.year * 12 + ended.month - 1 + months, 12)
    day = min(ended.day, calendar.monthrange(year, month + 1)[1])
    return max(ended.replace(year=year, month=month + 1, day=day), ended + CONFIRM_AFTER_CLOSING)


class PetitionQuerySet(OfCampaignQuerySet):
    """Public views start from `visible()`."""

    def behind(self, slug: str, lang: str) -> Self:
        """Petitions whose published text in this language, or else in their original one, has this slug."""
        named = PetitionText.objects.filter(
            Q(lang=lang) | Q(lang=F("petition__original_lang")), slug=slug, state=TextState.PUBLISHED
        )
        exact = models.Exists(named.filter(petition=models.OuterRef("pk"), lang=lang))
        return self.filter(pk__in=named.values("petition")).annotate(exact=exact).order_by("-exact", "pk")

    def ended(self, before: datetime) -> Self:
        """Petitions whose end, by clock or by hand, came at or before a moment."""
        return self.annotate(end=Coalesce("closed_at", "closes_at")).filter(end__lte=before)


class Petition(HasTexts, Publishable):
    """Demands that people sign. Its secrets are made when it opens and live in the keystore under its uuid."""

    id = models.AutoField(primary_key=True)  # four bytes in every mailed link
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.SlugField(_("key"), max_length=80, unique=True)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="petitions")
    stage = models.CharField(_("stage"), max_length=6, choices=Stage, default=Stage.PAUSED)
    goal = models.PositiveIntegerField(_("goal"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True, editable=False)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed on"), null=True, blank=True, editable=False)
    linger = models.CharField(_("when the count moves"), max_length=7, choices=Linger, default=Linger.NORMAL)
    reminders = models.BooleanField(
        _("remind once who has not confirmed after two days"), default=True, db_default=True
    )
    safe_mode = models.BooleanField(
        _("safe mode"),
        default=False,
        help_text=_(
            "For a petition that is dangerous to sign. No name is asked, one person signs with a mailbox, and the "
            "address is erased within minutes of its confirmation: you will never learn who signed, only how many, "
            "from which country and in which language. No news can be sent. The count moves hourly or daily, in tens. "
            "Address, page title and mail must not name the cause. Decide before opening: it can never be changed "
            "afterwards."
        ),
    )
    ask_place = models.CharField(
        _("ask in addition for"),
        max_length=8,
        choices=AskedPlace,
        default=AskedPlace.NONE,
        blank=True,
        help_text=_("Optional for whoever signs. Sealed like the name, and for the organisers alone."),
    )
    ask_comment = models.BooleanField(
        _("ask for a comment"),
        default=False,
        help_text=_("At most 500 characters, optional, for you alone. Links are left out."),
    )
    alias_domains = models.JSONField(_("alias domains"), default=default_aliases, blank=True)
    keep_months = models.PositiveSmallIntegerField(
        _("months until names and addresses are erased"),
        default=KEEP_MONTHS,
        db_default=KEEP_MONTHS,
        help_text=_("Counted from the closing: 0 to 24. What is erased comes back never; the count stays."),
    )
    erased_at = models.DateTimeField(_("erased on"), null=True, blank=True, editable=False)
    shredded_at = models.DateTimeField(_("keys destroyed on"), null=True, blank=True, editable=False)
    exported_at = models.DateTimeField(null=True, editable=False)  # the latest cut-off of a list that was handed out
    demo = models.BooleanField(_("demo data"), default=False)

    objects = PetitionQuerySet.as_manager()  # type: ignore[misc]  # narrows the base's

    class Meta:
        db_table = "petition"
        verbose_name = _("petition")
        verbose_name_plural = _("petitions")
        constraints = [
            *publishing("petition"),
            one_of("stage", Stage, "petition_stage"),
            one_of("linger", Linger, "petition_linger"),
            one_of("ask_place", AskedPlace, "petition_ask_place"),
            models.CheckConstraint(
                condition=Q(safe_mode=False) | Q(linger=Linger.SAFE, ask_place=AskedPlace.NONE, ask_comment=False),
                name="petition_safe_mode",
                violation_error_message=_("In safe mode the count lingers, and nothing further is asked."),
            ),
            models.CheckConstraint(
                condition=Q(goal=None) | Q(goal__gte=1),
                name="petition_goal",
                violation_error_message=_("A goal is at least 1, or left empty."),
            ),
            models.CheckConstraint(
                condition=Q(stage=Stage.PAUSED) | Q(opened_at__isnull=False), name="petition_opened_first"
            ),
            models.CheckConstraint(
                condition=Q(stage=Stage.CLOSED, closed_at__isnull=False)
                | (~Q(stage=Stage.CLOSED) & Q(closed_at__isnull=True)),
                name="petition_closed_when",
            ),
            models.CheckConstraint(
                condition=Q(closes_at=None) | Q(opened_at=None) | Q(closes_at__gt=F("opened_at")),
                name="petition_dates",
                violation_error_message=_("A petition closes after it opens."),
            ),
            models.CheckConstraint(
                condition=Q(keep_months__range=(0, MOST_MONTHS)),
                name="petition_keep_months",
                violation_error_message=_("Names and addresses are kept for 0 to 24 months after the closing."),
            ),
            # That neither mark is ever taken back is seen to by a trigger.
            models.CheckConstraint(
                condition=Q(stage=Stage.CLOSED) | Q(erased_at=None, shredded_at=None), name="petition_erased_if_closed"
            ),
        ]

    def __str__(self) -> str:
        return self.key

    def clean(self) -> None:
        """In safe mode the count moves as it must."""
        super().clean()
        if self.safe_mode:
            self.linger = Linger.SAFE

    @property
    def stage_now(self) -> Stage:
        """The stage that counts at this moment."""
        return stage_at(self.stage, self.closes_at, timezone.now())

    @property
    def erase_at(self) -> datetime | None:
        """When its personal data goes; None while it has no end."""
        end = self.closed_at or self.closes_at
        return None if end is None else erasure_after(end, self.keep_months)

    @property
    def is_legible(self) -> bool:
        """Whether what people typed can still be read: neither erased nor shredded."""
        return self.erased_at is None and self.shredded_at is None

    def open(self, now: datetime | None = None) -> None:
        """Let people sign, for the first time or again. Raises IllegalTransition, with nothing changed.

        The first time the petition gets its secrets and its log, and its alias domains are frozen.
        """
        now = now or timezone.now()
        if not self.texts.filter(lang=self.original_lang, published_version__isnull=False).exists():
            raise IllegalTransition(_("Publish the text in the original language first: people sign its words."))
        if stage_at(self.stage, self.closes_at, now) == Stage.CLOSED:
            raise IllegalTransition(_("This petition has come to its end. A closed petition stays closed."))
        self.campaign.refuse_asking_nothing()
        for words in self.texts.all():
            _check_address(words, self.safe_mode)
        create_secrets(self.uuid)
        with transaction.atomic():
            LedgerHead.objects.get_or_create(petition_id=self.pk)
            if self.opened_at is None and self.alias_domains == default_aliases():
                Petition.objects.filter(pk=self.pk, opened_at=None).update(alias_domains=rules_now())
            self._turn([Stage.PAUSED], stage=Stage.OPEN, opened_at=Coalesce(F("opened_at"), models.Value(now)))

    def pause(self) -> None:
        """Stop signing for a while; mails already sent can still be confirmed. Raises IllegalTransition."""
        self._turn([Stage.OPEN], stage=Stage.PAUSED)

    def close(self, now: datetime | None = None) -> None:
        """End the petition for good. Raises IllegalTransition."""
        if self.opened_at is None:
            raise IllegalTransition(_("This petition was never opened. Archive it instead of closing it."))
        self._turn([Stage.OPEN, Stage.PAUSED], stage=Stage.CLOSED, closed_at=now or timezone.now())

    def _turn(self, sources: list[Stage], **changes: Any) -> None:
        """Change the stage in one statement that also checks the stage it leaves."""
        changed = Petition.objects.filter(pk=self.pk, stage__in=sources).update(**changes)
        self.refresh_from_db(fields=["stage", "opened_at", "closed_at", "alias_domains"])
        if not changed:
            raise IllegalTransition(
                _("That does not follow here: the petition is %(stage)s.") % {"stage": self.get_stage_display()}
            )


class PetitionTextVersion(models.Model):
    """A wording that was once published. Rows are only ever added (a trigger sees to it)."""

    petition = models.ForeignKey(Petition, models.PROTECT, related_name="text_versions")
    lang = models.CharField(max_length=12)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    published_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "petition_text_version"
        constraints = [
            models.UniqueConstraint(fields=["petition", "sha256"], name="petition_text_version_once"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="petition_text_version_sha256"),
        ]

    def __str__(self) -> str:
        return self.sha256

    @property
    def words(self) -> dict[str, Any]:
        """What was signed: title, addressee, demands, body and language."""
        words: dict[str, Any] = json.loads(bytes(self.content))
        return words


class PetitionText(Text):
    """The petition in one language. What people sign is `published_version`; the rest of the row may be a draft."""

    petition = models.ForeignKey(Petition, models.CASCADE, related_name="texts")
    slug = SlugField(_("address"))
    title = models.CharField(_("title"), max_length=200)
    addressee = models.CharField(_("addressee"), max_length=200)
    lede = models.TextField(_("why, in three sentences"), max_length=1200)
    body = RichTextField(_("text"), blank=True)
    demands = models.JSONField(_("demands"), default=list)
    pause_note = models.TextField(_("why signing is paused"), max_length=400, blank=True)
    published_version = models.ForeignKey(
        PetitionTextVersion, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    class Meta:
        db_table = "petition_text"
        verbose_name = _("text of a petition")
        verbose_name_plural = _("texts of petitions")
        constraints = [
            *text("petition_text", "petition"),
            models.UniqueConstraint(fields=["lang", "slug"], name="petition_slug_once"),
            filled("petition_text_filled", "slug", "title", "addressee"),
            no_longer("petition_text_length", lede=1200, pause_note=400),
            models.CheckConstraint(
                condition=~Q(state=TextState.PUBLISHED) | Q(published_version__isnull=False),
                name="petition_text_published",
                violation_error_message=_("A public text of a petition needs a version that people can sign."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """In safe mode the address says nothing."""
        super().clean()
        try:
            _check_address(self, self.petition.safe_mode)
        except IllegalTransition as problem:
            raise ValidationError({"slug": str(problem)}) from None


def _check_address(text: PetitionText, safe_mode: bool) -> None:
    """Raises IllegalTransition where the address of a petition in safe mode repeats its title."""
    if safe_mode and names_the_cause(text.slug, text.title):
        raise IllegalTransition(
            _(
                "In safe mode the address must not name the cause, because it stays in the browser's history. Take "
                "one that says nothing, for example “%(slug)s”."
            )
            % {"slug": neutral_slug()}
        )


def canonical_words(petition_text: PetitionText) -> bytes:
    """The bytes that stand for a wording: RFC 8785 JSON of title, addressee, demands, body and language.

    Keys are ASCII and values texts, so sorted keys, no spaces and JSON's shortest escapes are all that the RFC asks.
    """
    words = {
        "title": petition_text.title,
        "addressee": petition_text.addressee,
        "demands": petition_text.demands,
        "body": petition_text.body,
        "language": petition_text.lang,
    }
    return json.dumps(words, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@transaction.atomic
def publish_text(petition_text: PetitionText) -> PetitionTextVersion:
    """Save a text and publish its present wording; an earlier wording that returns keeps its version.

    Raises IllegalTransition where the address of a petition in safe mode names the cause.
    """
    _check_address(petition_text, petition_text.petition.safe_mode)
    petition_text.save()
    petition_text.refresh_from_db(fields=["body"])  # its HTML is cleaned on the way in
    content = canonical_words(petition_text)
    version, _made = PetitionTextVersion.objects.get_or_create(
        petition_id=petition_text.petition_id,
        sha256=hashlib.sha256(content).hexdigest(),
        defaults={"lang": petition_text.lang, "content": content},
    )
    petition_text.published_version = version
    petition_text.state = TextState.PUBLISHED
    petition_text.save(update_fields=["published_version", "state"])
    return version
