"""Places of Spack for tests: a tree that looks like one, with a configuration of its own."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.products.engines.spack.test_tool import write_spack

from peso.base.ledger import Blobs
from peso.products.engines.port import Progress, Workbench
from peso.products.engines.spack.site import Site
from peso.products.engines.spack.tool import find_spack

_PRETENDING = """\
#!{python}
import json, pathlib, sys
root = pathlib.Path(__file__).resolve().parent.parent
said = json.loads((root / "says.json").read_text())
with (root / "asked.txt").open("a") as log:
    log.write(json.dumps(sys.argv[1:]) + "\\n")
words = sys.argv[1:]
folder = pathlib.Path(words[words.index("-D") + 1]) if "-D" in words else None
if "find" in words:
    (folder / "spack.yaml").write_text(said["detected"])
elif "concretize" in words:
    if said["lock"]:
        (folder / "spack.lock").write_text(said["lock"])
    sys.stdout.write(said["out"])
    sys.stderr.write(said["err"])
    sys.exit(0 if said["lock"] else 1)
elif "config" in words:
    print(json.dumps({{"spack": {{"config": {{"build_jobs": 2}}}}}}))
elif "load" in words:
    sys.stdout.write(said["load"])
"""


class PretendingSpack:
    """A program in the place of Spack: says what Spack was recorded to say, and counts starts."""

    def __init__(self, root: Path, home: Path, **environment: str) -> None:
        self.root = write_spack(root, "1.3.0.dev0", commit="5" * 40)
        program = root / "bin" / "spack"
        program.write_text(_PRETENDING.format(python=sys.executable))
        self.environment = {"HOME": str(home), "PATH": "/usr/bin:/bin", **environment}
        self.site = Site(spack=find_spack(self.root, {}), environment=self.environment)
        self.says()

    def says(
        self,
        *,
        lock: bytes = b"",
        out: str = "",
        err: str = "",
        detected: str = "spack: {specs: []}\n",
        load: str = "",
    ) -> None:
        """Say this from now on; without a lock solving fails."""
        said = {"lock": lock.decode(), "out": out, "err": err, "detected": detected, "load": load}
        (self.root / "says.json").write_text(json.dumps(said))

    @property
    def asked(self) -> tuple[str, ...]:
        """What was asked of it, in order: the subcommands."""
        log = self.root / "asked.txt"
        lines = log.read_text().splitlines() if log.exists() else []
        known = ("concretize", "find", "config", "load", "install", "test")
        words = [json.loads(line) for line in lines]
        return tuple(next(one for one in line if one in known) for line in words)


def bench_in(folder: Path, told: list[Progress] | None = None) -> Workbench:
    """Return a workbench; what is told of progress is in the list."""
    return Workbench(
        blobs=Blobs(folder / "blobs"),
        work=folder / "work",
        cache=folder / "cache",
        offline=False,
        progress=(told if told is not None else []).append,
    )
