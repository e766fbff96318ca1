"""Why an act on a signature did not happen. None of these says anything about a person."""

from __future__ import annotations

from campaigns.petitions.petitions import Stage


class NotOpen(Exception):
    """The petition cannot be signed now; `stage` says why."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(f"the petition is {stage.value}")
        self.stage = stage


class UnknownText(Exception):
    """The form named a wording that this petition never had: it must be shown anew before it can be signed."""


class NameTaken(Exception):
    """Another signature of the same mailbox bears this name already."""
