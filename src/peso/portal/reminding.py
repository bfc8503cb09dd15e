"""Reminding: the command that asks, by mail, whether what was delivered helped; meant for cron.

1. One run at a time in a portal's folder. A mail is put on record right after it was sent; a run
   that is killed in between may ask one person twice, and never loses a question.
2. A mail that cannot be sent is told and stays due; the others are sent, over a new connection
   where the server ended the one before.
3. Only a mail server sends, and only links that lead somewhere: files in a folder ask nobody, and
   an address of this machine leads its reader nowhere. Both are refused before anything is sent.
4. `dry_run` sends nothing and puts nothing on record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from smtplib import SMTPResponseException, SMTPServerDisconnected
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlsplit

from peso.base.files import locked
from peso.base.record import Record
from peso.errors import BadInput, Fault, Outside
from peso.portal.config import MAIL, URL, PortalConfig
from peso.portal.django import begin, migrate

if TYPE_CHECKING:
    from peso.portal.needs.reminders import Mail

AGAIN: Final = 30
"""Days until somebody is asked again."""
TIMES: Final = 2
_ENDS: Final = 421
"""A server says it, and ends the connection."""
Post = Callable[[str, str, str], None]
"""Sends a text to an address, under a subject. Raises `OSError`, `ValueError` where it cannot."""


class AskedAbout(Record):
    """A need that somebody is asked about."""

    need: str
    statement: str
    organization: str


class Reminded(Record):
    """A mail to one person."""

    name: str
    email: str
    about: tuple[AskedAbout, ...]
    state: Literal["sent", "due", "not sent"]
    why: str = ""
    """Why it could not be sent."""


class Reminders(Record):
    """What a run did, or would do."""

    mails: tuple[Reminded, ...]

    @property
    def ok(self) -> bool:
        """Whether every mail was sent that had to be."""
        return all(one.state != "not sent" for one in self.mails)


def remind(
    how: PortalConfig,
    *,
    again: int = AGAIN,
    times: int = TIMES,
    dry_run: bool = False,
    post: Callable[[], AbstractContextManager[Post]] | None = None,
) -> Reminders:
    """Ask everybody who may speak for an organization that endorsed what was delivered.

    Args:
        how: The portal.
        again: After how many days somebody is asked again.
        times: How often somebody is asked about one need for one organization.
        dry_run: Return what would be sent, and do nothing.
        post: What sends mails; else the portal's own mail server.

    Raises:
        BadInput: The figures are none; there is no portal; no mail server is named, or where the
            portal is.
        Outside: The mail server cannot be reached, or another run is going on.
    """
    if again < 1 or times < 1:
        raise BadInput("days and times are whole numbers above zero")
    if not how.database and not how.sqlite.is_file():
        raise BadInput("there is no portal", where=str(how.folder), hint="name its workspace: --in")
    if not dry_run and post is None:
        _refuse_nowhere(how)
    begin(how)
    migrate()
    from peso.portal.needs.reminders import due_mails  # noqa: PLC0415 - needs Django first
    from peso.portal.store.generation import today  # noqa: PLC0415 - the same

    if dry_run:
        mails = due_mails(today(), again=again, times=times)
        return Reminders(mails=tuple(_told(one, "due") for one in mails))
    with locked(how.folder / "remind.lock", who="peso portal remind"):
        mails = due_mails(today(), again=again, times=times)
        if not mails:
            return Reminders(mails=())
        with (post or mail_server)() as send:
            return Reminders(mails=tuple(_send(one, send) for one in mails))


def _send(mail: Mail, send: Post) -> Reminded:
    from peso.portal.needs.reminders import sent  # noqa: PLC0415 - its tables need Django first

    try:
        send(mail.account.email, mail.subject, mail.text)
    except (OSError, ValueError) as no:
        return _told(mail, "not sent", str(no) or type(no).__name__)
    sent(mail)
    return _told(mail, "sent")


def _told(mail: Mail, state: Literal["sent", "due", "not sent"], why: str = "") -> Reminded:
    return Reminded(
        name=mail.account.name,
        email=mail.account.email,
        about=tuple(
            AskedAbout(
                need=one.held.id,
                statement=one.held.need.statement,
                organization=one.organization,
            )
            for one in mail.asked
        ),
        state=state,
        why=why,
    )


def _refuse_nowhere(how: PortalConfig) -> None:
    """Refuse to send mails that reach nobody, or lead nowhere."""
    faults = []
    if not how.mail:
        faults.append(Fault(where=MAIL, message="names no mail server: nobody would get a mail"))
    if urlsplit(how.url).hostname in {"127.0.0.1", "::1", "localhost"}:
        said = f"{how.url} leads nobody but this machine to the portal: say --url"
        faults.append(Fault(where=URL, message=said))
    if faults:
        raise BadInput(
            "nobody can be asked by mail yet", faults=tuple(faults), hint="--dry-run needs neither"
        )


@contextmanager
def mail_server() -> Iterator[Post]:
    """Give what sends by the portal's mail server. Raises `Outside` where it cannot be reached."""
    from django.core.mail import EmailMessage, get_connection  # noqa: PLC0415 - Django is ready now

    connection = get_connection()

    def send(to: str, subject: str, text: str) -> None:
        mail = EmailMessage(f"[PESO portal] {subject}", text, None, [to], connection=connection)
        try:
            mail.send()
        except (SMTPServerDisconnected, SMTPResponseException) as no:
            if isinstance(no, SMTPResponseException) and no.smtp_code != _ENDS:
                raise
            connection.close()
            mail.send()  # so many mails a connection, say many servers: it is opened anew

    try:
        try:
            connection.open()
        except OSError as no:
            raise Outside(
                f"no mail can be sent: {no}",
                hint=f"look at {MAIL}; the next run sends what is due",
            ) from no
        yield send
    finally:
        with suppress(OSError):
            connection.close()
