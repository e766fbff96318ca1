"""The quick way of a right post: it reads what the form reads, and stores what the page stores."""

from __future__ import annotations

import pytest
from django.db import DataError, IntegrityError, connection
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from campaigns.petitions import sign_page
from campaigns.petitions.asking import AskedPlace, Asks
from campaigns.petitions.petitions import Petition
from campaigns.petitions.signatures import Signature
from campaigns.petitions.signing_form import read_at_once, sign_form
from campaigns.worker_state import WorkerLoop
from config.database import statements
from config.database.statements import run_alone
from tests.petitions_pages.cast import CHECK_MAIL, SIGN, sign, typed
from tests.petitions_pages.visitor import Visitor

ODD = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=120)
TYPED = {
    "name": st.sampled_from(["Ada", " Ada  Lovelace ", "=1", "", "آدا", "www.example.org"]) | ODD,
    "email": st.sampled_from(["ada@example.org", " Ada@Example.ORG ", "ada", "", "ada@localhost"]) | ODD,
    "country": st.sampled_from(["NL", " nl ", "ZZ", "XK", "QQ", ""]) | ODD,
    "text": st.sampled_from(["a" * 64, f" {'b' * 64} "]) | ODD,
    "place": st.sampled_from(["Gent", "9000", "1234 AB", "=2", ""]) | ODD,
    "comment": st.sampled_from(["Because.", "see https://example.org/x", "\tline\r\nline ", ""]) | ODD,
    "updates": st.sampled_from(["on", "false", ""]),
}
ASKS = st.builds(Asks, name=st.booleans(), place=st.sampled_from(AskedPlace), comment=st.booleans())


@given(asks=ASKS, post=st.fixed_dictionaries({}, optional=TYPED))
def test_it_reads_what_the_form_reads(asks: Asks, post: dict[str, str]) -> None:
    query = QueryDict(mutable=True)
    query.update(post)
    form = sign_form(asks)(query)
    read = read_at_once(post, asks, "en")
    if read is not None:
        assert form.is_valid()
        assert form.submission("en") == read
    elif form.is_valid():
        assert "updates" in post, "only a wish for updates goes the longer way although all is right"


def test_a_right_post_makes_no_form(visitor: Visitor, petition: Petition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_page, "sign_form", None)
    reply = sign(visitor, petition)
    assert (reply.status, reply["Location"]) == (303, CHECK_MAIL)
    assert Signature.objects.filter(petition=petition).count() == 1


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded; charset=utf-8", "application/x-www-form-urlencoded; charset=UTF-8"]
)
def test_a_form_that_names_its_encoding_is_taken_as_well(visitor: Visitor, petition: Petition, kind: str) -> None:
    assert visitor.post(SIGN, typed(petition), kind=kind).status == 303
    assert Signature.objects.filter(petition=petition).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_statement_alone_is_committed_and_leaves_the_thread_no_connection() -> None:
    connection.close()
    run_alone("INSERT INTO worker_loop (name, failures, problem) VALUES (%(name)s, 0, '')", {"name": "x"})
    assert connection.connection is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM worker_loop WHERE name = 'x'")
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db(transaction=True)
def test_a_statement_that_another_client_of_a_pooler_has_planned_is_run() -> None:
    connection.close()
    for name in "ab":
        statements._planned.clear()  # what this client knows; the server goes on knowing the plan
        run_alone(WORKED, {"name": name, "failures": 1, "problem": ""})
    assert WorkerLoop.objects.filter(name__in="ab").count() == 2


WORKED = (
    "INSERT INTO worker_loop (name, failures, problem) VALUES (%(name)s::text, %(failures)s::int, %(problem)s::text)"
)


@pytest.mark.django_db(transaction=True)
def test_a_statement_alone_outlives_its_plan_and_tells_what_went_wrong() -> None:
    connection.close()
    run_alone(WORKED, {"name": "a", "failures": 1, "problem": "é 𝔄 %s"})
    pool = connection.pool  # type: ignore[attr-defined]
    borrowed = [pool.getconn() for _ in range(len(pool._pool))]
    for one in borrowed:  # as psycopg does after a rollback
        one.execute("DEALLOCATE ALL")
    for one in borrowed:
        pool.putconn(one)
    run_alone(WORKED, {"name": "b", "failures": 2, "problem": ""})
    with pytest.raises(IntegrityError):
        run_alone(WORKED, {"name": "b", "failures": 2, "problem": ""})
    with pytest.raises(DataError):
        run_alone(WORKED, {"name": "c", "failures": 3, "problem": "a\0b"})
    found = WorkerLoop.objects.filter(name__in="abc").order_by("name").values_list("name", "failures", "problem")
    assert list(found) == [("a", 1, "é 𝔄 %s"), ("b", 2, "")]
