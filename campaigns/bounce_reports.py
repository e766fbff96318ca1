"""What a report about a mail says: that it came back, for good or for now, or that its recipient calls it spam.

Sources: RFC 3464 (delivery status notifications), RFC 3463 (enhanced status codes), RFC 5965 (complaints, ARF). A
report comes from anybody who can send mail: it is parsed within bounds, and means something only for a mail of ours
that it names by its reference, which nobody can make up (`campaigns.mail_references`).
"""

from __future__ import annotations

import email
import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from itertools import islice
from typing import Any

from campaigns.mail_references import found_in

LONGEST = 512 * 1024  # bytes read of a report; what was returned with it may be longer
MOST_PARTS = 50
# The address is none, or its mailbox is closed (RFC 3463, X.1 and X.2.1; X.0.0 is said where a server knows no code).
# Not what is full, too long, delayed or against a policy: that says nothing about the address.
UNKNOWN = re.compile(r"5\.(?:0\.0|1\.\d+|2\.1|4\.4)\b")
ADDRESS_FIELDS = ("Final-Recipient", "Original-Recipient", "Original-Rcpt-To")


class Kind(enum.Enum):
    """What a report means for the mailbox."""

    UNKNOWN = "unknown"  # the address will never take a mail
    OTHER = "other"  # delayed, full, refused by policy: the mailbox may be fine
    COMPLAINT = "complaint"  # its owner calls it spam


@dataclass(frozen=True)
class Report:
    """`references` are what may be names of mails of ours, `addresses` whom the report says it is about; neither is
    proven yet."""

    kind: Kind
    references: tuple[str, ...]
    addresses: tuple[str, ...] = field(repr=False, default=())


def read_report(raw: bytes) -> Report | None:
    """The report in a mail; None where it is none. Never raises, whatever the bytes are."""
    try:
        return _read(email.message_from_bytes(raw[:LONGEST]))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None  # the standard library gives up on some of what is no mail in many ways


def _read(message: Message[str, str]) -> Report | None:
    parts = list(islice(message.walk(), MOST_PARTS))
    blocks = [block for part in parts for block in _blocks(part)]
    kind = _kind(blocks)
    if kind is None:
        return None
    text = "\n".join([_headers(part) + "\n" + _content(part) for part in parts])
    return Report(kind, tuple(found_in(text)), tuple(_addresses(blocks)))


def _blocks(part: Message[str, str]) -> Iterator[Message[str, str]]:
    """The groups of fields of a part that is read by programs; the standard library has parsed them as messages."""
    if part.get_content_type() in {"message/delivery-status", "message/feedback-report"}:
        payload: Any = part.get_payload()
        yield from (block for block in payload if isinstance(block, Message)) if isinstance(payload, list) else ()


def _kind(blocks: list[Message[str, str]]) -> Kind | None:
    """The gravest that the groups say; None where no group is a report on a mail."""
    found = set()
    for block in blocks:
        action, status = str(block.get("Action", "")).strip().lower(), str(block.get("Status", "")).strip()
        if block.get("Feedback-Type"):
            spam = str(block["Feedback-Type"]).strip().lower() in {"abuse", "fraud", "virus"}
            found.add(Kind.COMPLAINT if spam else Kind.OTHER)
        elif action == "failed" and UNKNOWN.match(status):
            found.add(Kind.UNKNOWN)
        elif action:
            found.add(Kind.OTHER)
    return next((kind for kind in (Kind.COMPLAINT, Kind.UNKNOWN, Kind.OTHER) if kind in found), None)


def _addresses(blocks: list[Message[str, str]]) -> Iterator[str]:
    for block in blocks:
        for name in ADDRESS_FIELDS:
            if value := str(block.get(name, "")):
                yield value.rpartition(";")[2].strip().strip("<>")


def _headers(part: Message[str, str]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in part.items())


def _content(part: Message[str, str]) -> str:
    """The text of a part; a mail that was returned may be wrapped in base64."""
    if part.is_multipart():
        return ""
    content: Any = part.get_payload(decode=True)
    return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
