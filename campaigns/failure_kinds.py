"""How an error is told to an operator: its kind and the place in our code, never its text, which can quote a value."""

from __future__ import annotations

from pathlib import PurePath

from campaigns.mail_transport import MailError


def kind_of(problem: BaseException) -> str:
    """`KeyError at mail_source.py:82`; errors of mail servers say step and code, and nothing else."""
    if isinstance(problem, MailError):
        return f"{type(problem).__name__} at {problem}"
    frame = problem.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    if frame is None:
        return type(problem).__name__
    return f"{type(problem).__name__} at {PurePath(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}"
