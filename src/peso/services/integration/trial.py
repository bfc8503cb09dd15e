"""Trial: the release as it would be shipped, installed as a facility would, and tested there.

1. The files of the release are laid out at their own paths, in a scratch folder.
2. Each part that tests speak of is made usable by its engine (a `Place`), once for each set of
   products; nothing of a build tree is on any path unless the engine says so.
3. A test of products of several parts finds all of them: programs of the first part first.
4. Suites come after the stack's own tests; a wrong checkout of one is said before the first test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from packaging.utils import canonicalize_name

from peso.products.engines.native import NativeBuild
from peso.products.engines.port import (
    Artifact,
    Engine,
    PartBuild,
    Place,
    Progress,
    SelfTesting,
    ToolCall,
    Workbench,
)
from peso.products.platforms.port import Platform
from peso.products.stack import Stack
from peso.services.integration.build import Build, lay_release
from peso.services.integration.plan import Plan, engine_of
from peso.services.integration.results import TestRun
from peso.services.integration.suites.run import open_suites, run_suites
from peso.services.integration.suites.site import Site
from peso.services.integration.suites.units import Placed, units_of
from peso.services.integration.test import test


def trial(  # noqa: PLR0913, PLR0917 - the ports of a trial
    stack: Stack,
    plan: Plan,
    build: Build,
    sources: Iterable[Artifact],
    engines: Mapping[str, Engine],
    platform: Platform,
    bench: Workbench,
    *,
    clock: Callable[[], datetime],
) -> TestRun:
    """Make the parts of a build usable, and run the stack's tests and suites on them."""
    trees = open_suites(stack)
    release = bench.work / "release"
    lay_release([*sources, *files_of(build)], bench.blobs, release)
    places = _Places(stack=stack, build=build, engines=engines, release=release, bench=bench)
    own = test(
        stack,
        places.of,
        release,
        platform,
        platform.describe().name,
        bench.blobs,
        bench.work / "tests",
        clock=clock,
        seen=bench.progress,
    )
    if not stack.suites:
        return own
    site = Site(
        units=units_of(stack, plan, build),
        platform=platform,
        blobs=bench.blobs,
        work=bench.work / "suites",
        today=clock().date(),
        self_test=lambda placed: _self_test(placed, build, engines, bench),
        seen=_Counting(bench, len(own.results)).say,
    )
    suited = run_suites(stack, trees, site)
    return own.model_copy(
        update={
            "finished": clock(),
            "results": (*own.results, *suited.results),
            "findings": (*own.findings, *suited.findings),
        }
    )


class _Counting:
    """Tells how far the suites are; how many tests there will be is not known before."""

    def __init__(self, bench: Workbench, done: int) -> None:
        self._bench, self._done = bench, done

    def say(self, line: str) -> None:
        """Say that a test begins."""
        self._done += 1
        self._bench.progress(Progress(done=self._done - 1, total=self._done, line=line))


def _self_test(
    placed: Placed, build: Build, engines: Mapping[str, Engine], bench: Workbench
) -> ToolCall | None:
    """Return the command that runs the tests that come with a unit's recipe, if there is one."""
    for part in build.native:
        engine = engine_of(part.part, part.engine, engines)
        if part.part == placed.part and isinstance(engine, SelfTesting):
            return engine.self_test(part, placed.unit.hash, bench)
    return None


def files_of(build: Build) -> tuple[Artifact, ...]:
    """Return every file a build ships: what was made, and each part's install document."""
    files: list[Artifact] = []
    for part in build.parts:
        made = (
            part.shipped if isinstance(part, NativeBuild) else [one.artifact for one in part.made]
        )
        files.extend((*made, part.document))
    return tuple(files)


def made_of(build: Build) -> list[list[str]]:
    """Return what a build made, by digest or hash, for those whom only that concerns."""
    files = [[file.sha256] for file in files_of(build)]
    units = [[one.hash, one.outcome] for part in build.native for one in part.units]
    return [*files, *units]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Places:
    """Where the products of a test can be used; each part is made usable when first asked for."""

    stack: Stack
    build: Build
    engines: Mapping[str, Engine]
    release: Path
    bench: Workbench
    made: dict[tuple[str, tuple[str, ...]], Place] = field(default_factory=dict)

    def of(self, names: tuple[str, ...]) -> Place:
        """Return where a test of these products runs."""
        found = [
            self._place(part, mine)
            for part in self.build.parts
            if (mine := _of_part(self.stack, part, names))
        ]
        return together(found)

    def _place(self, part: PartBuild | NativeBuild, names: tuple[str, ...]) -> Place:
        key = part.part, names
        if key not in self.made:
            prefix = self.bench.work / "installed" / part.part
            engine = self.engines[part.engine]
            self.made[key] = engine.place(part, self.release, prefix, names, self.bench)
        return self.made[key]


def _of_part(
    stack: Stack, part: PartBuild | NativeBuild, names: tuple[str, ...]
) -> tuple[str, ...]:
    """Return which of the names are of a part: its products, else what came with them."""
    listed = {canonicalize_name(one.name): one.part for one in stack.products}
    units = (
        [one.name for one in part.units]
        if isinstance(part, NativeBuild)
        else [one.unit for one in part.made]
    )
    known = {canonicalize_name(name) for name in units}
    return tuple(
        name
        for name in names
        if listed.get(key := canonicalize_name(name), part.part) == part.part
        and (key in listed or key in known)
    )


def together(places: Iterable[Place]) -> Place:
    """Return one place that has what all of them have; the first comes first."""
    programs: dict[Path, None] = {}
    environment: dict[str, str] = {}
    for place in places:
        programs |= dict.fromkeys(place.programs)
        for name, value in place.environment.items():
            before = environment.get(name)
            both = f"{before}:{value}" if before and name.endswith("PATH") else value
            environment[name] = both if name.endswith("PATH") else before or value
    return Place(programs=tuple(programs), environment=environment)
