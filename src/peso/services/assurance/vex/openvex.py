"""OpenVEX 0.2.0: documents of statements, read and written (facts: github.com/openvex/spec).

1. A document is checked whole: every fault at once, each with file:line:column. What the format's
   own schema forbids is a fault here too; a document of an older form is refused.
2. The format has no expiry and closes its records, so that a field of our own would make documents
   that other tools refuse. So the expiry is the last line of `status_notes`, `Expires: ` and a
   time: other tools show it, and pass it over. `Stated by: ` before it names the author of a
   statement in a document that gathers several authors' (adr/0019).
3. Times without a zone are refused. A statement without a time has its document's.
4. Equal statements give equal bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from peso.base.digest import sha256_bytes
from peso.base.faults import Positions, WrongValueError
from peso.base.record import Record
from peso.base.yamls import load_text, parse_data
from peso.errors import BadInput, Fault
from peso.services.assurance.vex.naming import parsed
from peso.services.assurance.vex.record import Justification, Product, Statement, Status

CONTEXT = "https://openvex.dev/ns/v0.2.0"
PREDICATE = "https://openvex.dev/ns"
"""The type of an in-toto statement that holds a document."""
MEDIA_TYPE = "application/vnd.openvex+json"
ENDING = ".openvex.json"
LARGEST = 4 << 20
"""Bytes of a document."""
_CONTEXTS = frozenset({CONTEXT, "https://openvex.dev/ns"})
_EXPIRES = re.compile(r"\n?Expires: (\S+)\s*\Z")
_BY = re.compile(r"\n?Stated by: ([^\n]+?)(?: \(([^()\n]*)\))?\s*\Z")
_MOST = 10_000
"""Statements of a document, and products of a statement."""


def _time(value: object) -> object:
    """Read a time with its zone; anything else stays as it is written, for the fault to say."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value
    return value if isinstance(moment, datetime) and moment.tzinfo is None else moment


def _purl(text: str) -> str:
    if text.startswith("pkg:") and parsed(text) is None:
        raise WrongValueError(f"{text[:80]!r} is no purl", expected="e.g. pkg:pypi/numpy@2.0.1")
    return text


def _context(text: str) -> str:
    if text not in _CONTEXTS:
        raise WrongValueError(
            f"{text[:80]!r} is not the context of OpenVEX 0.2.0", expected=CONTEXT
        )
    return text


Time = Annotated[AwareDatetime, BeforeValidator(_time)]
Text = Annotated[str, Field(min_length=1)]
Id = Annotated[str, Field(min_length=1), AfterValidator(_purl)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{32,128}$")]


class _Wire(Record):
    """A record of the format: what is not there is not written."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    def plain(self) -> dict[str, Any]:
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class WireVulnerability(_Wire):
    """The vulnerability, by its ids."""

    id: Text | None = Field(default=None, alias="@id")
    name: Text
    description: str | None = None
    aliases: tuple[Text, ...] | None = None


class WireIdentifiers(_Wire):
    """Identifiers of a product."""

    purl: Annotated[str, AfterValidator(_purl)] | None = None
    cpe22: str | None = None
    cpe23: str | None = None
    at_cpe22: str | None = Field(default=None, alias="@cpe22")
    """As the format's schema writes it; its text writes it without the sign."""
    at_cpe23: str | None = Field(default=None, alias="@cpe23")


class WireComponent(_Wire):
    """A component, by id, identifiers or hashes."""

    id: Id | None = Field(default=None, alias="@id")
    identifiers: WireIdentifiers | None = None
    hashes: dict[str, Digest] | None = None

    @model_validator(mode="after")
    def _is_named(self) -> Self:
        if not (self.id or self.identifiers or self.hashes):
            raise WrongValueError(
                "a product is named by nothing", expected="@id, identifiers or hashes"
            )
        return self

    @property
    def purl(self) -> str:
        """The purl, wherever it is."""
        if self.identifiers is not None and self.identifiers.purl:
            return self.identifiers.purl
        return self.id if self.id and self.id.startswith("pkg:") else ""


class WireProduct(WireComponent):
    """A product and its subcomponents."""

    subcomponents: Annotated[tuple[WireComponent, ...], Field(max_length=_MOST)] | None = None


class WireStatement(_Wire):
    """A statement."""

    id: Text | None = Field(default=None, alias="@id")
    version: Annotated[int, Field(ge=1)] | None = None
    vulnerability: WireVulnerability
    timestamp: Time | None = None
    last_updated: Time | None = None
    products: Annotated[tuple[WireProduct, ...], Field(min_length=1, max_length=_MOST)]
    """The exact products it is about."""
    status: Status
    supplier: str | None = None
    status_notes: str | None = None
    justification: Justification | None = None
    impact_statement: str | None = None
    action_statement: str | None = None
    action_statement_timestamp: Time | None = None

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.status == "not_affected":
            if self.justification and self.impact_statement:
                raise WrongValueError(
                    "it has both a justification and an impact statement",
                    expected="one of them",
                    hint="keep the justification, and move the text to status_notes",
                )
            if not (self.justification or self.impact_statement):
                raise WrongValueError("`not_affected` needs a justification")
        if self.status == "affected" and not self.action_statement:
            raise WrongValueError("`affected` needs an action_statement: what is to be done")
        return self

    @model_validator(mode="after")
    def _has_an_expiry_that_is_one(self) -> Self:
        found = _EXPIRES.search(self.status_notes or "")
        if found:
            when = _time(found[1])
            if not isinstance(when, datetime) or when.tzinfo is None:
                raise WrongValueError(
                    f"its expiry {found[1][:40]!r} is no time",
                    expected="a time with its zone, such as 2027-01-31T00:00:00Z",
                )
        return self


class WireDocument(_Wire):
    """An OpenVEX document."""

    context: Annotated[str, AfterValidator(_context)] = Field(alias="@context")
    id: Text = Field(alias="@id")
    author: Text
    role: str | None = None
    timestamp: Time
    last_updated: Time | None = None
    version: int = Field(ge=1)
    tooling: str | None = None
    statements: Annotated[tuple[WireStatement, ...], Field(min_length=1, max_length=_MOST)]


def read_document(data: bytes, name: str) -> WireDocument:
    """Read a document.

    Args:
        data: Its bytes.
        name: What its faults call it.

    Raises:
        BadInput: With all its faults.
    """
    if len(data) > LARGEST:
        raise BadInput(f"the document has more than {LARGEST >> 20} MiB", where=name)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput("it is not UTF-8", where=name) from None
    try:
        json.loads(text)
    except RecursionError:
        raise BadInput("it is nested too deeply", where=name) from None
    except ValueError as error:
        said = f"not JSON: {error}"
        place = f"{name}:{getattr(error, 'lineno', 1)}:{getattr(error, 'colno', 1)}"
        raise BadInput(said, where=name, faults=(Fault(where=place, message=said),)) from None
    plain, positions = _with_places(text, Path(name))
    _refuse_older(plain, positions)
    return parse_data(WireDocument, plain, positions)


def _with_places(text: str, path: Path) -> tuple[Any, Positions]:
    """Return the data with the place of each value: JSON is YAML, but for tabs."""
    return load_text(text.replace("\t", " "), path)


def _refuse_older(plain: object, positions: Positions) -> None:
    """Refuse a document of before 0.2.0 with one fault, instead of one for each of its names."""
    statements = plain.get("statements") if isinstance(plain, dict) else None
    for place, one in enumerate(statements if isinstance(statements, list) else ()):
        if isinstance(one, dict) and isinstance(one.get("vulnerability"), str):
            fault = Fault(
                where=positions.where(("statements", place, "vulnerability")),
                message="a vulnerability that is only text: the document is older than 0.2.0",
                hint='write it as {"name": "CVE-…"}, and products as [{"@id": "pkg:…"}]',
            )
            raise BadInput(fault.message, where=fault.where, hint=fault.hint, faults=(fault,))


def statements_of(document: WireDocument, name: str) -> tuple[Statement, ...]:
    """Return the statements of a document, each with everything it has from it."""
    return tuple(_statement(one, document, name) for one in document.statements)


def _statement(one: WireStatement, document: WireDocument, name: str) -> Statement:
    reason, expires, by = _notes(one.status_notes or "")
    author, role = by or (document.author, document.role or "")
    return Statement(
        vulnerability=one.vulnerability.name,
        aliases=tuple(
            alias for alias in one.vulnerability.aliases or () if alias != one.vulnerability.name
        ),
        products=tuple(_product(product) for product in one.products),
        status=one.status,
        justification=one.justification or "",
        impact=one.impact_statement or "",
        action=one.action_statement or "",
        reason=reason,
        made=_latest(one, document).astimezone(UTC),
        expires=expires,
        author=author,
        role=role,
        document=document.id,
        where=name,
    )


def _latest(one: WireStatement, document: WireDocument) -> datetime:
    return one.last_updated or one.timestamp or document.timestamp


def _notes(text: str) -> tuple[str, datetime | None, tuple[str, str] | None]:
    """Return the reason, the expiry and the author that a statement's notes hold."""
    expires, by = None, None
    if found := _EXPIRES.search(text):
        expires = datetime.fromisoformat(found[1]).astimezone(UTC)
        text = text[: found.start()]
    if found := _BY.search(text):
        by = found[1], found[2] or ""
        text = text[: found.start()]
    return text.strip(), expires, by


def _product(one: WireProduct) -> Product:
    return Product(
        purl=one.purl,
        sha256=(one.hashes or {}).get("sha-256", "").lower(),
        subcomponents=tuple(
            sub.purl or sub.id or "" for sub in one.subcomponents or () if sub.purl or sub.id
        ),
    )


def document_of(
    statements: Iterable[Statement], *, made: datetime, tooling: str, version: int = 1
) -> WireDocument:
    """Return a document of statements, which may be of several authors.

    Args:
        statements: At least one.
        made: When the document is issued.
        tooling: What writes it.
        version: Its version.
    """
    listed = tuple(sorted(statements, key=lambda one: (one.vulnerability, one.made, one.digest())))
    authors = tuple(dict.fromkeys((one.author, one.role) for one in listed))
    alone = len(authors) == 1
    wire = tuple(_wire(one, said_by=not alone) for one in listed)
    digest = sha256_bytes(b"\n".join(one.canonical() for one in wire))
    return WireDocument(
        context=CONTEXT,
        id=f"urn:peso:vex:{digest}",
        author=authors[0][0] if alone else "; ".join(dict.fromkeys(name for name, _ in authors)),
        role=(authors[0][1] or None) if alone else None,
        timestamp=made,
        version=version,
        tooling=tooling,
        statements=wire,
    )


def _wire(one: Statement, *, said_by: bool) -> WireStatement:
    return WireStatement(
        vulnerability=WireVulnerability(name=one.vulnerability, aliases=one.aliases or None),
        timestamp=one.made,
        products=tuple(_wire_product(product) for product in one.products),
        status=one.status,
        status_notes="\n".join(_lines(one, said_by=said_by)) or None,
        justification=one.justification or None,
        impact_statement=one.impact or None,
        action_statement=one.action or None,
    )


def _lines(one: Statement, *, said_by: bool) -> Iterator[str]:
    if one.reason:
        yield one.reason
    if said_by:
        yield f"Stated by: {one.by}"
    if one.expires is not None:
        yield f"Expires: {one.expires.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _wire_product(one: Product) -> WireProduct:
    return WireProduct(
        id=one.purl or None,
        hashes={"sha-256": one.sha256} if one.sha256 else None,
        subcomponents=tuple(WireComponent(id=sub) for sub in one.subcomponents) or None,
    )


def text_of(document: WireDocument) -> bytes:
    """Return a document as bytes: JSON for people and for git."""
    return (json.dumps(document.plain(), indent=2, ensure_ascii=False) + "\n").encode()
