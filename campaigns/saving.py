"""What the database raises, said without its words: they can quote keys and values."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, InterfaceError


class NotSaved(Exception):
    """The database is away or gave up; nothing was stored, and trying again is right."""


@contextmanager
def saving() -> Iterator[None]:
    """Turn what the database raises into `NotSaved`."""
    try:
        yield
    except (DatabaseError, InterfaceError) as problem:
        raise NotSaved(type(problem).__name__) from None
