"""Mail by SMTP over a kept connection; what the replies mean for a mail.

Sources: RFC 5321 (SMTP), RFC 3463 (enhanced status codes), RFC 6647 (greylisting), RFC 3207 (STARTTLS), RFC 4954
(AUTH), RFC 6531 (SMTPUTF8), RFC 2920 (pipelining).
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
from dataclasses import dataclass, field

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
)

# Replies that speak of the session, not of a mail: closing, syntax and sequence, authentication (RFC 4954).
SESSION_CODES = frozenset({421, 500, 502, 503, 504, 530, 534, 535, 538})
# RFC 5321 knows 552 as permanent; servers say it of full mailboxes, which RFC 3463 calls transient (X.2.2).
FULL = 552
# Enhanced codes of deferrals that speak of one mailbox or one mail: bad or busy mailbox, the message's form (RFC 3463).
OF_ONE_MAIL = re.compile(rb"4\.[1256]\.")
# Enhanced codes with which even a 421 speaks of the recipient's domain and not of the server that we talk to.
OF_THE_DOMAIN = re.compile(rb"4\.[1247]\.")
GREY = re.compile(rb"gr[ea]y-?\s?list", re.IGNORECASE)


@dataclass(frozen=True)
class SmtpServer:
    """Where and how to connect."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    starttls: bool = False
    tls: bool = False
    timeout: float = 20
    greeting: str = "localhost"


class SmtpTransport:
    """A kept SMTP connection, opened when needed and again after a failure."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = None
        self._carried = 0  # mails that this connection has taken
        self._content = b""

    def open(self) -> None:
        """Connect, or ask the kept connection whether it still lives (NOOP)."""
        if self._smtp is not None:
            with contextlib.suppress(ServerAway):
                if self._ask("NOOP")[0] == 250:
                    return
        self._connect()

    def offer(self, letter: Letter) -> None:
        """See `Transport`. A connection that ended after some mails is replaced once: servers limit mails on each."""
        self._content = as_content(letter)
        if self._smtp is None:
            self._connect()
        fresh = not self._carried
        try:
            self._envelope(letter)
        except ServerAway:
            if fresh:
                raise
            self._connect()
            self._envelope(letter)

    def hand_over(self) -> None:
        """See `Transport`."""
        code, reply = self._ask("DATA")
        if code != 354:
            raise self._refusal("DATA", code, reply)
        try:
            self._live.send(self._content)
        except (smtplib.SMTPException, OSError) as problem:
            raise self._lost("DATA", problem) from None  # the dot stands last: it cannot have left
        try:
            code, reply = self._live.getreply()
        except (smtplib.SMTPException, OSError) as problem:
            raise OutcomeUnknown(str(self._lost("content", problem))) from None
        if code != 250:
            raise self._refusal("content", code, reply)
        self._carried += 1

    def take_back(self) -> None:
        """See `Transport`."""
        with contextlib.suppress(ServerAway):
            if self._ask("RSET")[0] != 250:
                self.close()

    def close(self) -> None:
        """See `Transport`."""
        smtp, self._smtp, self._carried = self._smtp, None, 0
        if smtp is None:
            return
        try:
            smtp.quit()
        except (smtplib.SMTPException, OSError):
            smtp.close()

    def _connect(self) -> None:
        self.close()
        where = self._server
        try:
            self._smtp = smtp = _connection(where)
            if where.starttls:
                smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo_or_helo_if_needed()
            if where.user:
                smtp.login(where.user, where.password)
        except (smtplib.SMTPException, OSError) as problem:
            raise self._lost("connect", problem) from None

    @property
    def _live(self) -> smtplib.SMTP:
        if self._smtp is None:
            raise ServerAway("not connected")
        return self._smtp

    def _envelope(self, letter: Letter) -> None:
        options = ""
        if letter.international:
            if not self._live.has_extn("smtputf8"):
                raise Objected("the mail server lacks SMTPUTF8")
            self._live.command_encoding = "utf-8"
            options = " BODY=8BITMIME SMTPUTF8"
        sender, recipient = f"MAIL FROM:<{letter.sender}>{options}", f"RCPT TO:<{letter.recipient}>"
        if self._live.has_extn("pipelining"):
            self._say(sender, recipient)
            (code, _), (to_code, reply) = self._reply("MAIL"), self._reply("RCPT")
        else:
            code, _ = self._ask(sender)
            to_code, reply = self._ask(recipient) if code == 250 else (0, b"")
        if code != 250:
            self.close()
            raise ServerAway(f"MAIL {code}")
        if to_code not in {250, 251}:
            raise self._refusal("RCPT", to_code, reply)

    def _say(self, *commands: str) -> None:
        """Several only to a server that answers each in its turn (RFC 2920)."""
        if any(sign in command for command in commands for sign in "\r\n"):
            raise ValueError("a line end in an SMTP command")
        try:
            self._live.send("".join(f"{command}\r\n" for command in commands))
        except (smtplib.SMTPException, OSError) as problem:
            raise self._lost(commands[0][:4], problem) from None

    def _reply(self, step: str) -> tuple[int, bytes]:
        try:
            return self._live.getreply()
        except (smtplib.SMTPException, OSError) as problem:
            raise self._lost(step, problem) from None

    def _ask(self, command: str) -> tuple[int, bytes]:
        self._say(command)
        return self._reply(command[:4])

    def _refusal(self, step: str, code: int, reply: bytes) -> MailError:
        """Judge a reply, and leave the session ready for the next mail."""
        error = judged(step, code, reply)
        if isinstance(error, ServerAway):
            self.close()
        else:
            self.take_back()
        return error

    def _lost(self, step: str, problem: Exception) -> ServerAway:
        """Give the connection up."""
        self.close()
        if isinstance(problem, smtplib.SMTPResponseException):
            return ServerAway(f"{step} {problem.smtp_code}")
        return ServerAway(f"{step} {type(problem).__name__}")


def _connection(where: SmtpServer) -> smtplib.SMTP:
    if where.tls:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(where.host, where.port, where.greeting, timeout=where.timeout, context=context)
    return smtplib.SMTP(where.host, where.port, where.greeting, timeout=where.timeout)


def judged(step: str, code: int, reply: bytes) -> MailError:
    """What an unfriendly reply to RCPT, DATA or the content means for us."""
    said = f"{step} {code}"
    if code == 421 and OF_THE_DOMAIN.match(reply):
        return Throttled(said)
    if code in SESSION_CODES or not 400 <= code < 600:
        return ServerAway(said)
    if code < 500:
        return _deferral(said, reply)
    if code == FULL:
        return Postponed(said)
    return Objected(said) if reply.startswith(b"5.7.") else Refused(said)


def _deferral(said: str, reply: bytes) -> MailError:
    """A deferral of one mail leaves its domain alone; so does greylisting, which each new mail meets by itself."""
    if GREY.search(reply):
        return Greylisted(said)
    return Postponed(said) if OF_ONE_MAIL.match(reply) else Throttled(said)


def as_content(letter: Letter) -> bytes:
    """The mail as DATA wants it: leading dots doubled, then the final dot (RFC 5321, 4.5.2)."""
    content = letter.as_bytes()
    if not content.endswith(b"\r\n"):
        content += b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", content) + b".\r\n"
