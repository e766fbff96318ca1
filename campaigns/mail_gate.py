"""Whether a mail may leave, once it is written and its recipient is known; whoever typed an address is told nothing.

A mailbox gets at most six unasked mails a day over all petitions and demonstrations together, so that an address typed
everywhere is no weapon: what is over waits for the next day and is not lost. The counter is named by a keyed hash that
lives a day (`campaigns.limits`).
"""

from __future__ import annotations

import random
import time
from datetime import timedelta

from campaigns import limits, suppression
from campaigns.addresses import DEFAULT_ALIASES, canonical
from campaigns.mail_letters import Letter

KIND = "mailbox_mail"
A_DAY = 6
SPREAD_SECONDS = 3600  # what waited for midnight does not all leave at midnight


def unwanted(letter: Letter) -> bool:
    """Whether its recipient gets no mail of ours any more."""
    return suppression.is_suppressed(letter.recipient)


def until_its_day(letter: Letter) -> timedelta:
    """How long it must wait for its mailbox's next day; nothing if it may leave today."""
    if not letter.unasked or limits.raise_counter(KIND, _mailbox(letter), by=0) < A_DAY:
        return timedelta(0)
    rest = max(0.0, limits.day_key().ends - time.monotonic())
    return timedelta(seconds=rest + random.uniform(1, SPREAD_SECONDS))  # noqa: S311  # no secret


def count(letter: Letter) -> None:
    """It has left."""
    if letter.unasked:
        limits.raise_counter(KIND, _mailbox(letter))


def _mailbox(letter: Letter) -> bytes:
    return limits.day_hash(KIND.encode(), canonical(letter.recipient, DEFAULT_ALIASES).encode())
