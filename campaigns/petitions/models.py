"""The tables of this room, gathered where Django looks for them."""

from campaigns.petitions.allowed_networks import AllowedNetwork
from campaigns.petitions.consent import ConsentText
from campaigns.petitions.flood_incidents import FloodIncident
from campaigns.petitions.ledger_queue import LeafQueue, LeafRow, LedgerHead
from campaigns.petitions.mail_requests import MailRequest
from campaigns.petitions.petitions import Petition, PetitionText, PetitionTextVersion
from campaigns.petitions.signatures import MailboxMail, Signature
from campaigns.petitions.tallies import PetitionTally
from campaigns.petitions.updates import PetitionUpdate, PetitionUpdateText
from campaigns.petitions.withdrawn_rows import WithdrawnRow

__all__ = [
    "AllowedNetwork",
    "ConsentText",
    "FloodIncident",
    "LeafQueue",
    "LeafRow",
    "LedgerHead",
    "MailRequest",
    "MailboxMail",
    "Petition",
    "PetitionTally",
    "PetitionText",
    "PetitionTextVersion",
    "PetitionUpdate",
    "PetitionUpdateText",
    "Signature",
    "WithdrawnRow",
]
