"""Worker, web process and database are killed at random while people sign and confirm: nothing is lost or doubled."""

from __future__ import annotations

import os
import secrets

from config.rehearsal.rehearsing import rehearse
from tests.config.server_users import open_directory
from tests.kills.killing import Killer

KILLS = int(os.environ.get("KILLS", "3"))
SECONDS_PER_KILL = 5


def test_whatever_is_killed_every_signature_is_stored_mailed_once_and_counted() -> None:
    seed = int(os.environ.get("KILL_SEED", secrets.randbelow(10**6)))
    print(f"KILL_SEED={seed}")
    killer = Killer(seed)
    with open_directory() as directory:
        figures = rehearse(directory, seconds=KILLS * SECONDS_PER_KILL, rate=25, disturb=killer)
    found = figures.outcome
    print(f"killed {dict(killer.killed)}; {figures}")
    assert killer.killed.total() >= KILLS
    assert figures.accepted > KILLS * SECONDS_PER_KILL
    assert (found.lost, found.uncounted, found.miscounted, found.mailed_twice) == (0, 0, 0, 0)
    # A mail whose sending was committed when its worker died counts as sent: it may be lost, one a kill at most.
    assert found.unmailed_people <= killer.killed["worker"] + killer.killed["database"]
