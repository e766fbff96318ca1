"""Calendar files, as another program reads them and as bytes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from icalendar import Calendar, Timezone
from pytest_django import Settings

from campaigns.demonstrations.calendars import calendar_of
from campaigns.demonstrations.demonstrations import Demonstration
from reports.editorial.publishing import State
from tests.demonstrations.cast import make_demonstration, make_text, next_year_at, read

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)


def entry(demonstration: Demonstration, lang: str = "en") -> Any:
    calendar = Calendar.from_ical(calendar_of(read(demonstration, lang), NOW))
    [event] = calendar.walk("VEVENT")
    return event


def lines(raw: bytes) -> list[bytes]:
    assert raw.endswith(b"\r\n")
    return raw[:-2].split(b"\r\n")


def test_another_program_reads_what_was_announced(demonstration: Demonstration, settings: Settings) -> None:
    settings.ORIGIN = "https://upstander.example"
    calendar = Calendar.from_ical(calendar_of(read(demonstration), NOW))
    assert calendar["METHOD"] == "PUBLISH"
    assert calendar["VERSION"] == "2.0"
    event = entry(demonstration)
    assert event["UID"] == f"{demonstration.uuid}@upstander.example"
    assert event.decoded("DTSTAMP") == NOW.replace(microsecond=0)
    assert event["SEQUENCE"] == 0
    assert event["STATUS"] == "CONFIRMED"
    assert event["SUMMARY"] == "Rally for the river"
    assert event["LOCATION"] == "In front of the town hall, Brussels, Belgium"
    assert event["URL"] == "https://upstander.example/en/demonstrations/brussels/"
    starts = event.decoded("DTSTART")
    assert starts.replace(tzinfo=None) == next_year_at(18)
    assert starts.astimezone(UTC) == next_year_at(17).replace(tzinfo=UTC)
    assert event.decoded("DTEND") - starts == timedelta(minutes=90)
    assert event["DTSTART"].params["TZID"] == "Europe/Brussels"
    assert {"ATTENDEE", "ORGANIZER", "VALARM"}.isdisjoint(event)


def test_the_rules_of_the_zone_come_along(demonstration: Demonstration) -> None:
    [zone] = Calendar.from_ical(calendar_of(read(demonstration), NOW)).walk("VTIMEZONE")
    assert isinstance(zone, Timezone)
    assert zone["TZID"] == "Europe/Brussels"
    there = zone.to_tz()
    summer, winter = next_year_at(18, month=7), next_year_at(18, month=1)
    assert summer.replace(tzinfo=there).utcoffset() == timedelta(hours=2)
    assert winter.replace(tzinfo=there).utcoffset() == timedelta(hours=1)


@pytest.mark.parametrize(
    "zone", ["Asia/Kolkata", "America/New_York", "America/Argentina/Buenos_Aires", "Africa/Casablanca"]
)
def test_other_zones_come_along_too(zone: str) -> None:
    demonstration = make_demonstration(zone=zone)
    calendar = Calendar.from_ical(calendar_of(read(demonstration), NOW))
    [rules], [event] = calendar.walk("VTIMEZONE"), calendar.walk("VEVENT")
    assert isinstance(rules, Timezone)
    by_rules = event.decoded("DTSTART").replace(tzinfo=rules.to_tz())
    stored = Demonstration.objects.get()
    assert by_rules.astimezone(UTC) == stored.starts_at


def test_lines_end_and_fold_as_the_standard_says(demonstration: Demonstration) -> None:
    arabic = "وقفة صامتة من أجل النهر الذي نشرب منه جميعًا " * 8
    make_text(demonstration, "ar", slug="وقفة", title=arabic[:190], place_text=arabic[:390], summary=arabic)
    raw = calendar_of(read(demonstration, "ar"), NOW)
    folded = lines(raw)
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in folded) <= 75
    assert any(line.startswith(b" ") for line in folded)
    for line in folded:
        line.decode("utf-8")  # no letter is cut in two
    assert entry(demonstration, "ar")["SUMMARY"] == arabic[:190]


HOSTILE = 'a\r\nBEGIN:VALARM\r\nEND:VALARM\nx:y\rz;,\\"\x00\x07\x0b\u2028\u0085end'


def test_a_title_stays_a_title_whatever_it_holds(demonstration: Demonstration) -> None:
    words = HOSTILE.replace("\x00", "")  # PostgreSQL holds no NUL
    demonstration.texts.update(title=words, place_text=words, summary=words, city=words)
    Demonstration.objects.update(organiser=words)
    raw = calendar_of(read(demonstration), NOW)
    names = [line.split(b":")[0].split(b";")[0] for line in lines(raw) if not line.startswith(b" ")]
    parts = [part.name for part in Calendar.from_ical(raw).walk()]
    assert set(parts) == {"VCALENDAR", "VTIMEZONE", "STANDARD", "DAYLIGHT", "VEVENT"}
    assert names.count(b"BEGIN") == names.count(b"END") == len(parts)
    assert b"BEGIN:VALARM" not in lines(raw)
    assert b"x" not in names
    assert not any(byte < 32 and byte not in b"\r\n" for byte in raw)
    event = entry(demonstration)
    assert not event.subcomponents
    assert event["SUMMARY"] == 'a\nBEGIN:VALARM\nEND:VALARM\nx:y\nz;,\\"end'


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"status": "moved"}, "CONFIRMED"),
        ({"status": "postponed"}, "TENTATIVE"),
        ({"status": "cancelled"}, "CANCELLED"),
        ({"state": State.RETRACTED}, "CANCELLED"),
    ],
)
def test_the_status_is_told(values: dict[str, Any], said: str) -> None:
    assert entry(make_demonstration(**values))["STATUS"] == said


def test_a_change_of_time_makes_a_newer_entry_of_the_same_identity(demonstration: Demonstration) -> None:
    before = entry(demonstration)
    demonstration.starts = next_year_at(17)
    demonstration.save()
    demonstration.texts.update(title="Rally for our river")
    after = entry(demonstration)
    assert (after["UID"], after["SEQUENCE"]) == (before["UID"], before["SEQUENCE"] + 1)
    assert after["SUMMARY"] == "Rally for our river"


def test_the_entry_is_the_same_in_every_language_but_for_its_words(demonstration: Demonstration) -> None:
    make_text(demonstration, "fr", slug="bruxelles", title="Rassemblement pour la rivière")
    english, french = entry(demonstration), entry(demonstration, "fr")
    assert english["UID"] == french["UID"]
    assert english["DTSTART"].dt == french["DTSTART"].dt
    assert french["SUMMARY"] == "Rassemblement pour la rivière"


def test_the_file_is_served_as_a_calendar(demonstration: Demonstration, client: Client) -> None:
    answer = client.get("/en/demonstrations/brussels.ics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{demonstration.uid}.ics"'
    assert not answer.cookies
    stamp = Calendar.from_ical(answer.content).walk("VEVENT")[0].decoded("DTSTAMP")
    assert abs(stamp - timezone.now()) < timedelta(minutes=1)


def test_only_what_is_public_has_a_file(client: Client) -> None:
    make_demonstration(state=State.DRAFT)
    assert client.get("/en/demonstrations/brussels.ics").status_code == 404
    Demonstration.objects.update(state=State.REMOVED)
    assert client.get("/en/demonstrations/brussels.ics").status_code == 410
