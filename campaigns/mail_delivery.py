"""Which way mail leaves: the one place that decides."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from campaigns.mail_letters import Letter, sender_domain
from campaigns.mail_smtp import SmtpServer, SmtpTransport
from campaigns.mail_transport import ServerAway, Transport


class BackendTransport:
    """Django's mail backend as a way out. It must take a mail whole or raise, as the demo's mailbox does."""

    def __init__(self) -> None:
        self._backend = get_connection()
        self._letter: Letter | None = None

    def open(self) -> None:
        """Nothing to connect to."""

    def offer(self, letter: Letter) -> None:
        """Keep it for the next step."""
        self._letter = letter

    def hand_over(self) -> None:
        """See `Transport`."""
        letter, self._letter = self._letter, None
        if letter is None:
            raise ServerAway("nothing was offered")
        try:
            self._backend.send_messages([_DjangoMessage(letter)])
        except OSError as problem:
            raise ServerAway(f"mailbox {type(problem).__name__}") from None

    def take_back(self) -> None:
        """Forget it."""
        self._letter = None

    def close(self) -> None:
        """Nothing is kept open."""


class _DjangoMessage(EmailMessage):
    """A letter in the shape that Django's backends take."""

    def __init__(self, letter: Letter) -> None:
        super().__init__(from_email=letter.sender, to=[letter.recipient])
        self._ready = letter.message

    def message(self, *, policy: Any = None) -> Any:
        """The letter's own message."""
        return self._ready


def configured_transport() -> Transport:
    """The way out that the settings name: EMAIL_URL's server, or in the demo the mailbox of the same site."""
    if not settings.EMAIL_BACKEND.endswith(".smtp.EmailBackend"):
        return BackendTransport()
    return SmtpTransport(
        SmtpServer(
            host=settings.EMAIL_HOST,
            port=int(settings.EMAIL_PORT),
            user=settings.EMAIL_HOST_USER,
            password=settings.EMAIL_HOST_PASSWORD,
            starttls=settings.EMAIL_USE_TLS,
            tls=settings.EMAIL_USE_SSL,
            timeout=settings.EMAIL_TIMEOUT or 20,
            greeting=sender_domain(),
        )
    )
