"""How an error is told to an operator: its kind and the place in our code, never its text, which can quote a value."""

from __future__ import annotations

import traceback
from pathlib import Path

from campaigns.mail_transport import MailError

ROOT = Path(__file__).resolve().parent.parent


def kind_of(problem: BaseException) -> str:
    """`KeyError at mail_source.py:82`; errors of mail servers say step and code, and nothing else."""
    kind = type(problem).__name__
    if isinstance(problem, MailError):
        return f"{kind} at {problem}"
    ours = [frame for frame in traceback.extract_tb(problem.__traceback__) if _is_ours(Path(frame.filename))]
    return f"{kind} at {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else kind


def _is_ours(path: Path) -> bool:
    return path.is_relative_to(ROOT) and "site-packages" not in path.parts
