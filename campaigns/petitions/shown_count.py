"""The number of a petition as it is shown, in figures and in words."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.utils.formats import get_format
from django.utils.translation import ngettext

from campaigns.petitions.petitions import Linger, Petition
from campaigns.petitions.tallies import totals

STEP = 10  # of what is told in safe mode
# One number for each plural form that a language may have (CLDR, "Language Plural Rules").
NUMBERS = {"zero": 0, "one": 1, "two": 2, "few": 3, "many": 11, "other": 100}


def whole_tens(number: int) -> int:
    """Rounded down to the step in which numbers are told in safe mode."""
    return number - number % STEP


def shown(petition: Petition, number: int) -> int:
    """In safe mode only whole tens are told, so that nobody sees a single signature arrive."""
    return whole_tens(number) if petition.linger == Linger.SAFE else number


def shown_count(petition: Petition) -> int:
    """The number of one petition. One query."""
    return shown_counts([petition])[petition.pk]


def shown_counts(petitions: Iterable[Petition]) -> dict[int, int]:
    """The numbers of several petitions by their ids. One query."""
    by_id = {petition.pk: petition for petition in petitions}
    return {petition_id: shown(by_id[petition_id], number) for petition_id, number in totals(list(by_id)).items()}


def words_by_plural() -> str:
    """What stands before and after the number for each plural form, as JSON: the script that moves it needs them."""
    return json.dumps({form: words(number).split("\0") for form, number in NUMBERS.items()}, ensure_ascii=False)


def thousands_separator() -> str:
    """What parts thousands in the language of the page; nothing where they stand together."""
    return str(get_format("THOUSAND_SEPARATOR")) if get_format("NUMBER_GROUPING") else ""


def words(number: int) -> str:
    """The words around a number, with a NUL in its place."""
    phrase = ngettext("<b>%(shown)s</b> confirmed signature", "<b>%(shown)s</b> confirmed signatures", number)
    return (phrase % {"shown": "\0"}).replace("<b>\0</b>", "\0")
