"""The Spack engine: plan, build and place a native part with the Spack that is at hand.

Each answer is a short row of steps whose work is done elsewhere: `detected.py` and `solve.py` (the
lock), `lockfile.py` (its units), `wanted.py` (the products), `install.py` (what became of each
unit), `placing.py` and `exports.py` (where they can be used). Only planning solves.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from peso.base.ledger import Blobs
from peso.base.process import run_tool
from peso.errors import BadInput, Outside, PesoError
from peso.products.engines.native import (
    LinkedFolder,
    NativeBuild,
    NativeLock,
    NativeRequires,
)
from peso.products.engines.port import (
    AnyBuild,
    AnyLock,
    AnyRequires,
    Artifact,
    Held,
    Place,
    Progress,
    Role,
    ToolCall,
    Wanted,
    Workbench,
)
from peso.products.engines.relocation import Relocation
from peso.products.engines.spack.at_hand import facts_at_hand, recipe_folders
from peso.products.engines.spack.bring import bring_back
from peso.products.engines.spack.choosing import choose, everything
from peso.products.engines.spack.database import installed_in
from peso.products.engines.spack.distribution import NoDistribution
from peso.products.engines.spack.document import Document, read_document
from peso.products.engines.spack.exports import SYSTEM, read_exports
from peso.products.engines.spack.facts import NoRecipes
from peso.products.engines.spack.fitting import unfit
from peso.products.engines.spack.identity import checkouts, identity, named_recipes_identity
from peso.products.engines.spack.install import install
from peso.products.engines.spack.isolated import Isolated
from peso.products.engines.spack.layout import layout_of, read_bounded
from peso.products.engines.spack.lockfile import read_lock
from peso.products.engines.spack.packages_here import packages_here
from peso.products.engines.spack.placing import THERE, Placed, chosen, programs, variables
from peso.products.engines.spack.push import FOLDER, LEFT_OUT, with_binaries
from peso.products.engines.spack.recipe_archive import NAME as RECIPES
from peso.products.engines.spack.recipe_archive import unpack_recipes
from peso.products.engines.spack.relocation.moving import Moving
from peso.products.engines.spack.site import Site
from peso.products.engines.spack.solve import Solved, solve
from peso.products.engines.spack.wanted import check_wanted
from peso.products.environments.read import read_environment
from peso.products.environments.record import Environment
from peso.products.stack import SpackPart, Stack

_LARGEST_LOCK: Final = 256 << 20
_LOAD_SECONDS: Final = 600.0
_KEPT: Final = ("HOME", "USER", "LOGNAME", "TMPDIR", "LANG", "LC_ALL", "TZ")


@dataclass(frozen=True, slots=True)
class SpackEngine:
    """Native products, made by Spack.

    Attributes:
        site: How Spack is run here.
        environments: The files of the environments it serves.
        index: Where the index of recipes is kept: what recipes say of license and sources.
    """

    site: Site
    index: Path
    environments: tuple[Path, ...] = ()

    def identity(self) -> str:
        """Name what of this engine and machine decides a plan; starts no Spack."""
        named = [named_recipes_identity(self._read(file), self.site) for file in self.environments]
        return "; ".join([identity(self.site), *(f"its own recipes {one}" for one in named)])

    def plan(
        self,
        stack: Stack,
        part: str,
        bench: Workbench,
        *,
        upgrade: bool,  # noqa: ARG002 - nothing beside the stack file holds versions back
    ) -> NativeLock:
        """Resolve the part for this machine, exactly, or take the lock that was made before."""
        environment = self._environment(stack, part)
        solved = solve(environment, self.site, bench)
        where = f"the lock of {environment.file}"
        with facts_at_hand(self.site, self.index) as recipes:
            read = read_lock(solved.lock, where=where, recipes=recipes, packages=packages_here())
        document = read_document(solved.lock, where=where)
        check_wanted(stack, part, document, environment=environment.file)
        return NativeLock(
            part=part,
            requires=read.requires,
            units=read.units,
            roots=read.roots,
            checkouts=checkouts(self.site),
            document=_kept(bench.blobs, "spack.lock", solved.lock, "lock", "application/json"),
            environment=_files(environment, bench.blobs),
            folders=_folders(environment),
            settings=_settings(solved, bench.blobs),
            tool=self.site.spack.label,
        )

    def build(self, lock: AnyLock, bench: Workbench) -> NativeBuild:
        """Build every unit that can be built, say what became of each, and pack what is shipped."""
        if not isinstance(lock, NativeLock):
            raise PesoError("this is not a lock of the engine spack", where=lock.part)
        return with_binaries(install(lock, self.site, bench), lock, self.site, bench)

    def lost(self, build: AnyBuild) -> str | None:
        """Say which unit is no longer where it was built, or has no binary yet; or None."""
        native = _native(build)
        if not native.built_in:
            return "its binaries were not packed yet"
        for unit in native.units:
            if unit.not_shipped not in {"", LEFT_OUT}:
                return f"{unit.name} had no binary the last time: {unit.not_shipped}"
            there = unit.outcome in THERE and unit.prefix
            if there and not Path(unit.prefix).is_dir():
                return f"{unit.name} is no longer in {unit.prefix}"
        return None

    def place(
        self,
        build: AnyBuild,
        release: Path,
        prefix: Path,  # noqa: ARG002 - units are used where they were built
        of: tuple[str, ...],
        bench: Workbench,
    ) -> Place:
        """Return where the products can be used: their own prefixes, as `spack load` says."""
        native = _native(build)
        document = _document(release / native.document.path)
        units = chosen(native, document, of)
        said = self._load(units, bench)
        own = programs(native, document, units)
        path = [str(folder) for folder in own]
        path += [folder for folder in said.get("PATH", "").split(":") if folder]
        return Place(
            programs=own,
            environment={
                **said,
                **variables(native, document, units),
                "PATH": ":".join(dict.fromkeys(path)),
            },
        )

    def install(self, document: Path, prefix: Path, bench: Workbench) -> None:
        """Bring all back from the build cache beside the lock; builds nothing."""
        read = read_lock(
            _lock_bytes(document),
            where=str(document),
            recipes=NoRecipes("it is installed, not built"),
            packages=NoDistribution("it is not asked for here"),
        )
        self.bring(document, prefix, bench, everything(read))

    def bring(self, document: Path, prefix: Path, bench: Workbench, wanted: Wanted) -> None:
        """Bring the wanted units back from the build cache beside the lock; builds nothing."""
        work, archive = bench.work.absolute(), document.parent / RECIPES
        recipes = unpack_recipes(archive, work / "recipes") if archive.is_file() else ()
        isolated = Isolated(
            spack=self.site.spack,
            work=work,
            tree=prefix.absolute(),
            mirror=(document.parent / FOLDER).absolute(),
            recipes=recipes or recipe_folders(self.site),
            indices=(work if recipes else self.index) / "spack-indices",
        )
        bring_back(wanted, isolated, self.site.environment, bench)

    def relocate(
        self,
        lock: NativeLock,
        build: NativeBuild,
        release: Path,
        hashes: tuple[str, ...],
        bench: Workbench,
    ) -> tuple[Relocation, ...]:
        """Install these units into a longer and a shorter folder, and look at what is there."""
        moving = Moving(lock=lock, build=build, release=release, site=self.site, bench=bench)
        return moving.prove(hashes)

    def wanted(self, lock: AnyLock, names: tuple[str, ...], prefix: Path, held: Held) -> Wanted:
        """Return what these names stand for, and what this machine lacks for it."""
        if not isinstance(lock, NativeLock):
            raise PesoError("this is not a lock of the engine spack", where=lock.part)
        return choose(lock, names, prefix, self.site, held)

    def there(self, prefix: Path) -> Mapping[str, str]:
        """Return the folder of every unit that is whole in a prefix, by hash."""
        return installed_in(prefix)

    def mismatch(self, requires: AnyRequires) -> str | None:
        """Say what of this machine is another than its units were built for, or None."""
        if not isinstance(requires, NativeRequires):
            return "a part that the engine spack did not make"
        return unfit(requires, self.site.facts())

    def self_test(self, build: AnyBuild, unit: str, bench: Workbench) -> ToolCall:
        """Return the command that runs the stand-alone tests of an installed unit, by its hash."""
        if unit not in {one.hash for one in _native(build).units}:
            raise PesoError(f"the part has no unit /{unit}", where=build.part)
        argv = self.site.commands(bench).test_run(unit)
        return ToolCall(argv=argv, environment=self.site.environment)

    def _environment(self, stack: Stack, part: str) -> Environment:
        definition = stack.parts.get(part)
        if not isinstance(definition, SpackPart):
            raise BadInput(f"{part!r} is not a part of engine spack", where="parts")
        return self._read(stack.folder / definition.environment)

    def _read(self, file: Path) -> Environment:
        return read_environment(Path(os.path.normpath(file.absolute())), self.site.facts())

    def _load(self, units: tuple[Placed, ...], bench: Workbench) -> Mapping[str, str]:
        """Ask Spack what a user of these units has set; its answer is read, never run."""
        if not units:
            return {}
        names = ", ".join(one.product for one in units)
        bench.progress(Progress(done=0, total=0, line=f"spack load {names}"))
        hashes = [one.unit.hash for one in units]
        said = run_tool(
            self.site.commands(bench).load(hashes),
            directory=self.site.folders(bench).root,
            environment=_plain(self.site),
            seconds=_LOAD_SECONDS,
            what=f"asking Spack how {names} can be used",
        )
        return read_exports(said.stdout)


def _plain(site: Site) -> dict[str, str]:
    """Return an environment in which Spack prints what units bring, and nothing of the caller's."""
    kept = {
        name: value
        for name, value in site.environment.items()
        if name in _KEPT or name.startswith("SPACK_")
    }
    return {"SPACK_PYTHON": site.python, **kept, "PATH": ":".join(SYSTEM)}


def _native(build: AnyBuild) -> NativeBuild:
    if not isinstance(build, NativeBuild):
        raise PesoError("this is not a build of the engine spack", where=build.part)
    return build


def _document(file: Path) -> Document:
    return read_document(_lock_bytes(file), where=str(file))


def _lock_bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(_LARGEST_LOCK)
    except OSError as error:
        raise Outside(f"cannot read the lock: {error.strerror}", where=str(file)) from error


def _files(environment: Environment, blobs: Blobs) -> tuple[Artifact, ...]:
    return tuple(
        _kept(blobs, str(file.path), read_bounded(file.source), "evidence", "application/yaml")
        for file in layout_of(environment).files
    )


def _folders(environment: Environment) -> tuple[LinkedFolder, ...]:
    return tuple(
        LinkedFolder(path=str(link.path), source=str(link.source))
        for link in layout_of(environment).links
    )


def _settings(solved: Solved, blobs: Blobs) -> Artifact:
    return _kept(blobs, "settings.yaml", solved.settings, "evidence", "application/yaml")


def _kept(blobs: Blobs, path: str, data: bytes, role: Role, media_type: str) -> Artifact:
    sha256, length = blobs.put(data)
    return Artifact(role=role, path=path, media_type=media_type, length=length, sha256=sha256)
