"""Posting: what the log says of a mail that could not be sent.

The kind of fault and the mail server's codes, never its words: servers repeat the address there,
and what is in a log is blanked by nobody.
"""

from __future__ import annotations

from smtplib import SMTPRecipientsRefused, SMTPResponseException


def why_not(no: OSError) -> str:
    """Return why a mail could not be sent, without an address."""
    codes: list[int] = []
    if isinstance(no, SMTPRecipientsRefused):
        codes = sorted({code for code, _ in no.recipients.values()})
    elif isinstance(no, SMTPResponseException):
        codes = [no.smtp_code]
    return " ".join([type(no).__name__, *map(str, codes)])
