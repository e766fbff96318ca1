"""Reports as mail servers and providers write them."""

from __future__ import annotations

from tests.smtp_server import Received

DSN = """\
From: MAILER-DAEMON@mx.example.net
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I could not deliver your mail.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} {recipient} unknown

--b
Content-Type: text/rfc822-headers

{headers}

--b--
"""

ARF = """\
From: abuse@provider.example
To: abuse@example.org
Subject: complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

Somebody pressed a button.

--b
Content-Type: message/feedback-report

Feedback-Type: {feedback}
User-Agent: Provider/1.0
Version: 1
Original-Rcpt-To: {recipient}

--b
Content-Type: message/rfc822

{headers}

Hello
--b--
"""


def headers_of(mail: Received) -> str:
    return mail.raw.decode("ascii").partition("\r\n\r\n")[0].replace("\r\n", "\n")


def dsn(
    mail: Received, status: str = "5.1.1", action: str = "failed", to: str = "petitions@example.org", headers: str = ""
) -> bytes:
    return DSN.format(
        to=to, recipient=mail.recipient, status=status, action=action, headers=headers or headers_of(mail)
    ).encode()


def complaint(mail: Received, feedback: str = "abuse") -> bytes:
    return ARF.format(recipient=mail.recipient, feedback=feedback, headers=headers_of(mail)).encode()
