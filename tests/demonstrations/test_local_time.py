"""Wall time: what does not exist, what exists twice, and what a change of a zone's rules does to it."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from campaigns.demonstrations.demonstrations import Demonstration, renew_moments
from campaigns.demonstrations.local_time import (
    DoubledTime,
    EndsTooEarly,
    GapTime,
    StartsInThePast,
    UnknownZone,
    known_zones,
    moment_of,
    nearest_moment,
    offset_of,
    period_of,
    refuse_past,
)
from tests.demonstrations.cast import next_year_at

BRUSSELS = "Europe/Brussels"
SKIPPED = datetime(2026, 3, 29, 2, 30)
DOUBLED = datetime(2026, 10, 25, 2, 30)


def test_an_ordinary_time_is_a_moment_in_its_zone() -> None:
    moment = moment_of(datetime(2026, 3, 12, 18), BRUSSELS)
    assert moment.isoformat() == "2026-03-12T18:00:00+01:00"
    assert moment_of(datetime(2026, 7, 12, 18), BRUSSELS).isoformat() == "2026-07-12T18:00:00+02:00"


def test_a_skipped_time_is_refused_with_the_two_beside_it() -> None:
    with pytest.raises(GapTime) as refused:
        moment_of(SKIPPED, BRUSSELS)
    assert refused.value.before == datetime(2026, 3, 29, 1, 30)
    assert refused.value.after == datetime(2026, 3, 29, 3, 30)
    assert moment_of(refused.value.before, BRUSSELS) < moment_of(refused.value.after, BRUSSELS)
    assert "skip 02:30" in str(refused.value)
    assert "Choose 01:30 or 03:30." in str(refused.value)


@pytest.mark.parametrize("fold", [0, 1])
def test_no_choice_makes_a_skipped_time_exist(fold: int) -> None:
    with pytest.raises(GapTime):
        moment_of(SKIPPED, BRUSSELS, fold)


def test_the_edges_of_a_gap_exist() -> None:
    last = moment_of(datetime(2026, 3, 29, 1, 59), BRUSSELS)
    first = moment_of(datetime(2026, 3, 29, 3, 0), BRUSSELS)
    assert first.astimezone(UTC) - last.astimezone(UTC) == timedelta(minutes=1)
    with pytest.raises(GapTime):
        moment_of(datetime(2026, 3, 29, 2, 0), BRUSSELS)


def test_a_doubled_time_needs_a_choice() -> None:
    with pytest.raises(DoubledTime) as refused:
        moment_of(DOUBLED, BRUSSELS)
    assert "UTC+2" in str(refused.value)
    assert "UTC+1" in str(refused.value)
    first, second = moment_of(DOUBLED, BRUSSELS, 0), moment_of(DOUBLED, BRUSSELS, 1)
    assert first.isoformat() == "2026-10-25T02:30:00+02:00"
    assert second.isoformat() == "2026-10-25T02:30:00+01:00"


def test_a_choice_where_there_is_none_changes_nothing() -> None:
    wall = datetime(2026, 3, 12, 18)
    assert moment_of(wall, BRUSSELS, 1).astimezone(UTC) == moment_of(wall, BRUSSELS).astimezone(UTC)


@pytest.mark.parametrize(
    "name", ["", "Brussels", "Mars/Olympus", "CET", "EST5EDT", "Etc/GMT-1", "../etc/passwd", "UTC+1"]
)
def test_a_name_that_is_no_place_is_no_zone(name: str) -> None:
    with pytest.raises(UnknownZone):
        moment_of(datetime(2026, 3, 12, 18), name)


def test_the_end_must_come_later_on_the_clock_of_the_world() -> None:
    with pytest.raises(EndsTooEarly):
        period_of(datetime(2026, 3, 12, 18), datetime(2026, 3, 12, 18), BRUSSELS)
    with pytest.raises(EndsTooEarly):
        period_of(datetime(2026, 3, 12, 18), datetime(2026, 3, 12, 17, 59), BRUSSELS)
    # 02:45 for the first time, to 02:15 for the second: half an hour, although the wall goes back.
    starts, ends = period_of(datetime(2026, 10, 25, 2, 45), datetime(2026, 10, 25, 2, 15), BRUSSELS, 0, 1)
    assert ends.astimezone(UTC) - starts.astimezone(UTC) == timedelta(minutes=30)


def test_nobody_is_called_to_what_has_begun() -> None:
    now = datetime(2026, 3, 12, 17, 0, tzinfo=UTC)  # 18:00 in Brussels
    with pytest.raises(StartsInThePast):
        refuse_past(moment_of(datetime(2026, 3, 12, 18), BRUSSELS), now)
    refuse_past(moment_of(datetime(2026, 3, 12, 18, 1), BRUSSELS), now)


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        (BRUSSELS, "UTC+1"),
        ("Asia/Kolkata", "UTC+5:30"),
        ("America/St_Johns", "UTC\u22123:30"),
        ("Europe/London", "UTC+0"),
        ("America/Sao_Paulo", "UTC\u22123"),
    ],
)
def test_the_offset_is_told_as_people_write_it(zone: str, said: str) -> None:
    assert offset_of(moment_of(datetime(2026, 1, 12, 18), zone)) == said


@given(st.sampled_from(sorted(known_zones())), st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)))
def test_every_time_of_every_zone_is_a_moment_or_refused_with_a_way_out(zone: str, wall: datetime) -> None:
    try:
        moment = moment_of(wall, zone)
    except GapTime as gap:
        before, after = moment_of(gap.before, zone, 0), moment_of(gap.after, zone, 1)
        assert before.astimezone(UTC) < after.astimezone(UTC)
    except DoubledTime:
        first, second = moment_of(wall, zone, 0), moment_of(wall, zone, 1)
        assert first.astimezone(UTC) < second.astimezone(UTC)
    else:
        assert moment.astimezone(UTC).astimezone(moment.tzinfo).replace(tzinfo=None) == wall
    assert nearest_moment(wall, zone).replace(tzinfo=None) == wall


@pytest.fixture
def other_rules(tmp_path: Path) -> Iterator[None]:
    """A time zone database in which Brussels has taken over the clock of Tokyo: nine hours ahead, all year."""
    there = tmp_path / "zoneinfo"
    (there / "Europe").mkdir(parents=True)
    (there / "Europe" / "Brussels").write_bytes((files("tzdata.zoneinfo.Asia") / "Tokyo").read_bytes())
    before = zoneinfo.TZPATH
    known_zones()
    zoneinfo.reset_tzpath([there, *before])
    zoneinfo.ZoneInfo.clear_cache()
    yield
    zoneinfo.reset_tzpath(before)
    zoneinfo.ZoneInfo.clear_cache()


def test_a_change_of_rules_keeps_the_wall_time(demonstration: Demonstration, other_rules: None) -> None:
    before = Demonstration.objects.get()
    assert before.starts_at == next_year_at(17).replace(tzinfo=UTC)  # 18:00 in Brussels
    assert renew_moments(timezone.now()) == 1
    after = Demonstration.objects.get()
    assert after.starts == before.starts == next_year_at(18)
    assert after.starts_at == next_year_at(9).replace(tzinfo=UTC)  # 18:00 by the clock of Tokyo
    assert after.sequence == before.sequence, "the announced time has not changed"
    assert renew_moments(timezone.now()) == 0
