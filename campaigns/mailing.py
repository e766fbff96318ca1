"""The mailer: takes due mails from its sources and hands them to a mail server, none lost and none twice.

- A source's tables are its queue. Claiming is one autocommitted statement, so no lock is held while SMTP is spoken.
- A claim is a lease. If its mailer dies, the mail is taken again later, with the same number and Message-ID.
- Right before the content goes out, the source commits that it is being sent. From there on the mail counts as sent,
  whatever happens to this process: it may be lost in that moment, it is never doubled.
- While no mail server answers, nothing is claimed and everything waits in its order.
- A mail whose recipient's domain must wait, or whose mailbox has had its mails of the day, goes back into its queue
  with a time of its own; the others go on. What may leave is decided by `campaigns.mail_gate` and `mail_domains`.
"""

from __future__ import annotations

import functools
import logging
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar

from django.db import Error as DatabaseTrouble

from campaigns import mail_gate, mail_troubles
from campaigns.failure_kinds import kind_of
from campaigns.mail_domains import Domains, Pause
from campaigns.mail_letters import Letter
from campaigns.mail_transport import (
    Greylisted,
    MailError,
    Objected,
    OutcomeUnknown,
    Postponed,
    Refused,
    ServerAway,
    Throttled,
    Transport,
)
from campaigns.mail_troubles import TroubleKind

logger = logging.getLogger("upstander.mail")

BATCH = 100
# Mails that are judged, and written down as taken, together; fewer where so many take more than a second.
GROUP = 20
# A policy refusal is most often a relay that is set up wrongly: so many tries, about a day, until it is believed.
OBJECTIONS = 24
# A mail at which the connection ended so often lets the others pass: it may be the cause.
ENDED_CONNECTIONS = 3
LONGEST_DELAY = timedelta(hours=1)
# A server that greylists takes the mail after five minutes, seldom later (RFC 6647): its first delay is the fourth.
GREYLISTED_TRIES = 3

KINDS: dict[type[MailError], TroubleKind] = {
    ServerAway: TroubleKind.AWAY,
    Postponed: TroubleKind.DEFERRED,
    Greylisted: TroubleKind.GREYLISTED,
    Throttled: TroubleKind.THROTTLED,
    Objected: TroubleKind.OBJECTED,
    Refused: TroubleKind.REFUSED,
    OutcomeUnknown: TroubleKind.UNANSWERED,
}


class Claim(Protocol):
    """A mail that this mailer has taken. What else is in it is the source's own."""

    @property
    def tries(self) -> int:
        """How often it could not be sent before."""


C = TypeVar("C", bound=Claim)


@dataclass(frozen=True)
class Queue:
    """Mails that wait, and since when the oldest does."""

    length: int
    oldest: datetime | None


class MailSource(Protocol[C]):
    """A queue of mails. Each method commits what it writes; one that follows a lost lease changes nothing."""

    def due(self) -> bool:
        """Whether any mail could be claimed now."""

    def claim(self, limit: int) -> Sequence[C]:
        """Take due mails for some minutes, oldest first."""

    def write(self, claim: C) -> Letter:
        """The mail itself, the same at every try but for its date."""

    def mark_sending(self, claim: C) -> bool:
        """Commit that the content goes out now; False if the mail is no longer ours."""

    def mark_sent(self, claims: Sequence[C]) -> None:
        """The server has them."""

    def refuse(self, claim: C) -> None:
        """The server will never take it: no further mail of this kind for this mailbox."""

    def retry_later(self, claim: C, delay: timedelta) -> None:
        """It was not taken: try again after `delay`, and count the try."""

    def put_off(self, claim: C, delay: timedelta) -> None:
        """It was not tried: anybody may claim it after `delay`."""

    def queue(self) -> Queue:
        """What waits, for the operator."""


@dataclass(frozen=True, slots=True)
class _Ready(Generic[C]):
    """A mail that is written and waits for its turn."""

    claim: C
    letter: Letter
    mailbox: mail_gate.Mailbox


@dataclass(slots=True)
class _Taken(Generic[C]):
    """What the server has taken and is not written down yet."""

    claims: list[C] = field(default_factory=list)
    mailboxes: list[mail_gate.Mailbox] = field(default_factory=list)


def delay_after(tries: int) -> timedelta:
    """1, 2, 4 … minutes up to an hour, a tenth more or less so that mails do not come back together."""
    minutes = min(2.0 ** min(tries, 10), LONGEST_DELAY.total_seconds() / 60)
    return timedelta(minutes=minutes * random.uniform(0.9, 1.1))  # noqa: S311  # no secret


class Mailer:
    """Sends what is due: at most `rate` mails a second, `domain_rate` to one domain. Used by one thread; any number of
    mailers may run."""

    def __init__(
        self,
        sources: Sequence[MailSource[Any]],
        transport: Transport,
        rate: float,
        stop: threading.Event | None = None,
        delay: Callable[[int], timedelta] = delay_after,
        domain_rate: float | None = None,
    ) -> None:
        self._sources, self._transport, self._delay = sources, transport, delay
        self._pause, self._not_before = 1 / rate, 0.0
        self._group = max(1, min(GROUP, int(rate)))
        self._domains = Domains(domain_rate or rate, lambda tries: self._delay(tries))
        self._stop = stop or threading.Event()
        self._unwritten: deque[Callable[[], None]] = deque()
        self.awaits_answer = False  # a mail's content is on its way: breaking off now may lose that mail

    def send_due(self) -> bool:
        """One pass: at most one batch from each source; returns whether anything was due.

        Raises ServerAway while no mail can leave, and the database's errors; nothing is lost by either.
        """
        self._write_down()
        busy = [self._send_batch(source) for source in self._sources]
        return any(busy)

    def close(self) -> None:
        """Leave the mail server politely."""
        self._transport.close()

    def _send_batch(self, source: MailSource[C]) -> bool:
        if self._stop.is_set() or not source.due():
            return False
        self._open()
        claims = list(source.claim(BATCH))
        try:
            while claims and not self._stop.is_set():
                group, claims = claims[: self._group], claims[self._group :]
                self._send_group(source, group)
        finally:
            self._put_back(source, claims)
        return True

    def _put_back(self, source: MailSource[C], claims: Iterable[C]) -> None:
        """What was not tried is anybody's again."""
        self._unwritten += [functools.partial(source.put_off, claim, timedelta(0)) for claim in claims]
        self._write_down()

    def _send_group(self, source: MailSource[C], claims: Sequence[C]) -> None:
        """Mails go one by one, each marked before it leaves; what became of them is written down at the end."""
        left, taken = deque(claims), _Taken[C]()
        try:
            ready = self._written(source, left)
            left = deque(one.claim for one in ready)
            verdicts = mail_gate.judge([one.mailbox for one in ready])
            for one, verdict in zip(ready, verdicts, strict=True):
                if not self._in_pace():
                    break
                left.popleft()
                self._send(source, one, verdict, taken)
        finally:
            if taken.claims:
                self._unwritten += [
                    functools.partial(source.mark_sent, taken.claims),
                    functools.partial(mail_gate.count, taken.mailboxes),
                ]
            self._put_back(source, left)

    def _written(self, source: MailSource[C], claims: deque[C]) -> list[_Ready[C]]:
        """The mails of these claims; one that cannot be written must not hold up the others."""
        ready = []
        for claim in claims:
            try:
                letter = source.write(claim)
                ready.append(_Ready(claim, letter, mail_gate.mailbox_of(letter)))
            except DatabaseTrouble:
                raise
            except Exception as problem:
                logger.error("A mail could not be written and is tried again later: %s", kind_of(problem))
                self._settle(functools.partial(source.retry_later, claim, self._delay(claim.tries)))
                self._note(TroubleKind.UNWRITTEN)
        return ready

    def _open(self) -> None:
        try:
            self._transport.open()
        except ServerAway:
            mail_troubles.note(TroubleKind.AWAY)
            raise

    def _in_pace(self) -> bool:
        """Wait for the next mail's turn; False when the mailer is to stop."""
        return not self._stop.wait(max(0.0, self._not_before - time.monotonic()))

    def _send(self, source: MailSource[C], one: _Ready[C], verdict: timedelta | None, taken: _Taken[C]) -> None:
        if verdict is None:  # for whoever caused it, and for the queue, it is a mail like any other
            self._settle(functools.partial(_drop, source, one.claim))
            return
        if delay := verdict or self._domains.wait(one.letter.domain):
            self._settle(functools.partial(source.put_off, one.claim, delay))
            return
        self._send_letter(source, one, taken)

    def _send_letter(self, source: MailSource[C], one: _Ready[C], taken: _Taken[C]) -> None:
        claim, letter = one.claim, one.letter
        try:
            sent = self._pass_on(source, claim, letter)
        except ServerAway:
            patient = claim.tries < ENDED_CONNECTIONS
            pause = timedelta(0) if patient else self._delay(claim.tries - ENDED_CONNECTIONS)
            self._settle(functools.partial(source.retry_later, claim, pause))
            self._note(TroubleKind.AWAY)
            raise
        except MailError as problem:
            self._not_taken(source, claim, letter.domain, problem)
        except DatabaseTrouble:  # nobody knows whether "sending" was committed, but nothing has been sent
            self._transport.take_back()
            self._unwritten.append(functools.partial(source.put_off, claim, timedelta(0)))
            raise
        else:
            if sent:
                taken.claims.append(claim)
                taken.mailboxes.append(one.mailbox)
                if self._domains.took(letter.domain):
                    self._settle(functools.partial(mail_troubles.end_pause, letter.domain))

    def _pass_on(self, source: MailSource[C], claim: C, letter: Letter) -> bool:
        self._not_before = max(self._not_before, time.monotonic()) + self._pause
        self._transport.offer(letter)
        if not source.mark_sending(claim):
            self._transport.take_back()
            return False
        self.awaits_answer = True
        try:
            self._transport.hand_over()
        finally:
            self.awaits_answer = False
        return True

    def _not_taken(self, source: MailSource[C], claim: C, domain: str, problem: MailError) -> None:
        """What becomes of the mail is written down first: the rest is for the operator."""
        if isinstance(problem, OutcomeUnknown):
            logger.warning("A mail counts as sent although the server's answer was lost (%s)", problem)
        elif isinstance(problem, Refused) or (isinstance(problem, Objected) and claim.tries >= OBJECTIONS):
            self._settle(functools.partial(source.refuse, claim))
        else:
            tries = max(claim.tries, GREYLISTED_TRIES) if isinstance(problem, Greylisted) else claim.tries
            self._settle(functools.partial(source.retry_later, claim, self._delay(tries)))
        if isinstance(problem, Refused):
            self._tell(self._domains.refused(domain))
        elif isinstance(problem, Throttled | Objected):
            self._tell(self._domains.deferred(domain))
        self._note(KINDS[type(problem)])

    def _tell(self, pause: Pause | None) -> None:
        """A domain pauses: the operator learns it, by name only if the name says nothing about a person."""
        if pause is not None:
            level = logging.ERROR if pause.refusing else logging.INFO
            logger.log(level, "Mail to %s pauses for %s", pause.domain or "a small domain", pause.lasts)
            self._settle(functools.partial(mail_troubles.note_pause, pause))

    def _note(self, kind: TroubleKind) -> None:
        self._settle(functools.partial(mail_troubles.note, kind))

    def _settle(self, outcome: Callable[[], None]) -> None:
        """Write an outcome down; while the database is away, keep it for the next pass."""
        self._unwritten.append(outcome)
        self._write_down()

    def _write_down(self) -> None:
        while self._unwritten:
            self._unwritten[0]()
            self._unwritten.popleft()


def _drop(source: MailSource[C], claim: C) -> None:
    source.mark_sending(claim)
