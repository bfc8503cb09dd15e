"""Statements: what somebody says of a vulnerability in exact products, and until when.

1. A product is named by purl with a version, or by the sha256 of its file. Anything wider says
   nothing of an exact product, and decides nothing.
2. A statement of a workspace has an expiry. One without is read and shown, and decides nothing.
3. Subcomponents say where in the product the vulnerability is. A statement is about its products
   only: what it says of a product that holds a library is not said of the library.

Nothing here reads, writes or decides.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from peso.base.record import Record

Status = Literal["not_affected", "affected", "fixed", "under_investigation"]
Justification = Literal[
    "component_not_present",
    "vulnerable_code_not_present",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "inline_mitigations_already_exist",
]
STATUSES: tuple[Status, ...] = get_args(Status)
JUSTIFICATIONS: tuple[Justification, ...] = get_args(Justification)


class Product(Record):
    """A product that a statement is about."""

    purl: str = ""
    sha256: str = ""
    """Of its file; empty where it is named by purl."""
    subcomponents: tuple[str, ...] = ()
    """purls of where in the product the vulnerability is."""


class Statement(Record):
    """One statement, with everything it has from its document."""

    vulnerability: str
    aliases: tuple[str, ...] = ()
    products: tuple[Product, ...]
    status: Status
    justification: Justification | Literal[""] = ""
    impact: str = ""
    """Why it cannot be exploited, where there is no justification."""
    action: str = ""
    """What to do, where it is affected."""
    reason: str = ""
    """How the status was found."""
    made: datetime
    """As of when it was known to be true."""
    expires: datetime | None = None
    """From then on it decides nothing; None: nobody said, so it decides nothing at all."""
    author: str
    role: str = ""
    document: str
    """The id of the document it is in."""
    where: str = ""
    """Its file and place, as it was read here."""

    @property
    def names(self) -> frozenset[str]:
        """Every id of the vulnerability that the statement gives."""
        return frozenset((self.vulnerability, *self.aliases))

    @property
    def by(self) -> str:
        """Who says it, for people."""
        return f"{self.author} ({self.role})" if self.role else self.author

    @property
    def short(self) -> str:
        """What it says, in a few words."""
        said = self.status.replace("_", " ")
        why = self.justification.replace("_", " ")
        until = f", until {self.expires:%Y-%m-%d}" if self.expires else ", without an expiry"
        return f"{said}{f' ({why})' if why else ''}, says {self.by}{until}"


class Stated(Record):
    """A statement, and the very component that it names."""

    subject: str
    """The component's purl."""
    statement: Statement
