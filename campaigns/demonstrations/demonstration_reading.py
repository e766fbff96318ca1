"""Demonstrations as pages show them, and how to find one by its slug. Wall time is told as it was announced."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from campaigns.demonstrations.access import FACTS, Answer
from campaigns.demonstrations.demonstrations import (
    TAKES_PLACE,
    Demonstration,
    DemonstrationText,
    Kind,
    Status,
)
from campaigns.demonstrations.local_time import nearest_moment, offset_of
from campaigns.models import CampaignText
from reports.editorial.publishing import READ_ONLY, State, together
from reports.editorial.texts import TextState
from reports.reading import Row, all_words, as_text, chosen_text, first, own_language_first, place_name, rows, words

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PAST = "past"
RETRACTED = "retracted"

PLAIN = ("pk", "uid", "uuid", "state", "original_lang", "campaign_id", "kind", "status", "zone", "demo")
WALL = ("starts", "ends", "starts_fold", "ends_fold", "starts_at", "ends_at")
ONLY_ON_ITS_PAGE = ("organiser", "contact", "day_of_action", "sequence", "changed_at")
WORDS_OF_A_ROW = ("slug", "title", "city")


@dataclass(frozen=True)
class Told:
    """One fact on access with its answer."""

    name: str
    label: StrOrPromise
    answer: Answer


@dataclass(frozen=True)
class ReadDemonstration:
    """A public demonstration in the language `lang` of a page, as it stood at `seen_at`.

    What only its own page tells is empty in lists. `starts` and `ends` are in its own zone.
    """

    pk: int
    lang: str
    uid: str
    uuid: UUID
    state: State
    original_lang: str
    campaign_id: int
    kind: Kind
    status: Status
    zone: str
    demo: bool
    starts: datetime
    ends: datetime
    ends_at: datetime
    place: str
    place_code: str
    text: DemonstrationText
    slugs: dict[str, str]
    told: list[Told]
    seen_at: datetime
    organiser: str = ""
    contact: str = ""
    day_of_action: str = ""
    sequence: int = 0
    changed_at: str = ""
    people: int = 0
    campaign: CampaignText | None = None
    erased: bool = False

    @property
    def url(self) -> str:
        """Its page in the language at hand."""
        return self.url_in(self.lang)

    @property
    def title(self) -> str:
        """Its title."""
        return self.text.title

    @property
    def is_past(self) -> bool:
        """Whether it has ended."""
        return self.ends_at <= self.seen_at

    @property
    def standing(self) -> str:
        """Its status, or `past` once it has taken place; what did not take place keeps saying so."""
        return PAST if self.is_past and self.status in TAKES_PLACE else self.status

    @property
    def closed(self) -> str:
        """Why nobody can announce themselves: `retracted`, `postponed`, `cancelled`, `past`; empty while they can."""
        if self.state in READ_ONLY:
            return RETRACTED if self.state == State.RETRACTED else PAST
        if self.status not in TAKES_PLACE:
            return self.status
        return PAST if self.is_past or self.erased else ""

    @property
    def offset(self) -> str:
        """How far its clock is from UTC when it starts."""
        return offset_of(self.starts)

    @property
    def one_day(self) -> bool:
        """Whether it ends on the day it starts."""
        return self.starts.date() == self.ends.date()

    @property
    def area(self) -> str:
        """City and country, or the country alone."""
        if not self.text.city:
            return self.place
        return _("%(city)s, %(country)s") % {"city": self.text.city, "country": self.place}

    @property
    def access(self) -> list[tuple[Answer, list[StrOrPromise]]]:
        """The facts on access by their answers, none left out: what is there first, what nobody knows last."""
        by_answer = {answer: [told.label for told in self.told if told.answer == answer] for answer in Answer}
        return [(answer, labels) for answer, labels in by_answer.items() if labels]

    @property
    def good_to_know(self) -> list[str]:
        """What is there for people who need it, in few words."""
        return [str(told.label) for told in self.told if told.answer == Answer.YES]

    @cached_property
    def alternates(self) -> dict[str, str]:
        """Its page in every language of the site."""
        return {code: self.url_in(code) for code, _name in settings.LANGUAGES}

    def slug_in(self, lang: str) -> str:
        """The slug of its page in a language: the original's where that has no text."""
        return self.slugs.get(lang) or self.slugs[self.original_lang]

    def url_in(self, lang: str, page: str = "detail") -> str:
        """One of its pages in a language, by the name of its route."""
        with override(lang):
            return reverse(f"demonstrations:{page}", args=[self.slug_in(lang)])


def read_demonstrations(
    demonstrations: QuerySet[Demonstration], lang: str, now: datetime | None = None
) -> list[ReadDemonstration]:
    """Those of a queryset that starts from `visible()`, in its order, as lists show them; one query."""
    found = rows(demonstrations, _columns(lang))
    return _as_demonstrations(found, lang, now or timezone.now())


def find_demonstration(slug: str, lang: str, now: datetime | None = None) -> ReadDemonstration | None:
    """The public demonstration with this slug: in this language, else in its original one, else in any; one query.

    The caller compares the slug with `slug_in`: under another language's slug it sends the reader on.
    """
    found = (
        Demonstration.objects.visible()
        .filter(texts__slug=slug, texts__state=TextState.PUBLISHED)
        .order_by(own_language_first(lang, "texts__lang"), own_language_first(F("original_lang"), "texts__lang"), "pk")
    )
    return _read_whole(found, lang, now)


def demonstration_by_id(pk: int, lang: str, now: datetime | None = None) -> ReadDemonstration | None:
    """The public demonstration of this id; None where it is public no more. One query."""
    return _read_whole(Demonstration.objects.visible().filter(pk=pk), lang, now)


def _read_whole(found: QuerySet[Demonstration], lang: str, now: datetime | None) -> ReadDemonstration | None:
    found_rows = rows(found[:1], _columns(lang) | _more_columns(lang))
    return next(iter(_as_demonstrations(found_rows, lang, now or timezone.now())), None)


def _columns(lang: str) -> dict[str, Any]:
    return {
        **{name: name for name in (*PLAIN, *WALL, *FACTS)},
        "place": place_name(lang),
        "place_code": "place__code",
        "campaign_state": "campaign__state",
        "text": words(DemonstrationText, lang, *WORDS_OF_A_ROW),
        "slugs": all_words(DemonstrationText, "slug"),
    }


def _more_columns(lang: str) -> dict[str, Any]:
    campaign = chosen_text(CampaignText, lang, of="campaign_id", original="campaign__original_lang")
    return {
        **{name: name for name in ONLY_ON_ITS_PAGE},
        "text": words(DemonstrationText, lang),
        "campaign": first(campaign, {name: name for name in ("lang", "slug", "title")}),
        "by_mail": "tally__by_mail",
        "by_code": "tally__by_code",
        "erased_at": "tally__erased_at",
    }


def _as_demonstrations(found: Iterable[Row], lang: str, now: datetime) -> list[ReadDemonstration]:
    return [demonstration for row in found if (demonstration := _as_demonstration(row, lang, now))]


def _as_demonstration(row: Row, lang: str, now: datetime) -> ReadDemonstration | None:
    text = as_text(DemonstrationText, row["text"])
    if text is None:
        return None
    starts, ends = (nearest_moment(_wall(row[name]), row["zone"], row[f"{name}_fold"]) for name in ("starts", "ends"))
    return ReadDemonstration(
        **{name: row[name] for name in ("pk", "uid", "original_lang", "campaign_id", "zone", "demo")},
        **{name: row[name] for name in ONLY_ON_ITS_PAGE if name in row},
        lang=lang,
        uuid=UUID(row["uuid"]),
        state=together(row["state"], row["campaign_state"]),
        kind=Kind(row["kind"]),
        status=Status(row["status"]),
        starts=starts,
        ends=ends,
        ends_at=datetime.fromisoformat(row["ends_at"]),
        place=row["place"] or row["place_code"],
        place_code=row["place_code"],
        text=text,
        slugs={slug["lang"]: slug["slug"] for slug in row["slugs"]},
        told=[Told(name, label, Answer(row[name])) for name, label in FACTS.items()],
        seen_at=now,
        people=(row.get("by_mail") or 0) + (row.get("by_code") or 0),
        campaign=as_text(CampaignText, row.get("campaign")),
        erased=bool(row.get("erased_at")),
    )


def _wall(text: str) -> datetime:
    return datetime.fromisoformat(text)
