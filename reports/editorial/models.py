"""The tables of this room, gathered where Django looks for them."""

from reports.editorial.audit import AuditEntry
from reports.editorial.corrections import Correction
from reports.editorial.embargoes import EmbargoLift
from reports.editorial.organisations import Membership, Organisation
from reports.editorial.removals import PageGeneration
from reports.editorial.staff import User

__all__ = ["AuditEntry", "Correction", "EmbargoLift", "Membership", "Organisation", "PageGeneration", "User"]
