"""A petition in safe mode for a running demo, which has none of its own."""

from __future__ import annotations

from campaigns.models import Campaign
from campaigns.petitions.petitions import Linger, Petition, PetitionText, publish_text
from reports.editorial.publishing import State

SLUG = "k7m2p9"
TITLE = "Let the lawyers of the harbour speak"


def make() -> None:
    """One petition, open, in English and Arabic."""
    campaign = Campaign.objects.order_by("pk")[0]
    petition = Petition.objects.create(
        key=SLUG, campaign=campaign, state=State.PUBLISHED, safe_mode=True, linger=Linger.SAFE, demo=True, goal=500
    )
    for lang, title in (("en", TITLE), ("ar", "دعوا محامي الميناء يتكلمون")):
        text = PetitionText(petition=petition, lang=lang, slug=SLUG, title=title, addressee="Ministry of Justice")
        text.lede = "Nine lawyers were arrested in May. None has seen a judge. We ask for their release."
        text.demands = ["Release the nine lawyers.", "Let them see their families."]
        publish_text(text)
    petition.open()
