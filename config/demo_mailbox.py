"""The demo's mailbox: outgoing mail becomes a file, and a page of the same site shows it. Absent outside the demo."""

from __future__ import annotations

import email
import os
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage as ParsedMessage
from email.policy import default
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

SHOWN = 200


class MailboxBackend(BaseEmailBackend):
    """Keeps each mail as one file, whole or not at all."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Store the messages; the number stored comes back, as from an SMTP server."""
        folder: Path = settings.MAILBOX
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
            draft = folder / f"{name}.draft"
            draft.write_bytes(message.message().as_bytes())
            os.replace(draft, folder / f"{name}.eml")
        return len(email_messages)


@dataclass(frozen=True)
class Mail:
    """One mail as the mailbox page shows it."""

    name: str
    subject: str
    sender: str
    recipient: str
    at: datetime
    text: str

    @classmethod
    def read(cls, file: Path) -> Mail:
        """Parse a stored mail."""
        message = email.message_from_bytes(file.read_bytes(), policy=default)
        assert isinstance(message, ParsedMessage)
        body = message.get_body(("plain", "html"))
        return cls(
            name=file.stem,
            subject=str(message["Subject"] or ""),
            sender=str(message["From"] or ""),
            recipient=str(message["To"] or ""),
            at=datetime.fromtimestamp(int(file.stem.partition("-")[0]) / 1e9, tz=UTC),
            text=body.get_content() if body else "",
        )


@never_cache
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """The newest mails first."""
    files = sorted(settings.MAILBOX.glob("*.eml"), reverse=True)
    return render(request, "demo/mailbox.html", {"mails": [Mail.read(file) for file in files[:SHOWN]]})


@never_cache
@require_safe
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail, its links ready to follow."""
    file = settings.MAILBOX / f"{name}.eml"
    if not file.is_file():
        raise Http404
    return render(request, "demo/mail.html", {"mail": Mail.read(file)})


app_name = "demo"
urlpatterns = [
    path("", mailbox, name="mailbox"),
    path("<slug:name>/", mail, name="mail"),
]
