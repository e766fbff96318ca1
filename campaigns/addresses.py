"""E-mail addresses: what somebody typed, and the one form under which the same mailbox is found again.

Sources: RFC 5321 and 5322 (dot-atom addresses), RFC 6531 (letters of any script), RFC 5890 and UTS 46 (domains).
Mail goes to the address as typed; the canonical form is never mailed and never stored in clear.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

import idna
from django.utils.translation import gettext_lazy as _

LONGEST = 254  # bytes, RFC 5321 with its erratum 1690
LONGEST_LOCAL = 64
GMAIL = "gmail.com"

# Domains that deliver into the mailboxes of another one. Each petition freezes its own copy when it opens, because a
# later change would let the same person sign again.
DEFAULT_ALIASES: Mapping[str, str] = {
    "googlemail.com": GMAIL,
    "protonmail.com": "proton.me",
    "protonmail.ch": "proton.me",
    "pm.me": "proton.me",
    "me.com": "icloud.com",
    "mac.com": "icloud.com",
}
# What providers ignore before the “@”, where a petition's own rules say nothing else.
DEFAULT_IGNORED: Mapping[str, str] = {GMAIL: "dots plus"}

_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-\u0080-\U0010FFFF]+"
_LOCAL = re.compile(rf"{_ATEXT}(?:\.{_ATEXT})*")
# How an encoded word begins (RFC 2047). In an address there is none (its section 5), and whoever reads mails, Python's
# own library too, decodes it there: a line end in it would begin another header of our mail.
ENCODED_WORD = "=?"
# Labels that IDNA has nothing to say about: most domains, told at a glance.
_PLAIN_LABEL = r"(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_PLAIN_DOMAIN = re.compile(rf"{_PLAIN_LABEL}(?:\.{_PLAIN_LABEL})*")
_UNPRINTABLE = {"Cc", "Cf", "Cs", "Co", "Zs", "Zl", "Zp"}


class AddressError(ValueError):
    """What was typed is no address. Its text is for the person, in the language of the page."""


@dataclass(frozen=True, slots=True)
class Address:
    """`typed` is trimmed and in NFC and is what mail is sent to; `canonical` finds the mailbox again."""

    typed: str = field(repr=False)
    canonical: str = field(repr=False)

    def under(self, aliases: Mapping[str, str]) -> str:
        """The canonical form by the alias domains that a petition has frozen."""
        return self.canonical if aliases == DEFAULT_ALIASES else canonical(self.typed, aliases)


def parse_address(text: str) -> Address:
    """Read an address; raises AddressError with what to do about it. Plus-addresses are honest addresses."""
    text = text.strip()
    if len(text) > 4 * LONGEST:  # no four characters become less than one; a flood of marks must not be put in order
        raise AddressError(_("This e-mail address is too long. Check it for a typing mistake."))
    typed = unicodedata.normalize("NFC", text)
    local, at, domain = typed.rpartition("@")
    if not at or not local or not domain:
        raise AddressError(_("Enter an e-mail address with an “@”, like name@example.org."))
    if len(typed.encode()) > LONGEST or len(local.encode()) > LONGEST_LOCAL:
        raise AddressError(_("This e-mail address is too long. Check it for a typing mistake."))
    if any(unicodedata.category(char) in _UNPRINTABLE for char in typed):
        raise AddressError(_("The e-mail address holds a space or an invisible character. Take it out."))
    if not _LOCAL.fullmatch(local) or ENCODED_WORD in local:
        raise AddressError(_("The part before the “@” holds a sign that no e-mail address has there."))
    return Address(typed=typed, canonical=canonical(typed, DEFAULT_ALIASES))


def canonical(typed: str, aliases: Mapping[str, str]) -> str:
    """One form per mailbox: lower case, the domain as A-label, alias domains folded, and dots and plus left out where
    the provider ignores them.

    `aliases` leads from a domain to the one it delivers into, and from `tag_rule(domain)` to what that one ignores:
    words out of "dots" and "plus". Raises AddressError where the domain is none.
    """
    local, _at, domain = typed.rpartition("@")
    local = unicodedata.normalize("NFC", local.lower())
    domain = ascii_domain(domain)
    domain = aliases.get(domain, domain)
    ignored = aliases.get(tag_rule(domain), DEFAULT_IGNORED.get(domain))
    if ignored:
        local = _without(local, ignored)
    return f"{local}@{domain}"


def tag_rule(domain: str) -> str:
    """The key under which a mapping of aliases says what a domain ignores; no domain looks like it."""
    return f"@{domain}"


def _without(local: str, ignored: str) -> str:
    """The part before the “@” as the provider reads it; as it is where nothing would be left."""
    short = local.partition("+")[0] if "plus" in ignored else local
    short = short.replace(".", "") if "dots" in ignored else short
    return short or local


def ascii_domain(domain: str) -> str:
    """The domain in lower-case A-labels: at least two labels, the last one no number."""
    ascii_domain = domain.lower()
    if not _PLAIN_DOMAIN.fullmatch(ascii_domain):
        try:
            ascii_domain = idna.encode(domain, uts46=True, std3_rules=True).decode("ascii").lower()
        except (idna.IDNAError, UnicodeError):
            ascii_domain = ""
    *names, last = ascii_domain.split(".")
    if not names or not last or last.isdigit() or len(ascii_domain) > 253:
        raise AddressError(_("The part after the “@” is no domain. Check it: it looks like example.org."))
    return ascii_domain
