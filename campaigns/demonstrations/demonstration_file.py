"""Demonstration files: demonstrations with their texts, as JSON; read and checked wholly, then written by key.

A day is a date (`on`) or counted from the day of loading (`in_days`), so that what a demonstration file calls people to
stays in the future. What a file says wins over what is stored; a second load on the same day changes nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from campaigns.campaign_file.reading import MOST_DAYS
from campaigns.demonstrations.access import FACTS
from campaigns.demonstrations.demonstrations import Demonstration, DemonstrationText
from campaigns.demonstrations.local_time import EndsTooEarly, UnknownZone, WallTimeError, is_before, moment_of
from campaigns.demonstrations.readiness import NEEDS_REASON
from campaigns.keystore import create_secrets
from campaigns.models import Campaign
from reports.content_file import LANGUAGES, ContentFileError, Entry, each_once, read_content
from reports.content_loading import write
from reports.content_writing import PUBLISHED, Changes
from reports.editorial.corrections import Change
from reports.models import Place
from reports.report_file.parts import Item, Texts
from reports.report_file.reading import original_language, unread_languages

FORMAT = "upstander-demonstrations/1"
COLUMNS = ("kind", "status", "zone", "organiser", "contact")
WORDS = ("slug", "title", "summary", "place_text")
OTHER_WORDS = ("city", "status_note", "safety")
FOLDS = ("starts_fold", "ends_fold")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True)
class DemonstrationItem(Item):
    """A demonstration, checked."""

    campaign: str = ""
    place: str = ""


@dataclass(frozen=True)
class DemonstrationFile:
    """One file, checked."""

    original_lang: str
    demonstrations: list[DemonstrationItem] = field(default_factory=list)
    needs_review: list[str] = field(default_factory=list)
    """Languages that no native speaker has read yet."""


def read_demonstration_file(path: Path) -> DemonstrationFile:
    """The file, with every reference resolved. Raises ContentFileError with all its problems; writes nothing."""
    top = read_content(path, FORMAT)
    original = original_language(top)
    entries = top.children("demonstrations")
    items = [_demonstration(entry, original) for entry in entries]
    together = list(zip(entries, items, strict=True))
    each_once([(entry, item.key) for entry, item in together])
    for lang in LANGUAGES:
        slugs = [(entry, item.texts.get(lang, {}).get("slug", "")) for entry, item in together]
        each_once(slugs, f"texts.{lang}.slug")
    unread = unread_languages(top)
    top.finish()
    if top.problems:
        raise ContentFileError(top.problems)
    return DemonstrationFile(original, items, unread)


def write_demonstrations(file: DemonstrationFile, *, said: Change | None = None, dry_run: bool = False) -> Changes:
    """Store the demonstrations in one transaction, make the secrets that new ones need, and say what changed.

    `said`: what changes to words are that the public reads already. Raises NotSaid where there are some and it is not.
    """
    changes = Changes(unread=file.needs_review, said=said)

    def steps() -> None:
        for item in file.demonstrations:
            _write(changes, file.original_lang, item)

    write(changes, steps, dry_run=dry_run)
    if not dry_run:
        keys = [item.key for item in file.demonstrations]
        for uuid in Demonstration.objects.filter(key__in=keys).values_list("uuid", flat=True):
            create_secrets(uuid)
    return changes


def _write(changes: Changes, original_lang: str, item: DemonstrationItem) -> None:
    campaign = Campaign.objects.get(key=item.campaign)
    values = {**item.columns, "campaign_id": campaign.pk, "place_id": Place.objects.get(code=item.place).pk}
    first = {**PUBLISHED, "original_lang": original_lang, "demo": campaign.demo}
    demonstration = changes.put(Demonstration, {"key": item.key}, values, **first)
    changes.texts(DemonstrationText, "demonstration", demonstration, item.texts)


def _demonstration(entry: Entry, original: str) -> DemonstrationItem:
    columns = entry.columns(Demonstration, *COLUMNS, optional=FOLDS)
    day_of_action = entry.has("day_of_action") and entry.data["day_of_action"] is not None
    key = entry.key()
    item = DemonstrationItem(
        key=key,
        columns={
            **dict.fromkeys(FOLDS),
            **columns,
            **_times(entry, columns),
            **_access(entry.child("accessibility")),
            "day_of_action": entry.key("day_of_action") if day_of_action else "",
        },
        texts=_texts(entry, key, original),
        campaign=entry.reference("campaign", Campaign.objects.values_list("key", flat=True), "a loaded campaign") or "",
        place=entry.reference("place", Place.objects.values_list("code", flat=True), "a loaded place") or "",
    )
    _check_words(entry, item, original)
    entry.finish()
    return item


def _times(entry: Entry, columns: dict[str, Any]) -> dict[str, datetime]:
    """Start and end as wall times; whatever is wrong with them is reported."""
    day = _day(entry)
    walls = {name: datetime.combine(day, _clock(entry, name)) for name in ("starts", "ends")}
    zone, moments = columns.get("zone", ""), []
    for name, wall in walls.items():
        try:
            moments.append(moment_of(wall, zone, columns.get(f"{name}_fold")))
        except UnknownZone:
            return walls  # the column's own check has reported it
        except WallTimeError as problem:
            entry.report(name, str(problem), entry.data.get(name))
    if len(moments) == 2 and not is_before(*moments):
        entry.report("ends", str(EndsTooEarly()), entry.data.get("ends"))
    return walls


def _day(entry: Entry) -> date:
    today = timezone.localdate()
    if entry.has("on"):
        try:
            return date.fromisoformat(entry.value("on", str, 'a date in quotes, as "2026-04-24"') or "")
        except ValueError:
            entry.report("on", 'must be a date, as "2026-04-24"', entry.data["on"])
            return today
    days: int = entry.value("in_days", int, "a whole number of days from today") or 0
    return today + timedelta(days=max(-MOST_DAYS, min(days, MOST_DAYS)))


def _clock(entry: Entry, name: str) -> time:
    text: str = entry.value(name, str, 'a time in quotes, as "18:00"') or "00:00"
    if not _CLOCK.fullmatch(text):
        entry.report(name, 'must be a time from "00:00" to "23:59"', text)
        return time()
    return time.fromisoformat(text)


def _access(entry: Entry) -> dict[str, Any]:
    """The answers. The note stands in the texts."""
    answers = entry.columns(Demonstration, *FACTS)
    entry.has("note")
    entry.finish()
    return answers


def _texts(entry: Entry, key: str, original: str) -> Texts:
    """The words per language, each with its part of the access note, and the city of the file where it has none."""
    texts = entry.texts(DemonstrationText, *WORDS, optional=OTHER_WORDS, original=original)
    city = entry.columns(DemonstrationText, "city").get("city", "")
    notes = _access_notes(entry)
    for lang in set(notes) - set(texts):
        entry.report(f"accessibility.note.{lang}", "has no text in this language beside it: add one or leave it out")
    for lang, words in texts.items():
        texts[lang] = {"city": city, "status_note": "", "safety": "", "access_note": "", **words, **notes.get(lang, {})}
        taken = DemonstrationText.objects.filter(lang=lang, slug=words.get("slug", ""))
        if taken.exclude(demonstration__key=key).exists():
            entry.report(f"texts.{lang}.slug", "another demonstration has this address: choose another", words["slug"])
    return texts


def _access_notes(entry: Entry) -> Texts:
    """More on access, in a few words per language."""
    access: Any = entry.data.get("accessibility")
    given: Any = access.get("note", {}) if isinstance(access, dict) else {}
    if not isinstance(given, dict):
        entry.report("accessibility.note", "must be an object with a text per language", given)
        return {}
    notes = {}
    for lang, note in given.items():
        words = Entry(entry.at(f"accessibility.note.{lang}"), {"access_note": note}, entry.problems)
        notes[lang] = words.columns(DemonstrationText, "access_note")
    return notes


def _check_words(entry: Entry, item: DemonstrationItem, original: str) -> None:
    """What people must be told before they can be called."""
    words = item.texts.get(original, {})
    for name in ("city", "place_text"):
        if not words.get(name):
            entry.report(f"texts.{original}.{name}", "must not be empty: people have to find the place")
    if item.columns.get("status") in NEEDS_REASON and not words.get("status_note"):
        entry.report(f"texts.{original}.status_note", "is missing: say why it does not take place as announced")
    for name in ("organiser", "contact", "zone"):
        if item.columns.get(name) == "":
            entry.report(name, "must not be empty")
