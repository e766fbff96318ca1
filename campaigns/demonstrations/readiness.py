"""What a demonstration needs before the public may be called to it. The table's rules hold the same and last."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from campaigns.demonstrations.access import FACTS
from campaigns.demonstrations.local_time import (
    EndsTooEarly,
    UnknownZone,
    WallTimeError,
    is_before,
    moment_of,
    refuse_past,
)
from reports.editorial.texts import TextState

if TYPE_CHECKING:
    from campaigns.demonstrations.demonstrations import Demonstration, DemonstrationText

Missing = dict[str, list[str]]
"""What is wrong, by the name of the field that says it."""

TEXTS = "texts"
NEEDS_REASON = {"postponed", "cancelled"}


def refuse_unready(demonstration: Demonstration, now: datetime) -> None:
    """Raises ValidationError with a message for each field that is missing or wrong; changes nothing."""
    missing = missing_for_publication(demonstration, now)
    if missing:
        raise ValidationError({name: list(messages) for name, messages in missing.items()})


def missing_for_publication(demonstration: Demonstration, now: datetime | None = None) -> Missing:
    """Everything that is still missing or wrong; empty when people may be called to come. Without `now` it may have
    begun and its demands may be over: what is public already stays so, and can be cancelled."""
    missing: Missing = {}
    found = [*_unfilled(demonstration), *wrong_times(demonstration, now), *_unsaid(demonstration)]
    for name, message in found if now is None else [*found, *_unasked(demonstration)]:
        missing.setdefault(name, []).append(message)
    return missing


def wrong_times(demonstration: Demonstration, now: datetime | None = None) -> list[tuple[str, str]]:
    """What is wrong with start, end and zone, as far as they are filled in; with `now` also a start in the past."""
    if not demonstration.zone:
        return []
    found: dict[str, datetime] = {}
    wrong = []
    for name in ("starts", "ends"):
        wall, fold = getattr(demonstration, name), getattr(demonstration, f"{name}_fold")
        try:
            if wall is not None:
                found[name] = moment_of(wall, demonstration.zone, fold)
        except UnknownZone as problem:
            return [("zone", str(problem))]
        except WallTimeError as problem:
            wrong.append((name, str(problem)))
    return wrong + _wrong_order(found, now)


def _wrong_order(found: dict[str, datetime], now: datetime | None) -> list[tuple[str, str]]:
    wrong = []
    if len(found) == 2 and not is_before(found["starts"], found["ends"]):
        wrong.append(("ends", str(EndsTooEarly())))
    try:
        if now is not None and "starts" in found:
            refuse_past(found["starts"], now)
    except WallTimeError as problem:
        wrong.append(("starts", str(problem)))
    return wrong


def _unfilled(demonstration: Demonstration) -> list[tuple[str, str]]:
    wanted = {
        "place": _("Choose the country or area."),
        "starts": _("Give the day and time of the start."),
        "ends": _("Give the day and time of the end."),
        "zone": _("Give the time zone, as in Europe/Brussels."),
        "organiser": _("Say who organises it."),
        "contact": _("Give an address at which people can ask."),
        **{name: _("Answer this, if only with “not known”.") for name in FACTS},
    }
    return [(name, message) for name, message in wanted.items() if not getattr(demonstration, name)]


def _unasked(demonstration: Demonstration) -> list[tuple[str, str]]:
    if demonstration.campaign.carries_demand:
        return []
    return [("campaign", _("Publish a demand of its campaign first: people come for something."))]


def _unsaid(demonstration: Demonstration) -> list[tuple[str, str]]:
    """What the words in the original language lack."""
    words: DemonstrationText | None = demonstration.texts.filter(
        lang=demonstration.original_lang, state=TextState.PUBLISHED
    ).first()
    if words is None:
        return [(TEXTS, _("Publish the text in the original language first."))]
    lacking = []
    if not words.city:
        lacking.append((TEXTS, _("Name the city in the original language.")))
    if not words.place_text:
        lacking.append((TEXTS, _("Say in words where people meet, in the original language.")))
    if demonstration.status in NEEDS_REASON and not words.status_note:
        lacking.append((TEXTS, _("Give the reason why it does not take place as announced: people will read it.")))
    return lacking
