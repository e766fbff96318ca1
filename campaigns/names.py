"""What somebody may sign as: a name in any script, and nothing that acts on whoever reads it later."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

LONGEST = 100
LONGEST_COMPOSED = 4000  # no four characters become less than one, so it stays too long for everything that is asked

# Joiners spell Persian and Indic names, and the marks settle the direction of neutral signs: all are harmless.
_HARMLESS_FORMATS = {"\u200c", "\u200d", "\u200e", "\u200f", "\u061c"}
_BLANK_LETTERS = {"\u115f", "\u1160", "\u3164", "\uffa0"}  # of Hangul: they fill a place and show nothing
_FORBIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
FORMULA = ("=", "+", "-", "@")  # TAB and CR start one as well and are control characters
WEB_ADDRESS = re.compile(
    r"[a-z][a-z0-9+.-]*:/|\bwww\.|\w\.[a-z]{2,}/"
    r"|\w\w\.(?:com|net|org|info|biz|io|co|ru|cn|xyz|top|site|online|shop|link|click|app|dev|me)\b",
    re.IGNORECASE,
)


class InvalidName(ValueError):
    """What was typed cannot stand as a name. Its text is for the person, in the language of the page."""


def parse_name(text: str) -> str:
    """The name in NFC, trimmed, with single spaces: 1 to 100 characters of any script. Raises InvalidName.

    Refused are addresses of pages (our mails and lists would carry somebody's advertisement), control characters and
    those that turn the direction of writing (a list would show another name than it holds), and a first sign that a
    spreadsheet takes for a formula.
    """
    if acts_on_its_reader(text):
        raise InvalidName(_("The name holds an invisible control character. Type it anew instead of pasting it."))
    name = composed(text)
    if name.startswith(FORMULA):
        raise InvalidName(_("A name cannot start with “%(sign)s”.") % {"sign": name[0]})
    if not any(char.isalnum() and char not in _BLANK_LETTERS for char in name):
        raise InvalidName(_("Enter your name."))
    if len(name) > LONGEST:
        raise InvalidName(_("A name has at most %(count)d characters. Shorten it.") % {"count": LONGEST})
    if WEB_ADDRESS.search(name):
        raise InvalidName(_("A name cannot hold the address of a web page. Enter the name alone."))
    return name


def acts_on_its_reader(text: str) -> bool:
    """Whether it holds control characters, or those that turn the direction of writing."""
    return any(unicodedata.category(char) in _FORBIDDEN and char not in _HARMLESS_FORMATS for char in text)


def composed(text: str) -> str:
    """One line in NFC, trimmed, with single spaces; of a text that is far too long the beginning, still too long.

    To put many marks in order takes the square of their number, so a flood of them must not get there.
    """
    return " ".join(unicodedata.normalize("NFC", " ".join(text.split())[:LONGEST_COMPOSED]).split())
