"""A release and what changes the demands that it has to answer, at the same moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from campaigns.models import Demand, DemandEvent, DemandStatement
from reports.editorial.publishing import State
from reports.models import ReportEdition, Source
from tests.reports.making import load_rivers, make_edition

pytestmark = pytest.mark.django_db(transaction=True)

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


def demand() -> Demand:
    return Demand.objects.get(key="clean-it")


def silent_edition() -> ReportEdition:
    """The next edition, ready for release; it says nothing of any demand."""
    load_rivers()
    dates = {"period_start": date(2098, 1, 1), "period_end": date(2098, 12, 31), "released_on": date(2099, 4, 1)}
    return make_edition("next", publisher=demand().first_edition.publisher, state=State.APPROVED, **dates)


def release() -> None:
    ReportEdition.objects.filter(key="next").update(state=State.PUBLISHED)


def release_to_the_end() -> None:
    release()
    connection.check_constraints()  # what the end of a transaction does first


def until_waits(thread: threading.Thread) -> None:
    """Until the other connection waits for a lock of ours, or has come to its end."""
    with connection.cursor() as cursor:
        while thread.is_alive():
            cursor.execute(WAITING)
            if cursor.fetchone() != (0,):
                return
            time.sleep(0.01)


def meanwhile(first: Callable[[], object], second: Callable[[], object]) -> list[str]:
    """Do the second act while the transaction of the first is still open; what the database refused of the second."""
    refused: list[str] = []

    def run() -> None:
        try:
            second()
        except IntegrityError as error:
            refused.append(str(error).splitlines()[0])
        finally:
            connection.close()

    other = threading.Thread(target=run)
    with transaction.atomic():
        first()
        other.start()
        until_waits(other)
    other.join()
    return refused


def publish() -> None:
    Demand.objects.filter(key="clean-it").update(state=State.PUBLISHED)


def reopen() -> None:
    DemandEvent.objects.create(demand=demand(), position=9, on=date(2026, 5, 2), kind="reversed")


def take_back() -> None:
    DemandStatement.objects.all().delete()


def test_a_release_waits_for_a_demand_that_is_being_published() -> None:
    silent_edition()
    Demand.objects.filter(key="clean-it").update(state=State.APPROVED)
    (refusal,) = meanwhile(publish, release)
    assert "does not say what became of: clean-it" in refusal
    assert ReportEdition.objects.get(key="next").state == State.APPROVED


def test_a_release_waits_for_a_demand_that_is_being_opened_again() -> None:
    silent_edition()
    DemandEvent.objects.create(
        demand=demand(), position=8, on=date(2026, 5, 1), kind="kept", source=Source.objects.first()
    )
    (refusal,) = meanwhile(reopen, release)
    assert "does not say what became of: clean-it" in refusal


def test_a_release_waits_for_an_answer_that_is_being_taken_back() -> None:
    edition = silent_edition()
    DemandStatement.objects.create(demand=demand(), edition=edition, standing="open")
    (refusal,) = meanwhile(take_back, release)
    assert "does not say what became of: clean-it" in refusal


def test_an_answer_is_not_taken_back_while_its_edition_is_released() -> None:
    edition = silent_edition()
    DemandStatement.objects.create(demand=demand(), edition=edition, standing="open")
    (refusal,) = meanwhile(release_to_the_end, take_back)
    assert "stays" in refusal
    assert DemandStatement.objects.count() == 1
    assert ReportEdition.objects.get(key="next").state == State.PUBLISHED


def test_a_release_is_refused_for_a_demand_that_was_published_before_its_end() -> None:
    edition = silent_edition()
    Demand.objects.filter(key="clean-it").update(state=State.APPROVED)
    with pytest.raises(IntegrityError, match="does not say what became of: clean-it"):
        meanwhile(release, publish)
    edition.refresh_from_db()
    assert (edition.state, demand().state) == (State.APPROVED, State.PUBLISHED)


def test_what_is_opened_after_a_release_is_for_the_next_edition() -> None:
    edition = silent_edition()
    Demand.objects.filter(key="clean-it").update(state=State.APPROVED)
    assert meanwhile(release_to_the_end, publish) == []
    edition.refresh_from_db()
    assert (edition.state, demand().state) == (State.PUBLISHED, State.PUBLISHED)
