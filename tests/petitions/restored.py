"""A database of its own, filled by `manage.py restore`, and processes of the site that run on it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import connection


@dataclass(frozen=True)
class Restored:
    """The other machine: its database, with a keystore beside it."""

    database: str
    keystore: Path

    def manage(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command there; fails with what it said."""
        done = self.tried(*command)
        assert done.returncode == 0, done.stderr
        return done

    def tried(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command there."""
        return self._start("manage.py", *command)

    def run(self, code: str, *arguments: str) -> Any:
        """Run code there that works out `answer` from `argv`."""
        frame = "import json, sys, django; django.setup(); argv = sys.argv[1:]\n" + code + "\nprint(json.dumps(answer))"
        done = self._start("-c", frame, *arguments)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def _start(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        places = {"TEST_DATABASE": self.database, "TEST_SMTP_PORT": "25", "TEST_KEYSTORE": str(self.keystore)}
        env = {**os.environ, **places, "DJANGO_SETTINGS_MODULE": "tests.worker_settings"}
        env["UPSTANDER_VAR"] = str(settings.VAR)
        command = [sys.executable, *arguments]
        return subprocess.run(command, cwd=settings.BASE_DIR, env=env, capture_output=True, text=True)


@contextmanager
def empty_database(keystore: Path) -> Iterator[Restored]:
    """An empty database in the tests' cluster, gone afterwards."""
    name = f"other_{uuid4().hex}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        yield Restored(name, keystore)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def database_from(backup: Path, keystore: Path) -> Iterator[Restored]:
    """What `restore` makes of a backup, without its clearing up: the rows as the dump holds them."""
    with empty_database(keystore) as found:
        found.run(
            f"from pathlib import Path; from config.backups import restore; restore(Path({str(backup)!r})); answer = 0"
        )
        yield found
