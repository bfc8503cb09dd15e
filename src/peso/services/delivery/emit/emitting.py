"""Emitting: from an installed release to the files of a facility's tools, and what was said.

It puts the pieces together, and decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from peso.base.finding import Finding
from peso.base.record import Record
from peso.errors import BadInput
from peso.services.delivery.emit.externals import externals_of
from peso.services.delivery.emit.installed import Installation, read_installation
from peso.services.delivery.emit.lua import lua
from peso.services.delivery.emit.modules import module_names, modules_of
from peso.services.delivery.emit.own_files import Did, OwnFile, write_own
from peso.services.delivery.emit.packages_yaml import packages_yaml

_EXTERNALS = "peso emit externals"
_MODULE = "peso emit module"
_MODULES = "modules"


class ExternalEmitted(Record):
    """One unit as Spack is told of it."""

    unit: str
    spec: str
    prefix: str


class ExternalsEmitted(Record):
    """A `packages.yaml`, and what it cannot say."""

    where: str
    release: str
    """Empty where nothing says which it is."""
    file: str
    """Where it was written; empty: nowhere."""
    did: Did | None
    text: str
    externals: tuple[ExternalEmitted, ...]
    findings: tuple[Finding, ...]


class ModuleEmitted(Record):
    """One module."""

    name: str
    """As it is loaded."""
    file: str
    did: Did
    loads: tuple[str, ...]


class ModulesEmitted(Record):
    """The modules of a release, and what they cannot say."""

    where: str
    release: str
    folder: str
    """What `module use` takes."""
    modules: tuple[ModuleEmitted, ...]
    findings: tuple[Finding, ...]


def emit_externals(  # noqa: PLR0913 - every argument is a wish of the facility
    where: Path,
    *,
    store: Path | None = None,
    out: Path | None = None,
    only_roots: bool = False,
    not_buildable: Sequence[str] = (),
    modules: Path | None = None,
    force: bool = False,
) -> ExternalsEmitted:
    """Emit a `packages.yaml`; see `peso.emit_externals`."""
    installation = read_installation(where, store)
    externals = externals_of(
        installation,
        only_roots=only_roots,
        not_buildable=not_buildable,
        modules=_emitted(modules, installation) if modules else None,
    )
    file = OwnFile(
        path=out or Path(),
        command=_EXTERNALS,
        comment="#",
        body=packages_yaml(externals, installation),
    )
    return ExternalsEmitted(
        where=installation.where,
        release=_release(installation),
        file=str(out or ""),
        did=write_own([file], force=force)[0] if out else None,
        text=file.data.decode(),
        externals=tuple(
            ExternalEmitted(unit=one.label, spec=one.spec, prefix=one.prefix)
            for one in externals.entries
        ),
        findings=externals.findings,
    )


def emit_modules(
    where: Path, *, store: Path | None = None, out: Path | None = None, force: bool = False
) -> ModulesEmitted:
    """Emit modules; see `peso.emit_modules`."""
    installation = read_installation(where, store)
    folder = out or (installation.share / _MODULES if installation.share else None)
    if folder is None:
        raise BadInput("it is not known where modules are to go", hint="name a folder: --out DIR")
    made = modules_of(installation)
    files = [
        OwnFile(
            path=folder / f"{one.name}.lua",
            command=_MODULE,
            comment="--",
            body=lua(one, made.origin),
        )
        for one in made.modules
    ]
    done = write_own(files, force=force)
    return ModulesEmitted(
        where=installation.where,
        release=_release(installation),
        folder=str(folder),
        modules=tuple(
            ModuleEmitted(name=one.name, file=str(file.path), did=did, loads=one.loads)
            for one, file, did in zip(made.modules, files, done, strict=True)
        ),
        findings=made.findings,
    )


def _emitted(folder: Path, installation: Installation) -> dict[str, str]:
    """Return the modules that lie in a folder, by the hash of the root each is of."""
    names = module_names(installation)
    found = {hash_: name for hash_, name in names.items() if (folder / f"{name}.lua").is_file()}
    if not found:
        raise BadInput(
            "none of the release's modules is here",
            where=str(folder),
            hint="emit them first: peso emit module PREFIX --out DIR",
        )
    return found


def _release(installation: Installation) -> str:
    return installation.origin.label if installation.origin else ""
