"""What the social card of each kind of page says, and its address.

A page that may not be spread has no card: what is retracted, an earlier wording, a petition in safe mode. What is not
public never gets here, for cards are made of what the readers of the pages found. No card bears a number of signatures:
other sites keep a card for weeks.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import asdict, dataclass
from typing import Final

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from campaigns.demand_reading import ReadCampaign, ReadDemand
from campaigns.demonstrations.demonstration_reading import ReadDemonstration
from campaigns.demonstrations.demonstrations import Status
from campaigns.pages.finding_page import SITE, FindingPage
from campaigns.pages.place_page import PlacePage
from campaigns.pages.social_cards.drawing import Direction, Words, can_draw
from campaigns.petitions.printed import Printed
from reports.editorial.publishing import State
from reports.editorial.texts import Text
from reports.instrument_reading import ReadInstrumentPage
from reports.theme_reading import ReadEdition, ReadTheme

DESIGN: Final = 1
"""Part of every address: raise it when `drawing` draws otherwise, and all sites fetch the new pictures."""
LONGEST_TITLE: Final = 300


@dataclass(frozen=True)
class Card:
    """The words of a card. `lang` is the page's, `title_lang` that of the title; `route` and `key` make the address."""

    route: str
    key: str
    lang: str
    kind: str
    title: str
    title_lang: str
    note: str
    summary: str = ""

    @property
    def digest(self) -> str:
        """Names the picture by what is on it."""
        drawn = {name: value for name, value in asdict(self).items() if name not in {"route", "key", "summary"}}
        return hashlib.sha256(json.dumps([DESIGN, drawn], sort_keys=True).encode()).hexdigest()[:16]

    @property
    def url(self) -> str:
        """Address of the picture; of the site's own card in this language where these words cannot be drawn."""
        if not can_draw(self.kind + self.title + self.note):
            return static(f"cards/{self.lang}.png")
        return reverse(f"cards:{self.route}", args=[*([self.key] if self.key else []), self.digest])

    @property
    def absolute_url(self) -> str:
        """The same for other sites."""
        return settings.ORIGIN + self.url

    @property
    def words(self) -> Words:
        """What is written on the picture, with the directions of its languages."""
        return Words(
            kind=self.kind,
            title=self.title,
            note=self.note,
            site=SITE,
            lang=self.lang,
            title_lang=self.title_lang,
            direction=_direction(self.lang),
            title_direction=_direction(self.title_lang),
        )


def _direction(lang: str) -> Direction:
    return "rtl" if get_language_info(lang)["bidi"] else "ltr"


def of_site() -> Card:
    """The card of the home page and of lists."""
    summary = _("Petitions and demonstrations that stand on the sourced findings of a human-rights report.")
    lang = get_language() or "en"
    return Card("home", "", lang, _host(), _("Campaigns that stand on evidence"), lang, "", summary)


def of_theme(theme: ReadTheme) -> Card | None:
    """The card of a theme."""
    if theme.state == State.RETRACTED:
        return None
    text = theme.text
    return _card("theme", text.slug, _("Theme"), text.title, text, _of_edition(theme.edition), text.summary)


def of_place(page: PlacePage) -> Card:
    """The card of a place."""
    summary = _("What the report found in %(place)s, and what can be done about it.") % {"place": page.name}
    return _card("place", page.code, _("Place"), page.name, None, _host(), summary)


def of_finding(page: FindingPage) -> Card | None:
    """The card of a finding in the wording that holds. A warning stands in for words that readers are warned of."""
    if page.finding.state == State.RETRACTED or not page.is_current:
        return None
    told = page.text.content_warning or page.text.statement
    return _card("finding", page.finding.uid, _("Finding"), told, page.text, _of_edition(page.edition), told)


def of_campaign(campaign: ReadCampaign) -> Card | None:
    """The card of a campaign."""
    if campaign.state == State.RETRACTED:
        return None
    text = campaign.text
    return _card("campaign", text.slug, _("Campaign"), text.title, text, campaign.organisation, text.summary)


def of_demand(demand: ReadDemand) -> Card | None:
    """The card of a demand."""
    if demand.state == State.RETRACTED:
        return None
    asked = _("asked of:") + f" {demand.addressee.name}" if demand.addressee else _host()
    return _card("demand", demand.uid, _("Demand"), demand.text.title, demand.text, asked, demand.text.text)


def of_instrument(instrument: ReadInstrumentPage) -> Card | None:
    """The card of a treaty, law or ruling, with its number."""
    if instrument.state == State.RETRACTED:
        return None
    text, kind = instrument.text, capfirst(instrument.kind_label)
    note = instrument.identifier or instrument.jurisdiction or _host()
    return _card("instrument", instrument.uid, kind, text.short or text.title, text, note, text.title)


def of_petition(printed: Printed) -> Card | None:
    """The card of a petition; none in safe mode, where nothing may name the cause."""
    if printed.petition.safe_mode or printed.state == State.RETRACTED:
        return None
    asked = _("to:") + f" {printed.words['addressee']}"
    words = printed.words
    return _card("petition", printed.text.slug, _("Petition"), words["title"], printed.text, asked, printed.text.lede)


def of_demonstration(demonstration: ReadDemonstration) -> Card | None:
    """The card of a demonstration, with its day and place."""
    if demonstration.state == State.RETRACTED:
        return None
    text = demonstration.text
    where = f"{date_format(demonstration.starts, 'DATE_FORMAT')} · {demonstration.area}"
    if demonstration.status != Status.ON:
        where = f"{Status(demonstration.status).label} · {where}"
    return _card("demonstration", text.slug, _("Demonstration"), text.title, text, where, text.summary)


def _card(route: str, key: str, kind: str, title: str, text: Text | None, note: str, summary: str) -> Card:
    lang = get_language() or "en"
    return Card(
        route,
        key,
        lang,
        one_line(kind),
        one_line(title),
        text.lang if text else lang,
        one_line(note),
        one_line(summary),
    )


def one_line(text: str) -> str:
    """Without line ends, control characters and marks of direction, which the drawing sets itself; bounded."""
    kept = (" " if unicodedata.category(char) == "Cc" else char for char in text[: 4 * LONGEST_TITLE])
    joined = "".join(char for char in kept if unicodedata.category(char) != "Cf" or char in "\u200c\u200d")
    return " ".join(unicodedata.normalize("NFC", joined).split())[:LONGEST_TITLE]


def _of_edition(edition: ReadEdition) -> str:
    return _("Report %(label)s") % {"label": edition.label} + f" · {edition.publisher}"


def _host() -> str:
    return settings.ORIGIN.partition("://")[2]
