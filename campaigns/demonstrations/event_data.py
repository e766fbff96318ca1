"""A demonstration in the vocabulary of schema.org, for programs and search engines: Event."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings

from campaigns.demonstrations.demonstration_reading import ReadDemonstration
from campaigns.demonstrations.demonstrations import Status

STATUS: Final = {
    Status.MOVED: "https://schema.org/EventRescheduled",
    Status.POSTPONED: "https://schema.org/EventPostponed",
    Status.CANCELLED: "https://schema.org/EventCancelled",
}
GOES_ON: Final = "https://schema.org/EventScheduled"


def event_data(demonstration: ReadDemonstration) -> dict[str, Any]:
    """What is announced, with times in the zone of the place. Who comes is nobody's to tell."""
    text = demonstration.text
    return {
        "@type": "Event",
        "name": demonstration.title,
        "description": text.summary,
        "inLanguage": text.lang,
        "startDate": demonstration.starts.isoformat(),
        "endDate": demonstration.ends.isoformat(),
        "eventStatus": STATUS.get(demonstration.status, GOES_ON),
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": _location(demonstration),
        "isAccessibleForFree": True,
        "organizer": {"@type": "Organization", "name": demonstration.organiser},
        "url": settings.ORIGIN + demonstration.url,
    }


def _location(demonstration: ReadDemonstration) -> dict[str, Any]:
    country = {"addressCountry": demonstration.place_code} if len(demonstration.place_code) == 2 else {}
    address = {"@type": "PostalAddress", "addressLocality": demonstration.text.city, **country}
    return {"@type": "Place", "name": demonstration.area, "address": address}
