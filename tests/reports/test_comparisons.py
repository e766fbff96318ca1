"""Rules that PostgreSQL holds themes that follow each other and changes between editions to."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import Error, IntegrityError, connections, transaction

from reports.models import Theme, ThemeChange, ThemeLink
from tests.reports.making import make_edition, make_source


def follow(earlier: Theme, later: Theme) -> ThemeLink:
    return ThemeLink.objects.create(earlier=earlier, later=later, kind="continues")


@pytest.mark.django_db
def test_themes_never_follow_each_other_in_a_circle() -> None:
    a, b, c = (Theme.objects.create(key=key) for key in "abc")
    follow(a, b)
    last = follow(b, c)
    for refused, rule in [((c, a), "theme_link_no_circle"), ((a, a), "theme_link_of_two"), ((a, b), "theme_link_once")]:
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            follow(*refused)
        assert constraint(refusal.value) == rule
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        ThemeLink.objects.filter(pk=last.pk).update(later=a)
    assert constraint(refusal.value) == "theme_link_no_circle"
    follow(a, c)  # two ways to the same theme are no circle


@pytest.mark.django_db(transaction=True)
def test_two_that_close_a_circle_at_once_do_not_both_pass() -> None:
    a, b = Theme.objects.create(key="a"), Theme.objects.create(key="b")
    together = threading.Barrier(2)
    refusals: list[str] = []

    def link(earlier: Theme, later: Theme) -> None:
        try:
            with transaction.atomic():
                together.wait(10)
                follow(earlier, later)
        except Error as error:
            refusals.append(constraint(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=link, args=pair) for pair in [(a, b), (b, a)]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert refusals == ["theme_link_no_circle"]
    assert ThemeLink.objects.count() == 1


@pytest.mark.django_db
def test_a_change_lies_between_an_earlier_and_a_later_edition_and_needs_a_source() -> None:
    older = make_edition("older")
    newer = make_edition("newer", period_start="2023-01-01", period_end="2023-12-31", released_on="2024-04-01")
    values: dict[str, Any] = {"theme": Theme.objects.create(key="a"), "state": "changed", "source": make_source()}
    ThemeChange.objects.create(**values, earlier=older, later=newer)
    refused: list[tuple[dict[str, Any], str | None]] = [
        ({"earlier": older, "later": newer}, "theme_change_once"),
        ({"earlier": newer, "later": older}, "theme_change_order"),
        ({"earlier": older, "later": older}, "theme_change_of_two_editions"),
        ({"earlier": older, "later": newer, "state": "better"}, "theme_change_state"),
        ({"earlier": older, "later": newer, "source": None}, None),
    ]
    for wrong, rule in refused:
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            ThemeChange.objects.create(**{**values, **wrong})
        assert constraint(refusal.value) == rule, wrong


def constraint(error: BaseException) -> Any:
    """The name of the rule that PostgreSQL names; None for a column that may not be empty."""
    return error.__cause__.diag.constraint_name  # type: ignore[union-attr]
