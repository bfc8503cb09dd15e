"""Records of tests: what was run, on which units, how it ended, and the verdict.

They judge nothing. A test of the stack itself has figures, one of a suite has stages.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from peso.base.finding import Finding, Verdict
from peso.base.record import Record
from peso.products.engines.port import Artifact
from peso.products.platforms.port import Host, JobEnd
from peso.services.integration.figures import Figure


class Stage(Record):
    """One stage of a test of a suite, e.g. `compile`."""

    name: str
    end: JobEnd
    """How its job ended; a part of a unit's own tests is no job, and has that of all of them."""
    log: Artifact
    verdict: Verdict | None = None
    """What the suite itself says of it, where it is no job of its own."""

    @property
    def ok(self) -> bool:
        """Whether it is a yes."""
        if self.verdict is not None:
            return self.verdict.ok
        return (self.end.ended, self.end.code) == ("exit", 0)


class Tested(Record):
    """The unit that a test of a suite loaded: what the result is a result of."""

    hash: str
    name: str
    version: str
    variants: str
    """As Spack writes them, e.g. `+mpi~cuda precision=double`."""


class TestResult(Record):
    """One test on one number of ranks."""

    __test__: ClassVar[bool] = False  # nothing for pytest

    name: str
    ranks: int | None
    of: tuple[str, ...]
    verdict: Verdict
    end: JobEnd
    figures: tuple[Figure, ...]
    stdout: Artifact
    """Of a test of a suite: the log of its last stage, which has both outputs."""
    stderr: Artifact
    suite: str = ""
    """The suite it is of; empty for a test of the stack itself."""
    stages: tuple[Stage, ...] = ()
    """The stages that were run, in order; empty for a test of the stack itself."""
    tested: tuple[Tested, ...] = ()
    """The units it loaded, in that order."""

    @property
    def title(self) -> str:
        """The test's name, with its suite's before it: what to call it everywhere."""
        return f"{self.suite}/{self.name}" if self.suite else self.name

    @property
    def logs(self) -> tuple[Artifact, ...]:
        """Every file it printed to; some may be the same."""
        return (*(stage.log for stage in self.stages), self.stdout, self.stderr)


class TestRun(Record):
    """All tests of a release on one platform."""

    __test__: ClassVar[bool] = False  # nothing for pytest

    platform: str
    host: Host
    started: datetime
    finished: datetime
    results: tuple[TestResult, ...]
    findings: tuple[Finding, ...]
