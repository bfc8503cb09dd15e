"""OSV records: what an advisory says, and of which products. Reads them; evaluates nothing.

1. A record is read leniently in what PESO does not use and strictly in what it does: one that is
   wrong there is no record, and the caller is told why.
2. JSON and YAML. In YAML every scalar is text, so that a version `1.10` stays one; an alias inside
   the document is refused, since no advisory needs one and it may stand for millions of values.
3. Names are normalised as the ecosystem has it.

Source: the OSV schema, https://ossf.github.io/osv-schema/.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import PurePath
from typing import Annotated, Any

import yaml
from packaging.utils import canonicalize_name
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

_NOTHING = {None, "", "~", "null"}
_SUMMARY = 200
SUFFIXES = frozenset({".json", ".yaml", ".yml"})
"""What the names of files that hold records end with."""


def _some(value: object) -> object:
    return () if isinstance(value, str | None) and value in _NOTHING else value


def _maybe(value: object) -> object:
    return None if isinstance(value, str | None) and value in _NOTHING else value


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


Moment = Annotated[datetime, AfterValidator(_utc)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_some)]


class _Part(BaseModel):
    """A part of a record: frozen; what PESO does not use is left out."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Severity(_Part):
    """One rating: a CVSS vector, in most cases."""

    type: str
    score: str


class Package(_Part):
    """A product, by the name its ecosystem knows it under."""

    ecosystem: str
    name: str

    @property
    def key(self) -> tuple[str, str]:
        """The ecosystem, and the name as it is compared."""
        return self.ecosystem, normal_name(self.ecosystem, self.name)


class Range(_Part):
    """A range of versions, as events on a line of versions."""

    type: str
    events: tuple[dict[str, str], ...]


Severities = Annotated[tuple[Severity, ...], BeforeValidator(_some)]
Ranges = Annotated[tuple[Range, ...], BeforeValidator(_some)]


class Affected(_Part):
    """What a record says of one product."""

    package: Package | None = None
    ranges: Ranges = ()
    versions: Texts = ()
    severity: Severities = ()


class Specific(_Part):
    """What a database adds of its own; only its word for the severity is used."""

    severity: str | None = None


class Advisory(_Part):
    """An OSV record, as far as PESO uses it."""

    id: str
    modified: Moment
    withdrawn: Annotated[Moment | None, BeforeValidator(_maybe)] = None
    aliases: Texts = ()
    summary: str = ""
    """One line; the first line of `details` where a record has no summary."""
    details: str = Field(default="", exclude=True)
    severity: Severities = ()
    affected: Annotated[tuple[Affected, ...], BeforeValidator(_some)] = ()
    database_specific: Annotated[Specific | None, BeforeValidator(_maybe)] = None

    def of(self, key: tuple[str, str]) -> tuple[Affected, ...]:
        """Return what the record says of one product."""
        return tuple(one for one in self.affected if one.package and one.package.key == key)


class Unreadable(ValueError):
    """A file that is no OSV record; the message says why, in a sentence."""


def normal_name(ecosystem: str, name: str) -> str:
    """Return a product's name as its ecosystem compares it."""
    return canonicalize_name(name) if ecosystem.partition(":")[0] == "PyPI" else name


def read_advisory(name: str, data: bytes) -> Advisory:
    """Read one record; the file's name says whether it is JSON or YAML.

    Raises:
        Unreadable: it is none.
    """
    try:
        if PurePath(name).suffix == ".json":
            record = Advisory.model_validate_json(data)
        else:
            record = Advisory.model_validate(_yaml(data))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise Unreadable(f"{place}: {first['msg']}" if place else first["msg"]) from None
    said = (record.summary or record.details).strip().partition("\n")[0]
    return record.model_copy(update={"summary": said[:_SUMMARY], "details": ""})


def _yaml(data: bytes) -> Any:  # noqa: ANN401 - any YAML value
    """Build the plain data of a document from its events; never deeper than `_DEEPEST`.

    The library's own loader recurses in C, where a file of brackets would end the process.
    """
    top: list[Any] = []
    stack: list[_Open] = [_Open(top)]
    try:
        for event in yaml.parse(data, Loader=_LOADER):
            if isinstance(event, yaml.ScalarEvent):
                stack[-1].add(event.value)
            elif isinstance(event, yaml.CollectionStartEvent):
                inner = _Open({} if isinstance(event, yaml.MappingStartEvent) else [])
                stack[-1].add(inner.made)
                stack.append(inner)
                if len(stack) > _DEEPEST:
                    raise Unreadable(f"it is nested more than {_DEEPEST} deep")
            elif isinstance(event, yaml.CollectionEndEvent):
                stack.pop()
            elif isinstance(event, yaml.AliasEvent):
                raise Unreadable("it uses a YAML alias, which no advisory needs")
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Unreadable(f"not YAML: {' '.join(str(error).split())[:200]}") from None
    if len(top) != 1:
        raise Unreadable(f"it has {len(top)} documents instead of one")
    return top[0]


class _Open:
    """A list or mapping that is being filled."""

    def __init__(self, made: list[Any] | dict[str, Any]) -> None:
        self.made = made
        self._key: Any = None

    def add(self, value: Any) -> None:  # noqa: ANN401 - any YAML value
        """Add what comes next: an item; or a key, then its value."""
        if isinstance(self.made, list):
            self.made.append(value)
        elif self._key is not None:
            self.made[self._key] = value
            self._key = None
        elif isinstance(value, str):
            if value in self.made:
                raise Unreadable(f"the key {value!r} is there twice")
            self._key = value
        else:
            raise Unreadable("a key is not text")


_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""Reads text, lists and mappings only; in C where that is built."""
_DEEPEST = 60
