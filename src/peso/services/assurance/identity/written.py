"""A file of the table, as people write it: read strictly, with a place for every fault.

The fast reader (`table.py`) trusts the table; this one does not. It is what tests and `peso
identity check` read with, and where the JSON Schema comes from. Nothing is compared here with
recipes or with other entries: `contradictions.py` does that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from peso.base.faults import Positions, WrongValueError
from peso.base.record import Record
from peso.base.yamls import load, parse_data
from peso.errors import BadInput, Fault
from peso.services.assurance.identity.entry import FIELDS
from peso.services.assurance.identity.keys import git_name, key_of_purl
from peso.services.assurance.identity.schemes import DEFAULT, SCHEMES
from peso.services.assurance.identity.table import table_files
from peso.services.assurance.identity.tags import compiled

_CPE = re.compile(r"[a-z0-9][^\s:A-Z]*:[a-z0-9][^\s:A-Z]*")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_KEY = re.compile(r"\S+ \S+")
_ENTRY = 2
"""How many steps lead to an entry: `entries`, its name."""


def _must(fits: bool, message: str, hint: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not fits:
        raise WrongValueError(message, hint=hint)


def _address(text: str) -> str:
    _must(
        "://" in text and bool(git_name(text)) and "%" not in text and "/api/" not in text,
        "it is no address of a repository",
        "write it whole: https://host/path",
    )
    return text


def _cpe(text: str) -> str:
    _must(
        bool(_CPE.fullmatch(text)),
        "it is not vendor:product of a CPE, in lower case",
        "write it without version: openssl:openssl",
    )
    return text


def _purl(text: str) -> str:
    _must(
        key_of_purl(text) is not None,
        "it is a package URL that no advisory is filed under",
        "write one of an ecosystem or a repository, without version: pkg:github/owner/name",
    )
    return text


def _scheme(text: str) -> str:
    _must(
        text in SCHEMES,
        f"there is no version scheme {text!r}",
        f"the schemes are {', '.join(SCHEMES)}",
    )
    return text


def _tags(text: str) -> str:
    try:
        compiled(text)
    except BadInput as error:
        raise WrongValueError(error.message, hint=error.hint) from None
    return text


def _seen(text: str) -> str:
    _must(
        text == "recipe" or text.startswith("https://"),
        "it is no public address",
        "write `recipe`, or an address that begins with https://",
    )
    return text


def _day(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise WrongValueError("it is no day", hint="write it as 2026-11-26") from None
    return text


def _key(text: str) -> str:
    _must(
        bool(_KEY.fullmatch(text)),
        "it is no key: a space, then a name",
        "write it like CPE llvm:clang, npm zlib, GIT github.com/owner/name",
    )
    return text


Address = Annotated[str, AfterValidator(_address)]
Cpe = Annotated[str, AfterValidator(_cpe)]
Purl = Annotated[str, AfterValidator(_purl)]
Scheme = Annotated[str, AfterValidator(_scheme)]
TagPattern = Annotated[str, AfterValidator(_tags)]
Seen = Annotated[str, AfterValidator(_seen)]
Day = Annotated[str, AfterValidator(_day)]
Key = Annotated[str, AfterValidator(_key)]
Why = Annotated[str, Field(min_length=10)]
Named = Literal["upstream", "cpe", "pypi", "osv", "vendor", "oss_fuzz", "tags"]


class WrittenEntry(Record, use_attribute_docstrings=True):
    """Whose code one Spack package is, and by which names others speak of it."""

    upstream: Address | None = None
    """Where its makers keep the source: the address of a repository."""
    also: tuple[Address, ...] = ()
    """More addresses of that repository: mirrors, former owners."""
    purls: tuple[Purl, ...] = ()
    """Package URLs without version, beyond those that follow from `upstream`, `also` and `pypi`."""
    cpe: tuple[Cpe, ...] = ()
    """vendor:product, as the dictionary of CPE names it."""
    pypi: str | None = None
    """The name on the Python package index."""
    osv: dict[str, tuple[str, ...]] = Field(default={})
    """Names in ecosystems of OSV: `{Bitnami: [python]}`."""
    vendor: str | None = None
    """The product's name in its vendor's own list of advisories."""
    oss_fuzz: str | None = None
    """The project's name in OSS-Fuzz."""
    scheme: Scheme = DEFAULT
    """How its versions are ordered."""
    tags: tuple[TagPattern, ...] = ()
    """From a tag in `upstream` to the version it marks: `v{version}`."""
    none: dict[Named, Why] = Field(default={})
    """What is known not to exist, and why."""
    unknown: dict[Named, Why] = Field(default={})
    """What was looked for and not found, and where."""
    shared: dict[str, Why] = Field(default={})
    """Other Spack packages that rightly have a name in common with this one, and why."""
    never: dict[Key, Why] = Field(default={})
    """Keys of other products that are easily taken for this one, and what they are."""
    note: str | None = None
    """What a reader should know."""
    evidence: tuple[Seen, ...] = Field(json_schema_extra={"minItems": 1})
    """What was looked at: public addresses, or `recipe`."""
    reviewed: Day
    """The day of the review, as YYYY-MM-DD."""
    by: Annotated[str, Field(min_length=1)]
    """Who reviewed it, by role."""

    @model_validator(mode="after")
    def _everything_is_said(self) -> Self:
        if not self.evidence:
            raise WrongValueError("it has no evidence", hint="say what was looked at")
        gaps = {*self.none, *self.unknown}
        for field in FIELDS:
            if getattr(self, field) and field in gaps:
                raise WrongValueError(f"{field} is given, and said to be missing", hint="drop one")
        for field in ("upstream", "cpe"):
            if not getattr(self, field) and field not in gaps:
                hint = f"give {field}, or say in `none` or `unknown` why there is none"
                raise WrongValueError(f"nothing is said of {field}", hint=hint)
        if both := sorted({*self.none} & {*self.unknown}):
            raise WrongValueError(f"{both[0]} is both none and unknown", hint="say one of the two")
        return self


class WrittenTable(Record, use_attribute_docstrings=True):
    """A file of the table of identities."""

    schema_: Literal["peso.identity/1"] = Field(default="peso.identity/1", alias="schema")
    """What kind of file this is, and in which version."""
    entries: dict[str, WrittenEntry]
    """By the name of the Spack package."""


def identity_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a file of the table, for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:peso:identity:1",
        **WrittenTable.model_json_schema(by_alias=True),
        "title": "PESO table of identities",
        "required": ["schema", "entries"],
    }


def read_written(folder: Path) -> tuple[tuple[Positions, ...], tuple[Fault, ...]]:
    """Read every file of a table strictly; returns the places of its values, and all faults."""
    places: list[Positions] = []
    faults: list[Fault] = []
    first: dict[str, str] = {}
    for path in table_files(folder):
        try:
            data, positions = load(path)
            table = parse_data(WrittenTable, data, positions)
        except BadInput as error:
            faults.extend(error.faults or (Fault(where=str(path), message=error.message),))
            continue
        places.append(positions)
        faults.extend(_of_names(table.entries, positions, first))
    return tuple(places), tuple(faults)


def _of_names(names: Iterable[str], positions: Positions, first: dict[str, str]) -> Iterator[Fault]:
    """Tell names that are no names, are there twice, or are not in order."""
    before = ""
    for name in names:
        where = positions.where(("entries", name), key=True)
        if not _NAME.fullmatch(name):
            yield Fault(where=where, message=f"{name!r} is no name of a Spack package")
        if name in first:
            hint = f"see {first[name]}"
            yield Fault(where=where, message=f"{name} is there twice", hint=hint)
        if name < before:
            yield Fault(where=where, message=f"{name} comes before {before}", hint="sort by name")
        first.setdefault(name, where)
        before = name


def places(tables: Iterable[Positions]) -> Callable[[str, str], str]:
    """Return what says where a table speaks of a field of an entry, or of the entry."""
    known = {steps[1]: one for one in tables for steps in one.keys if len(steps) == _ENTRY}

    def where(name: str, field: str) -> str:
        positions = known.get(name)
        if positions is None:
            return name
        steps = ("entries", name, field) if field else ("entries", name)
        return positions.where(steps, key=True)

    return where
