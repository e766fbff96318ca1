"""Loading demonstrations: the whole file is checked, then written by key."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from campaigns.demonstrations.demonstrations import Demonstration, DemonstrationText
from campaigns.keystore import secrets_of
from tests.demonstrations.cast import make_campaign, make_place

pytestmark = pytest.mark.django_db

RALLY: dict[str, Any] = {
    "key": "brussels",
    "campaign": "water",
    "kind": "rally",
    "status": "on",
    "in_days": 17,
    "starts": "18:00",
    "ends": "19:30",
    "zone": "Europe/Brussels",
    "place": "BE",
    "city": "Brussels",
    "day_of_action": None,
    "organiser": "Friends of the River",
    "contact": "river@example.org",
    "accessibility": {
        "step_free": "yes",
        "toilets": "partly",
        "sign_language": "no",
        "resting_points": "unknown",
        "quiet_area": "no",
        "captions": "unknown",
        "note": {"en": "Level pavement."},
    },
    "texts": {
        "en": {
            "slug": "river-rally",
            "title": "Rally for the river",
            "summary": "Come.",
            "place_text": "In front of the town hall",
            "city": "Brussels",
            "safety": "Be safe.",
        }
    },
}
Load = Callable[..., str]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Load demonstrations as a file; what was printed."""
    make_campaign()
    make_place("BE", "Belgium")

    def load(*demonstrations: dict[str, Any], needs_review: Sequence[str] = (), **options: Any) -> str:
        file = tmp_path / "demonstrations.json"
        content: dict[str, Any] = {"format": "upstander-demonstrations/1", "demonstrations": list(demonstrations)}
        content["needs_review"] = list(needs_review)
        file.write_text(json.dumps(content), encoding="utf-8")
        printed = StringIO()
        call_command("load_demonstrations", file, stdout=printed, **options)
        return printed.getvalue()

    return load


def changed(path: str, value: Any, base: dict[str, Any] = RALLY) -> dict[str, Any]:
    """The rally with one value changed, or taken out where the value is `...`."""
    rally = copy.deepcopy(base)
    *parents, last = path.split(".")
    below = rally
    for name in parents:
        below = below[name]
    if value is ...:
        del below[last]
    else:
        below[last] = value
    return rally


def test_a_file_becomes_a_public_demonstration(load: Load) -> None:
    load(RALLY)
    stored = Demonstration.objects.visible().get()
    assert stored.starts == datetime.combine(timezone.localdate() + timedelta(days=17), datetime.min.time()).replace(
        hour=18
    )
    assert stored.ends - stored.starts == timedelta(minutes=90)
    assert (stored.zone, stored.place.code, stored.toilets) == ("Europe/Brussels", "BE", "partly")
    text = stored.texts.get()
    assert (text.city, text.access_note, text.safety) == ("Brussels", "Level pavement.", "Be safe.")
    assert secrets_of(stored.uuid).petition == stored.uuid


def test_a_file_says_which_languages_were_not_read(load: Load) -> None:
    words = {**RALLY["texts"]["en"], "slug": "betoging"}
    load(changed("texts.nl", words), needs_review=["nl"])
    assert dict(DemonstrationText.objects.values_list("lang", "needs_review")) == {"en": False, "nl": True}


def test_a_second_load_changes_nothing(load: Load) -> None:
    load(RALLY)
    before = Demonstration.objects.values().get(), DemonstrationText.objects.values().get()
    assert "0 changes" in load(RALLY)
    assert (Demonstration.objects.values().get(), DemonstrationText.objects.values().get()) == before


def test_days_are_counted_from_the_day_of_loading(load: Load) -> None:
    load(RALLY)
    starts = Demonstration.objects.get().starts
    load(changed("in_days", 20))
    assert Demonstration.objects.get().starts - starts == timedelta(days=3)
    load(changed("on", "2031-05-01", changed("in_days", ...)))
    assert Demonstration.objects.get().starts == datetime(2031, 5, 1, 18)


def test_a_dry_run_writes_nothing(load: Load, keystore: Path) -> None:
    assert "nothing was written" in load(RALLY, dry_run=True)
    assert not Demonstration.objects.exists()
    assert not keystore.exists()


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("zone", "Mars/Olympus", "demonstrations[0].zone"),
        ("zone", "", "demonstrations[0].zone"),
        ("starts", "25:00", "demonstrations[0].starts"),
        ("starts", "6pm", "demonstrations[0].starts"),
        ("starts", 18, "demonstrations[0].starts"),
        ("ends", "18:00", "demonstrations[0].ends"),
        ("ends", "17:00", "The end must come after the start."),
        ("in_days", "17", "demonstrations[0].in_days"),
        ("in_days", ..., "demonstrations[0].in_days"),
        ("kind", "riot", "march, rally, vigil"),
        ("status", "perhaps", "on, moved, postponed, cancelled"),
        ("status", "cancelled", "texts.en.status_note"),
        ("campaign", "watr", 'did you mean "water"'),
        ("place", "XX", "demonstrations[0].place"),
        ("contact", "nobody", "demonstrations[0].contact"),
        ("contact", "", "demonstrations[0].contact"),
        ("organiser", ..., "demonstrations[0].organiser"),
        ("accessibility.step_free", "perhaps", "yes, partly, no, unknown"),
        ("accessibility.step_free", ..., "accessibility.step_free"),
        ("accessibility.lift", "yes", "accessibility.lift"),
        ("accessibility.note", "Level.", "accessibility.note"),
        ("accessibility.note.fr", "Plat.", "accessibility.note.fr"),
        ("texts", {}, 'add "en"'),
        ("texts.en.place_text", "", "texts.en.place_text"),
        ("texts.en.slug", "a b", "texts.en.slug"),
        ("texts.xx", {}, "texts.xx"),
        ("day_of_action", "No Spaces", "day_of_action"),
        ("starts_fold", 3, "starts_fold"),
        ("colour", "red", "demonstrations[0].colour"),
    ],
)
def test_what_is_wrong_is_named_with_its_path_and_nothing_is_written(
    load: Load, path: str, value: Any, said: str
) -> None:
    with pytest.raises(CommandError, match="Nothing was written") as refused:
        load(changed(path, value))
    assert said in str(refused.value)
    assert not Demonstration.objects.exists()


def test_a_skipped_time_is_refused_and_a_doubled_one_needs_its_choice(load: Load) -> None:
    skipped = {**changed("in_days", ...), "on": "2026-03-29", "starts": "02:30", "ends": "05:00"}
    with pytest.raises(CommandError, match=r"01:30 or 03:30"):
        load(skipped)
    doubled = {**changed("in_days", ...), "on": "2026-10-25", "starts": "02:30", "ends": "05:00"}
    with pytest.raises(CommandError, match="twice"):
        load(doubled)
    load({**doubled, "starts_fold": 1})
    assert Demonstration.objects.get().starts_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_keys_and_addresses_are_used_once(load: Load) -> None:
    with pytest.raises(CommandError, match="used twice"):
        load(RALLY, RALLY)
    load(RALLY)
    with pytest.raises(CommandError, match="another demonstration has this address"):
        load(changed("key", "other"))


def test_the_state_stays_the_desks(load: Load) -> None:
    load(RALLY)
    Demonstration.objects.update(state="archived")
    load(changed("kind", "vigil"))
    stored = Demonstration.objects.get()
    assert (stored.kind, stored.state) == ("vigil", "archived")
