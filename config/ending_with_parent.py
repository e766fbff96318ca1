"""A program that ends when the process that started it does, even where that is killed (prctl(2), PR_SET_PDEATHSIG).

The wish is made by this file as a program, which then becomes the program that is meant. Between fork and exec of a
process with threads it could not be made: no Python may run there ("preexec_fn", Python's subprocess), for it may wait
for ever for what another thread held. Where there is no such wish, off Linux, the program is just run.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def ending_with_us(command: list[str]) -> list[str]:
    """What to run in place of a command, so that it gets SIGTERM when the thread that starts it has ended."""
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *command]


def become(parent: int, command: list[str]) -> None:
    """Wish, and be replaced by the command; end at once where the parent did so before the wish."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            return
    os.execvp(command[0], command)  # noqa: S606 - the command is ours


if __name__ == "__main__":
    become(int(sys.argv[1]), sys.argv[2:])
