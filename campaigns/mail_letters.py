"""What a mail looks like: plain text first, simple HTML beside it, in the recipient's language and direction.

Sources: RFC 5322 (headers), RFC 2046 (alternatives, plainest first), RFC 3834 (Auto-Submitted), RFC 6531 (addresses
of any script), RFC 2369 and 8058 (List-Unsubscribe). No image, no tracking, no link that leads through another host.
The standard library's policy refuses a line end in a header, so no header can be smuggled in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import formatdate, parseaddr
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import idna
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language_info, override

from campaigns import suppression
from campaigns.addresses import ENCODED_WORD
from campaigns.mail_providers import provider_headers

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class _OurPolicy(EmailPolicy):
    """The standard policy for SMTP, but for the line of the Message-ID: mail servers that search it there read on no
    next line (RFC 5322, 2.1.1 allows 998 characters).

    Headers that are the same in thousands of mails are parsed once: that takes longer than all else in writing one.
    """

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """A header as a message keeps it. Raises ValueError for a line end in it."""
        if name.lower() in SAME_IN_MANY and isinstance(value, str):
            return _parsed(self, name, value)
        return super().header_store_parse(name, value)

    def header_max_count(self, name: str) -> int | None:
        """How often a message may have it."""
        return _most(name.lower())

    def fold_binary(self, name: str, value: Any) -> bytes:
        """One header as bytes."""
        if name.lower() == "message-id":
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


# Named one by one: what tells one mail or one mailbox from others is kept nowhere.
SAME_IN_MANY = frozenset(
    {
        "from",
        "subject",
        "auto-submitted",
        "mime-version",
        "content-type",
        "content-transfer-encoding",
        "content-language",
    }
)


@lru_cache(maxsize=256)
def _parsed(policy: EmailPolicy, name: str, value: str) -> tuple[str, Any]:
    return EmailPolicy.header_store_parse(policy, name, value)


@cache
def _most(name: str) -> int | None:
    return EmailPolicy().header_max_count(name)


SMTP = _OurPolicy(linesep="\r\n")
SMTPUTF8 = SMTP.clone(utf8=True)


@dataclass(frozen=True)
class Letter:
    """A mail to one recipient, ready to leave. `sender` and `recipient` are the envelope's addresses.

    `unasked`: it goes to whoever's address was typed somewhere; else its recipient has proven the mailbox and asked.
    `can_wait`: it is still good tomorrow.
    """

    sender: str
    recipient: str = field(repr=False)
    message: EmailMessage = field(repr=False)
    unasked: bool = True
    can_wait: bool = True

    @property
    def domain(self) -> str:
        """The recipient's domain, in A-labels."""
        return self.recipient.rpartition("@")[2].lower()

    @property
    def international(self) -> bool:
        """Whether only a server with SMTPUTF8 can take it (RFC 6531)."""
        return not self.recipient.isascii()

    def as_bytes(self) -> bytes:
        """The mail with CRLF line ends; ASCII only, unless its recipient's address is not."""
        return self.message.as_bytes(policy=SMTPUTF8 if self.international else SMTP)


@dataclass(frozen=True)
class Words:
    """What a mail says: its subject, and the templates `<templates>.txt` and `<templates>.html` with their context.

    `sender` is the From header, where the installation's own would say too much. `one_click` is an address that ends
    a subscription by a POST alone (RFC 8058). Providers and their scanners post to it unasked, so it never withdraws
    a signature, and a mail that asks for something, as to confirm, has none.
    """

    subject: StrOrPromise  # translated when the mail is written
    templates: str
    lang: str
    context: Mapping[str, Any]
    sender: str = ""
    one_click: str = ""


def letter(words: Words, *, to: str, reference: str, unasked: bool = True, can_wait: bool = True) -> Letter:
    """Write a mail; `to` is an address as typed, `reference` what `campaigns.mail_references` calls it, the others as
    in `Letter`. At its end stands the link with which the recipient stops all mail of this site.

    Raises ValueError for an address that cannot be mailed or a header with a line end.
    """
    recipient = _mailable(to)
    sender = words.sender or settings.DEFAULT_FROM_EMAIL
    message = EmailMessage(policy=SMTPUTF8)
    with override(words.lang):
        direction = "rtl" if get_language_info(words.lang)["bidi"] else "ltr"
        context = {
            **words.context,
            "lang": words.lang,
            "dir": direction,
            "subject": words.subject,
            "no_more_mail_url": f"{settings.ORIGIN}/{words.lang}/no-more-mail/{suppression.token_of(to)}/",
        }
        message["Subject"] = str(words.subject)
        plain = render_to_string(f"{words.templates}.txt", context).rstrip("\n")
        foot = render_to_string("campaigns/mail/_foot.txt", context)
        message.set_content(f"{plain}\n\n{foot}", cte="quoted-printable")
        html = render_to_string(f"{words.templates}.html", context)
        message.add_alternative(html, subtype="html", cte="quoted-printable")
    message["From"] = sender
    message["To"] = recipient
    message["Date"] = formatdate()
    message["Message-ID"] = message_id(reference, words.sender)
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = words.lang
    for name, value in provider_headers(settings.MAIL_PROVIDER, reference).items():
        message[name] = value
    if words.one_click:
        message["List-Unsubscribe"] = f"<{words.one_click}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return Letter(_return_path(words.sender, reference), recipient.addr_spec, message, unasked, can_wait)


def message_id(reference: str, sender: str = "") -> str:
    """The Message-ID of a mail of `campaigns.mail_references`. Its host part is the sender's domain, never the
    machine's name; `sender` as in `Words`."""
    return f"<{reference}@{sender_domain(sender)}>"


def sender_address(sender: str = "") -> str:
    """The address that our mails come from, for people to look for it; `sender` as in `Words`."""
    return parseaddr(sender or settings.DEFAULT_FROM_EMAIL)[1]


def sender_domain(sender: str = "") -> str:
    """The domain of a sender's address, which is all that a mail shows of where it comes from."""
    return sender_address(sender).rpartition("@")[2] or "localhost"


def _return_path(neutral_sender: str, reference: str) -> str:
    """The envelope's sender: an address that names the mail, where one is set up for what comes back. Beside a neutral
    sender it would say what that one hides."""
    local, at, domain = settings.BOUNCE_ADDRESS.rpartition("@")
    if neutral_sender or not at:
        return sender_address(neutral_sender)
    return f"{local}+{reference}@{domain}"


def _mailable(typed: str) -> Address:
    local, _at, domain = typed.rpartition("@")
    if ENCODED_WORD in local:  # the library would decode it into the header, whatever it holds
        raise ValueError("an address with an encoded word in it")
    try:
        ascii_domain = idna.encode(domain, uts46=True, std3_rules=True).decode("ascii")
    except idna.IDNAError:
        raise ValueError("an address whose domain cannot be mailed") from None
    return Address(username=local, domain=ascii_domain)
