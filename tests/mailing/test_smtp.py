"""What leaves by SMTP, and what each answer of a server means."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.addresses import AddressError, parse_address
from campaigns.mail_letters import Letter, Words, letter
from campaigns.mail_smtp import SmtpServer as Settings
from campaigns.mail_smtp import SmtpTransport
from campaigns.mail_transport import MailError, Objected, OutcomeUnknown, Postponed, Refused, ServerAway
from campaigns.petitions.petitions import PetitionText
from tests.smtp_server import HOST, SmtpServer


@pytest.fixture(params=[False, True], ids=["in turn", "pipelined"])
def server(request: pytest.FixtureRequest, server: SmtpServer) -> SmtpServer:
    """It takes sender and recipient in turn, or both in one go."""
    server.pipelining = request.param
    return server


@pytest.fixture
def transport(server: SmtpServer) -> Iterator[SmtpTransport]:
    transport = SmtpTransport(Settings(HOST, server.port, timeout=5, greeting="example.org"))
    yield transport
    transport.close()


def a_letter(to: str = "reader@example.net", number: int = 1) -> Letter:
    said = Words(
        subject="Please confirm",
        templates="petitions/mail/already",
        lang="en",
        context={"petition": PetitionText(lang="en", title=".One\n.Two")},
    )
    return letter(said, to=to, reference=f"mail-{number}")


def send(transport: SmtpTransport, letter: Letter) -> None:
    transport.open()
    transport.offer(letter)
    transport.hand_over()


def test_a_kept_connection_carries_many_mails(server: SmtpServer, transport: SmtpTransport) -> None:
    for number in range(5):
        send(transport, a_letter(number=number))
    assert len(server.ids) == 5
    assert server.connections == 1


def test_lines_that_begin_with_a_dot_arrive_as_written(server: SmtpServer, transport: SmtpTransport) -> None:
    send(transport, a_letter())
    assert "\n.Two" in server.mails[0].part("plain")


def test_an_address_of_any_script_is_reached(server: SmtpServer, transport: SmtpTransport) -> None:
    send(transport, a_letter("πάπια@bücher.example"))
    assert server.recipients == ["πάπια@xn--bcher-kva.example"]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("550 5.1.1 no such mailbox", Refused),
        ("553 who", Refused),
        ("450 4.2.1 later", Postponed),
        ("452 4.2.2 full", Postponed),
        ("552 5.2.2 full", Postponed),
        ("554 5.7.1 relay access denied", Objected),
        ("530 5.7.0 authentication required", ServerAway),
        ("421 4.3.2 closing", ServerAway),
    ],
)
@pytest.mark.parametrize("step", ["at_recipient", "at_content"])
def test_an_answer_is_about_the_recipient_the_moment_or_the_server(
    server: SmtpServer, transport: SmtpTransport, step: str, answer: str, kind: type[MailError]
) -> None:
    setattr(server, step, lambda recipient: answer if recipient.startswith("odd") else None)
    with pytest.raises(MailError) as caught:
        send(transport, a_letter("odd@example.net"))
    assert type(caught.value) is kind
    assert "odd@" not in repr(caught.value)
    send(transport, a_letter("good@example.net", 2))
    assert server.recipients == ["good@example.net"]


def test_a_server_that_is_down_is_away_and_found_again(server: SmtpServer, transport: SmtpTransport) -> None:
    send(transport, a_letter(number=1))
    server.stop()
    with pytest.raises(ServerAway):
        transport.open()
    server.start()
    send(transport, a_letter(number=2))
    assert len(server.ids) == 2


def test_a_connection_that_ended_between_mails_is_replaced(server: SmtpServer, transport: SmtpTransport) -> None:
    send(transport, a_letter(number=1))
    server.stop()
    server.start()
    transport.offer(a_letter(number=2))  # no question before, as in the middle of a batch
    transport.hand_over()
    assert len(server.ids) == 2


def test_an_answer_that_is_lost_after_the_content_leaves_the_outcome_open(
    server: SmtpServer, transport: SmtpTransport
) -> None:
    server.drops_after_content = lambda _: "drop"
    with pytest.raises(OutcomeUnknown):
        send(transport, a_letter())
    assert len(server.mails) == 1


def test_what_was_taken_back_does_not_leave(server: SmtpServer, transport: SmtpTransport) -> None:
    transport.open()
    transport.offer(a_letter("first@example.net", 1))
    transport.take_back()
    transport.offer(a_letter("second@example.net", 2))
    transport.hand_over()
    assert server.recipients == ["second@example.net"]


@pytest.mark.parametrize("text", ["a@example.net\r\nRCPT TO:<b@example.net>", "a\n@example.net", "a@example.net\n"])
def test_no_line_end_gets_into_an_address(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # whichever part of the standard library sees it first
        a_letter(text)


@pytest.mark.parametrize("word", ["?utf-8?q?a=0ABcc=3Aall=40example.net?=", "?utf-8?b?DQoNCkJ1eSE=?=", "?x?q?a?="])
def test_an_address_that_a_mail_would_decode_is_neither_taken_nor_mailed(word: str) -> None:
    """Signed before it was refused, it stays in the table and must not leave either."""
    for address in (f"={word}@example.org", f"a.={word}@example.org"):
        with pytest.raises(AddressError):
            parse_address(address)
        with pytest.raises(ValueError, match="encoded word"):
            a_letter(address)


PIECES = [
    "=",
    "?",
    "utf-8",
    "q",
    "b",
    "=0A",
    "=0D=0A",
    "=40",
    "=2C",
    "_",
    "DQo",
    "a",
    ".",
    "+",
    "é",
    "م",
    "\u0301",
    "{",
    "|",
]


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=14).map("".join))
def test_whatever_is_taken_for_an_address_stands_in_its_header_as_it_is(local: str) -> None:
    try:
        typed = parse_address(f"{local}@example.org").typed
    except AddressError:
        return
    head = a_letter(typed).as_bytes().partition(b"\r\n\r\n")[0].decode()
    assert f"\r\nTo: {typed}\r\n" in head
    names = [line.partition(":")[0] for line in head.splitlines() if line[:1] not in " \t"]
    assert sorted(names) == sorted(a_letter().message.keys())


def test_no_line_end_gets_into_a_header() -> None:
    said = Words(subject="Hello\r\nBcc: all@example.net", templates="petitions/mail/already", lang="en", context={})
    with pytest.raises(ValueError, match="linefeed"):
        letter(said, to="a@example.net", reference="a")
