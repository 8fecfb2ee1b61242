"""Reports of mail that came back, in the shapes that mail servers give them; names and addresses are invented."""

OURS = "0123456789abcdef0123456789abcdef@awards"


def report(
    *,
    message_id: str = OURS,
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = "smtp; 550 5.1.1 <gone@city.example>: Recipient address rejected: User unknown",
    own_id: str = "<1.D@mx.city.example>",
    quoted: str = "message/rfc822",
) -> bytes:
    """As Postfix writes one."""
    return f"""Return-Path: <>
Received: by mx.wego.example (Postfix) id 4ABC; Tue, 10 Mar 2026 09:00:05 +0000 (UTC)
Date: Tue, 10 Mar 2026 09:00:05 +0000 (UTC)
From: MAILER-DAEMON@mx.wego.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: awards@wego.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="4ABC.1/mx"
Message-Id: {own_id}

This is a MIME-encapsulated message.

--4ABC.1/mx
Content-Description: Notification
Content-Type: text/plain; charset=utf-8

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

--4ABC.1/mx
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.wego.example
X-Postfix-Queue-ID: 4ABC
Arrival-Date: Tue, 10 Mar 2026 09:00:00 +0000 (UTC)

Final-Recipient: rfc822; gone@city.example
Original-Recipient: rfc822;gone@city.example
Action: {action}
Status: {status}
Remote-MTA: dns; mx.city.example
Diagnostic-Code: {diagnostic}

--4ABC.1/mx
Content-Description: Undelivered Message
Content-Type: {quoted}

Subject: Your entry
From: WeGO Awards <awards@wego.example>
To: gone@city.example
Message-ID: <{message_id}>

Dear reader
--4ABC.1/mx--
""".encode()


# As Exchange writes one: the status block first says another thing, the original comes as headers alone in base64,
# and lines end with CR LF.
EXCHANGE = (
    b"From: postmaster@city.example\r\n"
    b"To: awards@wego.example\r\n"
    b'Content-Type: multipart/report; report-type=delivery-status; boundary="=_x"\r\n'
    b"MIME-Version: 1.0\r\n"
    b"Subject: =?utf-8?B?VW56dXN0ZWxsYmFyOiBJaHIgQmVpdHJhZw==?=\r\n"
    b"Message-ID: <x@exchange.city.example>\r\n"
    b"In-Reply-To: <0123456789abcdef0123456789abcdef@awards>\r\n"
    b"\r\n"
    b"--=_x\r\n"
    b'Content-Type: multipart/alternative; boundary="=_y"\r\n\r\n'
    b"--=_y\r\nContent-Type: text/plain; charset=windows-1252\r\n\r\n"
    b"Zustellung fehlgeschlagen: \xfcberf\xfcllt\r\n"
    b"--=_y--\r\n"
    b"--=_x\r\n"
    b"Content-Type: message/delivery-status\r\n\r\n"
    b"Reporting-MTA: dns;EX01.city.example\r\n\r\n"
    b"Final-recipient: RFC822; colleague@city.example\r\nAction: relayed\r\nStatus: 2.0.0\r\n\r\n"
    b"Final-recipient: RFC822; gone@city.example\r\n"
    b"Action: Failed\r\n"
    b"Status: 5.1.10\r\n"
    b"Diagnostic-code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by\r\n"
    b" SMTP address lookup\r\n\r\n"
    b"--=_x\r\n"
    b"Content-Type: text/rfc822-headers\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\n"
    b"U3ViamVjdDogWW91ciBlbnRyeQpNZXNzYWdlLUlEOiA8MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3\r\n"
    b"ODlhYmNkZWZAYXdhcmRzPgo=\r\n"
    b"--=_x--\r\n"
)
