"""Whether a mail may leave, once it is written and its recipient is known; whoever typed an address is told nothing.

A mailbox gets at most six unasked mails a day over all petitions and demonstrations together, so that an address typed
everywhere is no weapon: what is over waits for the next day and is not lost. What is good for a day alone, as in safe
mode, counts and does not wait, or it would be lost. The counter is named by a keyed hash that
lives a day (`campaigns.limits`). Mails are judged and counted several at a time, in one statement each.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from campaigns import limits, suppression
from campaigns.addresses import DEFAULT_ALIASES, canonical
from campaigns.mail_letters import Letter

KIND = "mailbox_mail"
A_DAY = 6
SPREAD_SECONDS = 3600  # what waited for midnight does not all leave at midnight


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A recipient as the rules know it: what stands for it among those who want no mail, and today's counter of its
    unasked mails, none for a mail that was asked for."""

    digest: bytes = field(repr=False)
    counter: bytes | None = field(repr=False)
    can_wait: bool = True


def mailbox_of(letter: Letter) -> Mailbox:
    """The mailbox of a letter. Raises AddressError for an address that is none, and DatabaseError."""
    counter = limits.day_hash(KIND.encode(), canonical(letter.recipient, DEFAULT_ALIASES).encode())
    return Mailbox(suppression.digest_of(letter.recipient), counter if letter.unasked else None, letter.can_wait)


def judge(mailboxes: Sequence[Mailbox]) -> list[timedelta | None]:
    """For each mail how long it must wait for its mailbox's next day, nothing if it may leave today; None where its
    recipient gets no mail of ours any more. Those before it in the list count as left. Two statements."""
    unwanted = suppression.suppressed({mailbox.digest for mailbox in mailboxes})
    today = Counter(limits.counters_today(KIND, {box.counter for box in mailboxes if box.counter is not None}))
    verdicts: list[timedelta | None] = []
    for mailbox in mailboxes:
        if mailbox.digest in unwanted:
            verdicts.append(None)
        elif mailbox.counter is None or not mailbox.can_wait or today[mailbox.counter] < A_DAY:
            verdicts.append(timedelta(0))
            today[mailbox.counter or b""] += 1
        else:
            verdicts.append(_until_tomorrow())
    return verdicts


def count(mailboxes: Sequence[Mailbox]) -> None:
    """Mails to these have left."""
    limits.raise_counters(KIND, Counter(mailbox.counter for mailbox in mailboxes if mailbox.counter is not None))


def _until_tomorrow() -> timedelta:
    rest = max(0.0, limits.day_key().ends - time.monotonic())
    return timedelta(seconds=rest + random.uniform(1, SPREAD_SECONDS))  # noqa: S311  # no secret
