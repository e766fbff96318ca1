"""What the mail after "I am coming" says. It holds nothing that anybody typed into the form.

A nickname can be an address or a telephone number: quoted in a mail, it would be somebody's advertisement in our name.
"""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from campaigns.demonstrations.demonstration_reading import ReadDemonstration
from campaigns.demonstrations.own_pledge import link_to
from campaigns.demonstrations.pledges import LINK_LIFE, Pledge
from campaigns.mail_letters import Words
from campaigns.tokens import Purpose


def words(demonstration: ReadDemonstration, pledge: Pledge) -> Words:
    """The mail for a pledge, in the language in which the demonstration was read."""
    known = pledge.confirmed_at is not None
    base = f"{settings.ORIGIN}/{demonstration.lang}/pledges"
    return Words(
        subject=_("You are already announced") if known else _("Please confirm that you are coming"),
        templates="demonstrations/mail/already" if known else "demonstrations/mail/confirm",
        lang=demonstration.lang,
        context={
            "demonstration": demonstration,
            "confirm_url": f"{base}/confirm/{link_to(pledge, Purpose.CONFIRM)}/",
            "own_url": f"{base}/{link_to(pledge, Purpose.WITHDRAW)}/",
            "hours": int(LINK_LIFE.total_seconds() // 3600),
            "origin": settings.ORIGIN,
        },
    )
