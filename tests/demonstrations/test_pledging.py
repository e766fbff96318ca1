"""Saying "I am coming": what is asked, what is stored, and that nobody learns who did."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaigns.demonstrations.demonstrations import Demonstration, Status
from campaigns.demonstrations.expected import expected_words, rounded
from campaigns.demonstrations.own_pledge import content_of
from campaigns.demonstrations.pledges import Pledge
from campaigns.demonstrations.pledging import pledge
from campaigns.demonstrations.refusals import NotOpen
from campaigns.keystore import forget_secrets
from reports.editorial.publishing import State
from tests.demonstrations.cast import ADA, announce, at_once, make_demonstration, party, people, post, read, rows

URL = "/en/demonstrations/brussels/pledge/"
CHECK_MAIL = "/en/demonstrations/brussels/check-your-mail/"
CODE = re.compile(r'<p class="code">([0-9A-Z-]+)</p>')


@pytest.fixture
def browser(demonstration: Demonstration) -> Client:
    return Client(enforce_csrf_checks=True)


def test_a_number_is_all_that_is_asked(browser: Client, demonstration: Demonstration) -> None:
    answer = browser.post(URL, {"size": "3"})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    [code] = CODE.findall(answer.content.decode())
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}", code)
    row = rows(demonstration).get()
    assert (row.size, row.by_mail, row.mail_due_at) == (3, False, None)
    assert people(demonstration) == 3


def test_the_code_is_stored_nowhere(demonstration: Demonstration) -> None:
    code = announce(demonstration).replace("-", "")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pledge::text FROM pledge")
        stored = str(cursor.fetchall())
    assert code.lower() not in stored.lower()
    assert code[4:].lower() not in stored.lower()


def test_with_an_address_the_answer_is_a_page_that_is_the_same_for_everybody(
    browser: Client, demonstration: Demonstration
) -> None:
    first = browser.post(URL, {"size": "2", "email": ADA, "nickname": "Ada"})
    assert (first.status_code, first.headers["Location"]) == (303, CHECK_MAIL)
    unseen = browser.get(CHECK_MAIL)
    again = browser.post(URL, {"size": "9", "email": ADA.upper()})
    assert (again.status_code, again.headers["Location"]) == (303, CHECK_MAIL)
    assert browser.get(CHECK_MAIL).content == unseen.content
    row = rows(demonstration).get()
    assert (row.size, row.posts) == (2, 2), "a repeat changes nothing that the owner said"
    assert row.mail_due_at is not None
    assert row.confirmed_at is None
    assert people(demonstration) == 0


def test_a_repeat_does_the_same_work(demonstration: Demonstration) -> None:
    announced = read(demonstration)
    statements = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            pledge(announced, party(ADA))
        statements.append([query["sql"].split("(")[0] for query in queries.captured_queries])
    assert len(statements[0]) == 1
    assert statements[0] == statements[1]


@pytest.mark.parametrize("size", ["0", "11", "-1", "abc", "", "2.5", "1e1", "9" * 5000])
def test_a_wrong_number_is_kept_and_explained(browser: Client, demonstration: Demonstration, size: str) -> None:
    answer = browser.post(URL, {"size": size, "nickname": "Ada & Co", "email": ADA})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert answer.headers["Cache-Control"] == "no-store"
    assert f'value="{size}"' in page or not size
    assert 'value="Ada &amp; Co"' in page
    assert f'value="{ADA}"' in page
    assert re.search(r'<input[^>]*name="size"[^>]*aria-invalid="true"', page)
    assert re.search(r'role="alert"[^>]*autofocus', page, re.DOTALL)
    assert 'href="#pledge_size"' in page
    assert page.count("Enter a whole number from 1 to 10") == 2  # in the summary and at the field
    assert not rows(demonstration).exists()


@pytest.mark.parametrize("size", ["1", "10", " 3 ", "٣"])
def test_numbers_of_any_script_are_numbers(browser: Client, size: str) -> None:
    assert browser.post(URL, {"size": size}).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "ada"),
        ("email", "ada@"),
        ("email", "a b@example.org"),
        ("nickname", "=1+1"),
        ("nickname", "www.example.org"),
        ("nickname", "A\u202eda"),
        ("nickname", "x" * 101),
    ],
)
def test_what_is_optional_is_checked_where_it_is_given(browser: Client, field: str, value: str) -> None:
    answer = browser.post(URL, {"size": "1", field: value})
    assert answer.status_code == 422
    assert f'href="#pledge_{field}"' in answer.content.decode()


def test_a_nickname_of_spaces_is_none(browser: Client, demonstration: Demonstration) -> None:
    browser.post(URL, {"size": "1", "nickname": "   "})
    assert content_of(rows(demonstration).get()) == {"nickname": "", "email": ""}


def test_nothing_is_stored_of_who_asked(browser: Client, demonstration: Demonstration) -> None:
    browser.post(
        URL,
        {"size": "1", "nickname": "Zebra-Nickname", "email": "zebra-address@example.org"},
        headers={"User-Agent": "Zebra-Agent", "Accept-Language": "zz-Zebra"},
        REMOTE_ADDR="203.0.113.77",
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pledge::text FROM pledge UNION ALL SELECT pledge_tally::text FROM pledge_tally")
        stored = str(cursor.fetchall()).lower()
    as_bytes = [part.encode().hex() for part in ("Zebra", "zebra", "203.0.113")]
    for marker in ("zebra", "203.0.113", *as_bytes):
        assert marker not in stored
    assert content_of(rows(demonstration).get())["email"] == "zebra-address@example.org"


def test_no_answer_sets_a_cookie(browser: Client) -> None:
    for answer in (
        browser.get("/en/demonstrations/brussels/"),
        browser.post(URL, {"size": "1"}),
        browser.post(URL, {"size": "1", "email": ADA}),
        browser.post(URL, {"size": "0"}),
        browser.get(CHECK_MAIL),
        browser.get("/en/pledges/"),
        browser.post("/en/pledges/", {"code": "AAAA-AAAA-AAAA-AAAA"}),
    ):
        assert not answer.cookies
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 200),
        ({}, 200),
    ],
)
def test_another_site_announces_nobody(
    browser: Client, demonstration: Demonstration, headers: dict[str, str], status: int
) -> None:
    answer = browser.post(URL, {"size": "1"}, headers=headers)
    assert answer.status_code == status
    assert rows(demonstration).exists() == (status == 200)
    if status == 403:
        assert "/en/demonstrations/brussels/" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"status": Status.CANCELLED}, "This demonstration is cancelled"),
        ({"status": Status.POSTPONED}, "This demonstration is postponed"),
        ({"state": State.RETRACTED}, "Nobody can say any more"),
        ({"state": State.ARCHIVED}, "Nobody can say any more"),
    ],
)
def test_what_does_not_take_place_is_refused_with_the_reason(values: dict[str, Any], said: str) -> None:
    demonstration = make_demonstration(**values)
    demonstration.texts.update(status_note="No safe way to the square.")
    answer = Client().post(URL, {"size": "1"})
    assert answer.status_code == 409
    assert said in answer.content.decode()
    assert "No safe way to the square." in answer.content.decode()
    assert not rows(demonstration).exists()


def test_a_cancellation_wins_over_whoever_read_the_page_before(demonstration: Demonstration) -> None:
    announced = read(demonstration)
    Demonstration.objects.update(status=Status.CANCELLED)
    for address in ("", ADA):
        with pytest.raises(NotOpen):
            pledge(announced, party(address))
    assert not rows(demonstration).exists()


def test_unknown_and_removed_demonstrations_take_nothing(browser: Client, demonstration: Demonstration) -> None:
    assert browser.post("/en/demonstrations/nowhere/pledge/", {"size": "1"}).status_code == 404
    Demonstration.objects.update(state=State.REMOVED)
    assert browser.post(URL, {"size": "1"}).status_code == 410


def test_a_get_leads_to_the_demonstration(browser: Client) -> None:
    answer = browser.get(URL)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/en/demonstrations/brussels/")


def test_without_secrets_nothing_is_stored_and_what_was_typed_is_kept(browser: Client, keystore: Any) -> None:
    for file in keystore.iterdir():
        file.unlink()
    forget_secrets(Demonstration.objects.get().uuid)
    answer = browser.post(URL, {"size": "4", "nickname": "Ada"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "10"
    assert 'value="4"' in answer.content.decode()
    assert not Pledge.objects.exists()


def test_fifty_at_once_with_the_same_address_are_one(live_demonstration: Demonstration) -> None:
    announced = read(live_demonstration)
    at_once(*[partial(pledge, announced, party(ADA, size=1 + number % 10)) for number in range(50)])
    row = rows(live_demonstration).get()
    assert row.posts == 50
    assert people(live_demonstration) == 0


def test_fifty_at_once_without_an_address_are_all_counted(live_demonstration: Demonstration) -> None:
    announced = read(live_demonstration)
    at_once(*[partial(pledge, announced, party(size=1 + number % 10)) for number in range(50)])
    assert rows(live_demonstration).count() == 50
    assert people(live_demonstration) == 5 * sum(range(1, 11))


@pytest.mark.parametrize("values", [{"size": 0}, {"size": 11}, {"posts": 0}, {"mails": 6}, {"confirmed_at": None}])
def test_the_database_holds_the_same_whoever_writes(demonstration: Demonstration, values: dict[str, Any]) -> None:
    announce(demonstration)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows(demonstration).update(**values)


def test_a_demonstration_with_pledges_is_not_deleted(demonstration: Demonstration) -> None:
    post(demonstration)
    demonstration.texts.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM demonstration")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "fewer than 10 people"),
        (9, "fewer than 10 people"),
        (10, "about 10 people"),
        (14, "about 10 people"),
        (15, "about 20 people"),
        (118, "about 120 people"),
        (996, "about 1,000 people"),
        (1_234, "about 1,200 people"),
        (98_765, "about 99,000 people"),
    ],
)
def test_the_number_is_round_and_in_words(number: int, said: str) -> None:
    assert expected_words(number) == said


def test_nobody_sees_one_person_arrive() -> None:
    assert {rounded(number) for number in range(115, 125)} == {120}


def test_the_page_tells_the_round_number_only(demonstration: Demonstration, client: Client) -> None:
    for _ in range(12):
        announce(demonstration, 10)
    announce(demonstration, 3)
    page = client.get("/en/demonstrations/brussels/").content.decode()
    assert "About 120 people" in page
    assert "123" not in page
