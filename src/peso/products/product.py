"""The product: what is known of a piece of software that a member stewards, from every catalog.

The file `products/<slug>.yaml` of a workspace (schema `peso.product/1`), edited by hand and
reviewed by pull request, and what importers fill in. It looks nothing up and compares nothing.

1. A value nobody gave is `{unknown: why}`; `[]` means a catalog says there is none, or that none
   was named.
2. Text is kept as the catalog has it; what it means (`licensing`) is worked out when asked.
3. What a catalog says and PESO has no field for is in `kept`, by catalog and key.
4. `sources` says for each field which catalog's file and line speak of it. A field that a person
   edited keeps its source: what stands there is what the catalog says of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from peso.base.finding import Unknown
from peso.base.record import Record
from peso.base.yamls import parse_record
from peso.products.license import License, read_license

__all__ = ["Badge", "License", "Link", "Product", "Source", "load_product", "product_schema"]

Slug = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=120)]
Text = Annotated[str, Field(min_length=1)]
Audience = Literal["everyone", "users", "developers"]


class Link(Record, use_attribute_docstrings=True):
    """A link of a product: what is there, and where."""

    label: str | Unknown
    """What is there: `Website`, `Repository`, `Documentation` …"""
    url: str | Unknown
    """Where it is."""
    note: str = ""
    """What tells two links with the same label apart."""
    icon: str = ""
    """The icon a catalog shows beside it."""
    audience: Audience = Field(default="everyone", alias="for")
    """For whom it is: everyone, users or developers."""
    kept: dict[str, Any] = Field(default={})
    """What a catalog says of it beyond that."""


class Badge(Record, use_attribute_docstrings=True):
    """The OpenSSF Best Practices badge, as its project says."""

    project: int
    """The project's number at bestpractices.dev."""
    level: str | Unknown
    """`in_progress`, `passing`, `silver`, `gold`."""
    percentages: dict[str, int] = Field(default={})
    """How many percent of each level's criteria are met: passing, silver, gold, baseline-1 …"""
    updated: str = ""
    """When the project last changed its answers."""


class Source(Record, use_attribute_docstrings=True):
    """Where a catalog speaks of a product."""

    file: str
    """The file, below the catalog's folder."""
    lines: dict[str, int] = Field(default={})
    """The line at which the file speaks of each field."""


class Product(Record, use_attribute_docstrings=True):
    """A product, as its file says."""

    schema_: Literal["peso.product/1"] = Field(default="peso.product/1", alias="schema")
    """What kind of file this is, and in which version."""
    name: Text
    """The name under which the public knows it."""
    cass: str = ""
    """The name of its file in the consortium's catalog, without `.md`; empty: not in it."""
    e4s: tuple[str, ...] = ()
    """Its names in E4S."""
    spack: tuple[str, ...] = ()
    """Its packages in Spack."""
    description: str | Unknown = Unknown(unknown="no catalog has one")
    """What it is, in a phrase that follows its name."""
    long_description: str | Unknown = Unknown(unknown="no catalog has one")
    """What it does, in a paragraph of Markdown."""
    audience: str | Unknown = Unknown(unknown="no catalog names one")
    """Who should be interested, in a paragraph of Markdown."""
    areas: tuple[str, ...] = ()
    """Its topics, the most fitting first."""
    members: tuple[str, ...] = ()
    """The consortium's members that steward it."""
    license: str | Unknown = Unknown(unknown="no catalog names one")
    """An SPDX license expression, as written."""
    foundation: str | Unknown = Unknown(unknown="no catalog names one")
    """The foundation it belongs to."""
    published: bool = True
    """Whether the consortium's site shows it."""
    badge: Badge | Unknown = Unknown(unknown="no catalog names its project")
    """Its OpenSSF Best Practices badge."""
    links: tuple[Link, ...] = ()
    """Where more is."""
    kept: dict[str, dict[str, Any]] = Field(default={})
    """What a catalog says beyond that: catalog, key, value."""
    sources: dict[str, Source] = Field(default={})
    """Which file of each catalog speaks of it, and on which lines."""

    @property
    def licensing(self) -> License | Unknown:
        """What the license text means."""
        return self.license if isinstance(self.license, Unknown) else read_license(self.license)

    def said(self, field: str) -> Iterator[tuple[str, str, int]]:
        """Yield catalog, file and line of each place that speaks of a field."""
        for catalog, source in self.sources.items():
            if field in source.lines:
                yield catalog, source.file, source.lines[field]


def load_product(path: Path) -> Product:
    """Read a product's file.

    Raises:
        BadInput: It is not a product; with all its faults, each with file:line:column.
    """
    return parse_record(Product, path)


def product_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a product's file, for editors."""
    schema = Product.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:peso:product:1",
        **schema,
        "title": "PESO product file",
        "required": ["schema", "name"],
    }
