"""What a mail provider reports about our mails, at /hooks/mail/<provider>/: parsed and proven by django-anymail.

Only the provider that the settings name is answered. A report without the shared secret (or, where the provider signs,
without its signature) is refused with 403 before anything of it is believed. A report says which mail it is about by
the name that mail bore; see `campaigns.mail_references`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking
from anymail.webhooks.brevo import BrevoTrackingWebhookView
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from anymail.webhooks.mailjet import MailjetTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from anymail.webhooks.sendgrid import SendGridTrackingWebhookView
from anymail.webhooks.sparkpost import SparkPostTrackingWebhookView
from django.conf import settings
from django.db import Error as DatabaseTrouble
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from campaigns.bounce_reports import Kind, Report
from campaigns.mail_references import found_in
from config.mail_returns import settle_report

VIEWS: Mapping[str, type[Any]] = {
    "brevo": BrevoTrackingWebhookView,
    "mailgun": MailgunTrackingWebhookView,
    "mailjet": MailjetTrackingWebhookView,
    "postmark": PostmarkTrackingWebhookView,
    "sendgrid": SendGridTrackingWebhookView,
    "sparkpost": SparkPostTrackingWebhookView,
}


@csrf_exempt
@never_cache
@require_http_methods(["HEAD", "POST"])
def mail_hook(request: HttpRequest, provider: str) -> HttpResponse:
    """200 once the reports are settled. 403 if they are not the provider's, 400 if they cannot be read, 503 while the
    database is away, so that the provider sends them again."""
    if provider != settings.MAIL_PROVIDER or provider not in VIEWS:
        raise Http404
    view: Callable[[HttpRequest], HttpResponse] = VIEWS[provider].as_view()
    try:
        return view(request)
    except AnymailWebhookValidationFailure:
        return HttpResponse("This report does not prove where it comes from.\n", status=403, content_type="text/plain")
    except DatabaseTrouble:
        return HttpResponse("Try again later.\n", status=503, content_type="text/plain", headers={"Retry-After": "60"})
    except (AnymailError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return HttpResponse("This report cannot be read.\n", status=400, content_type="text/plain")


@receiver(tracking, dispatch_uid="upstander")
def settle_event(sender: Any, event: AnymailTrackingEvent, esp_name: str, **_: Any) -> None:
    """One event, in the provider-independent words of django-anymail. What was opened or clicked is not looked at."""
    kind = _kind(event)
    if kind is None:
        return
    named = "\n".join(map(str, (event.message_id, event.metadata, event.esp_event)))
    settle_report(Report(kind, tuple(found_in(named)), (event.recipient,) if event.recipient else ()))


def _kind(event: AnymailTrackingEvent) -> Kind | None:
    if event.event_type == EventType.COMPLAINED:
        return Kind.COMPLAINT
    if event.event_type == EventType.BOUNCED:
        unknown = event.reject_reason in {RejectReason.BOUNCED, RejectReason.INVALID}
        return Kind.UNKNOWN if unknown else Kind.OTHER
    return Kind.OTHER if event.event_type in {EventType.DEFERRED, EventType.REJECTED, EventType.FAILED} else None


urlpatterns = [path("<slug:provider>/", mail_hook, name="mail_hook")]
