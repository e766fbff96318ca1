"""How many people are announced, in words that give nobody away.

The number is that of confirmed mails and of codes together, rounded: who watches it cannot see one person arrive.
"""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

FEWEST = 10


def rounded(people: int) -> int:
    """To tens, from a thousand on to hundreds, from ten thousand on to thousands; halves go up."""
    step = 10 if people < 1_000 else 100 if people < 10_000 else 1_000
    return (people + step // 2) // step * step


def expected_words(people: int) -> str:
    """As in "about 120 people"; below ten, nobody either, it is "fewer than 10 people"."""
    if people < FEWEST:
        return _("fewer than 10 people")
    about = rounded(people)
    shown = number_format(about, use_l10n=True, force_grouping=True)
    return ngettext("about %(shown)s person", "about %(shown)s people", about) % {"shown": shown}
