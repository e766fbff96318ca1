"""What a file may refer to: keys in the file itself, and those that the database holds already."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from reports.models import Person, Place, Source


@dataclass(frozen=True)
class Known:
    """Keys that can be referred to, by what they are keys of."""

    original_lang: str = "en"
    places: Collection[str] = ()
    sources: Collection[str] = ()
    people: Collection[str] = ()
    themes: Collection[str] = ()

    def with_more(
        self,
        *,
        places: Collection[str] = (),
        sources: Collection[str] = (),
        people: Collection[str] = (),
        themes: Collection[str] = (),
    ) -> Known:
        """The same, with keys that the file brings."""
        return replace(
            self,
            places=dict.fromkeys([*self.places, *places]),
            sources=dict.fromkeys([*self.sources, *sources]),
            people=dict.fromkeys([*self.people, *people]),
            themes=dict.fromkeys([*self.themes, *themes]),
        )


def in_database(original_lang: str) -> Known:
    """Places, sources and people of earlier loads. Themes are an edition's own: they stand in its file."""
    return Known(
        original_lang,
        places=list(Place.objects.values_list("code", flat=True)),
        sources=list(Source.objects.values_list("key", flat=True)),
        people=list(Person.objects.values_list("key", flat=True)),
    )
