"""Embargoes at the desk: typed in the editor's own zone, kept to the minute, and ended early by two people only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from reports.editorial import embargoes
from reports.editorial.corrections import Correction
from reports.editorial.models import EmbargoLift, User
from reports.editorial.publishing import Publishable, State
from reports.models import Finding
from tests.desk.conftest import Cast, form_values
from tests.desk.making import Objects
from tests.desk.test_roles import page

pytestmark = pytest.mark.django_db
FUTURE = datetime(2999, 1, 1, tzinfo=UTC)


@pytest.fixture
def held(objects: Objects) -> Finding:
    """A scheduled finding."""
    finding: Finding = objects.of("reports.finding")
    Finding.objects.filter(pk=finding.pk).update(state=State.SCHEDULED, release_at=FUTURE)
    finding.refresh_from_db()
    return finding


def release_at(finding: Finding) -> datetime | None:
    return Finding.objects.values_list("release_at", flat=True).get(pk=finding.pk)


def move(cast: Cast, finding: Finding, state: str, role: str = "editor") -> int:
    return cast.client(role).post(page("reports.finding", "move", finding.pk, state)).status_code


def test_a_release_time_is_typed_in_the_editors_zone_and_stored_in_utc(cast: Cast, objects: Objects) -> None:
    finding, client = objects.of("reports.finding"), cast.client("editor")
    assert client.post("/desk/zone/", {"zone": "Europe/Brussels"}).status_code == 302
    address = page("reports.finding", "change", finding.pk)
    shown = client.get(address)
    assert "In the time of Europe/Brussels" in shown.content.decode()
    assert client.post(address, form_values(shown) | {"release_at": "2999-07-01T09:00"}).status_code == 302
    assert release_at(finding) == datetime(2999, 7, 1, 7, tzinfo=UTC)
    again = client.get(address).content.decode()
    assert 'value="2999-07-01T09:00"' in again
    assert "(Europe/Brussels)" in again
    assert "In the time of UTC" in cast.client("admin").get(address).content.decode()
    assert client.post("/desk/zone/", {"zone": "Mars/Base"}).status_code == 200
    assert User.objects.get(email="editor@example.org").zone == "Europe/Brussels"


@pytest.mark.parametrize("typed", ["2027-03-28T02:30", "2027-10-31T02:30"])
def test_a_time_that_the_clocks_skip_or_show_twice_is_refused(cast: Cast, objects: Objects, typed: str) -> None:
    finding, client = objects.of("reports.finding"), cast.client("editor")
    client.post("/desk/zone/", {"zone": "Europe/Brussels"})
    address = page("reports.finding", "change", finding.pk)
    response = client.post(address, form_values(client.get(address)) | {"release_at": typed})
    assert response.status_code == 200
    assert response.context["adminform"].form.errors["release_at"]
    assert release_at(finding) is None


def test_nothing_is_published_before_its_embargo_ends(cast: Cast, held: Finding) -> None:
    assert move(cast, held, "published") == 422
    held.refresh_from_db()
    assert held.state == State.SCHEDULED


def test_one_person_alone_does_not_end_an_embargo(cast: Cast, held: Finding) -> None:
    client, address = cast.client("editor"), page("reports.finding", "change", held.pk)
    for earlier in ("", "2998-01-01T00:00"):
        values = {**form_values(client.get(address)), "release_at": earlier}
        response = client.post(address, values)
        assert response.status_code == 422
        assert "Another person has to agree" in response.content.decode()
    assert client.post(page("reports.finding", "ask_lift", held.pk)).status_code == 302
    assert client.post(page("reports.finding", "agree_lift", held.pk)).status_code == 422
    assert release_at(held) == FUTURE
    later = {**form_values(client.get(address)), "release_at": "2999-06-01T00:00"}
    assert client.post(address, later).status_code == 302


def test_no_way_through_a_draft_ends_an_embargo(cast: Cast, held: Finding) -> None:
    shown = cast.client("editor").get(page("reports.finding", "change", held.pk)).content.decode()
    assert "Remove for good" not in shown
    assert move(cast, held, "approved") == 302
    assert move(cast, held, "draft") == 409
    for state in (State.DRAFT, State.IN_REVIEW):
        with pytest.raises(IntegrityError, match="two people"), transaction.atomic():
            Finding.objects.filter(pk=held.pk).update(state=state)
    assert release_at(held) == FUTURE
    cast.client("editor").post(page("reports.finding", "ask_lift", held.pk))
    cast.client("admin").post(page("reports.finding", "agree_lift", held.pk))
    assert move(cast, held, "draft") == 302


def test_a_draft_that_nobody_agreed_to_goes_back_whatever_its_time(cast: Cast, objects: Objects) -> None:
    finding = objects.of("reports.finding")
    Finding.objects.update(state=State.IN_REVIEW, release_at=FUTURE)
    assert move(cast, finding, "draft") == 302


@pytest.mark.parametrize("state", ["retracted", "removed"])
def test_what_nobody_has_seen_is_not_taken_back_in_public(
    cast: Cast, client: Client, held: Finding, state: str
) -> None:
    assert move(cast, held, state) == 409
    assert not Correction.objects.exists()
    Finding.objects.filter(pk=held.pk).update(state=State.REMOVED)
    assert client.get(f"/en/findings/{held.uid}/").status_code == 404


def test_what_the_public_has_read_does_not_go_under_an_embargo(cast: Cast, objects: Objects) -> None:
    finding, client = objects.of("reports.finding"), cast.client("editor")
    Finding.objects.filter(pk=finding.pk).update(state=State.PUBLISHED)
    address = page("reports.finding", "change", finding.pk)
    response = client.post(address, form_values(client.get(address)) | {"release_at": "2999-07-01T09:00"})
    assert response.status_code == 422
    assert "no embargo begins any more" in response.content.decode()
    assert release_at(finding) is None


def test_a_second_person_ends_it_at_once_and_both_stay_on_record(cast: Cast, held: Finding) -> None:
    assert cast.client("admin").post(page("reports.finding", "agree_lift", held.pk)).status_code == 422
    cast.client("editor").post(page("reports.finding", "ask_lift", held.pk))
    shown = cast.client("admin").get(page("reports.finding", "change", held.pk)).content.decode()
    assert "editor@example.org</bdi> asks to lift the embargo" in shown
    assert cast.client("admin").post(page("reports.finding", "agree_lift", held.pk)).status_code == 302
    assert release_at(held) is None
    lift = EmbargoLift.objects.get()
    assert (lift.asked_email, lift.agreed_email, lift.embargo) == ("editor@example.org", "admin@example.org", FUTURE)
    assert cast.client("editor").post(page("reports.finding", "ask_lift", held.pk)).status_code == 404


def test_whoever_may_not_write_neither_asks_nor_agrees(cast: Cast, held: Finding) -> None:
    for act in ("ask_lift", "agree_lift"):
        assert cast.client("moderator").post(page("reports.finding", act, held.pk)).status_code == 403
    assert not EmbargoLift.objects.exists()


def test_every_publishable_table_holds_an_embargo_against_any_statement(objects: Objects) -> None:
    kinds = [model for model in apps.get_models() if issubclass(model, Publishable)]
    assert len(kinds) >= 9
    for model in kinds:
        found = model._default_manager.filter(pk=objects.of(model._meta.label_lower).pk)
        found.update(state=State.APPROVED, release_at=FUTURE)
        with pytest.raises(IntegrityError, match="two people"), transaction.atomic():
            found.update(release_at=None)
        with pytest.raises(IntegrityError, match="two people"), transaction.atomic():
            found.update(state=State.DRAFT)
        found.update(release_at=FUTURE + timedelta(days=1))


def test_nobody_agrees_with_themselves_or_rewrites_who_agreed(cast: Cast, held: Finding) -> None:
    embargoes.ask_to_lift(held, cast.people["editor"])
    with pytest.raises(IntegrityError, match="two_people"), connection.cursor() as cursor:
        cursor.execute("UPDATE editorial_embargolift SET agreed_by = asked_by, agreed_at = now()")


def test_no_page_is_kept_past_the_next_release(objects: Objects, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embargoes, "_next", None)
    embargoes.learn_next_release()
    assert embargoes.seconds_to_release() is None
    assert embargoes.kept_for(5) == 5
    soon = timezone.now() + timedelta(seconds=3)
    Finding.objects.update(state=State.SCHEDULED, release_at=soon)
    embargoes.learn_next_release()
    assert embargoes.kept_for(5) <= 3
    left = embargoes.seconds_to_release()
    assert left is not None
    assert left <= 3
