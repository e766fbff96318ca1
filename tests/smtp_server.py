"""A real SMTP server in the process of the tests: it can be stopped, started again on its port, and told to refuse."""

from __future__ import annotations

import asyncio
import email
import logging
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

logging.getLogger("mail.log").setLevel(logging.WARNING)
HOST = "127.0.0.1"
Answer = Callable[[str], str | None]


def takes_all(_recipient: str) -> None:
    """No objection."""


@dataclass(frozen=True)
class Received:
    """A mail that the server took."""

    recipient: str
    raw: bytes
    message: EmailMessage

    @property
    def id(self) -> str:
        return str(self.message["Message-ID"])

    def part(self, subtype: str) -> str:
        body = self.message.get_body((subtype,))
        assert body is not None
        content: str = body.get_content()
        return content


class SmtpServer:
    """`at_recipient`, `at_data` and `at_content` may answer something else than 250 for a recipient."""

    pipelining = False

    def __init__(self) -> None:
        self.port = _free_port()
        self.at_sender: Answer = takes_all
        self.at_recipient: Answer = takes_all
        self.at_content: Answer = takes_all
        self.drops_after_content: Answer = takes_all
        self.connections = 0
        self.mails: list[Received] = []
        self.offered: list[str] = []  # Message-IDs whose content arrived, taken or not
        self._guard = threading.Lock()
        self._controller: Controller | None = None

    def start(self) -> None:
        self._controller = _Controller(self, hostname=HOST, port=self.port)
        self._controller.start()
        self.connections = 0  # the controller has tried it

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop(no_assert=True)
            self._controller = None

    @property
    def ids(self) -> Counter[str]:
        with self._guard:
            return Counter(mail.id for mail in self.mails)

    @property
    def recipients(self) -> list[str]:
        with self._guard:
            return [mail.recipient for mail in self.mails]

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return ["250-PIPELINING", *responses] if self.pipelining else responses

    async def handle_RCPT(  # aiosmtpd's names
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self.at_sender(envelope.mail_from or "") or self.at_recipient(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        message = email.message_from_bytes(raw, policy=default)
        assert isinstance(message, EmailMessage)
        (recipient,) = envelope.rcpt_tos
        with self._guard:
            self.offered.append(str(message["Message-ID"]))
        if answer := self.at_content(recipient):
            return answer
        with self._guard:
            self.mails.append(Received(recipient, raw, message))
        if self.drops_after_content(recipient):
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return "250 taken"


class _Controller(Controller):
    def factory(self) -> Any:
        self.handler.connections += 1
        return SMTP(self.handler, hostname="mail.test", enable_SMTPUTF8=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running() -> Iterator[SmtpServer]:
    """A server that runs for as long as the block."""
    server = SmtpServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()
