"""A petition file, read and checked as a whole."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from campaigns.campaign_file.reading import MOST_DAYS, day_of
from campaigns.models import Campaign
from campaigns.petitions.petition_file.parts import DemoSignatures, PetitionFile, PetitionItem, UpdateItem
from campaigns.petitions.petitions import Linger, Petition, PetitionText, Stage
from campaigns.petitions.safe_mode import names_the_cause, neutral_slug
from campaigns.petitions.updates import PetitionUpdateText
from reports.content_file import LANGUAGES, ContentFileError, Entry, each_once, read_content
from reports.iso_codes import ISO_CODES
from reports.report_file.parts import Columns, Texts
from reports.report_file.reading import original_language, unread_languages

FORMAT = "upstander-petitions/1"
MOST_SIGNATURES = 2000
END_OF_DAY = time(23, 59, tzinfo=UTC)
OUTCOME_POSITION = 1000  # the outcome keeps its place however many news come before it
SIGNERS_COUNTRIES = {*ISO_CODES, "ZZ"}


def read_petitions(path: Path) -> PetitionFile:
    """The file, with every reference resolved. Raises ContentFileError with all its problems; writes nothing."""
    top = read_content(path, FORMAT)
    original = original_language(top)
    entries = top.children("petitions")
    items = [_petition(entry, original) for entry in entries]
    each_once([(entry, item.key) for entry, item in zip(entries, items, strict=True)])
    for lang in LANGUAGES:
        slugs = [(entry, item.texts.get(lang, {}).get("slug", "")) for entry, item in zip(entries, items, strict=True)]
        each_once(slugs, f"texts.{lang}.slug")
    unread = unread_languages(top)
    top.finish()
    if top.problems:
        raise ContentFileError(top.problems)
    return PetitionFile(original, items, unread)


def _petition(entry: Entry, original: str) -> PetitionItem:
    campaigns = dict(Campaign.objects.values_list("key", "demo"))
    campaign = entry.reference("campaign", campaigns, "a loaded campaign") or ""
    if campaign and not Campaign.objects.get(key=campaign).carries_demand:
        entry.report("campaign", "puts forward no public demand: publish one first, nobody can sign for nothing")
    stage = entry.columns(Petition, "stage").get("stage", Stage.OPEN)
    opened_at, closes_at = _moments(entry, Stage(stage))
    key, columns = entry.key(), entry.columns(Petition, "goal")
    if columns:
        entry.rules(Petition, columns, "goal")
    columns |= _asked_and_kept(entry, key)
    texts = _texts(entry, key, original)
    if columns.get("safe_mode"):
        _neutral_addresses(entry, texts)
    item = PetitionItem(
        key=key,
        columns=columns,
        texts=texts,
        campaign=campaign,
        stage=Stage(stage),
        opened_at=opened_at,
        closes_at=closes_at,
        updates=_updates(entry, original),
        demo=_demo_signatures(entry, may=campaigns.get(campaign, False)),
    )
    entry.finish()
    return item


def _asked_and_kept(entry: Entry, key: str) -> Columns:
    """Whether it protects its signers, what it asks beside name, address and country, and how long that is kept; what
    the file leaves out stays as it is, or is the usual."""
    columns = entry.columns(Petition, optional=("safe_mode", "ask_place", "ask_comment", "keep_months"))
    if "keep_months" in columns:
        entry.rules(Petition, {"keep_months": columns["keep_months"]}, "keep_months")
    known = Petition.objects.filter(key=key).first()
    safe = columns.get("safe_mode", known is not None and known.safe_mode)
    if known is not None and known.opened_at is not None and safe != known.safe_mode:
        entry.report("safe_mode", "can never be changed once a petition was opened: leave it as it was", safe)
    for name in ("ask_place", "ask_comment"):
        if safe and columns.get(name):
            entry.report(
                name, "does not go with safe mode, which asks for nothing further: take one out", columns[name]
            )
    return {**columns, "safe_mode": True, "linger": Linger.SAFE} if safe else columns


def _neutral_addresses(entry: Entry, texts: Texts) -> None:
    below = entry.child("texts")
    for lang, words in texts.items():
        if names_the_cause(words.get("slug", ""), words.get("title", "")):
            advice = "repeats words of the title, which safe mode must not show: choose one that says nothing"
            below.child(lang).report("slug", f"{advice}, like {neutral_slug()}", words["slug"])


def _moments(entry: Entry, stage: Stage) -> tuple[datetime, datetime]:
    """When it opened, at the start of a day, and when it closes, at the end of one, counted from today or as dates."""
    (opens, opened), (ends, closes) = _day(entry, "opened"), _day(entry, "closes")
    today = timezone.localdate()
    if opened > today:
        entry.report(opens, "lies in the future: only what has opened can be loaded")
    if closes < opened:
        entry.report(ends, "comes before the petition opens")
    if (stage == Stage.CLOSED) != (closes < today):
        entry.report(ends, "must be in the past for a closed petition, and only for one")
    return datetime.combine(opened, time(tzinfo=UTC)), datetime.combine(closes, END_OF_DAY)


def _day(entry: Entry, name: str) -> tuple[str, date]:
    """The day in `…_on`, or `…_in_days` from today, and which of the two it is."""
    today = timezone.localdate()
    if entry.has(f"{name}_on"):
        try:
            return f"{name}_on", date.fromisoformat(
                entry.value(f"{name}_on", str, 'a date in quotes, as "2026-04-24"') or ""
            )
        except ValueError:
            entry.report(f"{name}_on", 'must be a date, as "2026-04-24"', entry.data[f"{name}_on"])
            return f"{name}_on", today
    days = entry.value(f"{name}_in_days", int, "a whole number of days from today") or 0
    return f"{name}_in_days", today + timedelta(days=max(-MOST_DAYS, min(days, MOST_DAYS)))


def _texts(entry: Entry, key: str, original: str) -> Texts:
    """The words per language; `demands` is a list of them."""
    below = entry.child("texts")
    words: Texts = {}
    for lang in below.data:
        if lang not in LANGUAGES or not below.has(lang):
            below.report(lang, f"is no language of this site: use {', '.join(LANGUAGES)}")
            continue
        words[lang] = _words(below.child(lang))
        taken = PetitionText.objects.filter(lang=lang, slug=words[lang].get("slug", "")).exclude(petition__key=key)
        if taken.exists():
            below.child(lang).report("slug", "another petition has this address: choose another", words[lang]["slug"])
    if original not in words:
        entry.report("texts", f'holds no text in the original language: add "{original}"')
    return words


def _words(entry: Entry) -> Columns:
    words = entry.columns(PetitionText, "slug", "title", "addressee", "lede", "body")
    demands: list[Any] = entry.value("demands", list, "a list of texts") or []
    if not demands or not all(isinstance(demand, str) and demand.strip() for demand in demands):
        entry.report("demands", "must hold at least one text, and no empty one")
    entry.finish()
    return {**words, "demands": demands}


def _updates(entry: Entry, original: str) -> list[UpdateItem]:
    """The news in order, and the outcome after them."""
    told = [(update, False) for update in entry.children("updates")]
    if entry.has("outcome") and entry.data["outcome"] is not None:
        told.append((entry.child("outcome"), True))
    items = []
    for position, (update, outcome) in enumerate(told):
        texts = update.texts(PetitionUpdateText, "title", "text", original=original)
        items.append(UpdateItem(OUTCOME_POSITION if outcome else position, day_of(update), texts, outcome))
        update.finish()
    return items


def _demo_signatures(entry: Entry, *, may: bool) -> DemoSignatures:
    """People of a demonstration; nobody may be invented for a real campaign."""
    if not entry.has("demo_signatures"):
        return DemoSignatures()
    below = entry.child("demo_signatures")
    if below.data and not may:
        entry.report("demo_signatures", "belongs to demonstrations only: take it out for a real campaign")
    signatures = DemoSignatures(
        _number(below, "confirmed"),
        _number(below, "pending"),
        _weights(below, "countries", "a country code of ISO 3166-1, XK or ZZ"),
        _weights(below, "languages", f"a language of this site ({', '.join(LANGUAGES)})"),
    )
    below.finish()
    return signatures


def _number(entry: Entry, name: str) -> int:
    number = entry.value(name, int, "a whole number") or 0
    if not 0 <= number <= MOST_SIGNATURES:
        entry.report(name, f"must be from 0 to {MOST_SIGNATURES}", number)
        return 0
    return int(number)


def _weights(entry: Entry, name: str, what: str) -> dict[str, int]:
    below = entry.child(name)
    weights: dict[str, int] = {}
    for code in below.data:
        known = code in (LANGUAGES if name == "languages" else SIGNERS_COUNTRIES)
        if not known:
            below.report(code, f"is not {what}")
        elif weight := below.value(code, int, "a whole number above 0"):
            weights[code] = weight
    if not weights or min(weights.values()) < 1:
        entry.report(name, "needs at least one entry, each a whole number above 0")
        return {}
    return weights
