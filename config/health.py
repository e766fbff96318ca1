"""Whether this process lives, whether its database answers, and how the worker's loops are doing."""

from __future__ import annotations

from typing import Any

from django.db import Error as DatabaseTrouble
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns.mail_troubles import mail_state
from campaigns.worker_state import LoopState, loop_states
from config.operator_token import is_operator


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 as long as the process serves; `database` is `up` or `away`, since cached pages outlive an outage.

    Each of `loops` is `running`, `failing` or `silent` (nobody has reported for minutes). No more is told to everybody:
    when a loop last worked, and whether a domain asks for less mail, follows from what people do. With the operator's
    token, each loop says when it last did its work and with what kind of problem it fails, and `mail` is `flowing`,
    `slowed` (a domain asks for less) or `refusing` (a domain knows so few of the addresses that mail to it pauses).
    """
    return JsonResponse({"alive": True, **_database_and_loops(details=is_operator(request))})


def _database_and_loops(*, details: bool) -> dict[str, Any]:
    try:
        loops = {state.name.value: _loop(state, details=details) for state in loop_states()}
        mail = {"mail": mail_state().value} if details else {}
    except (DatabaseTrouble, OSError):
        return {"database": "away"}
    return {"database": "up", **mail, "loops": loops}


def _loop(state: LoopState, *, details: bool) -> dict[str, Any]:
    told = {"state": state.condition.value}
    return {**told, "worked_at": state.worked_at, "problem": state.problem} if details else told
