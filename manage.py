#!/usr/bin/env python
"""Upstander's command line. `uv run manage.py demo` shows everything at work; `help` lists the commands."""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import OperationalError

from config import demonstration
from config.embedded_programs import EmbeddedError
from config.environment import ROOT


def main() -> None:
    """Run a command. Demo and rehearsal bring their own settings and keys; everything else reads the environment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1:2] == ["demo"]:
        demonstration.prepare_environment(sys.argv[2:])
    elif sys.argv[1:2] == ["rehearse"]:
        demonstration.prepare_environment(["--var", str(ROOT / "var" / "rehearsal")])
    try:
        execute_from_command_line(sys.argv)
    except OperationalError as problem:
        if not isinstance(problem.__cause__, EmbeddedError):
            raise
        sys.exit(f"upstander: {problem}")


if __name__ == "__main__":
    main()
