"""The tables of this room, gathered where Django looks for them."""

from campaigns.demonstrations.demonstrations import Demonstration, DemonstrationText
from campaigns.demonstrations.pledges import Pledge, PledgeTally

__all__ = ["Demonstration", "DemonstrationText", "Pledge", "PledgeTally"]
