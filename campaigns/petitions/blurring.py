"""Safe mode keeps no minute: once a row and its mails are settled, their moments become the day they fall in (UTC).

A minute in the database could be laid beside what a mail provider, a network or a bystander saw. It is needed until a
signature waits no more, while the worker judges its hour (`campaigns.petitions.confirm_rates`) and, of a mail, for the
day in which a mailbox gets three at most. No index holds what changes here. Old versions of a row go with PostgreSQL's
next vacuum and with old backups.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.contrib.admin.utils import display_for_value
from django.db import connection

from campaigns.petitions.confirm_rates import first_row_since
from campaigns.petitions.petitions import Petition
from campaigns.petitions.safe_mode import SAFE_NAME_KEY

SETTLED: Final = timedelta(hours=2)
MAILS_SETTLED: Final = timedelta(hours=26)
LOOKED_BACK: Final = timedelta(days=30)

BLUR_ROWS: Final = """
UPDATE signature
SET created_at = date_trunc('day', created_at, 'UTC'), confirmed_at = date_trunc('day', confirmed_at, 'UTC')
WHERE petition_id IN (SELECT id FROM petition WHERE safe_mode AND opened_at IS NOT NULL) AND id >= %(first)s
  AND id < %(end)s AND name_key = %(safe)s AND state <> 0 AND confirmed_at < %(before)s
  AND (created_at <> date_trunc('day', created_at, 'UTC') OR confirmed_at <> date_trunc('day', confirmed_at, 'UTC'))
"""
BLUR_MAILS: Final = """
UPDATE mailbox_mail m
SET claimed_at = date_trunc('day', claimed_at, 'UTC'), due_at = date_trunc('day', due_at, 'UTC'),
    sending_at = date_trunc('day', sending_at, 'UTC'), sent_at = date_trunc('day', sent_at, 'UTC')
FROM petition p
WHERE p.id = m.petition_id AND p.safe_mode AND m.sending_at < %(before)s AND m.remind_at IS NULL
  AND (m.claimed_at, m.due_at, m.sending_at, m.sent_at) IS DISTINCT FROM
      (date_trunc('day', m.claimed_at, 'UTC'), date_trunc('day', m.due_at, 'UTC'),
       date_trunc('day', m.sending_at, 'UTC'), date_trunc('day', m.sent_at, 'UTC'))
"""


def blur_moments(now: datetime) -> int:
    """Blur what is settled; of how many rows and mails. For the worker's clock; may be repeated."""
    rows: dict[str, Any] = {
        "first": first_row_since(now - LOOKED_BACK),
        "end": first_row_since(now - SETTLED),
        "safe": SAFE_NAME_KEY,
        "before": now - SETTLED,
    }
    with connection.cursor() as cursor:
        cursor.execute(BLUR_ROWS, rows)
        blurred = cursor.rowcount
        cursor.execute(BLUR_MAILS, {"before": now - MAILS_SETTLED})
        return int(blurred + cursor.rowcount)


def when(petition: Petition, moment: datetime | None) -> str:
    """A moment in words; in safe mode the day alone (UTC), from the start."""
    blurred = moment.astimezone(UTC).date() if moment and petition.safe_mode else moment
    return str(display_for_value(blurred, "–"))
