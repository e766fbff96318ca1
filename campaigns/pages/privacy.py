"""What becomes of people's data, and what no design hides. Every span of time on it is the one that the code keeps."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from campaigns.demonstrations import pledges
from campaigns.pages.report_page import report_page
from campaigns.petitions import petitions, safe_mode, signatures
from campaigns.suppression import BOUNCE_LIFE

HOUR: Final = timedelta(hours=1)
SPANS: Final[dict[str, int]] = {
    "pending_days": signatures.PENDING_LIFE.days,
    "mails": signatures.MAILS_PER_MAILBOX,
    "keep_months": petitions.KEEP_MONTHS,
    "most_months": petitions.MOST_MONTHS,
    "closing_hours": petitions.CONFIRM_AFTER_CLOSING // HOUR,
    "safe_pending_hours": safe_mode.PENDING_LIFE // HOUR,
    "pledge_pending_days": pledges.PENDING_LIFE.days,
    "pledge_days": pledges.KEPT_AFTER_END.days,
    "bounce_days": BOUNCE_LIFE.days,
}


@report_page
def privacy(request: HttpRequest) -> HttpResponse:
    """The same for everyone; asks the database nothing."""
    return render(request, "pages/privacy.html", {"spans": SPANS})
