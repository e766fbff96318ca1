"""A campaign file, read and checked as a whole."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from django.utils import timezone

from campaigns.campaign_file.known import Known, in_database, newest_edition
from campaigns.campaign_file.parts import AddresseeItem, CampaignFile, CampaignItem, DemandItem, EventItem
from campaigns.campaign_file.statements import check_statements, read_statements
from campaigns.models import (
    Addressee,
    AddresseeText,
    Campaign,
    CampaignText,
    Demand,
    DemandEvent,
    DemandEventText,
    DemandText,
)
from reports.content_file import LANGUAGES, ContentFileError, Entry, each_once, read_content
from reports.editorial.models import Organisation
from reports.models import ReportEdition
from reports.report_file.parts import Item
from reports.report_file.reading import original_language, unread_languages

FORMAT = "upstander-campaigns/1"
MOST_DAYS = 36_500


def read_campaigns(path: Path) -> CampaignFile:
    """The file, with every reference resolved. Raises ContentFileError with all its problems; writes nothing."""
    top = read_content(path, FORMAT)
    edition = _edition(top)
    known = in_database(original_language(top), edition)
    organisations = _organisations(top.children("organisations"))
    known = known.with_more(organisations=[item.key for item in organisations])
    addressees = _addressees(top.children("addressees"), known)
    known = known.with_more(addressees=[item.key for item in addressees])
    demands = _demands(top.children("demands"), known, edition)
    known = known.with_more(demands=[item.key for item in demands])
    campaigns = _campaigns(top.children("campaigns"), known)
    _check_featured(top, campaigns)
    unread = unread_languages(top)
    top.finish()
    if top.problems:
        raise ContentFileError(top.problems)
    return CampaignFile(known.original_lang, edition, organisations, addressees, demands, campaigns, unread)


def _edition(top: Entry) -> str:
    """The edition whose findings are meant: the one named, else the newest."""
    if not top.has("edition"):
        if newest := newest_edition():
            return newest
        top.report("findings", "no report is loaded yet: run load_report first")
        return ""
    return top.reference("edition", ReportEdition.objects.values_list("key", flat=True), "a loaded edition") or ""


def _organisations(entries: list[Entry]) -> list[Item]:
    items = []
    for entry in entries:
        items.append(Item(entry.key(longest=60), entry.columns(Organisation, "name")))
        entry.finish()
    each_once([(entry, item.key) for entry, item in zip(entries, items, strict=True)])
    return items


def _addressees(entries: list[Entry], known: Known) -> list[AddresseeItem]:
    items = []
    for entry in entries:
        item = AddresseeItem(
            key=entry.key(),
            columns=entry.columns(Addressee, "kind"),
            texts=entry.texts(AddresseeText, "name", original=known.original_lang),
            place=entry.reference("place", known.places, "a place", nullable=True),
        )
        items.append(item)
        entry.finish()
    each_once([(entry, item.key) for entry, item in zip(entries, items, strict=True)])
    return items


def _demands(entries: list[Entry], known: Known, edition: str) -> list[DemandItem]:
    items = []
    for entry in entries:
        item = DemandItem(
            key=entry.key(),
            columns=entry.columns(Demand, "verb"),
            texts=entry.texts(DemandText, "title", "text", original=known.original_lang),
            addressee=entry.reference("addressee", known.addressees, "an addressee") or "",
            place=entry.reference("place", known.places, "a place", nullable=True),
            themes=entry.references("themes", known.themes, "a theme", least=1),
            findings=entry.references("findings", known.findings, "a finding of the edition", least=1),
            events=[_event(event, position, known) for position, event in enumerate(entry.children("events"))],
            statements=read_statements(entry.children("statements") if entry.has("statements") else [], known, edition),
        )
        items.append(item)
        entry.finish()
    each_once([(entry, item.key) for entry, item in zip(entries, items, strict=True)])
    _check_events(entries, items)
    check_statements(entries, items)
    return items


def _check_events(entries: list[Entry], items: list[DemandItem]) -> None:
    """What is told stays told: an event that is stored may not turn into one of another kind."""
    rows = DemandEvent.objects.filter(demand__key__in=[item.key for item in items])
    stored = {(key, position): kind for key, position, kind in rows.values_list("demand__key", "position", "kind")}
    for entry, item in zip(entries, items, strict=True):
        for event in item.events:
            kind = stored.get((item.key, event.position), event.kind)
            if kind != event.kind:
                advice = f'is stored as "{kind}": events are added at the end of the list, never changed'
                entry.report(f"events[{event.position}].kind", advice, event.kind)


def _event(entry: Entry, position: int, known: Known) -> EventItem:
    before = len(entry.problems)
    event = EventItem(
        position=position,
        on=day_of(entry),
        kind=entry.columns(DemandEvent, "kind").get("kind", ""),
        source=entry.reference("source", known.sources, "a source", nullable=True),
        texts=entry.texts(DemandEventText, "note", original=known.original_lang),
    )
    entry.finish()
    if len(entry.problems) == before:
        entry.rules(DemandEvent, {"kind": event.kind, "source_id": 1 if event.source else None})
    return event


def day_of(entry: Entry) -> date:
    """The day in `on`, or `in_days` from today; today after a reported problem. What happened is not in the future."""
    today = timezone.localdate()
    if entry.has("on"):
        day: date = entry.columns(DemandEvent, "on").get("on", today)
    elif entry.has("in_days"):
        days = entry.value("in_days", int, "a whole number of days, negative for the past") or 0
        day = today + timedelta(days=max(-MOST_DAYS, min(days, MOST_DAYS)))
    else:
        entry.report("", 'needs its day: "on" with a date, or "in_days" with a whole number')
        return today
    if day > today:
        entry.report("on" if "on" in entry.data else "in_days", "lies in the future: only what has happened is told")
    return day


def _campaigns(entries: list[Entry], known: Known) -> list[CampaignItem]:
    items = []
    for entry in entries:
        texts = entry.texts(CampaignText, "slug", "title", "summary", optional=["body"], original=known.original_lang)
        item = CampaignItem(
            key=entry.key(),
            columns=entry.columns(Campaign, "featured", optional=["demo"]),
            texts=texts,
            organisation=entry.reference("organisation", known.organisations, "an organisation") or "",
            themes=entry.references("themes", known.themes, "a theme", least=1),
            places=entry.references("places", known.places, "a place"),
            findings=entry.references("findings", known.findings, "a finding of the edition"),
            demands=entry.references("demands", known.demands, "a demand", least=1),
        )
        items.append(item)
        entry.finish()
    together = list(zip(entries, items, strict=True))
    each_once([(entry, item.key) for entry, item in together])
    for lang in LANGUAGES:
        slugs = [(entry, item.texts.get(lang, {}).get("slug", "")) for entry, item in together]
        each_once(slugs, f"texts.{lang}.slug")
    _check_addresses(together)
    return items


def _check_addresses(together: list[tuple[Entry, CampaignItem]]) -> None:
    """No other campaign has one of the addresses already."""
    for entry, item in together:
        elsewhere = CampaignText.objects.exclude(campaign__key=item.key)
        for lang, words in item.texts.items():
            if elsewhere.filter(lang=lang, slug=words.get("slug", "")).exists():
                advice = "another campaign has this address: choose another"
                entry.report(f"texts.{lang}.slug", advice, words.get("slug"))


def _check_featured(top: Entry, campaigns: list[CampaignItem]) -> None:
    featured = [item.key for item in campaigns if item.columns.get("featured")]
    if len(featured) > 1:
        top.report("campaigns", f"only one can be featured, and these are: {', '.join(featured)}")
