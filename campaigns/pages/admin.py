"""What the desk says of campaigns and knows only of all that hangs on them."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import ngettext

from campaigns.admin import CampaignAdmin
from campaigns.demonstrations.demonstrations import Demonstration
from campaigns.models import Campaign
from campaigns.petitions.ending import running
from campaigns.petitions.petitions import Petition
from reports.editorial.desk_publishing import Loss
from reports.editorial.publishing import State
from reports.editorial.texts import pick

# A campaign knows nothing of petitions and demonstrations; its page at the desk does.
admin.site.unregister(Campaign)


@admin.register(Campaign)
class CampaignWithPetitionsAdmin(CampaignAdmin):
    """Who retracts or removes a campaign is told first which petitions and demonstrations end with it."""

    def losses(self, obj: Campaign, target: State) -> list[Loss]:
        """Petitions that close by `ending.close_due`, demonstrations to which nobody can pledge any more."""
        if target not in (State.RETRACTED, State.REMOVED):
            return []
        petitions = list(running().filter(campaign=obj).prefetch_related("texts").order_by("pk"))
        events = list(Demonstration.objects.open().filter(campaign=obj).prefetch_related("texts").order_by("pk"))
        closing = ngettext(
            "%(count)d petition closes for good, and nobody can sign it any more:",
            "%(count)d petitions close for good, and nobody can sign them any more:",
            len(petitions),
        )
        called_off = ngettext(
            "%(count)d demonstration to come leaves every list, and nobody can say any more that they are coming:",
            "%(count)d demonstrations to come leave every list, and nobody can say any more that they are coming:",
            len(events),
        )
        told = ((closing, petitions), (called_off, events))
        return [_loss(says % {"count": len(found)}, found) for says, found in told if found]


def _loss(says: str, found: list[Petition] | list[Demonstration]) -> Loss:
    return Loss(
        says,
        tuple(f"{one._meta.model_name}-{one.pk}" for one in found),
        tuple(str(pick(one) or one.key) for one in found),
    )
