"""Whether this process lives, whether its database answers, and how the worker's loops are doing."""

from __future__ import annotations

from typing import Any

from django.db import Error as DatabaseTrouble
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaigns.mail_troubles import mail_state
from campaigns.worker_state import loop_states


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 as long as the process serves; `database` is `up` or `away`, since cached pages outlive an outage.

    `mail` is `flowing`, `slowed` (a domain asks for less) or `refusing` (a domain knows so few of the addresses that
    mail to it pauses). Each of `loops` is `running`, `failing` (with the kind of its problem) or `silent`, and says
    when it last did its work. How much waits is no public matter: the length of a queue over
    time tells when people sign.
    """
    return JsonResponse({"alive": True, **_database_and_loops()})


def _database_and_loops() -> dict[str, Any]:
    try:
        states = loop_states()
        mail = mail_state()
    except (DatabaseTrouble, OSError):
        return {"database": "away"}
    loops = {
        state.name.value: {"state": state.condition.value, "worked_at": state.worked_at, "problem": state.problem}
        for state in states
    }
    return {"database": "up", "mail": mail.value, "loops": loops}
