"""A petition as the public reads it: the words that are signed, where it stands, and its address in each language.

The words come from the published version, which is what a signature names; the row of a text may hold a newer draft.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django.conf import settings
from django.db import models
from django.db.models import QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from campaigns.petitions.petitions import Petition, PetitionText, Stage
from campaigns.public_objects import Instead, Kind, OfferedChoice
from reports.corrections import ReadCorrection, corrections, read_corrections
from reports.editorial.publishing import READ_ONLY, State, together
from reports.editorial.texts import TextState

MOST_TO_CHOOSE = 100


@dataclass(frozen=True)
class Printed:
    """A public petition in one language, or in its original one where that has no published text."""

    lang: str
    texts: Mapping[str, PetitionText]
    original: PetitionText

    @property
    def petition(self) -> Petition:
        """The petition, with its campaign and organisation."""
        return self.original.petition

    @property
    def text(self) -> PetitionText:
        """The text that is shown: its language is that of the block around it."""
        return self.texts.get(self.lang, self.original)

    @cached_property
    def words(self) -> dict[str, Any]:
        """Title, addressee, demands, body and language, as signed."""
        assert self.text.published_version is not None, "a rule of the table"
        return self.text.published_version.words

    @property
    def sha256(self) -> str:
        """Names the words; goes with every signature."""
        assert self.text.published_version is not None, "a rule of the table"
        return self.text.published_version.sha256

    @property
    def stage(self) -> Stage:
        """The stage that counts now. What is archived or retracted can be read, and signed no more."""
        return Stage.CLOSED if self.state in READ_ONLY else self.petition.stage_now

    @property
    def state(self) -> State:
        """How it stands together with its campaign."""
        return together(self.petition.state, self.petition.campaign.state)

    @property
    def corrections(self) -> list[ReadCorrection]:
        """What was changed in its words since they were published."""
        found: list[dict[str, Any]] = getattr(self.original, "corrections", [])
        return read_corrections(found, self.text.lang)

    def is_at(self, slug: str) -> bool:
        """Whether this is the slug of the shown text, and not one that only leads here."""
        return bool(slug == self.text.slug)

    @property
    def url(self) -> str:
        """The petition's page in the language asked for."""
        return self.url_in(self.lang)

    def url_of(self, page: str) -> str:
        """Another page of the petition, by the name of its route."""
        return self.url_in(self.lang, page)

    def url_in(self, lang: str, page: str = "detail") -> str:
        """A page in a language; where the petition has no text of its own there, under the original's slug."""
        with override(lang):
            return reverse(f"petitions:{page}", args=[self.texts.get(lang, self.original).slug])

    @property
    def alternates(self) -> dict[str, str]:
        """The petition's page in every language of the site."""
        return {code: self.url_in(code) for code, _name in settings.LANGUAGES}


def find_printed(slug: str, lang: str) -> Printed | None:
    """The public petition behind an address; None where there is none. One query."""
    found = Petition.objects.visible().behind(slug, lang).values("pk")[:1]
    return _printed(_published().filter(petition=Subquery(found)), lang)


def printed_by_id(petition_id: int, lang: str) -> Printed | None:
    """The public petition of this id; None where it is public no more. One query."""
    return _printed(_published().filter(petition__in=Petition.objects.visible().filter(pk=petition_id)), lang)


def all_printed(lang: str) -> list[Printed]:
    """Every public petition, in no order. One query."""
    return _all_printed(Petition.objects.visible(), lang)


def printed_to_choose(lang: str) -> list[Printed]:
    """What somebody chooses from who cannot say which petition it was: a bounded number of the newest, those that can
    be signed first, then by title. One query."""
    over = models.Case(models.When(stage=Stage.CLOSED, then=1), default=0)
    newest = Petition.objects.visible().order_by(over, "-pk")[:MOST_TO_CHOOSE]
    return sorted(
        _all_printed(newest, lang), key=lambda one: (one.stage == Stage.CLOSED, one.words["title"].casefold())
    )


def _all_petitions(_lang: str) -> list[OfferedChoice]:
    return [OfferedChoice(_("All petitions"), reverse("petitions:list"))]


PETITIONS: Final = Kind(
    find=find_printed,
    name_in=lambda printed, _lang: printed.text.slug,
    state_of=lambda printed: printed.state,
    was_removed=lambda slug, lang: Petition.objects.gone().behind(slug, lang).exists(),
    missing=Instead(
        title=_("No such petition"),
        heading=_("There is no petition at this address"),
        happened=_("The address may be mistyped or cut off, or the petition is not public yet."),
        look=_("See what is asked now:"),
        offered=_all_petitions,
    ),
    gone=Instead(
        title=_("Petition taken off the site"),
        heading=_("This petition was taken off the site"),
        happened=_(
            "It can no longer be read or signed here. If you signed it, the link in our mail still erases your "
            "signature."
        ),
        look=_("See what else is asked now."),
        offered=_all_petitions,
    ),
)


def _all_printed(petitions: QuerySet[Petition], lang: str) -> list[Printed]:
    texts: dict[int, list[PetitionText]] = {}
    for text in _published().filter(petition__in=petitions.values("pk")):
        texts.setdefault(text.petition_id, []).append(text)
    return [printed for group in texts.values() if (printed := _printed(group, lang))]


def _published() -> QuerySet[PetitionText]:
    texts = PetitionText.objects.filter(state=TextState.PUBLISHED)
    texts = texts.annotate(corrections=corrections(Petition, of="petition_id"))
    return texts.select_related("published_version", "petition__campaign__organisation")


def _printed(texts: Iterable[PetitionText], lang: str) -> Printed | None:
    by_lang = {text.lang: text for text in texts}
    original = next((text for text in by_lang.values() if text.lang == text.petition.original_lang), None)
    return Printed(lang, by_lang, original) if original is not None else None
