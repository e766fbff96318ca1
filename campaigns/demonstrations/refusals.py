"""Why an act on a pledge did not happen. None of these says anything about a person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, InterfaceError


class NotOpen(Exception):
    """Nobody can announce themselves now: it does not take place, is over, or is public no more."""


class NotSaved(Exception):
    """The database is away or gave up; nothing was stored, and trying again is right."""


@contextmanager
def saving() -> Iterator[None]:
    """Turn what the database raises into `NotSaved`: its own text can quote keys and values."""
    try:
        yield
    except (DatabaseError, InterfaceError) as problem:
        raise NotSaved(type(problem).__name__) from None
