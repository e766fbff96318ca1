"""The work behind the pages: sends mails, counts signatures, does what a clock calls for. Run as many as you like."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from campaigns.demonstrations.mail_source import PledgeMails
from campaigns.keystore import KeystoreError, check_keystore
from campaigns.mail_delivery import configured_transport
from campaigns.mailing import Mailer
from campaigns.petitions.mail_source import ConfirmMails
from campaigns.petitions.sequencing import sequence_due
from campaigns.worker_state import LoopName
from config import worker_jobs  # noqa: F401  # its jobs are known from here on
from config.worker_clock import run_clock
from config.worker_loops import Loop, run_until

MAIL_REST = 0.5  # seconds between looks while nothing is due
COUNT_REST = 0.5
NICENESS = 5  # on a machine that both share, pages and signing go before mail and counting; see nice(2)


class Command(BaseCommand):
    """Works until SIGTERM or Ctrl-C, then ends within a second or two, losing nothing."""

    help = "Send mails, count signatures, do what a clock calls for. Any number of workers may run."

    requires_system_checks = ()  # they follow, once the keystore has told in one line what is wrong with it

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        """The main thread only waits for the signal."""
        try:
            check_keystore()
        except KeystoreError as problem:
            raise CommandError(str(problem)) from None
        self.check()
        os.nice(NICENESS)
        signal.signal(signal.SIGTERM, _end)
        stop = threading.Event()
        if verbosity:
            self.stdout.write("The worker runs until Ctrl-C.")
            self.stdout.flush()
        run_until(_signalled, loops(stop), stop)


def loops(stop: threading.Event) -> list[Loop]:
    """The worker's loops, with everything they need."""
    mailer = Mailer(
        [ConfirmMails(), PledgeMails()],
        configured_transport(),
        settings.MAIL_RATE,
        stop,
        domain_rate=settings.MAIL_DOMAIN_RATE / 60,
    )
    return [
        Loop(LoopName.MAILER, mailer.send_due, MAIL_REST, mailer.close, lambda: mailer.awaits_answer),
        Loop(LoopName.SEQUENCER, lambda: sequence_due() > 0, COUNT_REST),
        Loop(LoopName.CLOCK, lambda: run_clock(stop), 0.0),
    ]


def _signalled() -> None:
    """Come back at Ctrl-C or SIGTERM; a second one changes nothing."""
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)


def _end(*_: object) -> NoReturn:
    """A polite end by signal is the same as Ctrl-C."""
    raise KeyboardInterrupt
