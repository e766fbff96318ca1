"""The desk's page on outgoing mail: how much waits and since when, what goes wrong, which domains pause.

For those who administer an organisation, and nobody else: the length of a queue over time tells when people sign.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Max, Sum
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.demonstrations.mail_source import PledgeMails
from campaigns.mail_troubles import MailTrouble, TroubleKind, mail_state, pauses
from campaigns.mailing import MailSource
from campaigns.petitions.mail_source import ConfirmMails
from campaigns.worker_state import LoopName, loop_states
from reports.editorial.access import Right, may

TOLD = timedelta(days=7)
SOURCES: list[tuple[Any, MailSource[Any]]] = [
    (gettext_lazy("To confirm signatures"), ConfirmMails()),
    (gettext_lazy("To confirm announcements"), PledgeMails()),
]


@dataclass(frozen=True)
class Trouble:
    """One kind of what went wrong in the last days."""

    words: str
    n: int
    last_at: Any


def may_see_mail(request: HttpRequest) -> bool:
    """Whoever administers an organisation."""
    return may(request.user, Right.ADMINISTER)


def mail_page(request: HttpRequest, context: dict[str, Any]) -> TemplateResponse:
    """The page; 403 without the right."""
    if not may_see_mail(request):
        raise PermissionDenied
    (mailer,) = (state for state in loop_states() if state.name == LoopName.MAILER)
    context = {
        **context,
        "title": _("Outgoing mail"),
        "queues": [(words, source.queue()) for words, source in SOURCES],
        "troubles": _troubles(),
        "pauses": pauses(),
        "state": mail_state(),
        "mailer": mailer,
    }
    return TemplateResponse(request, "admin/mail.html", context)


def _troubles() -> list[Trouble]:
    since = (timezone.now() - TOLD).date()
    found = MailTrouble.objects.filter(day__gte=since).values("kind").annotate(n=Sum("n"), last=Max("last_at"))
    rows = [Trouble(str(TroubleKind(row["kind"]).label), row["n"], row["last"]) for row in found]
    return sorted(rows, key=lambda row: row.last_at, reverse=True)
