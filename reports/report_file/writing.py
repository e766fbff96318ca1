"""Writing a report file to the database, by key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reports.content_loading import write
from reports.content_writing import Changes, Wanted
from reports.editorial.corrections import Change
from reports.editorial.publishing import State
from reports.models import (
    EditionPlace,
    EditionPlaceName,
    EditionText,
    Evidence,
    Finding,
    FindingPlace,
    FindingPlaceText,
    FindingText,
    FindingTheme,
    Instrument,
    InstrumentLink,
    InstrumentLinkText,
    InstrumentText,
    NamingNote,
    Person,
    Place,
    Publisher,
    ReportEdition,
    Source,
    Theme,
    ThemeChange,
    ThemeChangeText,
    ThemeInEdition,
    ThemeLink,
    ThemeLinkText,
    ThemeText,
    Voice,
    VoiceText,
    VoiceTheme,
)
from reports.report_file.parts import FindingItem, InstrumentItem, Item, PlaceItem, ReportFile, VoiceItem
from reports.report_file.place_names import write_names


def write_report(report: ReportFile, *, said: Change | None = None, dry_run: bool = False) -> Changes:
    """Store the report in one transaction, public at once, and say what changed; a dry run changes nothing.

    `said`: what changes to words are that the public reads already. Raises NotSaid where there are some and it is not.
    """
    writer = ReportWriter(report, Changes(unread=report.needs_review, said=said), State.PUBLISHED)
    write(writer.changes, writer.write, dry_run=dry_run)
    return writer.changes


class ReportWriter:
    """One load. Rows written so far are kept by key, so that later ones can refer to them."""

    def __init__(self, report: ReportFile, changes: Changes, state: State) -> None:
        """New objects get this state; new texts that of the changes."""
        self.report = report
        self.changes = changes
        self.lang = {"original_lang": report.original_lang}
        self.new = {"state": state, **self.lang}
        self.places: dict[str, Place] = {}
        self.themes: dict[str, ThemeInEdition] = {}
        self.sources: dict[str, Source] = {}
        self.people: dict[str, Person] = {}

    def write(self) -> None:
        """Everything, what is referred to first."""
        report = self.report
        self.write_places()
        self.edition = self.write_edition()
        examined = [
            Wanted({"edition": self.edition, "place": self.places[place.code]}, {"status": place.status})
            for place in report.places
        ]
        self.changes.put_all(EditionPlace, examined)
        self.changes.put_all(EditionPlaceName, [kept for place in report.places for kept in self.names_kept(place)])
        self.sources = self.keyed(Source, report.sources)
        self.people = self.keyed(Person, report.people)
        self.write_themes()
        self.write_findings()
        self.write_voices()
        self.write_instruments()
        self.write_links()
        self.write_changes()

    def names_kept(self, item: PlaceItem) -> list[Wanted]:
        """What the edition itself calls a place."""
        match = {"edition": self.edition, "place": self.places[item.code]}
        return [Wanted({**match, "lang": lang}, {"name": name}) for lang, name in item.edition_names.items()]

    def keyed(self, model: type[Any], items: list[Item]) -> dict[str, Any]:
        """Things without texts, with all that were there before."""
        self.changes.put_all(model, [Wanted({"key": item.key}, item.columns) for item in items])
        return {row.key: row for row in model._default_manager.all()}

    def write_edition(self) -> ReportEdition:
        """The publisher and the edition."""
        item = self.report.publisher
        publisher = self.changes.put(Publisher, {"key": item.key}, item.columns)
        item = self.report.edition
        values = {**item.columns, "publisher_id": publisher.pk}
        edition = self.changes.put(ReportEdition, {"key": item.key}, values, **self.new)
        self.changes.texts(EditionText, "edition", edition, item.texts)
        return edition

    def write_places(self) -> None:
        """Places with their names and notes. The reader has put parents before their parts: one level at a time."""
        self.places = {place.code: place for place in Place.objects.all()}
        waiting = list(self.report.places)
        while waiting:
            inside = {item.code for item in waiting}
            ready = [item for item in waiting if item.parent not in inside]
            waiting = [item for item in waiting if item.parent in inside]
            wanted = [
                Wanted({"code": item.code}, {"kind": item.kind, "parent_id": self.parent(item)}) for item in ready
            ]
            self.places |= {place.code: place for place in self.changes.put_all(Place, wanted)}
        write_names(self.changes, [(self.places[item.code], item.names) for item in self.report.places])
        notes = [
            Wanted({"place": self.places[item.code], "lang": lang}, columns)
            for item in self.report.places
            for lang, columns in item.notes.items()
        ]
        self.changes.put_all(NamingNote, notes)

    def parent(self, item: PlaceItem) -> int | None:
        """The place that a place belongs to."""
        return self.places[item.parent].pk if item.parent else None

    def write_themes(self) -> None:
        """Themes, and what this edition makes of them."""
        items = self.report.themes
        across = self.changes.put_all(Theme, [Wanted({"key": item.key}, {}) for item in items])
        wanted = [
            Wanted({"theme": theme, "edition": self.edition}, item.columns, self.new)
            for theme, item in zip(across, items, strict=True)
        ]
        rows = self.changes.put_all(ThemeInEdition, wanted)
        texts = [(row, item.texts) for row, item in zip(rows, items, strict=True)]
        self.changes.all_texts(ThemeText, "theme", texts)
        self.themes = {item.key: row for item, row in zip(items, rows, strict=True)}

    def write_findings(self) -> None:
        """Findings with their words, themes, places and evidence."""
        items = self.report.findings
        wanted = [Wanted({"edition": self.edition, "key": item.key}, item.columns, self.new) for item in items]
        findings = list(zip(self.changes.put_all(Finding, wanted), items, strict=True))
        self.changes.all_texts(FindingText, "finding", [(finding, item.texts) for finding, item in findings])
        self.write_homes(findings)
        self.write_roles(findings)
        self.write_evidence(findings)

    def write_homes(self, findings: list[tuple[Finding, FindingItem]]) -> None:
        """The themes of findings. An old home goes first, since a finding has only one at any time."""
        stored = FindingTheme.objects.filter(finding__in=[finding for finding, _item in findings])
        links = {(link.finding_id, link.theme_id): link for link in stored}
        homes = {(finding.pk, self.themes[item.themes[0]].pk) for finding, item in findings}
        former = [link for key, link in links.items() if link.primary and key not in homes]
        self.changes.put_all(
            FindingTheme,
            [Wanted({"finding_id": link.finding_id, "theme_id": link.theme_id}, {"primary": False}) for link in former],
        )
        wanted = []
        for key, theme in self.themes.items():
            here = [(finding, item) for finding, item in findings if key in item.themes]
            before = [link.position if (link := links.get((finding.pk, theme.pk))) else None for finding, _item in here]
            for (finding, item), position in zip(here, kept_positions(before), strict=True):
                values = {"primary": item.themes[0] == key, "position": position}
                wanted.append(Wanted({"finding": finding, "theme": theme}, values))
        self.changes.only(stored, self.changes.put_all(FindingTheme, wanted))

    def write_roles(self, findings: list[tuple[Finding, FindingItem]]) -> None:
        """The places of findings; their localities are what the file lists."""
        stored = FindingPlace.objects.filter(finding__in=[finding for finding, _item in findings])
        before = {(row.finding_id, row.place_id, row.role): row.position for row in stored}
        wanted, texts_of = [], []
        for finding, item in findings:
            keys = [(finding.pk, self.places[role.code].pk, role.role) for role in item.places]
            positions = kept_positions([before.get(key) for key in keys])
            for role, (_finding, place, _role), position in zip(item.places, keys, positions, strict=True):
                match = {"finding": finding, "place_id": place, "role": role.role}
                wanted.append(Wanted(match, {"position": position}, self.lang))
                texts_of.append(role.texts)
        rows = self.changes.put_all(FindingPlace, wanted)
        texts = list(zip(rows, texts_of, strict=True))
        self.changes.all_texts(FindingPlaceText, "finding_place", texts)
        bare = [row for row, words in texts if not words]
        self.changes.only(FindingPlaceText.objects.filter(finding_place__in=bare), [])
        gone = stored.exclude(pk__in=[row.pk for row in rows])
        self.changes.only(FindingPlaceText.objects.filter(finding_place__in=gone), [])
        self.changes.only(stored, rows)

    def write_evidence(self, findings: list[tuple[Finding, FindingItem]]) -> None:
        """The sources that findings stand on."""
        stored = Evidence.objects.filter(finding__in=[finding for finding, _item in findings])
        before = {(row.finding_id, row.source_id, row.locator, row.relation): row.position for row in stored}
        wanted = []
        for finding, item in findings:
            keys = [
                (finding.pk, self.sources[part.source].pk, part.columns["locator"], part.columns["relation"])
                for part in item.evidence
            ]
            positions = kept_positions([before.get(key) for key in keys])
            for part, key, position in zip(item.evidence, keys, positions, strict=True):
                match = {"finding": finding, "source_id": key[1], "locator": key[2], "relation": key[3]}
                wanted.append(Wanted(match, {"note": part.columns["note"], "position": position}))
        self.changes.only(stored, self.changes.put_all(Evidence, wanted))

    def write_voices(self) -> None:
        """What people said, and the themes on whose pages it is heard."""
        items = self.report.voices
        wanted = [Wanted({"key": item.key}, {**item.columns, **self.said(item)}, self.new) for item in items]
        rows = self.changes.put_all(Voice, wanted)
        texts = [(row, item.texts) for row, item in zip(rows, items, strict=True)]
        self.changes.all_texts(VoiceText, "voice", texts)
        stored = VoiceTheme.objects.filter(voice__in=rows, theme__edition=self.edition)
        before = {(link.voice_id, link.theme_id): link.position for link in stored}
        links = []
        for key, theme in self.themes.items():
            here = [row for row, item in zip(rows, items, strict=True) if key in item.themes]
            positions = kept_positions([before.get((row.pk, theme.pk)) for row in here])
            for row, position in zip(here, positions, strict=True):
                links.append(Wanted({"voice": row, "theme": theme}, {"position": position}))
        self.changes.only(stored, self.changes.put_all(VoiceTheme, links))

    def said(self, item: VoiceItem) -> dict[str, int]:
        """Who said it, and where it stands."""
        return {"person_id": self.people[item.person].pk, "source_id": self.sources[item.source].pk}

    def write_instruments(self) -> None:
        """Rules, and what they do to the themes."""
        items = self.report.instruments
        wanted = [
            Wanted({"key": item.key}, {**item.columns, "jurisdiction_id": self.jurisdiction(item)}, self.new)
            for item in items
        ]
        rows = self.changes.put_all(Instrument, wanted)
        texts = [(row, item.texts) for row, item in zip(rows, items, strict=True)]
        self.changes.all_texts(InstrumentText, "instrument", texts)
        parts = [(row, part) for row, item in zip(rows, items, strict=True) for part in item.links]
        links = self.changes.put_all(
            InstrumentLink,
            [
                Wanted({"instrument": row, "theme": self.themes[part.theme]}, {"stance": part.stance}, self.lang)
                for row, part in parts
            ],
        )
        notes = [(link, part.texts) for link, (_row, part) in zip(links, parts, strict=True)]
        self.changes.all_texts(InstrumentLinkText, "link", notes)
        stored = InstrumentLink.objects.filter(instrument__in=rows, theme__edition=self.edition)
        gone = stored.exclude(pk__in=[link.pk for link in links])
        self.changes.only(InstrumentLinkText.objects.filter(link__in=gone), [])
        self.changes.only(stored, links)

    def write_links(self) -> None:
        """How its themes follow from others."""
        items = self.report.theme_links
        keys = {key for item in items for key in (item.earlier, item.later)}
        themes = {theme.key: theme.pk for theme in Theme.objects.filter(key__in=keys)}
        wanted = [
            Wanted({"earlier_id": themes[one.earlier], "later_id": themes[one.later]}, {"kind": one.kind}, self.lang)
            for one in items
        ]
        rows = self.changes.put_all(ThemeLink, wanted)
        texts = [(row, item.texts) for row, item in zip(rows, items, strict=True)]
        self.changes.all_texts(ThemeLinkText, "link", texts)

    def write_changes(self) -> None:
        """What is asserted of its themes since earlier editions."""
        items = self.report.theme_changes
        earlier = dict(ReportEdition.objects.values_list("key", "pk"))
        themes = dict(Theme.objects.filter(key__in={item.theme for item in items}).values_list("key", "pk"))
        wanted = [
            Wanted(
                {
                    "theme_id": themes[item.theme],
                    "place_id": self.places[item.place].pk if item.place else None,
                    "earlier_id": earlier[item.earlier],
                    "later_id": self.edition.pk,
                },
                {"state": item.state, "source_id": self.sources[item.source].pk},
                self.lang,
            )
            for item in items
        ]
        rows = self.changes.put_all(ThemeChange, wanted)
        texts = [(row, item.texts) for row, item in zip(rows, items, strict=True)]
        self.changes.all_texts(ThemeChangeText, "change", texts)

    def jurisdiction(self, item: InstrumentItem) -> int | None:
        """The place where it holds."""
        return self.places[item.jurisdiction].pk if item.jurisdiction else None


def kept_positions(stored: Sequence[int | None]) -> list[int]:
    """Positions that bring rows into the order given: the stored ones (None for a new row), as far as they do."""
    positions: list[int] = []
    last = -1
    for position in stored:
        last = position if position is not None and position >= last else last + 1
        positions.append(last)
    return positions
