"""What follows from a report about a mail, whichever way it came."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from campaigns import suppression
from campaigns.bounce_reports import Kind, Report
from campaigns.mail_troubles import TroubleKind, note
from campaigns.suppression import Reason

TROUBLES = {Kind.UNKNOWN: TroubleKind.BOUNCED, Kind.COMPLAINT: TroubleKind.COMPLAINED, Kind.OTHER: TroubleKind.DEFERRED}
REASONS = {Kind.UNKNOWN: Reason.BOUNCED, Kind.COMPLAINT: Reason.COMPLAINED}

Take = Callable[[str, Report], Sequence[str] | None]
"""Of one kind of mail: mark the mail that a reference names and return the addresses it is proven to be about; None
where the reference names none of these mails."""


def settle(report: Report, takers: Sequence[Take], now: datetime) -> bool:
    """Mark the mailbox that a report is about, and send nothing more to its address where it is unknown or its owner
    complained. False where the report names no mail of ours: it is counted and nothing else happens."""
    addresses = _taken(report, takers)
    note(TroubleKind.FORGED if addresses is None else TROUBLES[report.kind])
    for address in addresses or ():
        if report.kind in REASONS:
            suppression.suppress(suppression.digest_of(address), REASONS[report.kind], now)
    return addresses is not None


def _taken(report: Report, takers: Sequence[Take]) -> Sequence[str] | None:
    for reference in report.references:
        for take in takers:
            if (addresses := take(reference, report)) is not None:
                return addresses
    return None
