"""What a host file says of a machine; what it does not say is not known."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from peso.base.record import Record

Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{0,100}$")]
Libc = Annotated[str, Field(pattern=r"^([a-z]+ [0-9][0-9.]*)?$")]


class HostSaid(Record):
    """A machine, in Spack's words."""

    schema_: Literal["peso.host/1"] = Field(alias="schema")
    name: Word
    platform: Word = ""
    """`linux`, `darwin`."""
    os: Word = ""
    """E.g. `sles15`, as Spack names it."""
    target: Word = ""
    """E.g. `zen3`, as archspec names it."""
    libc: Libc = ""
    """E.g. `glibc 2.31`."""
    externals: tuple[str, ...] | None = None
    """Prefixes that are there; without it nothing is known of them."""
