"""What the operator's monitoring reads at /metrics: backlogs, loops, trouble with mail, floods, pages, connections.

Guarded like the details of /healthz. Nothing here is about a person or a single petition.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.conf import settings
from django.db import Error as DatabaseTrouble
from django.db import connection, connections, transaction
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from psycopg.errors import QueryCanceled

from campaigns.demonstrations.mail_source import PledgeMails
from campaigns.mail_troubles import MailTrouble, pauses
from campaigns.petitions import operator_numbers as signing
from campaigns.worker_state import loop_states
from config.metrics_text import CONTENT_TYPE, Metric, Sample, text_of
from config.operator_token import is_operator
from config.process_numbers import Numbers, told

PROCESSES: Final = settings.VAR / "processes"
PATIENCE: Final = "SET LOCAL statement_timeout = '2s'"  # under overload these numbers are the first that are left out
POOL_STATES: Final = {"pool_size": "open", "pool_available": "idle", "requests_waiting": "awaited"}


def metrics(request: HttpRequest) -> HttpResponse:
    """The numbers as text; the page of a wrong address to everybody but the operator."""
    if not is_operator(request):
        raise Http404
    return _told(request)


@never_cache
@require_safe
def _told(request: HttpRequest) -> HttpResponse:
    return HttpResponse(text_of([*_database(), *_processes()]), content_type=CONTENT_TYPE)


def pool_numbers() -> Numbers:
    """How many connections to the database this process has, has idle and waits for."""
    pool = getattr(connections["default"], "pool", None)
    stats: dict[str, int] = pool.get_stats() if pool else {}
    return {f"pool_{state}": stats.get(name, 0) for name, state in POOL_STATES.items()}


def _database() -> list[Metric]:
    up = "upstander_database_up"
    about = "1 where the database answers."
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(PATIENCE)
            found = [*_backlogs(), *_loops(), *_mail(), *_amounts()]
    except (DatabaseTrouble, OSError) as problem:
        crowded = isinstance(problem.__cause__, QueryCanceled)
        return [Metric(up, about, [Sample(int(crowded))])]
    return [Metric(up, about, [Sample(1)]), *found]


def _backlogs() -> list[Metric]:
    mails, leaves, pledges = signing.waiting_mails(), signing.waiting_leaves(), PledgeMails().queue()
    pledges_wait = (timezone.now() - pledges.oldest).total_seconds() if pledges.oldest else 0.0
    return [
        Metric(
            "upstander_mails_waiting",
            "Mails that could leave now; none of petitions in safe mode.",
            [Sample(mails.length, {"of": "signatures"}), Sample(pledges.length, {"of": "pledges"})],
        ),
        Metric(
            "upstander_mails_oldest_seconds",
            "Age of the oldest of them and of safe mode, in steps of ten minutes.",
            [
                Sample(mails.seconds, {"of": "signatures"}),
                Sample(signing.in_steps(max(0.0, pledges_wait)), {"of": "pledges"}),
            ],
        ),
        Metric("upstander_leaves_waiting", "Entries that count and log do not show yet.", [Sample(leaves.length)]),
        Metric("upstander_leaves_oldest_seconds", "Age of the oldest of them.", [Sample(leaves.seconds)]),
    ]


def _loops() -> list[Metric]:
    states = loop_states()
    running = [Sample(1, {"loop": one.name.value, "state": one.condition.value}) for one in states]
    worked = [Sample(one.worked_at.timestamp(), {"loop": one.name.value}) for one in states if one.worked_at]
    return [
        Metric("upstander_loop_state", "1 for the state of each loop: running, failing or silent.", running),
        Metric("upstander_loop_worked_timestamp_seconds", "When each loop last did its work.", worked),
    ]


def _mail() -> list[Metric]:
    today = MailTrouble.objects.filter(day=timezone.now().date()).values_list("kind", "n")
    paused = dict(pauses().order_by().values_list("refusing").annotate(n=Count("pk")))
    return [
        Metric(
            "upstander_mail_troubles_today",
            "What went wrong with mail since midnight UTC.",
            [Sample(n, {"kind": kind}) for kind, n in sorted(today)],
        ),
        Metric(
            "upstander_mail_domains_paused",
            "Domains that get no mail now: they ask for less, or refuse too much.",
            [Sample(paused.get(refusing, 0), {"refusing": str(refusing).lower()}) for refusing in (False, True)],
        ),
    ]


def _amounts() -> list[Metric]:
    floods, rows = signing.floods(), signing.rows_by_estimate()
    return [
        Metric("upstander_floods", "Floods seen within the hour.", _by("kind", floods.items())),
        Metric(
            "upstander_signatures_counted",
            "The public counts together, but for safe mode.",
            [Sample(signing.counted())],
        ),
        Metric("upstander_table_rows", "Rows by PostgreSQL's own estimate.", _by("table", rows.items())),
    ]


def _processes() -> list[Metric]:
    found = told(PROCESSES)

    def each(names: dict[str, str], label: str) -> list[Sample]:
        return [
            Sample(numbers.get(name, 0), {"process": process, label: value})
            for process, numbers in found.items()
            for name, value in names.items()
        ]

    pages = {"pages_kept": "memory", "pages_asked": "django", "pages_stale": "memory_while_failing"}
    posts = {"posts_waited": "waited", "posts_refused": "refused"}
    pool = {f"pool_{state}": state for state in POOL_STATES.values()}
    return [
        Metric("upstander_public_pages_total", "Public pages by what answered.", each(pages, "by"), "counter"),
        Metric(
            "upstander_crowded_posts_total", "Posts that had to wait or found no place.", each(posts, "what"), "counter"
        ),
        Metric("upstander_database_connections", "Connections of each web process.", each(pool, "state")),
    ]


def _by(label: str, found: Iterable[tuple[Any, int]]) -> list[Sample]:
    return [Sample(n, {label: str(key)}) for key, n in sorted(found)]
