"""The machine that a cache is asked about: this one, or another that a small file describes.

    schema: peso.host/1
    name: perlmutter
    platform: linux
    os: sles15
    target: zen3
    libc: glibc 2.31
    externals: [/opt/cray/pe/mpich/8.1.30]

What a file does not say is not known. `externals` are the prefixes that are there; a file that
names none says nothing of them.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from peso.products.environments.facts import facts_of_this_machine
from peso.products.lint.host import Host
from peso.services.integration.host_fit import HostFacts

if TYPE_CHECKING:
    from peso.services.integration.host_said import HostSaid

HERE: Literal["here"] = "here"


def host_facts(said: str, variables: Mapping[str, str]) -> HostFacts:
    """Return what is known of a machine.

    Args:
        said: `here`, or the name of a host file.
        variables: The environment variables.

    Raises:
        BadInput: The file is none.
    """
    return _here(variables) if said == HERE else _of(_read(Path(said)))


def _here(variables: Mapping[str, str]) -> HostFacts:
    facts = facts_of_this_machine(variables)
    return HostFacts(
        name=facts.hostname or "this machine",
        platform=facts.platform,
        system=facts.os,
        target=facts.target,
        libc=" ".join(platform.libc_ver()).strip(),
        there=Host(variables=variables).there,
    )


def _read(file: Path) -> HostSaid:
    from peso.base.yamls import parse_record  # noqa: PLC0415 - only of a file
    from peso.services.integration.host_said import HostSaid  # noqa: PLC0415 - as above

    return parse_record(HostSaid, file)


def _of(said: HostSaid) -> HostFacts:
    places = frozenset(one.rstrip("/") for one in said.externals or ())
    return HostFacts(
        name=said.name,
        platform=said.platform,
        system=said.os,
        target=said.target,
        libc=said.libc,
        there=lambda path: None if said.externals is None else path.rstrip("/") in places,
    )
