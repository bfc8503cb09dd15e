"""Resolving: from requirements to a `pylock.toml`, and what building the sdists in it needs.

uv resolves, once for the part and once for each sdist, with the machine's index settings. What an
sdist needs for its build is resolved to wheels only: a build requirement is never built itself.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement

from peso.base.files import make_folder, write_atomic
from peso.base.process import ToolFailed, run_tool
from peso.errors import Outside
from peso.products.engines.port import Unit, Workbench
from peso.products.engines.pypi.fetch import fetch
from peso.products.engines.pypi.index import (
    addressing,
    index_settings,
    without_logins,
)
from peso.products.engines.pypi.lock import read_units
from peso.products.engines.pypi.python import Interpreter
from peso.products.engines.pypi.sdist import needs, unpack
from peso.products.engines.pypi.uv import OFFLINE, WHEELS_ONLY, compile_command, uv_environment


@dataclass(frozen=True, slots=True)
class Resolver:
    """uv as a resolver for one interpreter, with the index settings of this machine."""

    interpreter: Interpreter
    bench: Workbench
    environment: Mapping[str, str]

    def resolve(
        self,
        asked: Iterable[Requirement],
        *,
        name: str,
        constraints: Path | None = None,
        wheels_only: bool = False,
    ) -> bytes:
        """Resolve requirements to a `pylock.toml`.

        Args:
            asked: The requirements.
            name: What is resolved, for people; it names the scratch folder too.
            constraints: A file of versions that hold where a package is needed.
            wheels_only: Choose only versions that have a wheel for this interpreter.

        Raises:
            Outside: There is no solution, or an index did not answer; uv's reasons are told.
        """
        folder = self.bench.work / "resolve" / name
        make_folder(folder)
        wanted, output = folder / "requirements.in", folder / "pylock.toml"
        write_atomic(wanted, "".join(f"{each}\n" for each in asked).encode())
        output.unlink(missing_ok=True)
        more = WHEELS_ONLY if wheels_only else ()
        try:
            self._compile(wanted, output, constraints, more)
        except ToolFailed as error:
            hint = "check the versions asked for, and the package index this machine uses"
            if constraints:
                hint += "; `--upgrade` resolves without the constraints"
            raise Outside(
                error.message, where=str(constraints) if constraints else name, hint=hint
            ) from error
        return without_logins(output.read_bytes())

    def _compile(
        self, wanted: Path, output: Path, constraints: Path | None, more: tuple[str, ...]
    ) -> None:
        settings = index_settings(self.environment, site=Path(sys.prefix))
        offline = OFFLINE if self.bench.offline else ()
        run_tool(
            compile_command(
                wanted,
                output,
                self.interpreter.path,
                constraints=constraints,
                arguments=(*settings.arguments, *offline, *more),
            ),
            directory=wanted.parent,
            environment=uv_environment(
                self.environment, cache=self.bench.cache, more=settings.environment
            ),
            what=f"resolving {wanted.parent.name}",
        )


def lock_builds(
    units: tuple[Unit, ...], resolver: Resolver
) -> tuple[tuple[Unit, ...], tuple[Unit, ...]]:
    """Lock what building the sdists among the units needs, each sdist for itself.

    Returns:
        The units, the sdists with the purls of what builds them; and what builds them.
    """
    bench = resolver.bench
    sdists = [unit for unit in units if not unit.filename.endswith(".whl")]
    fetch(sdists, bench, address=addressing(resolver.environment))
    builders: dict[str, Unit] = {}
    uses: dict[str, tuple[str, ...]] = {}
    for unit in sdists:
        name = f"build-{unit.name}"
        wanted = needs(unpack(unit, bench.blobs, bench.work / "read"), where=unit.filename)
        if not wanted:
            continue
        data = resolver.resolve(wanted, name=name, wheels_only=True)
        found = read_units(data, resolver.interpreter, where=f"the lock of {name}")
        builders |= {each.purl: each for each in found}
        uses[unit.name] = tuple(each.purl for each in found)
    told = tuple(unit.model_copy(update={"build": uses.get(unit.name, ())}) for unit in units)
    return told, tuple(builders[purl] for purl in sorted(builders))
