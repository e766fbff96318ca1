"""The desk's pages for the report, gathered where Django looks for them."""

from reports.comparison_desk import ThemeChangeAdmin, ThemeLinkAdmin
from reports.edition_desk import EditionAdmin, PublisherAdmin, ThemeAdmin, ThemeInEditionAdmin
from reports.finding_desk import FindingAdmin, FindingPlaceAdmin, SourceAdmin
from reports.import_desk import ImportRunAdmin
from reports.instrument_desk import InstrumentAdmin, InstrumentLinkAdmin
from reports.place_desk import PlaceAdmin
from reports.voice_desk import PersonAdmin, VoiceAdmin

__all__ = [
    "EditionAdmin",
    "FindingAdmin",
    "FindingPlaceAdmin",
    "ImportRunAdmin",
    "InstrumentAdmin",
    "InstrumentLinkAdmin",
    "PersonAdmin",
    "PlaceAdmin",
    "PublisherAdmin",
    "SourceAdmin",
    "ThemeAdmin",
    "ThemeChangeAdmin",
    "ThemeInEditionAdmin",
    "ThemeLinkAdmin",
    "VoiceAdmin",
]
