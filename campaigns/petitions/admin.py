"""The desk's pages for petitions, gathered where Django looks for them."""

from campaigns.petitions.flood_desk import AllowedNetworkAdmin, FloodAdmin
from campaigns.petitions.petition_desk import ConsentAdmin, PetitionAdmin, UpdateAdmin
from campaigns.petitions.signature_desk import SignatureAdmin

__all__ = ["AllowedNetworkAdmin", "ConsentAdmin", "FloodAdmin", "PetitionAdmin", "SignatureAdmin", "UpdateAdmin"]
