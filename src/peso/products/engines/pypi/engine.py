"""The PyPI engine: plan, build and install a part through uv.

Each answer is a short row of steps whose work is done elsewhere: `index.py` (where packages come
from), `resolve.py` and `lock.py` (exact units), `fetch.py` (files), `sdist.py` and `made.py` (the
wheels), `metadata.py` and `graph.py` (what they say), `release.py` (the install document),
`installed.py` (the prefix). Only planning resolves; only planning and building reach a network.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from peso.base.files import disk, write_atomic
from peso.errors import BadInput, PesoError
from peso.products.engines.port import (
    AnyBuild,
    AnyLock,
    AnyRequires,
    Artifact,
    Lock,
    PartBuild,
    Place,
    Progress,
    Requires,
    Workbench,
)
from peso.products.engines.pypi import installed, made
from peso.products.engines.pypi.fetch import fetch
from peso.products.engines.pypi.index import addressing
from peso.products.engines.pypi.lock import (
    constraints_text,
    read_units,
    requirements_of,
    requires_of,
    unpinned,
)
from peso.products.engines.pypi.python import Interpreter, describe, identity, lacks
from peso.products.engines.pypi.resolve import Resolver, lock_builds
from peso.products.engines.pypi.uv import tool
from peso.products.stack import PypiPart, Stack

_CONSTRAINTS_LIMIT = 4 << 20
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class PypiEngine:
    """Python products for one interpreter.

    Attributes:
        python: The interpreter the part is for.
        environment: The caller's environment variables; index settings are looked up there.
    """

    python: Path
    environment: Mapping[str, str]

    def identity(self) -> str:
        """Name what of this engine and machine decides a plan: uv and the interpreter."""
        return f"{tool()}; {identity(self.python)}"

    def plan(self, stack: Stack, part: str, bench: Workbench, *, upgrade: bool) -> Lock:
        """Resolve the part of that name for this interpreter and machine, exactly.

        Where the stack has a constraints file, it holds, unless `upgrade`: then it is rewritten
        with the exact versions resolved without it.
        """
        definition = _definition(stack, part)
        interpreter = describe(self.python, self.environment)
        _check_python(definition, part, interpreter)
        asked = requirements_of(stack, part)
        constraints = stack.folder / definition.constraints if definition.constraints else None
        held = _constraints(constraints, upgrade=upgrade)
        resolver = Resolver(interpreter, bench, self.environment)
        data = resolver.resolve(asked, name=part, constraints=held and held.absolute())
        units = read_units(data, interpreter, asked=asked, where=f"the lock of part {part}")
        units, build_units = lock_builds(units, resolver)
        if constraints and upgrade:
            old = _text(constraints) if constraints.exists() else ""
            write_atomic(constraints, constraints_text(units, old).encode())
        elif held:
            _say_unpinned(unpinned(units, _text(held)), held, bench)
        sha256, length = bench.blobs.put(data)
        return Lock(
            part=part,
            engine="pypi",
            requires=requires_of((unit.filename for unit in units), interpreter),
            units=units,
            build_units=build_units,
            document=Artifact(
                role="lock",
                path="pylock.toml",
                media_type="application/toml",
                length=length,
                sha256=sha256,
            ),
            tool=tool(),
        )

    def build(self, lock: AnyLock, bench: Workbench) -> PartBuild:
        """Fetch every file of the lock, build the wheels that are missing, name what is shipped."""
        if not isinstance(lock, Lock):
            raise PesoError("this is not a lock of the engine pypi", where=lock.part)
        interpreter = describe(self.python, self.environment)
        address = addressing(self.environment)
        fetch((*lock.units, *lock.build_units), bench, address=address)
        return made.make(lock, interpreter, bench, self.environment)

    def lost(self, build: AnyBuild) -> str | None:  # noqa: ARG002 - the files are in the store
        """Nothing: all that a build made is in the blob store, which is looked after elsewhere."""
        return None

    def place(
        self,
        build: AnyBuild,
        release: Path,
        prefix: Path,
        of: tuple[str, ...],  # noqa: ARG002 - one environment holds all of a part
        bench: Workbench,
    ) -> Place:
        """Install the part from the release's files, once; its programs are in one folder."""
        programs = prefix / "bin"
        if not programs.is_dir():
            self.install(release / build.document.path, prefix, bench)
        return Place(programs=(programs,), environment={"PATH": str(programs)})

    def install(self, document: Path, prefix: Path, bench: Workbench) -> None:
        """Make a virtual environment at `prefix` of exactly what the document names; no network."""
        installed.install(document, prefix, bench, python=self.python, environment=self.environment)

    def mismatch(self, requires: AnyRequires) -> str | None:
        """Say what this machine lacks for an installed copy, or None."""
        if not isinstance(requires, Requires):
            return "a part that the engine pypi did not make"
        return lacks(requires, describe(self.python, self.environment))


def _definition(stack: Stack, part: str) -> PypiPart:
    definition = stack.parts.get(part)
    if not isinstance(definition, PypiPart):
        raise BadInput(f"{part!r} is not a part of engine pypi", where="parts")
    return definition


def _check_python(definition: PypiPart, part: str, interpreter: Interpreter) -> None:
    where = f"parts.{part}.python"
    try:
        wanted = SpecifierSet(definition.python)
    except InvalidSpecifier as error:
        raise BadInput(f"{definition.python!r} is not a version specifier", where=where) from error
    if not wanted.contains(interpreter.version, prereleases=True):
        raise BadInput(
            f"the part is for Python {definition.python}; this is {interpreter.version}",
            where=where,
            hint="run PESO with such a Python, or put one on PATH",
        )


def _constraints(path: Path | None, *, upgrade: bool) -> Path | None:
    """Return the constraints that hold for this resolution."""
    if path is None or upgrade:
        return None
    if not path.is_file():
        raise BadInput(
            "the constraints file is not there",
            where=str(path),
            hint="`peso deliver --upgrade` writes it",
        )
    return path


def _text(path: Path) -> str:
    with disk(path, "read"), path.open("rb") as stream:
        data = stream.read(_CONSTRAINTS_LIMIT + 1)
    if len(data) > _CONSTRAINTS_LIMIT:
        raise BadInput("the constraints file is larger than 4 MiB", where=str(path))
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise BadInput("the constraints file is not UTF-8 text", where=str(path)) from error


def _say_unpinned(names: tuple[str, ...], constraints: Path, bench: Workbench) -> None:
    """Tell which versions only the lock holds; nothing is added to the file without `--upgrade`."""
    if names:
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        line = (
            f"{constraints.name} does not pin {', '.join(names[:_SHOWN])}{more}; "
            "--upgrade rewrites it with exact versions of everything"
        )
        bench.progress(Progress(done=0, total=0, line=line))
