"""A mail server that keeps the links of the mails it takes and delivers nothing (of RFC 5321 what a sender needs)."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable

from config.rehearsal.stack import LOOPBACK

END = b"\r\n.\r\n"
EXTENSIONS = b"250-rehearsal\r\n250-PIPELINING\r\n250 SMTPUTF8\r\n"
LONGEST_MAIL = 1024 * 1024
LINK = re.compile(rb"/[a-z]{2,3}/confirm/[\w-]+/")
RECIPIENT = re.compile(rb"<([^>]*)>")


class MailSink:
    """`mails` counts how many each address was sent; `on_link` is told the address and the path of its link."""

    def __init__(self, on_link: Callable[[str, str], None]) -> None:
        self.mails: Counter[str] = Counter()
        self._on_link = on_link
        self._server: asyncio.Server | None = None

    async def start(self) -> int:
        """Listen on a free port of the loopback address; the port."""
        self._server = await asyncio.start_server(self._talk, LOOPBACK, 0, limit=LONGEST_MAIL)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def stop(self) -> None:
        """Take no further connections."""
        if self._server is not None:
            self._server.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        recipient = ""
        try:
            writer.write(b"220 rehearsal\r\n")
            while line := await reader.readline():
                verb = line[:4].upper()
                if verb == b"DATA":
                    writer.write(b"354 go on\r\n")
                    self._take(recipient, await reader.readuntil(END))
                elif verb == b"RCPT" and (found := RECIPIENT.search(line)):
                    recipient = found[1].decode()
                writer.write(EXTENSIONS if verb == b"EHLO" else b"250 OK\r\n")
                if verb == b"QUIT":
                    break
        except (OSError, asyncio.IncompleteReadError):
            pass  # a worker that was killed says no good-bye
        finally:
            writer.close()

    def _take(self, recipient: str, mail: bytes) -> None:
        """Counted before it is answered for: what the sender does not learn may come again."""
        self.mails[recipient] += 1
        text = mail.replace(b"=\r\n", b"").replace(b"=3D", b"=")  # quoted-printable, as far as a link needs
        if found := LINK.search(text):
            self._on_link(recipient, found[0].decode())
