"""What the form of a petition asks beside the e-mail address and the country, and how the answers are read.

A place and a comment are for the organisers alone. They are sealed together with name and address, are never shown and
stand in the export.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.names import FORMULA, WEB_ADDRESS, acts_on_its_reader, composed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from campaigns.petitions.petitions import Petition

LONGEST_CITY = 80
LONGEST_POSTCODE = 16
LONGEST_COMMENT = 500
_POSTCODE = re.compile(r"[^\W_]+(?:[ -][^\W_]+)*")
_LINK = re.compile(r"(?:[a-z][a-z0-9+.-]*:/+|\bwww\.)\S*|\S*\w\.[a-z]{2,}/\S*", re.IGNORECASE)
_LEFT_OUT = "…"


class AskedPlace(models.TextChoices):
    """Where in the country somebody lives, as far as a petition asks it."""

    NONE = "", _("nothing")
    CITY = "city", _("the city")
    POSTCODE = "postcode", _("the postcode")


class InvalidAnswer(ValueError):
    """What was typed cannot stand there. Its text is for the person, in the language of the page."""


@dataclass(frozen=True, slots=True)
class Asks:
    """The fields of one petition's form, beside address and country."""

    name: bool = True
    place: AskedPlace = AskedPlace.NONE
    comment: bool = False

    @classmethod
    def of(cls, petition: Petition) -> Self:
        """In safe mode there is none."""
        if petition.safe_mode:
            return cls(name=False)
        return cls(place=AskedPlace(petition.ask_place), comment=petition.ask_comment)

    @classmethod
    def seen_in(cls, post: Mapping[str, str]) -> Self:
        """The fields of the form that was sent, for a page that may not ask which petition it belongs to."""
        place = AskedPlace.CITY if "place" in post else AskedPlace.NONE
        return cls(name="name" in post, place=place, comment="comment" in post)


def parse_place(text: str, asked: AskedPlace) -> str:
    """A city or a postcode of any country, in NFC and trimmed, or nothing. Raises InvalidAnswer."""
    if acts_on_its_reader(text):
        raise InvalidAnswer(_("This holds an invisible control character. Type it anew instead of pasting it."))
    place = composed(text)
    if asked == AskedPlace.POSTCODE:
        return _postcode(place)
    if len(place) > LONGEST_CITY:
        raise InvalidAnswer(_("A city has at most %(count)d characters. Shorten it.") % {"count": LONGEST_CITY})
    if place.startswith(FORMULA) or WEB_ADDRESS.search(place) or (place and not any(map(str.isalpha, place))):
        raise InvalidAnswer(_("This is no city. Enter its name alone, or leave it empty."))
    return place


def parse_comment(text: str) -> str:
    """A comment of at most 500 characters, in NFC, lines kept, links left out. Raises InvalidAnswer."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > 2 * LONGEST_COMMENT:  # far from what the form lets in; to look for links takes the square of it
        raise InvalidAnswer(_("A comment has at most %(count)d characters. Shorten it.") % {"count": LONGEST_COMMENT})
    lines = text.split("\n")
    if any(acts_on_its_reader(line.replace("\t", " ")) for line in lines):
        raise InvalidAnswer(_("This holds an invisible control character. Type it anew instead of pasting it."))
    comment = "\n".join(composed(_LINK.sub(_LEFT_OUT, line)) for line in lines).strip()
    if len(comment) > LONGEST_COMMENT:
        raise InvalidAnswer(_("A comment has at most %(count)d characters. Shorten it.") % {"count": LONGEST_COMMENT})
    return comment


def _postcode(text: str) -> str:
    if text and (len(text) > LONGEST_POSTCODE or not _POSTCODE.fullmatch(text)):
        raise InvalidAnswer(_("This is no postcode. Enter letters and digits alone, or leave it empty."))
    return text.upper()
