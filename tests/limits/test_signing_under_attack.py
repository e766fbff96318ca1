"""Too many posts from one network: what is asked then, of whom, and what it leaves behind."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from altcha import Challenge, Payload, solve_challenge
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from campaigns.limit_counting import counts
from campaigns.petitions.confirming import confirm
from campaigns.petitions.flood_incidents import FloodIncident, write_notes
from campaigns.petitions.petitions import Petition
from campaigns.petitions.signatures import Signature, State
from tests.petitions.cast import link, make_petition, post, rows
from tests.petitions_pages.cast import CHECK_MAIL, SIGN, sign, typed
from tests.petitions_pages.visitor import Reply, Visitor

pytestmark = pytest.mark.usefixtures("low_limits")
SOFT, HARD = 3, 6


def flood(visitor: Visitor, petition: Petition, times: int, **changes: Any) -> None:
    for number in range(times):
        reply = sign(visitor, petition, email=f"flood{number}@example.org", **changes)
        assert reply.status == 303, reply.text


def solved(reply: Reply) -> str:
    """What a browser puts into the field of the page it was given."""
    return solved_in(reply.text)


def solved_in(page: str) -> str:
    found = re.search(r'data-challenge="([^"]+)"', page)
    assert found
    challenge = Challenge.from_dict(json.loads(html.unescape(found[1])))
    solution = solve_challenge(challenge)
    assert solution
    return Payload(challenge, solution).to_base64()


def test_the_limit_is_reached_exactly_and_says_what_to_do(visitor: Visitor, petition: Petition) -> None:
    flood(visitor, petition, SOFT)
    reply = sign(visitor, petition)
    assert reply.status == 429
    assert 1 <= int(reply["Retry-After"]) <= 3600
    assert reply["Cache-Control"] == "no-store"
    assert reply.title == "One more step to sign"
    assert "not stored yet" in reply.text
    for kept in ('value="Ada Lovelace"', 'value="ada@example.org"', '<option value="GB" selected>'):
        assert kept in reply.text
    assert rows(petition).count() == SOFT


def test_a_proof_of_work_passes_once(visitor: Visitor, petition: Petition) -> None:
    flood(visitor, petition, SOFT)
    proof = solved(sign(visitor, petition))
    taken = sign(visitor, petition, proof=proof)
    assert (taken.status, taken["Location"]) == (303, CHECK_MAIL)
    row = Signature.objects.latest("pk")
    assert (row.code_only, row.flood_incident_id is not None) == (False, True)
    assert sign(visitor, petition, email="bea@example.org", proof=proof).status == 429, "the same proof again"
    assert rows(petition).count() == SOFT + 1


def test_a_code_takes_the_place_of_the_proof(visitor: Visitor, petition: Petition) -> None:
    flood(visitor, petition, SOFT)
    taken = sign(visitor, petition, way="code")
    assert (taken.status, taken["Location"]) == (303, CHECK_MAIL)
    row = Signature.objects.latest("pk")
    assert (row.code_only, row.flood_incident_id is not None) == (True, True)


def test_above_the_upper_limit_only_harder_work_passes(visitor: Visitor, petition: Petition) -> None:
    flood(visitor, petition, SOFT)
    easy = solved(sign(visitor, petition))
    flood(visitor, petition, HARD - SOFT, way="code")
    for more in ({"way": "code"}, {"proof": easy}, {}):
        reply = sign(visitor, petition, **more)
        assert reply.status == 429
        assert "Without JavaScript: please wait" in reply.text
    assert sign(visitor, petition, proof=solved(reply)).status == 303


def test_an_unflooded_network_signs_as_ever(visitor: Visitor, petition: Petition) -> None:
    flood(visitor, petition, SOFT)
    neighbour = Visitor(visitor.app, environ={"REMOTE_ADDR": "203.0.113.200"})
    elsewhere = Visitor(visitor.app, environ={"REMOTE_ADDR": "198.51.100.7"})
    assert sign(neighbour, petition).status == 429, "the same /24"
    assert sign(elsewhere, petition).status == 303
    row = Signature.objects.latest("pk")
    assert (row.code_only, row.flood_incident_id) == (False, None)


def test_another_petition_is_another_matter_up_to_a_point(
    visitor: Visitor, petition: Petition, low_limits: Settings
) -> None:
    flood(visitor, petition, SOFT)
    other = make_petition("wine")
    url = "/en/petitions/wine/sign/"
    for number in range(SOFT):
        assert visitor.post(url, typed(other, email=f"w{number}@example.org")).status == 303
    third = make_petition("wind")
    for number in range(SOFT):
        assert visitor.post("/en/petitions/wind/sign/", typed(third, email=f"w{number}@example.org")).status == 303
    fourth = make_petition("wood")
    assert visitor.post("/en/petitions/wood/sign/", typed(fourth)).status == 429, "three times the limit over all"


@pytest.mark.parametrize(
    ("neighbour", "status"),
    [
        ("2001:db8:0:1::ffff", 429),  # the same /64
        ("2001:db8:0:2::1", 303),  # the same /56, which is given twice as much
        ("2001:db9::1", 303),
    ],
)
def test_a_network_of_ipv6_is_a_64(visitor: Visitor, petition: Petition, neighbour: str, status: int) -> None:
    flood(Visitor(visitor.app, environ={"REMOTE_ADDR": "2001:db8:0:1::1"}), petition, SOFT)
    assert sign(Visitor(visitor.app, environ={"REMOTE_ADDR": neighbour}), petition).status == status


def test_many_small_networks_of_one_ipv6_customer_are_one_flood(visitor: Visitor, petition: Petition) -> None:
    """A /48 holds 65,536 networks of /64, and costs nothing."""
    taken = 0
    for number in range(40):
        address = f"2001:db8:0:{number << 8:x}::1"  # each in a /56 of its own
        sender = Visitor(visitor.app, environ={"REMOTE_ADDR": address})
        taken += sign(sender, petition, email=f"n{number}@example.org").status == 303
    assert taken == SOFT * 4


def test_ipv4_mapped_into_ipv6_is_ipv4(visitor: Visitor, petition: Petition) -> None:
    flood(visitor, petition, SOFT)
    mapped = Visitor(visitor.app, environ={"REMOTE_ADDR": "::ffff:203.0.113.9"})
    assert sign(mapped, petition).status == 429


def test_a_petition_flooded_from_everywhere_asks_everybody(
    visitor: Visitor, petition: Petition, low_limits: Settings
) -> None:
    low_limits.LIMIT_SUBJECT = 5
    for number in range(5):
        sender = Visitor(visitor.app, environ={"REMOTE_ADDR": f"198.51.{number}.1"})
        assert sign(sender, petition, email=f"n{number}@example.org").status == 303
    assert sign(visitor, petition).status == 429
    assert sign(visitor, petition, way="code").status == 303
    assert FloodIncident.objects.get().kind == "crowd"


def test_what_is_asked_depends_on_no_address(visitor: Visitor, petition: Petition) -> None:
    """New, waiting, confirmed, held, crowded out: the very same page, but for what was typed and the challenge."""
    for name in ("Ada", "Bea"):
        confirm(link(post(petition, "full@example.org", name)))
    held = post(petition, "full@example.org", "Cia")
    confirm(link(held))
    for number in range(7):
        post(petition, "crowd@example.org", f"Somebody {number}")
    flood(visitor, petition, SOFT)
    cases = {
        "new": {"email": "new@example.org", "name": "Somebody"},
        "waiting": {"email": "flood1@example.org"},
        "confirmed": {"email": "full@example.org", "name": "Ada"},
        "held": {"email": "full@example.org", "name": "Cia"},
        "third": {"email": "full@example.org", "name": "Dea"},
        "crowd": {"email": "crowd@example.org", "name": "Eva"},
    }
    sign(visitor, petition)  # the incident begins
    answers, asked = set(), set()
    for said in cases.values():
        with CaptureQueriesContext(connection) as queries:
            reply = sign(visitor, petition, **said)
        assert reply.status == 429
        headers = [header for header in reply.headers if header[0] not in ("Retry-After", "Content-Length")]
        answers.add(repr(headers) + _without_typed(reply.text))
        asked.add(tuple(query["sql"][:40] for query in queries))
    assert len(answers) == 1
    assert len(asked) == 1


def _without_typed(page: str) -> str:
    page = re.sub(r'data-challenge="[^"]+"', "", page)
    return re.sub(r'value="[^"]*"', "", page)


def test_by_code_everybody_gets_the_same_answer_and_the_same_statements(visitor: Visitor, petition: Petition) -> None:
    confirm(link(post(petition, "full@example.org", "Ada")))
    flood(visitor, petition, SOFT)
    sign(visitor, petition, way="code", email="first@example.org")
    answers, asked = set(), set()
    for email in ("full@example.org", "flood1@example.org"):
        with CaptureQueriesContext(connection) as queries:
            answers.add(sign(visitor, petition, way="code", email=email, name="Ada").everything)
        asked.add(tuple(query["sql"][:30] for query in queries))
    assert len(answers) == len(asked) == 1


def test_an_incident_tells_moderators_how_much_and_nobody_where(visitor: Visitor, petition: Petition) -> None:
    flood(visitor, petition, SOFT)
    proof = solved(sign(visitor, petition))
    sign(visitor, petition, proof=proof)
    sign(visitor, petition, way="code", email="bea@example.org")
    write_notes()
    incident = FloodIncident.objects.get()
    assert (incident.petition_id, incident.kind, incident.goes_on) == (petition.pk, "network", True)
    assert (incident.asked, incident.by_proof, incident.by_code) == (1, 1, 1)
    marked = rows(petition).filter(flood_incident=incident)
    assert marked.count() == 2
    columns = {field.name for field in FloodIncident._meta.get_fields()}
    assert columns == {"id", "petition", "kind", "since", "last_at", "asked", "by_proof", "by_code", "judged_at"}


def test_two_networks_are_two_incidents(visitor: Visitor, petition: Petition) -> None:
    other = Visitor(visitor.app, environ={"REMOTE_ADDR": "198.51.100.7"})
    for sender in (visitor, other):
        flood(sender, petition, SOFT)
        sign(sender, petition)
        sign(sender, petition)
    assert FloodIncident.objects.count() == 2


def test_confirming_goes_on_as_ever(visitor: Visitor, petition: Petition) -> None:
    flood(visitor, petition, SOFT)
    sign(visitor, petition, way="code")
    row = Signature.objects.latest("pk")
    confirm(link(row))
    row.refresh_from_db()
    assert (row.state, row.flood_incident_id is not None) == (State.CONFIRMED, True)


@pytest.mark.parametrize("mistake", [{"name": ""}, {"text": "0" * 64}], ids=["no name", "other words"])
def test_a_form_with_a_mistake_costs_no_proof(visitor: Visitor, petition: Petition, mistake: dict[str, str]) -> None:
    flood(visitor, petition, SOFT)
    proof = solved(sign(visitor, petition))
    assert sign(visitor, petition, **mistake, proof=proof).status == 422
    assert sign(visitor, petition, proof=proof).status == 303


@pytest.mark.parametrize("proof", ["x", "bm90aGluZw==", "e30=", "W10=", "x" * 70000, "\u0660", "bnVsbA=="])
def test_a_field_of_rubbish_is_no_proof_and_no_failure(visitor: Visitor, petition: Petition, proof: str) -> None:
    flood(visitor, petition, SOFT)
    assert sign(visitor, petition, proof=proof).status in {413, 429}


def test_a_network_that_nobody_can_tell_is_not_limited(
    visitor: Visitor, petition: Petition, low_limits: Settings
) -> None:
    """Behind a proxy that nobody has named all would be one network, and all would be refused."""
    low_limits.KNOWS_NETWORKS = False
    flood(visitor, petition, HARD + 1)


def test_nothing_is_asked_of_the_database_below_the_limit(visitor: Visitor, petition: Petition) -> None:
    sign(visitor, petition)
    data = typed(petition, email="bea@example.org")
    with CaptureQueriesContext(connection) as queries:
        assert visitor.post(SIGN, data).status == 303
    assert [query["sql"].split()[:3] for query in queries] == [["INSERT", "INTO", "signature"]]


def test_the_hour_ends_and_all_is_well(visitor: Visitor, petition: Petition) -> None:
    flood(visitor, petition, SOFT)
    assert sign(visitor, petition).status == 429
    counts.forget()
    assert sign(visitor, petition).status == 303
    assert visitor.get(SIGN).status == 303
