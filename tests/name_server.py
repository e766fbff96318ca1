"""A name server on 127.0.0.1 that knows what a test tells it, and nothing else."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

Records = Mapping[tuple[str, str], list[str]]
"""From (name, type) to values in the form of a zone file."""


@contextmanager
def name_server(records: Records) -> Iterator[str]:
    """Serves while the block runs; yields host and port."""

    class Answer(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, sock = self.request
            sock.sendto(_answer(records, data), self.client_address)

    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()


def _answer(records: Records, data: bytes) -> bytes:
    asked = dns.message.from_wire(data)
    answer = dns.message.make_response(asked)
    answer.flags |= dns.flags.RA
    (question,) = asked.question
    name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
    if values := records.get((name, kind)):
        answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *values))
    elif not any(known == name for known, _kind in records):
        answer.set_rcode(dns.rcode.NXDOMAIN)
    return answer.to_wire()
