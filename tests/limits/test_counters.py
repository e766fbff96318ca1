"""Counters of a day: right under a race, unlinkable the day after, in no log and no backup."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction

from campaigns import limits
from campaigns.limits import LimitCount, LimitKey, clear_past_days, day_hash, day_key, forget_day_key, raise_counter

PARALLEL = 40


def at_once(act: Callable[[int], Any]) -> list[Any]:
    def one(number: int) -> Any:
        try:
            return act(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(PARALLEL) as pool:
        return list(pool.map(one, range(PARALLEL)))


def make_it_yesterday() -> None:
    """As if everything stored had been stored a day ago."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE limit_count SET day = day - 1")
        cursor.execute("UPDATE limit_key SET day = day - 1")
    forget_day_key()


@pytest.mark.django_db(transaction=True)
def test_no_try_is_lost_when_many_raise_one_counter_at_once() -> None:
    hash = day_hash(b"code", b"mailbox")
    totals = at_once(lambda _: raise_counter("code", hash))
    assert sorted(totals) == list(range(1, PARALLEL + 1))


@pytest.mark.django_db(transaction=True)
def test_kinds_and_hashes_are_counted_apart() -> None:
    here, there = day_hash(b"here"), day_hash(b"there")
    assert [raise_counter("code", here), raise_counter("code", here, by=3)] == [1, 4]
    assert [raise_counter("code", there), raise_counter("mail", here)] == [1, 1]


@pytest.mark.django_db(transaction=True)
def test_a_counter_never_runs_over() -> None:
    hash = day_hash(b"much")
    assert raise_counter("code", hash, by=2**40) == limits.MOST
    assert raise_counter("code", hash) == limits.MOST


@pytest.mark.django_db(transaction=True)
def test_all_processes_find_the_same_key_whoever_comes_first() -> None:
    """Each thread asks the database, as a process of its own would."""
    keys = at_once(lambda _: (limits._stored() or limits._made()).key)
    assert len(set(keys)) == 1
    assert LimitKey.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_parts_are_told_apart() -> None:
    assert len(day_hash(b"ab", b"c")) == 8
    assert day_hash(b"ab", b"c") != day_hash(b"a", b"bc")
    assert day_hash(b"ab", b"c") == day_hash(b"ab", b"c")


@pytest.mark.django_db(transaction=True)
def test_nothing_of_yesterday_stays_when_the_first_asks_today() -> None:
    before = day_hash(b"somebody")
    raise_counter("code", before)
    old = bytes(LimitKey.objects.get().key)
    files = stored_in()
    make_it_yesterday()
    assert day_hash(b"somebody") != before
    assert [bytes(row.key) == old for row in LimitKey.objects.all()] == [False]
    assert not LimitCount.objects.exists()
    assert set(files) & set(stored_in()) == set(), "the files themselves are new: nothing lies in their pages"


def stored_in() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_filepath('limit_key'), pg_relation_filepath('limit_count')")
        return list(cursor.fetchone())


@pytest.mark.django_db(transaction=True)
def test_the_workers_clock_clears_even_if_nobody_asks() -> None:
    raise_counter("code", day_hash(b"somebody"))
    make_it_yesterday()
    clear_past_days()
    assert not LimitCount.objects.exists()
    assert not LimitKey.objects.filter(day__lt=day_key().day).exists()


@pytest.mark.django_db(transaction=True)
def test_clearing_leaves_what_is_of_today() -> None:
    hash = day_hash(b"somebody")
    raise_counter("code", hash)
    clear_past_days()
    assert raise_counter("code", hash) == 2
    assert day_hash(b"somebody") == hash


@pytest.mark.django_db(transaction=True)
def test_a_dump_over_midnight_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its lock keeps the tables from being emptied: a key is made all the same, and what is old goes when it ends."""
    monkeypatch.setattr(limits, "LOCK_PATIENCE", "SET LOCAL lock_timeout = '50ms'")
    before = day_hash(b"somebody")
    raise_counter("code", before)
    make_it_yesterday()
    with transaction.atomic(), connection.cursor() as dump:
        dump.execute("LOCK TABLE limit_key, limit_count IN ACCESS SHARE MODE")
        with ThreadPoolExecutor(1) as other:
            fresh = other.submit(_hash_elsewhere).result()
    assert fresh != before
    assert day_hash(b"somebody") == fresh
    clear_past_days()
    assert day_hash(b"somebody") == fresh
    assert list(LimitKey.objects.values_list("day", flat=True)) == [day_key().day]
    assert not LimitCount.objects.filter(day__lt=day_key().day).exists()


def _hash_elsewhere() -> bytes:
    try:
        return day_hash(b"somebody")
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_a_process_lets_go_of_its_key_when_the_day_ends() -> None:
    known = day_key()
    assert not known.is_over
    over = limits.DayKey(known.day - timedelta(days=1), known.key, ends=0.0)
    assert over.is_over
    assert limits.known_day_key() == known


@pytest.mark.django_db
def test_neither_table_is_logged() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, relpersistence FROM pg_class WHERE relname IN ('limit_key', 'limit_count')")
        assert sorted(cursor.fetchall()) == [("limit_count", "u"), ("limit_key", "u")]
