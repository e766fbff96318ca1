"""What a demonstration needs before people are called to it, and what its calendar number follows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from campaigns.demonstrations.access import FACTS
from campaigns.demonstrations.demonstration_form import DemonstrationForm
from campaigns.demonstrations.demonstrations import Demonstration, Status
from campaigns.keystore import KeystoreError, secrets_of
from reports.editorial.publishing import IllegalTransition, State
from reports.editorial.texts import TextState
from tests.demonstrations.cast import make_campaign, make_demonstration, make_text, next_year_at

pytestmark = pytest.mark.django_db


def draft(**values: Any) -> Demonstration:
    return Demonstration.objects.create(key="draft", campaign=make_campaign(), state=State.APPROVED, **values)


def refused(demonstration: Demonstration) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as problem:
        demonstration.move_to(State.PUBLISHED)
    assert Demonstration.objects.get(pk=demonstration.pk).state == State.APPROVED
    return problem.value.message_dict


def test_an_empty_draft_names_every_field_it_lacks() -> None:
    wanted = {"place", "starts", "ends", "zone", "organiser", "contact", "texts", *FACTS}
    assert set(refused(draft())) == wanted


def test_each_single_gap_is_named_and_nothing_else() -> None:
    whole = make_demonstration(state=State.APPROVED)
    for name, nothing in {"place": None, "starts": None, "contact": "", "organiser": "", "quiet_area": ""}.items():
        had = getattr(whole, name)
        setattr(whole, name, nothing)
        whole.save()
        assert list(refused(whole)) == [name]
        setattr(whole, name, had)
        whole.save()
    whole.move_to(State.PUBLISHED)
    assert Demonstration.objects.visible().filter(pk=whole.pk).exists()


def test_not_known_is_an_answer() -> None:
    whole = make_demonstration(state=State.APPROVED, **dict.fromkeys(FACTS, "unknown"))
    whole.move_to(State.PUBLISHED)
    assert whole.state == State.PUBLISHED


def test_words_must_say_where_and_be_published() -> None:
    demonstration = make_demonstration(state=State.APPROVED)
    demonstration.texts.update(place_text="", city="")
    assert len(refused(demonstration)["texts"]) == 2
    demonstration.texts.update(place_text="By the river", city="Brussels", state=TextState.DRAFT)
    assert len(refused(demonstration)["texts"]) == 1


def test_what_has_begun_is_not_published() -> None:
    begun = make_demonstration(state=State.APPROVED, starts=datetime(2024, 3, 12, 18))
    assert "past" in " ".join(refused(begun)["starts"])


def test_a_skipped_start_is_not_published() -> None:
    year = next_year_at(18).year
    last_sunday = max(day for day in range(25, 32) if datetime(year, 3, day).weekday() == 6)
    demonstration = make_demonstration(state=State.APPROVED, starts=datetime(year, 3, last_sunday, 2, 30))
    [message] = refused(demonstration)["starts"]
    assert "01:30" in message
    assert "03:30" in message


def test_a_cancelled_call_needs_its_reason() -> None:
    demonstration = make_demonstration(state=State.APPROVED, status=Status.CANCELLED)
    assert list(refused(demonstration)) == ["texts"]
    demonstration.texts.update(status_note="No safe way to the square.")
    demonstration.move_to(State.PUBLISHED)


def test_publishing_makes_the_secrets() -> None:
    demonstration = draft(
        starts=next_year_at(18),
        ends=next_year_at(19),
        zone="Europe/Brussels",
        place=make_demonstration().place,
        organiser="We",
        contact="we@example.org",
        **dict.fromkeys(FACTS, "no"),
    )
    make_text(demonstration, "en")
    with pytest.raises(KeystoreError):
        secrets_of(demonstration.uuid)
    demonstration.move_to(State.SCHEDULED)
    assert secrets_of(demonstration.uuid).petition == demonstration.uuid


def test_an_illegal_step_is_refused_as_such(demonstration: Demonstration) -> None:
    demonstration.move_to(State.ARCHIVED)
    with pytest.raises(IllegalTransition):
        demonstration.move_to(State.PUBLISHED)
    assert Demonstration.objects.get().state == State.ARCHIVED


@pytest.mark.parametrize(
    "values",
    [
        {"contact": ""},
        {"zone": "", "starts_at": None},
        {"place": None},
        {"sign_language": ""},
        {"sign_language": "perhaps"},
        {"status": "perhaps"},
        {"kind": "riot"},
        {"starts_fold": 2},
        {"starts_at": None},
    ],
)
def test_the_database_holds_the_same_whoever_writes(demonstration: Demonstration, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Demonstration.objects.filter(pk=demonstration.pk).update(**values)


def test_the_database_refuses_an_end_before_the_start(demonstration: Demonstration) -> None:
    demonstration.ends = demonstration.starts
    with pytest.raises(IntegrityError, match="demonstration_ends_after_start"), transaction.atomic():
        demonstration.save()


def test_moments_follow_whichever_columns_are_saved(demonstration: Demonstration) -> None:
    demonstration.starts = next_year_at(17)
    demonstration.save(update_fields=["starts"])
    stored = Demonstration.objects.get()
    assert stored.starts_at == next_year_at(16).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("values", "moves"),
    [
        ({"starts": next_year_at(17)}, 1),
        ({"status": "moved"}, 1),
        ({"zone": "Europe/Amsterdam"}, 1),
        ({"place": None, "state": State.DRAFT}, 1),
        ({"starts": next_year_at(17), "status": "moved"}, 1),
        ({"organiser": "Others", "contact": "others@example.org", "captions": "yes", "kind": "vigil"}, 0),
        ({"state": State.ARCHIVED}, 0),
        ({"sequence": 7}, 0),
    ],
)
def test_the_number_moves_with_time_place_and_status_only(
    demonstration: Demonstration, values: dict[str, Any], moves: int
) -> None:
    for name, value in values.items():
        setattr(demonstration, name, value)
    demonstration.save()
    stored = Demonstration.objects.get()
    assert stored.sequence == moves
    assert (stored.changed_at > demonstration.changed_at) == bool(moves)


def test_where_people_meet_is_a_place_and_a_typing_mistake_is_none(demonstration: Demonstration) -> None:
    french = make_text(demonstration, "fr", slug="bruxelles")
    demonstration.texts.filter(lang="en").update(title="Rally for our river", summary="Come.", safety="Be safe.")
    french.place_text = "Devant la mairie"
    french.save()
    assert Demonstration.objects.get().sequence == 0
    demonstration.texts.filter(lang="en").update(place_text="Behind the town hall")
    assert Demonstration.objects.get().sequence == 1


def test_before_anybody_knew_of_it_nothing_is_counted() -> None:
    demonstration = make_demonstration(state=State.DRAFT)
    demonstration.starts = next_year_at(17)
    demonstration.save()
    demonstration.texts.update(city="Antwerp")
    assert Demonstration.objects.get().sequence == 0


def form(demonstration: Demonstration, **changes: Any) -> DemonstrationForm:
    data = {name: getattr(demonstration, name) for name in DemonstrationForm.Meta.fields}
    data |= {"campaign": demonstration.campaign_id, "place": demonstration.place_id, "starts_fold": "", "ends_fold": ""}
    data |= {"starts": "2027-10-31T02:30", "ends": "2027-10-31T04:00"} | changes
    return DemonstrationForm(data, instance=demonstration)


@pytest.mark.parametrize("state", [State.DRAFT, State.PUBLISHED])
def test_the_form_asks_which_of_two_equal_times(state: State) -> None:
    demonstration = make_demonstration(state=state)
    asking = form(demonstration)
    assert list(asking.errors) == ["starts"]
    assert "UTC+2" in str(asking.errors["starts"])
    chosen = form(Demonstration.objects.get(), starts_fold="1")
    assert chosen.is_valid(), chosen.errors
    assert chosen.save().starts_at.hour == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"starts": "2027-03-28T02:30", "ends": "2027-03-28T05:00"}, "starts"),
        ({"starts": "2027-05-01T18:00", "ends": "2027-05-01T18:00"}, "ends"),
        ({"starts": "2027-05-01T18:00", "ends": "2027-05-01T19:00", "zone": "Mars/Olympus"}, "zone"),
        ({"starts": "2027-05-01T18:00", "ends": "2027-05-01T19:00", "contact": ""}, "contact"),
        ({"starts": "2027-05-01T18:00", "ends": "2027-05-01T19:00", "toilets": ""}, "toilets"),
        ({"starts": "2027-02-30T18:00", "ends": "2027-05-01T19:00"}, "starts"),
        ({"starts": "soon", "ends": "2027-05-01T19:00"}, "starts"),
    ],
)
def test_the_form_names_the_field_that_is_wrong(
    demonstration: Demonstration, changes: dict[str, Any], field: str
) -> None:
    wrong = form(demonstration, **changes)
    assert list(wrong.errors) == [field]
    assert Demonstration.objects.get().starts == next_year_at(18)


def test_what_is_public_and_has_begun_can_still_be_corrected() -> None:
    begun = make_demonstration(starts=datetime(2024, 3, 12, 18))
    correcting = form(begun, starts="2024-03-12T18:00", ends="2024-03-12T19:45")
    assert correcting.is_valid(), correcting.errors
    assert correcting.save().ends - begun.starts == timedelta(minutes=105)
