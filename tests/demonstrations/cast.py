"""The demonstration, the people and the links that tests of demonstrations speak of."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connections, transaction
from django.utils import timezone

from campaigns.addresses import parse_address
from campaigns.campaigning import Campaign, CampaignText
from campaigns.demonstrations.access import FACTS
from campaigns.demonstrations.demonstration_reading import ReadDemonstration, demonstration_by_id
from campaigns.demonstrations.demonstrations import Demonstration, DemonstrationText
from campaigns.demonstrations.own_pledge import link_to
from campaigns.demonstrations.pledges import Pledge, PledgeTally
from campaigns.demonstrations.pledging import Party, pledge
from campaigns.keystore import create_secrets
from campaigns.tokens import Purpose
from reports.editorial.models import Organisation
from reports.editorial.publishing import State
from reports.editorial.texts import TextState
from reports.models import Place, PlaceName
from tests.reports.making import give_demand

ADA = "ada@example.org"


def next_year_at(hour: int, month: int = 3, day: int = 12) -> datetime:
    """A wall time that lies ahead, in winter unless told otherwise."""
    return datetime(timezone.now().year + 1, month, day, hour)


def make_demonstration(key: str = "brussels", **values: Any) -> Demonstration:
    """A public rally in Brussels with a text in English, next year from 18:00 to 19:30."""
    starts = values.pop("starts", next_year_at(18))
    values = {
        "state": State.PUBLISHED,
        "campaign": values.get("campaign") or make_campaign(),
        "starts": starts,
        "ends": starts + timedelta(minutes=90) if starts else None,
        "zone": "Europe/Brussels",
        "place": make_place("BE", "Belgium"),
        "organiser": "Friends of the River",
        "contact": "river@example.org",
        **dict.fromkeys(FACTS, "unknown"),
        "step_free": "yes",
        "toilets": "no",
        **values,
    }
    demonstration = Demonstration.objects.create(key=key, **values)
    make_text(demonstration, demonstration.original_lang)
    create_secrets(demonstration.uuid)
    return demonstration


@transaction.atomic
def make_campaign(key: str = "water") -> Campaign:
    organisation, _ = Organisation.objects.get_or_create(key="friends", defaults={"name": "Friends of the River"})
    campaign, made = Campaign.objects.get_or_create(
        key=key, defaults={"organisation": organisation, "state": State.PUBLISHED}
    )
    if made:
        give_demand(campaign)
        CampaignText.objects.create(
            campaign=campaign, lang="en", slug=key, title="Clean water", summary="Now.", state=TextState.PUBLISHED
        )
    return campaign


def make_place(code: str, name: str) -> Place:
    place, made = Place.objects.get_or_create(code=code)
    if made:
        PlaceName.objects.create(place=place, lang="en", name=name)
    return place


def make_text(demonstration: Demonstration, lang: str, **words: Any) -> DemonstrationText:
    words = {
        "slug": demonstration.key,
        "title": "Rally for the river",
        "summary": "We pour a glass of it.",
        "city": "Brussels",
        "place_text": "In front of the town hall",
        **words,
    }
    return DemonstrationText.objects.create(demonstration=demonstration, lang=lang, state=TextState.PUBLISHED, **words)


def read(demonstration: Demonstration, lang: str = "en", now: datetime | None = None) -> ReadDemonstration:
    found = demonstration_by_id(demonstration.pk, lang, now)
    assert found is not None
    return found


def party(address: str = "", size: int = 1, nickname: str = "", lang: str = "en") -> Party:
    return Party(size, lang, nickname, parse_address(address) if address else None)


def announce(demonstration: Demonstration, size: int = 1, nickname: str = "") -> str:
    """Pledge without an address; the code."""
    code = pledge(read(demonstration), party(size=size, nickname=nickname))
    assert code is not None
    return code.shown


def post(demonstration: Demonstration, address: str = ADA, size: int = 1, lang: str = "en") -> Pledge:
    """Pledge with an address, as if its mail had left; the row."""
    pledge(read(demonstration), party(address, size, lang=lang))
    row: Pledge = rows(demonstration).order_by("-pk")[0]
    rows(demonstration).filter(pk=row.pk).update(
        mail_due_at=None, mails=1, link_until=timezone.now() + timedelta(hours=48)
    )
    row.refresh_from_db()
    return row


def rows(demonstration: Demonstration) -> Any:
    return Pledge.objects.filter(demonstration=demonstration)


def link(row: Pledge, purpose: Purpose = Purpose.CONFIRM) -> str:
    """The token that a mail would carry."""
    return link_to(Pledge.objects.select_related("demonstration").get(pk=row.pk), purpose)


def people(demonstration: Demonstration) -> int:
    tally = PledgeTally.objects.filter(demonstration=demonstration).first()
    return tally.people if tally else 0


def at_once(*acts: Callable[[], object]) -> None:
    """Run the acts in threads of their own, all let go together, and fail with what any of them raises."""
    problems: list[BaseException] = []
    gate = threading.Barrier(len(acts))

    def guarded(act: Callable[[], object]) -> None:
        try:
            gate.wait(20)
            act()
        except BaseException as problem:
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=guarded, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]
