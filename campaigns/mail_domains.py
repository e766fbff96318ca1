"""How fast mail may go to each recipient domain, and when it must pause there while other domains go on.

- A domain has a bucket of turns that fills at the domain's rate, so that a pass of the mailer may send a few at once.
- A domain that defers us (RFC 5321, 4.5.4.1) pauses for 1, 2, 4 … minutes; the first mail it takes ends that.
- A domain that refuses more than 8 % of its last hundred mails as unknown pauses for an hour: going on would spoil the
  sender's name there, and most likely somebody is typing made-up addresses.
- A mail that must wait gets a place of its own in the domain's queue and comes back when its place is due, so that a
  long queue is not looked at again and again.

All of it lives in the memory of one mailer: the domain of a small mail server names a person. What is told outside
names only domains that many mails went to.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

REMEMBERED = 10_000
BURST_SECONDS = 2.0
LONGEST_WAIT = timedelta(hours=1)
WINDOW = 100
FEWEST = 50  # below this a share says nothing
MOST_REFUSED = 0.08
REFUSED_PAUSE = timedelta(hours=1)
NAMED_FROM = 20  # mails after which a domain is no single person's


@dataclass(frozen=True)
class Pause:
    """A domain that gets no mail for a while. `domain` is empty where naming it could name a person."""

    domain: str
    lasts: timedelta
    refusing: bool  # else it only defers


@dataclass
class _Domain:
    turns: float
    filled_at: float
    paused_until: float = 0.0
    queue_end: float = 0.0
    deferrals: int = 0
    mails: int = 0
    refusals: deque[bool] = field(default_factory=lambda: deque(maxlen=WINDOW))


class Domains:
    """`rate`: mails a second to one domain. Used by one thread."""

    def __init__(
        self, rate: float, back_off: Callable[[int], timedelta], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate, self._back_off, self._clock = rate, back_off, clock
        self._most = max(1.0, rate * BURST_SECONDS)
        self._known: OrderedDict[str, _Domain] = OrderedDict()

    def wait(self, domain: str) -> timedelta:
        """How long a mail for this domain must wait. Nothing: it may leave now, and has taken its turn."""
        state, now = self._state(domain), self._clock()
        state.turns = min(self._most, state.turns + (now - state.filled_at) * self._rate)
        state.filled_at = now
        if now >= state.paused_until and state.turns >= 1:
            state.turns -= 1
            state.mails += 1
            return timedelta(0)
        state.queue_end = max(state.queue_end, state.paused_until, now) + 1 / self._rate
        return min(timedelta(seconds=state.queue_end - now), LONGEST_WAIT)

    def took(self, domain: str) -> bool:
        """It took a mail; returns whether it had deferred mails before."""
        state = self._state(domain)
        state.refusals.append(False)
        recovered, state.deferrals, state.paused_until = state.deferrals > 0, 0, 0.0
        return recovered

    def deferred(self, domain: str) -> Pause:
        """It asks for less mail, or for none at the moment."""
        state = self._state(domain)
        pause = self._paused(domain, self._back_off(state.deferrals), refusing=False)
        state.deferrals += 1
        return pause

    def refused(self, domain: str) -> Pause | None:
        """It knows no such mailbox."""
        state = self._state(domain)
        state.refusals.append(True)
        if len(state.refusals) < FEWEST or sum(state.refusals) <= MOST_REFUSED * len(state.refusals):
            return None
        state.refusals.clear()
        return self._paused(domain, REFUSED_PAUSE, refusing=True)

    def _paused(self, domain: str, lasts: timedelta, *, refusing: bool) -> Pause:
        state = self._state(domain)
        state.paused_until = max(state.paused_until, self._clock() + lasts.total_seconds())
        return Pause(domain if state.mails >= NAMED_FROM else "", lasts, refusing)

    def _state(self, domain: str) -> _Domain:
        if domain not in self._known:
            self._known[domain] = _Domain(self._most, self._clock())
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        self._known.move_to_end(domain)
        return self._known[domain]
