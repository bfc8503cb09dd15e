"""What is on the machine already: compilers and externals, found by Spack's own detection.

What it does not do: judge what was found, or look for what somebody said already. The rules:

1. Compilers always; build tools by their tag; and every package that the environment, or Spack's
   configuration, wants from the machine (`buildable: false`) without saying where it is.
2. What the environment or the configuration gives externals for is left out of what was found.
3. The tools of `core-packages` are build tools too; its libraries, which end up in what is shipped,
   are looked for only where somebody asks for them.
4. The result is a scope of configuration in the cache, under a fingerprint of what decides it;
   telling the fingerprint starts no Spack.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from peso.base.digest import canonical_json, sha256_bytes
from peso.base.files import disk, make_folder, remove_tree, write_atomic
from peso.base.process import run_tool
from peso.errors import Outside
from peso.products.engines.port import Progress, Workbench
from peso.products.engines.spack.configuration import (
    given_externals,
    has_externals,
    missing_externals,
    wanted_names,
    wants_external,
)
from peso.products.engines.spack.identity import (
    host_identity,
    installed_identity,
    recipes_identity,
    spack_identity,
)
from peso.products.engines.spack.refusals import repository_trouble
from peso.products.engines.spack.scope import write_section
from peso.products.engines.spack.site import Site
from peso.products.environments.record import Environment

TAGS: Final = ("build-tools", "core-packages")
LIBRARIES: Final = ("openssl", "zlib")
"""Of those tags, what programs are linked with."""
MPIS: Final = ("openmpi", "mpich", "mvapich", "intel-oneapi-mpi", "cray-mpich")
"""Who may provide `mpi`, where an environment wants it from the machine and does not say which."""
_VIRTUALS: Final = {"mpi": MPIS, "pkgconfig": ("pkgconf",), "zlib-api": ("zlib", "zlib-ng")}
_SECONDS: Final = 1800.0
_MOST: Final = 4 << 20
_EMPTY: Final = b"spack:\n  specs: []\n  view: false\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What to look for, and what not."""

    names: tuple[str, ...] = ()
    """Packages wanted from the machine, besides compilers and build tools."""
    given: tuple[str, ...] = ()
    """Packages that somebody gives externals for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """What was found, as a scope of Spack's configuration."""

    scope: Path
    digest: str
    """Of what was found."""


def asked_by(environment: Environment, site: Site) -> Asked:
    """Return what an environment and Spack's configuration want from the machine."""
    given = set(given_externals(site))
    wanted = set(missing_externals(site))
    for settings in environment.packages:
        name = settings.name.value
        if has_externals(settings.node):
            given.add(name)
        elif wants_external(settings.node):
            wanted |= {name, *wanted_names(settings.node)}
    for virtual, providers in _VIRTUALS.items():
        if virtual in wanted and not wanted & set(providers):
            wanted |= set(providers)
    return Asked(names=tuple(sorted(wanted - given)), given=tuple(sorted(given)))


def detect(site: Site, asked: Asked, bench: Workbench) -> Detected:
    """Return what is on the machine; found now, or before where nothing changed since.

    Raises:
        Outside: Spack could not be run.
    """
    scope = site.folders(bench).detected / fingerprint(site, asked)
    file = scope / "packages.yaml"
    if not file.is_file():
        bench.progress(Progress(done=0, total=0, line="looking for compilers and externals"))
        write_section(scope, "packages", _search(site, asked, bench))
    with disk(file, "read"):
        data = file.read_bytes()
    return Detected(scope=scope, digest=sha256_bytes(data))


def fingerprint(site: Site, asked: Asked) -> str:
    """Name everything that decides what is found; starts no Spack."""
    said = [
        [spack_identity(site), recipes_identity(site), host_identity()],
        [installed_identity(site.environment), list(asked.names), list(asked.given)],
        [list(TAGS), list(LIBRARIES)],
    ]
    return sha256_bytes(canonical_json(said))[:32]


def read_packages(data: bytes, given: tuple[str, ...]) -> dict[str, Any]:
    """Return the packages in an environment's file that Spack wrote, sorted, without the given.

    Raises:
        Outside: It is not what Spack writes.
    """
    try:
        said = yaml.safe_load(data[:_MOST])
        found = said["spack"].get("packages") or {}
        kept = {name: found[name] for name in sorted(found) if name not in given}
        json.dumps(kept)
    except (yaml.YAMLError, AttributeError, KeyError, TypeError, RecursionError) as error:
        raise Outside("Spack wrote something else than an environment", hint=str(error)) from error
    return kept


def _search(site: Site, asked: Asked, bench: Workbench) -> dict[str, Any]:
    """Let Spack look, and write what it finds into an environment of its own."""
    folder = bench.work / "detect"
    remove_tree(folder)
    make_folder(folder)
    write_atomic(folder / "spack.yaml", _EMPTY)
    commands = site.commands(bench)
    left_out = sorted({*LIBRARIES, *asked.given} - set(asked.names))
    argvs = [
        commands.compiler_find(folder),
        commands.external_find(folder, tags=TAGS, exclude=left_out),
    ]
    if asked.names:
        argvs.append(commands.external_find(folder, names=asked.names))
    for argv in argvs:
        said = run_tool(
            argv,
            directory=folder,
            environment=site.environment,
            seconds=_SECONDS,
            what="looking for compilers and externals",
        )
        if trouble := repository_trouble(said.stderr, copy=folder, original=folder / "spack.yaml"):
            raise trouble
    file = folder / "spack.yaml"
    with disk(file, "read"):
        return read_packages(file.read_bytes(), asked.given)
