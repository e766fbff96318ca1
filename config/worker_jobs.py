"""The jobs that a clock calls for. Each may run twice or break off at any point: it then goes on where it was."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from campaigns.demonstrations.demonstrations import renew_moments
from campaigns.demonstrations.expiring import delete_unconfirmed, erase_after_end
from campaigns.failure_kinds import kind_of
from campaigns.limits import clear_past_days
from campaigns.mail_troubles import forget_old_troubles
from campaigns.pages.edition_archives import pack_what_changed
from campaigns.petitions.allowed_networks import delete_past_networks
from campaigns.petitions.blurring import blur_moments
from campaigns.petitions.check_counts import check_counts
from campaigns.petitions.confirm_rates import judge_confirm_rates
from campaigns.petitions.ending import close_due, destroy_indexes
from campaigns.petitions.expiring import delete_expired
from campaigns.petitions.retention import erase_due
from campaigns.petitions.safe_mode import forget_addresses
from campaigns.suppression import forget_old_bounces
from campaigns.worker_state import LoopName, has_reported, report_failure, report_work, worked_within
from config.giving_way import Postponed, giving_way
from config.mail_returns import read_bounces

logger = logging.getLogger("upstander.worker")

EXPIRY_RHYTHM = timedelta(hours=1)  # it walks the whole table
LATER = RetryStrategy(wait=15, retry_exceptions=[Postponed])  # seconds; as often as it takes


EVERY_MINUTE: list[Callable[[datetime], object]] = [
    close_due,
    forget_addresses,
    lambda _now: clear_past_days(),
    lambda _now: read_bounces(),
    judge_confirm_rates,
    delete_past_networks,
]
EXPIRING: list[Callable[[datetime], object]] = [
    delete_expired,
    erase_due,
    delete_unconfirmed,
    erase_after_end,
    destroy_indexes,
    blur_moments,
    renew_moments,
    forget_old_bounces,
    forget_old_troubles,
]


@app.periodic(cron="* * * * *")
@app.task(name="every_minute", queueing_lock="every_minute")
def every_minute(timestamp: int) -> None:
    """What cannot wait, and once an hour what nobody confirmed is deleted; after a failure, again in a minute."""
    work(LoopName.CLOCK, lambda: do_each(EVERY_MINUTE, timezone.now()))
    if not worked_within(LoopName.EXPIRY, EXPIRY_RHYTHM):
        work(LoopName.EXPIRY, lambda: delete_what_is_over(timezone.now()))

    if not has_reported(LoopName.BOOKS):  # a new installation need not wait for the night
        with contextlib.suppress(AlreadyEnqueued):
            every_night.configure().defer(timestamp=timestamp)


@app.periodic(cron="17 3 * * *")
@app.task(name="every_night", queueing_lock="every_night", lock="every_night", retry=LATER)
def every_night(timestamp: int) -> None:
    """Look at the books: it reads every row, so it is done when few people sign, and later while anybody waits.

    Raises Postponed.
    """
    with giving_way():
        work(LoopName.BOOKS, compare_books)


@app.periodic(cron="*/10 * * * *")
@app.task(name="pack_editions", queueing_lock="pack_editions", retry=LATER)
def pack_editions(timestamp: int) -> None:
    """Zips of editions that have changed. Until then none is offered, so one that fails only comes later.

    Raises Postponed.
    """
    try:
        with giving_way():
            pack_what_changed()
    except Postponed:
        raise
    except Exception as problem:
        logger.error("Packing an edition fails and is tried again: %s", kind_of(problem))


@app.periodic(cron="*/5 * * * *")
@app.task(name="retry_stalled", queueing_lock="retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Jobs of a worker that was killed run again."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        await manager.retry_job(job)


class CountsDisagree(Exception):
    """Rows, log and numbers of a petition are not equal. Shown as the kind of the problem at /healthz."""


def compare_books() -> None:
    """Log each number that disagrees with what it should be, and raise CountsDisagree if there is any."""
    found = check_counts()
    for mismatch in found:
        logger.error("%s", mismatch)
    if found:
        raise CountsDisagree


def delete_what_is_over(now: datetime) -> None:
    """Signatures and pledges whose time is over, and keys that nothing needs any more."""
    do_each(EXPIRING, now)


def do_each(acts: list[Callable[[datetime], object]], now: datetime) -> None:
    """One that fails does not keep the others from their turn; the first failure is raised."""
    problems = []
    for act in acts:
        try:
            act(now)
        except Exception as problem:
            problems.append(problem)
    if problems:
        raise problems[0]


def work(name: LoopName, act: Callable[[], object]) -> None:
    """Do it and report how it went. Raises Postponed."""
    try:
        act()
    except Postponed:
        raise
    except Exception as problem:
        logger.error("The %s fails and is tried again: %s", name, kind_of(problem))
        report_failure(name, kind_of(problem))
    else:
        report_work(name)
