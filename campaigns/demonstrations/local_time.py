"""When people meet: the time on the wall there, and the moment in the world that this is.

A demonstration is announced in wall time, so wall time and the name of its zone (IANA time zone database) are what is
kept; the moment follows from them and is worked out anew whenever a state changes its clocks. Twice a year a zone has
wall times that do not exist or exist twice. Python takes both in silence (PEP 495, "fold"), so they are caught here.
"""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

REGIONS = frozenset(
    {"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
)
MINUS = "\u2212"


class WallTimeError(ValueError):
    """A time that cannot be announced. Its text says why and what to choose, in the language of the page."""

    def __init__(self, message: StrOrPromise) -> None:
        super().__init__(str(message))


class UnknownZone(WallTimeError):
    """The name is not that of a place in the time zone database."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("“%(zone)s” is no time zone. Give a region and a city, as in Europe/Brussels.") % {"zone": name}
        )


class GapTime(WallTimeError):
    """The clock skips this time. `before` and `after` are the wall times that stand in its place on either side."""

    def __init__(self, wall: datetime, zone: str, before: datetime, after: datetime) -> None:
        self.before, self.after = before, after
        message = _("The clocks of %(zone)s go forward on %(day)s and skip %(time)s. Choose %(before)s or %(after)s.")
        super().__init__(message % {**_named(wall, zone), "before": shown(before), "after": shown(after)})


class DoubledTime(WallTimeError):
    """The clock shows this time twice. `first` and `second` are the two moments."""

    def __init__(self, wall: datetime, zone: str, first: datetime, second: datetime) -> None:
        self.first, self.second = first, second
        message = _(
            "The clocks of %(zone)s go back on %(day)s and show %(time)s twice. Choose the first (%(first)s) or the "
            "second (%(second)s)."
        )
        super().__init__(message % {**_named(wall, zone), "first": offset_of(first), "second": offset_of(second)})


class EndsTooEarly(WallTimeError):
    """The end does not come after the start."""

    def __init__(self) -> None:
        super().__init__(_("The end must come after the start."))


class StartsInThePast(WallTimeError):
    """The start has gone by."""

    def __init__(self) -> None:
        super().__init__(_("The start lies in the past. Give a time to come."))


@cache
def known_zones() -> frozenset[str]:
    """Names of zones that belong to a place: those that people and their calendars know."""
    return frozenset(name for name in zoneinfo.available_timezones() if name.partition("/")[0] in REGIONS)


def zone_named(name: str) -> ZoneInfo:
    """The zone of this name. Raises UnknownZone."""
    if name not in known_zones():
        raise UnknownZone(name)
    return ZoneInfo(name)


def moment_of(wall: datetime, zone: str, fold: int | None = None) -> datetime:
    """The moment at which the wall shows this time, in its zone.

    Raises UnknownZone, GapTime, and DoubledTime unless `fold` says which one (0 the first, 1 the second).
    """
    first, second = _readings(wall, zone)
    if first.utcoffset() == second.utcoffset():
        return first
    if first.astimezone(UTC) > second.astimezone(UTC):  # the offset grows: the time between is skipped
        raise GapTime(wall, zone, before=_seen(second), after=_seen(first))
    if fold is None:
        raise DoubledTime(wall, zone, first, second)
    return second if fold else first


def nearest_moment(wall: datetime, zone: str, fold: int | None = None) -> datetime:
    """The same for a time that was announced before its zone's rules changed: of two moments the first, and for a
    skipped one that of the clock not yet put forward. Raises UnknownZone only."""
    first, second = _readings(wall, zone)
    return second if fold and first.astimezone(UTC) < second.astimezone(UTC) else first


def period_of(
    starts: datetime,
    ends: datetime,
    zone: str,
    starts_fold: int | None = None,
    ends_fold: int | None = None,
) -> tuple[datetime, datetime]:
    """Start and end as moments. Raises what `moment_of` does, and EndsTooEarly."""
    period = moment_of(starts, zone, starts_fold), moment_of(ends, zone, ends_fold)
    if not is_before(*period):
        raise EndsTooEarly
    return period


def is_before(one: datetime, other: datetime) -> bool:
    """Whether a moment comes before another. Python compares two times of one zone by the wall: wrong twice a year."""
    return one.astimezone(UTC) < other.astimezone(UTC)


def refuse_past(starts: datetime, now: datetime) -> None:
    """Nobody can be called to what has begun. Raises StartsInThePast."""
    if not is_before(now, starts):
        raise StartsInThePast


def offset_of(moment: datetime) -> str:
    """How far the wall is from UTC, as in `UTC+5:30`; always read from left to right."""
    offset = moment.utcoffset() or timedelta()
    sign = MINUS if offset < timedelta() else "+"
    hours, minutes = divmod(round(abs(offset).total_seconds() / 60), 60)
    return f"UTC{sign}{hours}:{minutes:02}" if minutes else f"UTC{sign}{hours}"


def shown(wall: datetime) -> str:
    """A wall time as people write it here."""
    return time_format(wall, "H:i")


def _readings(wall: datetime, zone: str) -> tuple[datetime, datetime]:
    """Both ways to read a wall time; most times they are the same moment."""
    there = zone_named(zone)
    wall = wall.replace(tzinfo=None)
    return wall.replace(tzinfo=there, fold=0), wall.replace(tzinfo=there, fold=1)


def _seen(reading: datetime) -> datetime:
    """What the wall shows at the moment that a reading of a skipped time stands for."""
    return reading.astimezone(UTC).astimezone(reading.tzinfo).replace(tzinfo=None, fold=0)


def _named(wall: datetime, zone: str) -> dict[str, str]:
    return {"zone": zone, "day": date_format(wall, "DATE_FORMAT"), "time": shown(wall)}
