#!/usr/bin/env python
"""Upstander's command line. `uv run manage.py demo` shows everything at work; `help` lists the commands."""

import os
import sys


def main() -> None:
    """Run a command. The demo brings its own settings and keys; everything else reads the environment."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1:2] == ["demo"]:
        from config import demonstration

        demonstration.prepare_environment(sys.argv[2:])
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
