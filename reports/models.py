"""The tables of this room, gathered where Django looks for them."""

from reports.comparisons import ThemeChange, ThemeChangeText, ThemeLink, ThemeLinkText
from reports.editions import EditionPlace, EditionPlaceName, EditionText, Publisher, ReportEdition
from reports.findings import (
    EarlierFindingText,
    Finding,
    FindingPlace,
    FindingPlaceText,
    FindingText,
    FindingTheme,
)
from reports.importing.runs import ImportLine, ImportRun
from reports.instruments import Instrument, InstrumentLink, InstrumentLinkText, InstrumentText
from reports.places import NamingNote, Place, PlaceName
from reports.search_index import SearchDocument, SearchTerm
from reports.source_texts import SourceRuns
from reports.sources import Evidence, Source
from reports.themes import FormerThemeSlug, Theme, ThemeInEdition, ThemeText
from reports.voices import Person, Voice, VoiceText, VoiceTheme

__all__ = [
    "EarlierFindingText",
    "EditionPlace",
    "EditionPlaceName",
    "EditionText",
    "Evidence",
    "Finding",
    "FindingPlace",
    "FindingPlaceText",
    "FindingText",
    "FindingTheme",
    "FormerThemeSlug",
    "ImportLine",
    "ImportRun",
    "Instrument",
    "InstrumentLink",
    "InstrumentLinkText",
    "InstrumentText",
    "NamingNote",
    "Person",
    "Place",
    "PlaceName",
    "Publisher",
    "ReportEdition",
    "SearchDocument",
    "SearchTerm",
    "Source",
    "SourceRuns",
    "Theme",
    "ThemeChange",
    "ThemeChangeText",
    "ThemeInEdition",
    "ThemeLink",
    "ThemeLinkText",
    "ThemeText",
    "Voice",
    "VoiceText",
    "VoiceTheme",
]
