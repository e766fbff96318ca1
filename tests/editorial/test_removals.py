"""Taking something off the site reaches every process, and no earlier than the removal itself."""

import pytest
from django.db import connection, transaction

from reports.editorial.publishing import State
from reports.editorial.removals import drop_cached_pages, page_generation
from tests.reports.making import make_edition

pytestmark = pytest.mark.django_db(transaction=True)


def test_each_removal_moves_the_number() -> None:
    before = page_generation()
    drop_cached_pages()
    drop_cached_pages()
    assert page_generation() == before + 2


def test_a_removal_that_is_rolled_back_moves_nothing() -> None:
    before = page_generation()
    with transaction.atomic():
        drop_cached_pages()
        transaction.set_rollback(True)
    assert page_generation() == before


def test_what_leaves_the_public_states_drops_cached_pages() -> None:
    edition = make_edition()
    type(edition).objects.filter(pk=edition.pk).update(state=State.PUBLISHED)
    before = page_generation()
    edition.move_to(State.ARCHIVED)
    assert page_generation() == before  # still public
    edition.move_to(State.REMOVED)
    assert page_generation() == before + 1


def test_looking_gives_the_connection_back() -> None:
    page_generation()
    assert connection.connection is None
