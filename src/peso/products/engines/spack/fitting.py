"""Fitting: can units that were built elsewhere be used on this machine? Every reason at once.

Looks, and changes nothing; starts no Spack. The rules, in order:

1. Platform and operating system are those the units were built on. Every microarchitecture is this
   machine's, or one that this machine's descends from.
2. What the machine itself supplied there, it has to supply here: at the same prefix, and where the
   builder's came from a package of the distribution, from that package in that version, whatever
   the distribution patched in it since. What cannot be told is no yes.
3. Spack makes each unit's recipe an object before it unpacks the unit, and those of what it was
   built with. Where a release brings no recipes, those at hand have to know the names; what they
   say of them is not asked.
4. Into a longer folder than they were built in, Spack brings programs with `patchelf`. It would
   fetch one where there is none; here nothing is fetched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from shutil import which
from typing import Final

from peso.base.finding import Unknown
from peso.products.engines.native import DistributionPackage, NativeRequires, NativeUnit
from peso.products.engines.spack.distribution import DistributionPackages
from peso.products.environments.facts import Facts
from peso.products.recipes.naming import folder_of
from peso.products.spec.targets import runs_on

_APIS: Final = ((1, 0), (2, 0))
_INSTALL: Final = {"dpkg": "apt-get install {}", "rpm": "dnf install {}"}


def unfit(requires: NativeRequires, here: Facts) -> str | None:
    """Say why units for such a machine cannot be used on this one, or None."""
    reasons = []
    if here.platform != requires.platform:
        reasons.append(f"it is for {requires.platform}; this is {here.platform or 'not known'}")
    if here.os != requires.system:
        reasons.append(f"it is for {requires.system}; this is {here.os or 'not known'}")
    beyond = [one for one in requires.targets if not runs_on(one, here.target)]
    if beyond:
        reasons.append(f"it is for {', '.join(beyond)}; this is {here.target or 'not known'}")
    return "; ".join(reasons) or None


def not_supplied(units: Iterable[NativeUnit], packages: DistributionPackages) -> Iterator[str]:
    """Say what this machine was to supply and does not, each with how it is had."""
    for unit in units:
        if unit.external is None:
            continue
        prefix, package = unit.external.prefix, unit.external.package
        label = f"{unit.name}@{unit.version}"
        if not prefix:
            modules = ", ".join(unit.external.modules)
            yield f"{label}: only a module names it ({modules}), so it cannot be looked for"
        elif not Path(prefix).is_dir():
            yield f"{label} is to be in {prefix}, which is not here{_had(package)}"
        elif isinstance(package, DistributionPackage):
            yield from _another(unit, package, packages)


def unknown_recipes(units: Iterable[NativeUnit], repositories: Iterable[Path]) -> Iterator[str]:
    """Give the names, of units and of what they depend on themselves, that no recipe is here of."""
    places = [folder / "packages" for folder in repositories]
    names = {unit.name for unit in units} | {edge.name for unit in units for edge in unit.depends}
    for name in sorted(names):
        folders = {folder_of(name, api) for api in _APIS}
        if not any((place / one / "package.py").is_file() for place in places for one in folders):
            yield name


def no_patchelf(folder: Path, built_in: int, path: str) -> str | None:
    """Say that a folder needs `patchelf`, which is not on `PATH`; None where it does not.

    Args:
        folder: Where the units go.
        built_in: How many characters the folder has that they were built in; 0: not known.
        path: Where programs are looked for.
    """
    length = len(str(folder))
    if length <= built_in or which("patchelf", path=path):
        return None
    shorter = f", or a prefix that is {length - built_in} characters shorter" if built_in else ""
    return f"no patchelf on PATH, which the prefix's length calls for: install it{shorter}"


def _another(
    unit: NativeUnit, built: DistributionPackage, packages: DistributionPackages
) -> Iterator[str]:
    """Say of an external that it is not what it was where the units were built."""
    here = packages.owner_of(built.file)
    label = f"{unit.name}@{unit.version}"
    was = f"{built.name} {built.version}"
    if isinstance(here, Unknown):
        yield f"{label} is to be {was} of {built.distribution}: {here.unknown}{_had(built)}"
    elif here.name != built.name:
        yield f"{label} is to be {was}; {built.file} is of {here.name} here{_had(built)}"
    elif _upstream(here.version) != _upstream(built.version):
        yield f"{label} is to be {was}; {here.name} is {here.version} here{_had(built)}"


def _upstream(version: str) -> str:
    """Return a version without its epoch and the distribution's own number."""
    whole = version.rpartition(":")[2]
    return whole.rpartition("-")[0] or whole


def _had(package: DistributionPackage | Unknown) -> str:
    """Say how a package of a distribution is had."""
    if isinstance(package, Unknown):
        return ""
    return f" ({_INSTALL[package.manager].format(package.name)})"
