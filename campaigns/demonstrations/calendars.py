"""A demonstration as a calendar entry that other people's programs read (RFC 5545, RFC 7986).

The entry keeps its UID for ever, and its SEQUENCE grows only when time, place or status change: a program that has
imported it once knows the new one for the same. It names the organiser in words and nobody who comes: no ATTENDEE.
Values are escaped and lines folded by the library; control characters, which no value may hold (3.1), are taken out.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone

from campaigns.demonstrations.demonstration_reading import RETRACTED, ReadDemonstration
from campaigns.demonstrations.demonstrations import Status

CONTENT_TYPE: Final = "text/calendar; charset=utf-8; method=PUBLISH"
PRODUCT: Final = "-//Upstander//Demonstrations//EN"
STATUSES: Final = {Status.CANCELLED: "CANCELLED", Status.POSTPONED: "TENTATIVE"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029]")
_LINE_END = re.compile(r"\r\n?")


def calendar_of(demonstration: ReadDemonstration, now: datetime) -> bytes:
    """The calendar with this one entry, in the language of the page; `now` is when it was made."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(_zone(demonstration))
    calendar.add_component(_event(demonstration, now))
    return bytes(calendar.to_ical())


def uid_of(demonstration: ReadDemonstration) -> str:
    """The identity of the entry: random, and the same in every language."""
    return f"{demonstration.uuid}@{urlsplit(settings.ORIGIN).hostname}"


def _event(demonstration: ReadDemonstration, now: datetime) -> Event:
    url = settings.ORIGIN + demonstration.url
    event = Event()
    event.add("uid", uid_of(demonstration))
    event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    event.add("last-modified", datetime.fromisoformat(demonstration.changed_at).astimezone(UTC))
    event.add("sequence", demonstration.sequence)
    event.add("status", _status(demonstration))
    event.add("dtstart", demonstration.starts)
    event.add("dtend", demonstration.ends)
    event.add("summary", _plain(demonstration.title))
    event.add("location", _plain(_place(demonstration)))
    event.add("description", _plain(_description(demonstration, url)))
    event.add("url", url)
    event.add("class", "PUBLIC")
    event.add("transp", "OPAQUE")
    return event


def _status(demonstration: ReadDemonstration) -> str:
    if demonstration.closed == RETRACTED:
        return "CANCELLED"
    return STATUSES.get(demonstration.status, "CONFIRMED")


def _place(demonstration: ReadDemonstration) -> str:
    return ", ".join(part for part in (demonstration.text.place_text, demonstration.area) if part)


def _description(demonstration: ReadDemonstration, url: str) -> str:
    """What changed first, then what it is, who calls, and where to read the latest."""
    organiser = _("Organiser: %(organiser)s") % {"organiser": demonstration.organiser}
    parts = [demonstration.text.status_note, demonstration.text.summary, organiser, url]
    return "\n\n".join(part for part in parts if part)


def _zone(demonstration: ReadDemonstration) -> Timezone:
    """The rules of the zone in the years at hand, for programs that do not know its name (3.6.5)."""
    first, last = demonstration.starts.year, demonstration.ends.year
    zone = demonstration.starts.tzinfo
    assert zone is not None, "moments are in their zone"
    rules = Timezone.from_tzinfo(zone, demonstration.zone, date(first, 1, 1), date(last + 1, 1, 1))
    rules.pop("comment", None)
    return rules


def _plain(text: str) -> str:
    return _CONTROL.sub("", _LINE_END.sub("\n", text))
