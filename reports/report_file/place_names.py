"""The names of the places of a report file: the file's, else an editor's choice, else those of the Unicode CLDR."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reports.cldr_names import SOURCE, cldr_names
from reports.content_file import LANGUAGES
from reports.content_writing import Changes, Wanted
from reports.models import Place, PlaceName
from reports.places import NameKind


def write_names(changes: Changes, places: Sequence[tuple[Place, Mapping[str, str]]]) -> None:
    """A shown name in each language: the file's, else what is chosen, else CLDR's. CLDR's others help to search."""
    stored = PlaceName.objects.filter(place__in=[place for place, _names in places], kind=NameKind.DISPLAY)
    shown = {(name.place_id, name.lang): name for name in stored}
    display: list[Wanted] = []
    aliases: list[Wanted] = []
    for place, chosen in places:
        for lang in LANGUAGES:
            cldr = cldr_names(place.code, lang)
            name = _shown(chosen.get(lang), shown.get((place.pk, lang)), cldr)
            if name is not None:
                display.append(Wanted({"place": place, "lang": lang, "kind": NameKind.DISPLAY}, name))
            others = [other for other in cldr if name is None or other != name["name"]]
            aliases += [_alias(place, lang, other) for other in others]
    changes.put_all(PlaceName, display)
    changes.put_all(PlaceName, aliases)


def _shown(chosen: str | None, stored: PlaceName | None, cldr: Sequence[str]) -> dict[str, str] | None:
    if chosen and (stored is None or stored.name != chosen or stored.source == SOURCE):
        return {"name": chosen, "source": ""}
    if stored is not None and stored.source != SOURCE:
        return {"name": stored.name, "source": stored.source}
    return {"name": cldr[0], "source": SOURCE} if cldr else None


def _alias(place: Place, lang: str, name: str) -> Wanted:
    match = {"place": place, "lang": lang, "kind": NameKind.ALIAS, "name": name}
    return Wanted(match, {}, {"source": SOURCE})
