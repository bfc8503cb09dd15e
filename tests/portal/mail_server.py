"""A real mail server on this machine, for tests: SMTP as people run it, with TLS and a login."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

USER, PASSWORD = "me@home", "p/w"


@dataclass(slots=True)
class Mails:
    """What came in; some addresses have no mailbox."""

    port: int = 0
    came: list[EmailMessage] = field(default_factory=list)
    nobody: set[str] = field(default_factory=set)
    a_connection: int = 100
    """How many mails are taken of one connection; then it is ended."""
    in_words: bool = False
    """Whether that is said before."""

    async def handle_MAIL(  # noqa: N802 - the server's name for it
        self,
        server: Any,  # noqa: ANN401 - the server's
        session: Any,  # noqa: ANN401
        envelope: Any,  # noqa: ANN401
        address: str,
        options: Any,  # noqa: ANN401, ARG002
    ) -> str:
        """Begin a mail, or end the connection."""
        if getattr(session, "mails", 0) >= self.a_connection:
            if not self.in_words:
                server.transport.abort()
            return "421 so many mails a connection"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - the server's name for it
        self,
        server: Any,  # noqa: ANN401, ARG002 - the server's
        session: Any,  # noqa: ANN401, ARG002
        envelope: Any,  # noqa: ANN401
        address: str,
        options: Any,  # noqa: ANN401, ARG002
    ) -> str:
        """Take a receiver, or say that there is no such mailbox."""
        if address in self.nobody:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ANN401, ARG002, N802
        """Keep a mail."""
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.came.append(mail)
        session.mails = getattr(session, "mails", 0) + 1
        return "250 OK"


@contextmanager
def mail_server(folder: Path, *, tls: bool) -> Iterator[tuple[Mails, Path]]:
    """Run a mail server; gives what came in, and the certificate that clients have to trust."""
    kept = Mails()
    certificate, key = _certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    more: dict[str, Any] = (
        {"tls_context": context, "require_starttls": True, "auth_required": True} if tls else {}
    )
    server = Controller(
        kept, hostname="127.0.0.1", port=_free(), authenticator=_let_in if tls else None, **more
    )
    server.start()
    kept.port = server.port
    try:
        yield kept, certificate
    finally:
        server.stop()


def _let_in(_server: Any, _session: Any, _envelope: Any, _how: str, said: Any) -> AuthResult:  # noqa: ANN401
    right = (said.login, said.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)


def _free() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a mail server")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(here, critical=False)
        .sign(key, SHA256())
    )
    certificate, private = folder / "mail.crt", folder / "mail.key"
    certificate.write_bytes(made.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return certificate, private
