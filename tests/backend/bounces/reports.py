"""Mails that come back, as postfix, an Exchange and a feedback loop write them."""

DSN = """\
Return-Path: <>
To: {to}
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B1"

--B1
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Arrival-Date: Mon,  2 Mar 2026 09:00:00 +0000 (UTC)

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Remote-MTA: dns; mail.example.org
Diagnostic-Code: smtp; {words}

--B1
Content-Type: {original}

{returned}
--B1--
"""

COMPLAINT = """\
From: <fbl@provider.example>
To: {to}
Subject: FW: News
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="B2"

--B2
Content-Type: text/plain

This is an abuse report.
--B2
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
Original-Rcpt-To: <{recipient}>

--B2
Content-Type: message/rfc822

{returned}
--B2--
"""

AUTO_REPLY = """\
Return-Path: <>
To: {to}
From: Ann <ann@example.org>
Subject: Out of office: News
Auto-Submitted: auto-replied
Content-Type: text/plain

550 5.1.1 reasons to be at the beach.
"""


def dsn(
    *,
    to: str = "bounces@acme.example",
    recipient: str = "ann@example.org",
    action: str = "failed",
    status: str = "5.1.1",
    words: str = "550 5.1.1 User unknown",
    returned: str = "Subject: News\n\nHello",
    original: str = "message/rfc822",
) -> bytes:
    fields = {"to": to, "recipient": recipient, "action": action, "status": status, "words": words}
    return DSN.format(returned=returned, original=original, **fields).encode()


def complaint(*, to: str, recipient: str = "ann@example.org", kind: str = "abuse", returned: str) -> bytes:
    return COMPLAINT.format(to=to, recipient=recipient, kind=kind, returned=returned).encode()
