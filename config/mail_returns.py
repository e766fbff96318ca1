"""Reports about mails of ours, from a mailbox or from a mail provider, to whatever sent the mail.

The mailbox is a Maildir (https://cr.yp.to/proto/maildir.html) into which the mail server delivers what comes back.
Reports on mails of ours are deleted once they are settled, since they hold addresses; anything else stays for people
to read, marked as seen.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from campaigns.bounce_reports import LONGEST, Report, read_report
from campaigns.bounces import Take, settle
from campaigns.demonstrations.mail_returns import take_returned as pledge_mail
from campaigns.petitions.mail_returns import take_returned as signature_mail

TAKERS: list[Take] = [signature_mail, pledge_mail]
MOST_AT_ONCE = 500


@dataclass(frozen=True)
class Read:
    """How many reports were about mails of ours, and how many mails in the mailbox were anything else."""

    ours: int = 0
    others: int = 0


def settle_report(report: Report) -> bool:
    """See `campaigns.bounces.settle`."""
    return settle(report, TAKERS, timezone.now())


def read_bounces() -> Read:
    """Settle what has come into the bounce mailbox, if there is one.

    May break off anywhere: a report that is read twice changes nothing more. Raises OSError where the Maildir cannot be
    read.
    """
    ours = others = 0
    for path in islice(_unseen(settings.BOUNCE_MAILDIR), MOST_AT_ONCE) if settings.BOUNCE_MAILDIR else ():
        with contextlib.suppress(FileNotFoundError):  # another worker was here
            report = read_report(_first_bytes(path))
            if report is not None and settle_report(report):
                path.unlink()
                ours += 1
            else:
                _mark_seen(path)
                others += 1
    return Read(ours, others)


def _unseen(maildir: Path) -> Iterator[Path]:
    for folder in ("new", "cur"):
        for path in sorted((maildir / folder).iterdir()):
            if path.is_file() and "S" not in path.name.partition(":2,")[2]:
                yield path


def _mark_seen(path: Path) -> None:
    name, _, flags = path.name.partition(":2,")
    path.rename(path.parent.parent / "cur" / f"{name}:2,{''.join(sorted({*flags, 'S'}))}")


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LONGEST)
