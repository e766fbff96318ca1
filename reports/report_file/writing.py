"""Writing a report file to the database, by key."""

from __future__ import annotations

from typing import Any

from reports.cldr_names import SOURCE, cldr_names
from reports.content_file import LANGUAGES
from reports.content_writing import PUBLISHED, Changes, write
from reports.models import (
    EditionPlace,
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
    PlaceName,
    Publisher,
    ReportEdition,
    Source,
    Theme,
    ThemeInEdition,
    ThemeText,
    Voice,
    VoiceText,
    VoiceTheme,
)
from reports.places import NameKind
from reports.report_file.parts import FindingItem, InstrumentItem, Item, PlaceItem, ReportFile, RoleItem, VoiceItem


def write_report(report: ReportFile, *, dry_run: bool = False) -> Changes:
    """Store the report in one transaction and say what changed; a dry run changes nothing."""
    writer = _Writer(report)
    write(writer.changes, writer.write, dry_run=dry_run)
    return writer.changes


class _Writer:
    """One load. Rows written so far are kept by key, so that later ones can refer to them."""

    def __init__(self, report: ReportFile) -> None:
        self.report = report
        self.changes = Changes()
        self.new = {**PUBLISHED, "original_lang": report.original_lang}
        self.places: dict[str, Place] = {}
        self.themes: dict[str, ThemeInEdition] = {}
        self.sources: dict[str, Source] = {}
        self.people: dict[str, Person] = {}

    def write(self) -> None:
        """Everything, what is referred to first."""
        report = self.report
        self.places = {place.code: place for place in Place.objects.all()}
        for place in report.places:
            self.place(place)
        self.edition = self.write_edition()
        for place in report.places:
            match = {"edition": self.edition, "place": self.places[place.code]}
            self.changes.put(EditionPlace, match, {"status": place.status})
        self.sources = {source.key: source for source in Source.objects.all()} | self.keyed(Source, report.sources)
        self.people = {person.key: person for person in Person.objects.all()} | self.keyed(Person, report.people)
        self.themes = {theme.key: self.theme(theme) for theme in report.themes}
        for finding in report.findings:
            self.finding(finding)
        for position, voice in enumerate(report.voices):
            self.voice(voice, position)
        for instrument in report.instruments:
            self.instrument(instrument)

    def keyed(self, model: type[Any], items: list[Item]) -> dict[str, Any]:
        """Things without texts."""
        return {item.key: self.changes.put(model, {"key": item.key}, item.columns) for item in items}

    def write_edition(self) -> ReportEdition:
        """The publisher and the edition."""
        item = self.report.publisher
        publisher = self.changes.put(Publisher, {"key": item.key}, item.columns)
        item = self.report.edition
        values = {**item.columns, "publisher_id": publisher.pk}
        edition = self.changes.put(ReportEdition, {"key": item.key}, values, **self.new)
        self.changes.texts(EditionText, "edition", edition, item.texts)
        return edition

    def place(self, item: PlaceItem) -> None:
        """A place with its names and notes."""
        parent = self.places[item.parent].pk if item.parent else None
        place = self.changes.put(Place, {"code": item.code}, {"kind": item.kind, "parent_id": parent})
        self.places[item.code] = place
        for lang in LANGUAGES:
            self.names(place, lang, item.names.get(lang))
        for lang, columns in item.notes.items():
            self.changes.put(NamingNote, {"place": place, "lang": lang}, columns)

    def names(self, place: Place, lang: str, chosen: str | None) -> None:
        """The shown name: the file's, else what an editor chose, else CLDR's. CLDR's others help to find the place."""
        cldr = cldr_names(place.code, lang)
        match = {"place": place, "lang": lang, "kind": NameKind.DISPLAY}
        shown = PlaceName.objects.filter(**match).first()
        if chosen:
            shown = self.changes.put(PlaceName, match, {"name": chosen, "source": ""})
        elif cldr and (shown is None or shown.source == SOURCE):
            shown = self.changes.put(PlaceName, match, {"name": cldr[0], "source": SOURCE})
        for name in cldr:
            if shown is None or name != shown.name:
                alias = {"place": place, "lang": lang, "kind": NameKind.ALIAS, "name": name}
                self.changes.put(PlaceName, alias, {}, source=SOURCE)

    def theme(self, item: Item) -> ThemeInEdition:
        """A theme, and what this edition makes of it."""
        across = self.changes.put(Theme, {"key": item.key}, {})
        match = {"theme": across, "edition": self.edition}
        theme = self.changes.put(ThemeInEdition, match, item.columns, **self.new)
        self.changes.texts(ThemeText, "theme", theme, item.texts)
        return theme

    def finding(self, item: FindingItem) -> None:
        """A finding with its themes, places and evidence."""
        changes = self.changes
        match = {"edition": self.edition, "key": item.key}
        finding = changes.put(Finding, match, item.columns, **self.new)
        changes.texts(FindingText, "finding", finding, item.texts)
        self.homes(finding, item)
        places = [self.role(finding, place, position) for position, place in enumerate(item.places)]
        changes.only(finding.finding_places.all(), places)
        evidence = []
        for position, part in enumerate(item.evidence):
            columns = {**part.columns, "note": part.columns["note"], "position": position}
            key = {name: columns.pop(name) for name in ("locator", "relation")}
            key |= {"finding": finding, "source": self.sources[part.source]}
            evidence.append(changes.put(Evidence, key, columns))
        changes.only(finding.evidence.all(), evidence)

    def homes(self, finding: Finding, item: FindingItem) -> None:
        """The themes of a finding. Its old home goes first, since it has only one at any time."""
        home = self.themes[item.themes[0]]
        finding.finding_themes.filter(primary=True).exclude(theme=home).update(primary=False)
        links = []
        for index, key in enumerate(item.themes):
            match = {"finding": finding, "theme": self.themes[key]}
            position = self.report.findings.index(item)
            links.append(self.changes.put(FindingTheme, match, {"primary": index == 0, "position": position}))
        self.changes.only(finding.finding_themes.all(), links)

    def role(self, finding: Finding, item: RoleItem, position: int) -> FindingPlace:
        """A place of a finding; its localities are what the file lists."""
        match = {"finding": finding, "place": self.places[item.code], "role": item.role}
        lang = {"original_lang": self.report.original_lang}
        row = self.changes.put(FindingPlace, match, {"position": position}, **lang)
        self.changes.texts(FindingPlaceText, "finding_place", row, item.texts)
        if not item.texts:
            self.changes.only(row.texts.all(), [])
        return row

    def voice(self, item: VoiceItem, position: int) -> None:
        """What somebody said, and the themes on whose pages it is heard."""
        values = {
            **item.columns,
            "person_id": self.people[item.person].pk,
            "source_id": self.sources[item.source].pk,
        }
        voice = self.changes.put(Voice, {"key": item.key}, values, **self.new)
        self.changes.texts(VoiceText, "voice", voice, item.texts)
        links = []
        for key in item.themes:
            match = {"voice": voice, "theme": self.themes[key]}
            links.append(self.changes.put(VoiceTheme, match, {"position": position}))
        self.changes.only(voice.voice_themes.filter(theme__edition=self.edition), links)

    def instrument(self, item: InstrumentItem) -> None:
        """A rule, and what it does to the themes."""
        place = self.places[item.jurisdiction].pk if item.jurisdiction else None
        values = {**item.columns, "jurisdiction_id": place}
        instrument = self.changes.put(Instrument, {"key": item.key}, values, **self.new)
        self.changes.texts(InstrumentText, "instrument", instrument, item.texts)
        links = []
        for part in item.links:
            match = {"instrument": instrument, "theme": self.themes[part.theme]}
            lang = {"original_lang": self.report.original_lang}
            link = self.changes.put(InstrumentLink, match, {"stance": part.stance}, **lang)
            self.changes.texts(InstrumentLinkText, "link", link, part.texts)
            links.append(link)
        self.changes.only(instrument.links.filter(theme__edition=self.edition), links)
