"""Upstream: what the authors of products released last, from a file of somebody who looked it up.

The portal asks no network. `upstream.yaml` says it, at the top of a workspace or wherever it is
named:

    schema: peso.upstream/1
    by: the package index PyPI
    as_of: 2026-11-20
    versions: {mpi4py: "4.1.1", hypre: "3.0.0"}

Names are those of packages in Spack or on PyPI, or of products. A file replaces what it said
before, and nothing that another file says; of several, the newest date counts.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Final, Literal

from django.db import transaction
from pydantic import Field, StringConstraints

from peso.base.record import Record
from peso.base.yamls import parse_record
from peso.errors import PesoError
from peso.portal.ingest.rows import storable
from peso.portal.ingest.taken import Taken, why
from peso.portal.store.generation import changed
from peso.portal.store.models import Upstream

FILE: Final = "upstream.yaml"
_MOST: Final = 20_000
Word = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^\S+$")]


class UpstreamFile(Record):
    """What somebody looked up."""

    schema_: Literal["peso.upstream/1"] = Field(alias="schema")
    by: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    """Where it was looked up, or by whom."""
    as_of: date
    versions: dict[Word, Word] = Field(min_length=1, max_length=_MOST)
    """By name: the version its authors released last."""


def is_upstream(place: Path) -> bool:
    """Say whether a place is a file that may say what is new upstream."""
    return place.is_file() and place.suffix in {".yaml", ".yml"}


def take_upstream(file: Path, place: str) -> Taken:
    """Take in what a file says, known by `place`."""
    try:
        said = parse_record(UpstreamFile, file)
    except PesoError as error:
        return Taken(kind="upstream", place=place, state="refused", reason=why(error, file))
    with transaction.atomic():
        changed()
        Upstream.objects.filter(place=place).delete()
        Upstream.objects.bulk_create(
            storable(
                Upstream(place=place, name=name, version=version, as_of=said.as_of, by=said.by)
                for name, version in sorted(said.versions.items())
            )
        )
    return Taken(kind="upstream", place=place, state="taken", rows=len(said.versions))


def forget_upstream(place: str) -> None:
    """Forget what a file said that is no longer there."""
    if Upstream.objects.filter(place=place).delete()[0]:
        changed()
