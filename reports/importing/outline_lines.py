"""Lines of a finding that say several things at once: when it happened, where and to whom, and by which source."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Final

from reports.content_file import GUESSES
from reports.findings import Precision
from reports.importing.outline_labels import Said, without_direction
from reports.sources import Relation

DAY: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
SPAN: Final = re.compile(r"\s+(?:to|until|[-–—])\s+|\s*[/–—]\s*", re.IGNORECASE)
PART: Final = re.compile(r"[^,;()]*\([^()]*\)|[^,;()]+")
PLACE: Final = re.compile(r"([\w-]+)\s*\(([^()]+)\)")
RELATION: Final = re.compile(rf"\(\s*({'|'.join(Relation.values)})\s*\)", re.IGNORECASE)
ADDRESS: Final = re.compile(r"https?://[^\s<>,;]+", re.IGNORECASE)
LONGEST_NAME: Final = 200
MOST_COMMAS: Final = 20
"""In a title of a source that is looked for."""


class Unclear(Exception):
    """The line does not say it; the text says how to write it."""


@dataclass(frozen=True)
class When:
    """A span of days and how exactly it is known; no days where it is not."""

    start: str = ""
    end: str = ""
    precision: str = Precision.UNKNOWN.value


def when_of(value: str) -> When:
    """`2023-10-18`, `2023-10`, `2023`, two of the same kind with `to` between them, or `unknown`. Raises Unclear."""
    value = without_direction(value)
    if value.casefold() == Precision.UNKNOWN.value:
        return When()
    days = [_days(part) for part in SPAN.split(value)]
    if len(days) > 2 or days[0][2] != days[-1][2]:
        raise Unclear(HOW_TO_DATE)
    return When(days[0][0].isoformat(), days[-1][1].isoformat(), days[0][2])


HOW_TO_DATE: Final = "is no date: write 2023-10-18, 2023-10, 2023, “2023-10-18 to 2023-11-02” or unknown"


def _days(text: str) -> tuple[date, date, str]:
    """First and last day, and the precision."""
    found = DAY.fullmatch(text.strip())
    if not found:
        raise Unclear(HOW_TO_DATE)
    year, month, day = (int(part) if part else 0 for part in found.groups())
    try:
        if day:
            return date(year, month, day), date(year, month, day), Precision.DAY.value
        if month:
            return date(year, month, 1), date(year, month, monthrange(year, month)[1]), Precision.MONTH.value
        return date(year, 1, 1), date(year, 12, 31), Precision.YEAR.value
    except ValueError:
        raise Unclear(HOW_TO_DATE) from None


def places_of(value: str) -> Iterator[tuple[str, str]]:
    """Code and role of each place in `PS (where, affected), US (actor)`. Raises Unclear."""
    for part in PART.findall(without_direction(value)):
        if not part.strip():
            continue
        found = PLACE.fullmatch(part.strip())
        if not found:
            raise Unclear("is no place with its role: write a code and roles, as “PS (where, affected), US (actor)”")
        for role in re.split(r"[,;/]", found[2]):
            yield found[1].upper(), role.strip().casefold()


@dataclass
class Sources:
    """What a source can be called by: its key, its title, its address. `stored` is asked for once, when needed."""

    stored: Callable[[], Iterable[tuple[str, str, str]]]
    by_name: dict[str, set[str]] = field(default_factory=dict)
    keys: dict[str, None] = field(default_factory=dict)
    is_whole: bool = False
    guesses: int = GUESSES
    """So often is looked for what was meant, which takes time."""

    def add(self, key: str, *names: str) -> None:
        """One that can be meant."""
        self.keys[key] = None
        for name in names:
            if name:
                self.by_name.setdefault(name.casefold(), set()).add(key)

    def find(self, name: str) -> str | None:
        """The key of what is called so; None if nothing is. Raises Unclear for the name of several."""
        name = name.casefold()
        found = {name} if name in self.keys else self.by_name.get(name, set())
        if not found and not self.is_whole:
            self.is_whole = True
            for stored in self.stored():
                self.add(*stored)
            return self.find(name)
        if len(found) > 1:
            raise Unclear(f"is the name of {len(found)} sources ({', '.join(sorted(found)[:4])}): write the key")
        return next(iter(found), None)

    def unknown(self, name: str) -> str:
        """What to say of a name that nothing has."""
        self.guesses -= 1
        known = [*self.keys, *self.by_name] if self.guesses >= 0 else []
        close = get_close_matches(name.strip().casefold()[:LONGEST_NAME], known, 1)
        meant = f"did you mean “{close[0]}”? Else" if close else "name it by its key, title or address, or"
        return f"is no source of this outline, and none that is stored: {meant} add it below a heading “Sources”"


@dataclass(frozen=True)
class Cited:
    """A source of a finding, what it does to it, and where in it to look."""

    source: str
    relation: str
    locator: str

    def cells(self) -> dict[str, str]:
        """As columns of a table."""
        return {"source": self.source, "relation": self.relation, "locator": self.locator}


def cited_in(said: Said, sources: Sources) -> Cited:
    """`annual, page 12` or `The State of the Rivers (context), https://watch.example/2024, page 12`. Raises Unclear.

    A source is named by key, title or address; where an address is there too, it has to be that of the source.
    """
    text, relation = without_direction(said.value), Relation.SUPPORTS.value
    if found := RELATION.search(text):
        relation = found[1].casefold()
        text = f"{text[: found.start()].rstrip()}{text[found.end() :]}"
    addresses = dict.fromkeys([*(link.address for link in said.links), *ADDRESS.findall(text)])
    linked = next((link for link in said.links if link.words != link.address), None)
    plain = ADDRESS.sub("", text)
    if linked:
        key = sources.find(linked.words) or sources.find(linked.address)
        rest = plain.replace(linked.words, "", 1)
    elif ADDRESS.match(text):
        key, rest = sources.find(next(iter(addresses))), plain
    else:
        key, rest = _named(plain, sources)
    if key is None:
        raise Unclear(sources.unknown(linked.words if linked else text.split(",")[0]))
    if any(sources.find(address) != key for address in addresses):
        raise Unclear("has an address that is not that of this source: correct it, or name the other source")
    return Cited(key, relation, ", ".join(part.strip() for part in rest.split(",") if part.strip()))


def _named(text: str, sources: Sources) -> tuple[str | None, str]:
    """The key of the source whose key or title the text begins with, a title with commas first; and what follows."""
    parts = text.split(",")
    for number in range(min(len(parts), MOST_COMMAS), 0, -1):
        if key := sources.find(",".join(parts[:number]).strip()):
            return key, ",".join(parts[number:])
    return None, text
