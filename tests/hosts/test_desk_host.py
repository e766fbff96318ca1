"""The desk on a host of its own: absent elsewhere, and alone there."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from campaigns.petitions.petitions import Petition
from reports.editorial.models import User
from tests.hosts.conftest import DESK, ONION, PUBLIC, At
from tests.petitions_pages.cast import PAGE, SIGN, typed

STAFF = ["/desk/", "/desk/petitions/petition/", "/accounts/login/", "/accounts/", "/desk", "/accounts/login"]


def without(path: str, body: bytes) -> bytes:
    """A page of nothing, but for the address it was asked at."""
    return body.replace(path.encode(), b"?")


@pytest.mark.usefixtures("own_desk")
@pytest.mark.parametrize("host", [PUBLIC, ONION])
@pytest.mark.parametrize("path", STAFF)
def test_a_public_host_answers_as_if_there_were_no_desk(at: At, host: str, path: str) -> None:
    nothing = path.replace("desk", "nope").replace("accounts", "nopenope").replace("login", "lagin")
    there, nowhere = at(host).get(path), at(host).get(nothing)
    assert (there.status, nowhere.status) == (404, 404)
    drop = [header for header in there.headers if header[0] != "Content-Length"]
    assert drop == [header for header in nowhere.headers if header[0] != "Content-Length"]
    assert without(path, there.body) == without(nothing, nowhere.body)


@pytest.mark.usefixtures("own_desk")
def test_a_public_host_takes_no_more_than_from_anybody(at: At) -> None:
    long = b"x=" + b"a" * 100_000
    assert at(PUBLIC).post("/desk/", long).status == 413
    assert at(PUBLIC).post("/desk/", b"x", kind="multipart/form-data; boundary=x").status == 415
    assert at(PUBLIC).post("/accounts/login/", {"login": "ada@example.org"}).status == 404
    assert at(DESK).post("/desk/", long).status in (302, 403)


@pytest.mark.usefixtures("own_desk")
def test_a_session_is_worth_nothing_on_a_public_host(settings: Settings, petition: Petition) -> None:
    settings.ALLOWED_HOSTS = [PUBLIC, DESK]
    client = Client()
    client.force_login(User.objects.create_superuser("root@example.org", "a password of some length"))
    assert client.get("/desk/", headers={"host": DESK}).status_code == 200
    assert client.get("/desk/", headers={"host": PUBLIC}).status_code == 404
    page = client.get(PAGE, headers={"host": PUBLIC})
    assert (page.status_code, dict(page.cookies)) == (200, {})


@pytest.mark.usefixtures("own_desk")
def test_staff_sign_in_on_the_desks_host_and_only_there_a_cookie_is_set(settings: Settings, db: None) -> None:
    settings.ALLOWED_HOSTS = [PUBLIC, DESK]
    client = Client(enforce_csrf_checks=True, headers={"host": DESK})
    shown: Any = client.get("/accounts/login/")
    assert shown.status_code == 200
    assert SimpleCookie(shown.cookies)
    password = "a password of some length"
    User.objects.create_superuser("root@example.org", password)
    form = {"login": "root@example.org", "password": password, "csrfmiddlewaretoken": shown.cookies["csrf"].value}
    elsewhere = client.post("/accounts/login/", form, headers={"origin": f"http://{PUBLIC}"})
    assert elsewhere.status_code == 403
    signed_in = client.post("/accounts/login/", form, headers={"origin": f"http://{DESK}"})
    assert (signed_in.status_code, signed_in["Location"]) == (302, "/desk/")


@pytest.mark.usefixtures("own_desk")
@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("/", "/desk/"),
        ("/desk", "/desk/"),
        (PAGE, f"https://{PUBLIC}{PAGE}"),
        ("/en/search/?q=%D8%A3&x=1", f"https://{PUBLIC}/en/search/?q=%D8%A3&x=1"),
        ("/ar/petitions/%D9%85%D8%A7%D8%A1/", f"https://{PUBLIC}/ar/petitions/%D9%85%D8%A7%D8%A1/"),
        ("//evil.example/", f"https://{PUBLIC}//evil.example/"),
        ("/a%0D%0ASet-Cookie:x", f"https://{PUBLIC}/a%0D%0ASet-Cookie:x"),
    ],
)
def test_the_desks_host_sends_readers_to_the_public_site(at: At, path: str, to: str) -> None:
    reply = at(DESK).get(path)
    assert (reply.status, reply["Location"]) == (302, to)
    assert "Content-Security-Policy" in dict(reply.headers)


@pytest.mark.usefixtures("own_desk")
def test_nobody_signs_on_the_desks_host(at: At, petition: Petition) -> None:
    assert at(DESK).post(SIGN, typed(petition)).status == 404
    assert at(PUBLIC).post(SIGN, typed(petition)).status == 303


@pytest.mark.usefixtures("own_desk")
def test_the_desks_host_is_known_with_any_port_and_case(at: At) -> None:
    assert at(f"{DESK}:8443").get(PAGE).status == 302
    assert at(DESK.upper()).get(PAGE).status == 302
    assert at(f"x{DESK}").get(PAGE).status == 400
    assert at(f"x{DESK}").get("/desk/").status == 400


@pytest.mark.usefixtures("own_desk")
def test_kept_public_pages_are_not_served_on_the_desks_host(at: At) -> None:
    visitor = at(PUBLIC)
    assert visitor.get(PAGE).status == 200
    assert visitor.get(PAGE, host=DESK).status == 302
    assert visitor.get("/healthz", host=DESK).status == 200


def test_without_the_setting_the_desk_stands_on_the_public_host(at: At) -> None:
    assert at(PUBLIC).get("/desk/").status == 302
    assert at(PUBLIC).get(PAGE).status == 200


def test_the_way_to_the_site_leads_to_the_public_host(settings: Settings, db: None) -> None:
    settings.ALLOWED_HOSTS = [DESK, PUBLIC]
    client = Client(headers={"host": DESK})
    client.force_login(User.objects.create_superuser("root@example.org", "a password of some length"))
    assert client.get("/desk/").context["site_url"] == "/"
    settings.DESK_HOST, settings.ORIGIN = DESK, f"https://{PUBLIC}"
    assert client.get("/desk/").context["site_url"] == f"https://{PUBLIC}/"
