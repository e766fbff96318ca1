"""Why an act on a pledge did not happen. None of these says anything about a person."""

from __future__ import annotations


class NotOpen(Exception):
    """Nobody can announce themselves now: it does not take place, is over, or is public no more."""
