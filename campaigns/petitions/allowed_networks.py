"""Networks that staff vouch for, for a while: an office, a school, a conference, where many sign from one address.

From there no post is asked for more on account of its network. It is the one place where a network stands in clear, so
it is typed by staff, never taken from a request, bounded in size and time, and deleted when its time is over. Each
process knows the list by heart and renews it every second.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.petitions.petitions import Petition
from config.client_network import Address, Network
from reports.editorial.organisations import Organisation

LONGEST: Final = timedelta(days=31)
MAPPED_PREFIX: Final = 96  # IPv4 in IPv6, RFC 4291
SHORTEST_PREFIX: Final = {4: 16, 6: 32}


class AllowedNetwork(models.Model):
    """A network, whose it is, for which petition (or all of the organisation's), and until when."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    petition = models.ForeignKey(
        Petition, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("petition")
    )
    network = models.CharField(
        _("network"),
        max_length=43,
        help_text=_(
            "The public address of the office, as 203.0.113.7 or 203.0.113.0/24 or 2001:db8:1::/48. "
            "Ask whoever runs the network there."
        ),
    )
    name = models.CharField(
        _("whose network it is"),
        max_length=80,
        help_text=_("In words, such as the name of a school. No person's name."),
    )
    until = models.DateTimeField(_("until"))
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        db_table = "allowed_network"
        verbose_name = pgettext_lazy("many sign from there", "shared network")
        verbose_name_plural = pgettext_lazy("many sign from there", "shared networks")
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="allowed_network_named"),
            models.CheckConstraint(
                condition=Q(until__lte=F("created_at") + LONGEST),
                name="allowed_network_ends",
                violation_error_message=_("A shared network is let in for a month at most. Choose an earlier end."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """What the database would refuse as well, in words."""
        problems = {}
        try:
            self.network = str(parse_allowed(self.network))
        except ValueError as problem:
            problems["network"] = ValidationError(problem.args[0])
        if self.petition is not None and self.petition.campaign.organisation_id != self.organisation_id:
            problems["petition"] = ValidationError(_("This petition belongs to another organisation."))
        if self.until is not None and not timezone.now() < self.until <= timezone.now() + LONGEST:
            problems["until"] = ValidationError(_("Choose an end within the next 31 days."))
        if problems:
            raise ValidationError(problems)


def parse_allowed(text: str) -> Network:
    """A network small enough to vouch for. Raises ValueError with what to do, in the language of the page."""
    try:
        network = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        raise ValueError(_("This is no network. Write it as 203.0.113.7, 203.0.113.0/24 or 2001:db8:1::/48.")) from None
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    if mapped is not None and network.prefixlen >= MAPPED_PREFIX:
        network = ipaddress.ip_network((mapped, network.prefixlen - MAPPED_PREFIX), strict=False)
    if network.prefixlen < SHORTEST_PREFIX[network.version]:
        raise ValueError(
            _("This network is too large to vouch for. Take /16 or smaller for IPv4, /32 or smaller for IPv6.")
        )
    return network


_allowed: Mapping[int, list[tuple[int | None, Network]]] = {}


def is_allowed(organisation_id: int, petition_id: int, address: Address | None) -> bool:
    """Whether staff of the petition's organisation vouch for where a request comes from. Asks nobody."""
    if address is None:
        return False
    return any(
        petition in (None, petition_id) and address in network
        for petition, network in _allowed.get(organisation_id, ())
    )


def learn_allowed(now: datetime | None = None) -> None:
    """Take the present list into this process. Raises DatabaseError; then the known one stays."""
    global _allowed
    rows = AllowedNetwork.objects.filter(until__gt=now or timezone.now())
    found: dict[int, list[tuple[int | None, Network]]] = {}
    for organisation, petition, network in rows.values_list("organisation_id", "petition_id", "network"):
        found.setdefault(organisation, []).append((petition, ipaddress.ip_network(network)))
    _allowed = found


def forget_allowed() -> None:
    """Know of none."""
    global _allowed
    _allowed = {}


def delete_past_networks(now: datetime) -> int:
    """Nothing stays of a network whose time is over; how many went."""
    deleted, _by_table = AllowedNetwork.objects.filter(until__lte=now).delete()
    return deleted
