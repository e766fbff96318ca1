"""The last mail that a mailbox gets about a petition, kept for whoever has proven it with an earlier one."""

from __future__ import annotations

from campaigns.petitions.behind_token import proven_by
from campaigns.petitions.confirming import Confirmation, answer_now
from campaigns.petitions.mail_source import request_mail
from campaigns.saving import saving
from campaigns.tokens import Purpose


def mail_once_more(token: str) -> tuple[Confirmation | None, bool]:
    """Let links and code be mailed again: what the page says of the signature, and whether this asked first.

    No signature means the one neutral page. Raises NotSaved.
    """
    proven = proven_by(token, Purpose.CONFIRM)
    if proven is None:
        return None, False
    if proven.petition.safe_mode:
        return answer_now(proven), False  # its address is forgotten
    with saving():
        asked = request_mail(proven.petition.id, proven.personal.email_key, proven.row.pk)
    return answer_now(proven), asked
