"""Trial: the release as it would be shipped, installed as a facility would, and tested there.

1. The files of the release are laid out at their own paths, in a scratch folder.
2. Each part is installed from its own document, offline, into a prefix of its own.
3. The tests run against the prefix of the part whose products they are of; nothing of the build
   tree is on any path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from peso.products.engines.port import Artifact, Engine, PartBuild, Workbench
from peso.products.platforms.port import Platform
from peso.products.stack import Stack, Test
from peso.services.integration.build import Build, lay_release
from peso.services.integration.test import TestRun, test


def trial(  # noqa: PLR0913, PLR0917 - the ports of a trial
    stack: Stack,
    build: Build,
    sources: Iterable[Artifact],
    engines: Mapping[str, Engine],
    platform: Platform,
    bench: Workbench,
    *,
    clock: Callable[[], datetime],
) -> TestRun:
    """Install every part of a build and run the stack's tests on the installed copies."""
    release = bench.work / "release"
    lay_release([*sources, *files_of(build)], bench.blobs, release)
    runs = [
        _trial_of_part(stack, part, engines, platform, bench, clock)
        for part in build.parts
        if _tests_of(stack, part.part)
    ]
    now = clock()
    return TestRun(
        platform=platform.describe().name,
        host=platform.describe(),
        started=min((run.started for run in runs), default=now),
        finished=max((run.finished for run in runs), default=now),
        results=tuple(result for run in runs for result in run.results),
        findings=tuple(finding for run in runs for finding in run.findings),
    )


def files_of(build: Build) -> tuple[Artifact, ...]:
    """Return every file a build ships: what was made, and each part's install document."""
    return tuple(
        file
        for part in build.parts
        for file in (*(made.artifact for made in part.made), part.document)
    )


def _trial_of_part(  # noqa: PLR0913, PLR0917 - the ports of a trial, passed on
    stack: Stack,
    part: PartBuild,
    engines: Mapping[str, Engine],
    platform: Platform,
    bench: Workbench,
    clock: Callable[[], datetime],
) -> TestRun:
    release, prefix = bench.work / "release", bench.work / "installed" / part.part
    engines[stack.parts[part.part].engine].install(release / part.document.path, prefix, bench)
    return test(
        stack.model_copy(update={"tests": _tests_of(stack, part.part)}),
        prefix,
        release,
        platform,
        platform.describe().name,
        bench.blobs,
        bench.work / "tests",
        clock=clock,
        seen=bench.progress,
    )


def _tests_of(stack: Stack, part: str) -> dict[str, Test]:
    mine = {product.name for product in stack.products if product.part == part}
    return {name: test for name, test in stack.tests.items() if mine & set(test.of)}
