"""The tables of this room, gathered where Django looks for them."""

from campaigns.alias_rules import AliasRule
from campaigns.campaigning import (
    Campaign,
    CampaignDemand,
    CampaignFinding,
    CampaignText,
    FormerCampaignSlug,
    OfCampaignQuerySet,
)
from campaigns.demand_statements import DemandStatement, DemandStatementText
from campaigns.demands import Addressee, AddresseeText, Demand, DemandEvent, DemandEventText, DemandFinding, DemandText
from campaigns.limits import LimitCount, LimitKey
from campaigns.mail_troubles import MailDomainPause, MailTrouble
from campaigns.suppression import SuppressedMailbox
from campaigns.worker_state import WorkerLoop

__all__ = [
    "Addressee",
    "AddresseeText",
    "AliasRule",
    "Campaign",
    "CampaignDemand",
    "CampaignFinding",
    "CampaignText",
    "Demand",
    "DemandEvent",
    "DemandEventText",
    "DemandFinding",
    "DemandStatement",
    "DemandStatementText",
    "DemandText",
    "FormerCampaignSlug",
    "LimitCount",
    "LimitKey",
    "MailDomainPause",
    "MailTrouble",
    "OfCampaignQuerySet",
    "SuppressedMailbox",
    "WorkerLoop",
]
