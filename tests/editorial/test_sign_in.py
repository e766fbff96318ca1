"""Staff sign in by address and password; nobody signs up; the public never gets a cookie."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import IntegrityError
from django.test import Client

pytestmark = pytest.mark.django_db
PASSWORD = "correct-horse-battery"


@pytest.fixture(autouse=True)
def forget_rate_limits() -> None:
    cache.clear()


@pytest.fixture
def editor() -> object:
    return get_user_model().objects.create_user("Editor@example.org", PASSWORD, name="Editor")


def sign_in(client: Client, email: str, password: str) -> int:
    return client.post("/accounts/login/", {"login": email, "password": password}).status_code


def test_the_desk_sends_to_the_one_sign_in_page(client: Client) -> None:
    response = client.get("/desk/")
    assert response.status_code == 302
    response = client.get("/desk/", follow=True)
    assert response.redirect_chain[-1][0] == "/accounts/login/?next=/desk/"
    assert b"Staff sign-in" in response.content


@pytest.mark.usefixtures("editor")
def test_an_address_is_one_account_whatever_its_capitals(client: Client) -> None:
    with pytest.raises(IntegrityError):
        get_user_model().objects.create_user("eDITOR@example.org", PASSWORD)


@pytest.mark.usefixtures("editor")
def test_signing_in_leads_to_the_desk(client: Client) -> None:
    response = client.post("/accounts/login/", {"login": "editor@EXAMPLE.org", "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/desk/")
    assert client.get("/desk/").status_code == 200


@pytest.mark.usefixtures("editor")
def test_five_wrong_passwords_slow_sign_in_down(client: Client) -> None:
    for _ in range(5):
        sign_in(client, "editor@example.org", "wrong-wrong-wrong")
    response = client.post("/accounts/login/", {"login": "editor@example.org", "password": PASSWORD})
    assert response.status_code == 200
    assert "staff" not in client.cookies or not client.cookies["staff"].value
    assert b"Too many failed" in response.content


@pytest.mark.parametrize("path", ["/accounts/signup/", "/accounts/signup/passkey/", "/accounts/3rdparty/"])
def test_nobody_signs_up(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.usefixtures("editor")
@pytest.mark.parametrize("path", ["/accounts/2fa/", "/accounts/password/change/", "/accounts/logout/"])
def test_account_pages_stand_in_our_frame(client: Client, path: str) -> None:
    assert sign_in(client, "editor@example.org", PASSWORD) == 302
    response = client.get(path, follow=True)
    assert response.status_code == 200
    assert "/login/" not in response.request["PATH_INFO"]
    assert b"look/tokens" in response.content


def test_password_reset_never_tells_whether_an_account_exists(client: Client, editor: object) -> None:
    known = client.post("/accounts/password/reset/", {"email": "editor@example.org"}, follow=True)
    unknown = Client().post("/accounts/password/reset/", {"email": "nobody@example.org"}, follow=True)
    assert known.status_code == unknown.status_code == 200
    assert known.content == unknown.content


def test_public_pages_set_no_cookie(client: Client) -> None:
    for path in ("/", "/en/", "/ar/style/"):
        response = client.get(path)
        assert not response.cookies, path


def test_the_root_follows_the_language_of_the_browser(client: Client) -> None:
    response = client.get("/", headers={"accept-language": "fr-BE,fr;q=0.9"})
    assert (response.status_code, response["Location"]) == (302, "/fr/")
    assert client.get("/", headers={"accept-language": "xx"})["Location"] == "/en/"


def test_headers_of_every_answer(client: Client) -> None:
    for path in ("/en/", "/nothing/", "/accounts/login/"):
        policy = client.get(path)["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
