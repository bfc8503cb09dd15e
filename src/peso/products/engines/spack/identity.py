"""What decides a lock besides the environment: in one text, without starting Spack.

A delivery with nothing changed is told so by this text alone: Spack's version and commit, the
recipe repositories' commits and what is changed in them, the files of Spack's configuration, the
machine, and what detection on it depends on. git may be started, once for each repository.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import archspec.cpu

from peso.base.digest import canonical_json, sha256_bytes
from peso.base.finding import Unknown
from peso.products.engines.native import Checkout
from peso.products.engines.spack.checkouts import changes_in, checkout_of_spack, checkouts_of
from peso.products.engines.spack.configuration import config_digest, repositories
from peso.products.engines.spack.site import Site
from peso.products.environments.facts import facts_of_this_machine
from peso.products.environments.paths import UnknownPathError, resolve
from peso.products.environments.record import Environment

_INSTALLED: Final = (
    Path("/var/lib/dpkg/status"),
    Path("/var/lib/rpm/rpmdb.sqlite"),
    Path("/var/lib/rpm/Packages"),
    Path("/usr/lib/sysimage/rpm/rpmdb.sqlite"),
)
"""What a distribution writes whenever a package comes or goes."""
_OS_RELEASE: Final = Path("/etc/os-release")


def checkouts(site: Site) -> tuple[Checkout, ...]:
    """Return Spack's checkout and those of the recipe repositories, the first comes first."""
    found = (one for used in repositories(site) for one in checkouts_of(used.name, used.folder))
    return tuple(dict.fromkeys((checkout_of_spack(site.spack), *found)))


def recipes_identity(site: Site) -> str:
    """Name the recipes: repositories, commits, and what is changed in them."""
    said = []
    for used in repositories(site):
        commits = [[one.name, _text(one.commit)] for one in checkouts_of(used.name, used.folder)]
        changed = changes_in(used.folder, site.environment) if _is_repository(used.folder) else ""
        said.append([used.name, str(used.folder), commits, changed])
    return sha256_bytes(canonical_json(said))


def named_recipes_identity(environment: Environment, site: Site) -> str:
    """Name the recipes of the repositories that an environment itself names by a path."""
    facts = site.facts()
    own = Path(environment.file).parent
    said = []
    for one in environment.repos:
        if one.path is None:
            continue
        try:
            by = Path(one.path.place.file).parent
            folder = resolve(one.path.value, folder=by, environment=own, facts=facts)
        except UnknownPathError as why:
            said.append([one.path.value, str(why)])
            continue
        commits = [_text(each.commit) for each in checkouts_of(folder.name, folder)]
        changed = changes_in(folder, site.environment) if folder.is_dir() else "not there"
        said.append([one.path.value, *commits, changed])
    return sha256_bytes(canonical_json(said))


def host_identity() -> str:
    """Name the machine as far as a solver minds: system, C library, microarchitecture."""
    facts = facts_of_this_machine({})
    library = " ".join(platform.libc_ver())
    return f"{facts.platform} {facts.os} {library} {archspec.cpu.host().name}"


def installed_identity(environment: Mapping[str, str]) -> str:
    """Name what detection depends on: installed packages, by the stamp of their database; PATH."""
    stamps = [[str(file), _stamp(file)] for file in (*_INSTALLED, _OS_RELEASE)]
    path = environment.get("PATH", "")
    folders = [[folder, _stamp(Path(folder))] for folder in path.split(":")]
    return sha256_bytes(canonical_json([stamps, folders]))


def spack_identity(site: Site) -> str:
    """Name the Spack: version, commit, or what its files are where it is no checkout."""
    return f"{site.spack.label} {_text(site.spack.commit)}"


def settings_identity(site: Site) -> str:
    """Name the configuration in force: Spack's files, and what the workspace adds."""
    added = [
        [[one.name, one.place] for one in site.mirrors],
        [[one.namespace, str(one.folder)] for one in site.recipes],
        [str(folder) for folder in site.config],
    ]
    return sha256_bytes(canonical_json([config_digest(site), added]))


def identity(site: Site) -> str:
    """Name all of it; equal texts mean that a lock made before still holds."""
    return "; ".join(
        (
            spack_identity(site),
            f"recipes {recipes_identity(site)}",
            f"settings {settings_identity(site)}",
            f"machine {host_identity()}",
            f"installed {installed_identity(site.environment)}",
        )
    )


def _is_repository(folder: Path) -> bool:
    return (folder / "repo.yaml").is_file()


def _text(commit: str | Unknown) -> str:
    return commit if isinstance(commit, str) else f"unknown: {commit.unknown}"


def _stamp(file: Path) -> str:
    try:
        seen = file.stat()
    except OSError:
        return "not there"
    return f"{seen.st_size} {seen.st_mtime_ns}"
