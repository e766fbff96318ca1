"""Why an act on a signature did not happen. None of these says anything about a person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, InterfaceError

from campaigns.petitions.petitions import Stage


class NotOpen(Exception):
    """The petition cannot be signed now; `stage` says why."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(f"the petition is {stage.value}")
        self.stage = stage


class UnknownText(Exception):
    """The form named a wording that this petition never had: it must be shown anew before it can be signed."""


class NotSaved(Exception):
    """The database is away or gave up; nothing was stored, and trying again is right."""


class NameTaken(Exception):
    """Another signature of the same mailbox bears this name already."""


@contextmanager
def saving() -> Iterator[None]:
    """Turn what the database raises into `NotSaved`: its own text can quote keys and values."""
    try:
        yield
    except (DatabaseError, InterfaceError) as problem:
        raise NotSaved(type(problem).__name__) from None
