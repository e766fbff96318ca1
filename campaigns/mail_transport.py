"""What every way out for mail must do, and how it says what went wrong.

A mail is handed over in two steps, since between them the mailer writes down that it is about to be sent:

1. `offer`: sender and recipient. Whatever goes wrong here, the server has nothing.
2. `hand_over`: the content. A server may deliver only what ends with the final dot (RFC 5321, 4.1.1.4), so a failure
   before the dot has left us is one more "nothing"; a connection that is lost after it is `OutcomeUnknown`.

The errors say step and code, never the server's words: those quote addresses.
"""

from __future__ import annotations

from typing import Protocol

from campaigns.mail_letters import Letter


class MailError(Exception):
    """A mail did not leave. The text names step and code only."""


class ServerAway(MailError):
    """No mail can leave now: connection, sign-in or sender trouble. The server holds nothing of ours."""


class Refused(MailError):
    """The server will never take this mail for this recipient (5xx)."""


class Postponed(MailError):
    """The server does not take this mail now (4xx); it holds nothing of it."""


class Greylisted(Postponed):
    """The recipient's server does not know us yet and wants this mail again in some minutes (RFC 6647)."""


class Throttled(Postponed):
    """The recipient's domain takes no mail of ours at the moment, whoever it is for."""


class Objected(Postponed):
    """A permanent refusal by policy (5.7.x), such as a relay that does not know us: the recipient may be fine."""


class OutcomeUnknown(MailError):
    """The whole content left us and no answer came: the mail may have arrived."""


class Transport(Protocol):
    """One way out, used by one thread."""

    def open(self) -> None:
        """See to it that mail can leave now; cheap when it can. Raises ServerAway."""

    def offer(self, letter: Letter) -> None:
        """Announce a mail to one recipient. Raises ServerAway, Refused or Postponed; nothing is sent yet."""

    def hand_over(self) -> None:
        """Send what was offered. Raises as `offer` does, if it was not taken, or OutcomeUnknown."""

    def take_back(self) -> None:
        """Forget what was offered; never raises."""

    def close(self) -> None:
        """Leave politely; never raises. `open` begins anew."""
