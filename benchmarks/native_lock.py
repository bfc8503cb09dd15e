"""What E4S's real lock costs: read into units, inventoried in two valid documents, explained.

    python benchmarks/native_lock.py REPOSITORY LOCK...

REPOSITORY is a repository of Spack's recipes; its index is made first, which is not timed. Each
LOCK is then read, inventoried and explained by a fresh process, imports included. All of it at most
3 s on an idle machine; the seconds of the processor are printed beside, which a busy machine does
not change. Both documents are checked once more, untimed, by the libraries' own validators. Prints
medians, and exits with 1 over budget or for a document that is not valid.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BUDGET, TIMES = 3.0, 5
TIMED = """
import json, sys, time
from datetime import UTC, datetime
from pathlib import Path

repository, lock, work = sys.argv[1:]
parts, last = {}, [time.perf_counter(), 0.0]

def done(name):
    parts[name] = (time.perf_counter() - last[0], time.process_time() - last[1])
    last[:] = time.perf_counter(), time.process_time()

from peso.api.recipes import recipe_facts
from peso.base.ledger import Blobs
from peso.products.engines.native import NativeBuild, NativeLock, UnitBuild
from peso.products.engines.port import Artifact
from peso.products.engines.spack.distribution import NoDistribution
from peso.products.engines.spack.lockfile import read_lock
from peso.products.stack import Stack
from peso.services.assurance import cyclonedx, spdx
from peso.services.assurance.inventory import inventory
from peso.services.integration.build import Build
from peso.services.integration.interoperability import interoperability
from peso.services.integration.plan import Plan
from peso.services.integration.unit_reasons import explain
done("imports")

recipes = recipe_facts((repository,), work)
nobody = NoDistribution("a lock of another machine")
read = read_lock(Path(lock).read_bytes(), where=lock, recipes=recipes, packages=nobody)
done("read_lock")

now = datetime.now(UTC)
file = Artifact(role="lock", path="x", media_type="x", length=1, sha256="0" * 64)
said = {"part": "native", "requires": read.requires, "document": file, "tool": "spack 1"}
native = NativeLock(**said, units=read.units, roots=read.roots, checkouts=(), environment=(file,),
                    settings=file)
built = tuple(
    UnitBuild(hash=one.hash, name=one.name, version=one.version,
              outcome="external" if one.external else "built")
    for one in read.units
)
build = Build(parts=(NativeBuild(**said, units=built, files=(), seconds=1.0),), started=now,
              finished=now)
stack = Stack.model_validate({
    "schema": "peso.stack/1", "name": "e4s", "version": "1", "title": "E4S",
    "parts": {"native": {"engine": "spack", "environment": "spack.yaml"}},
    "products": [{"name": "hypre", "part": "native"}],
})
blobs = Blobs(Path(work) / "blobs")
plan = Plan(stack="e4s", version="1", locks=(native,))
done("records")

made = inventory(stack, plan, build, blobs, now=now)
done("inventory, both documents valid")
seen = interoperability(native)
done("interoperability")
explain("boost", (("", read),), where=lock)
done("explain boost")

print(json.dumps({
    "parts": parts,
    "said": [
        f"{len(read.units)} units, {len(read.roots)} roots; {made.cyclonedx.length:,} and"
        f" {made.spdx.length:,} bytes; {len(seen.repeated)} names more than once;"
        f" {seen.pairs.apart} of {seen.pairs.of} pairs of roots apart",
        *(f"{one.rule} ({one.level}): {one.message[:100]}" for one in made.findings),
    ],
    "documents": [str(blobs.path(one.sha256)) for one in (made.cyclonedx, made.spdx)],
}))
"""


def run(repository: str, lock: str, work: str) -> dict[str, object]:
    command = [sys.executable, "-c", TIMED, repository, lock, work]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def valid(documents: list[str], work: str) -> bool:
    """Ask the libraries' own validators, which take half a minute."""
    from cyclonedx.schema import SchemaVersion  # noqa: PLC0415 - takes seconds
    from cyclonedx.validation.json import JsonStrictValidator  # noqa: PLC0415 - as above
    from spdx_tools.spdx.parser.parse_anything import parse_file  # noqa: PLC0415 - as above
    from spdx_tools.spdx.validation.document_validator import (  # noqa: PLC0415 - as above
        validate_full_spdx_document,
    )

    strict = JsonStrictValidator(SchemaVersion.V1_6)
    fault = strict.validate_str(Path(documents[0]).read_text("utf-8"))
    named = Path(work) / "bom.spdx.json"
    named.write_bytes(Path(documents[1]).read_bytes())
    faults = validate_full_spdx_document(parse_file(str(named)))
    return fault is None and not faults


def one_lock(repository: str, lock: str, work: str) -> bool:
    run(repository, lock, work)
    several = [run(repository, lock, work) for _ in range(TIMES)]
    print(Path(lock).name)
    totals = [0.0, 0.0]
    for name in several[0]["parts"]:  # type: ignore[attr-defined]
        wall, processor = (
            statistics.median(one["parts"][name][at] for one in several)  # type: ignore[index]
            for at in (0, 1)
        )
        totals[0] += wall
        totals[1] += processor
        print(f"  {name:<34}{wall:7.2f} s  processor {processor:6.2f} s")
    print(f"  {'all of it':<34}{totals[0]:7.2f} s  processor {totals[1]:6.2f} s (at most {BUDGET})")
    print(*(f"  {line}" for line in several[-1]["said"]), sep="\n")  # type: ignore[attr-defined]
    good = valid(several[-1]["documents"], work)  # type: ignore[arg-type]
    print(f"  both documents valid for the libraries' own validators: {'yes' if good else 'NO'}")
    return good and totals[0] <= BUDGET


def main() -> int:
    repository, *locks = sys.argv[1:]
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as work:
        # A workspace of its own, so that its cache is not this user's.
        (Path(work) / "peso.yaml").write_text("schema: peso.workspace/1\n")
        began = time.perf_counter()
        index = [str(Path(sys.executable).with_name("peso")), "catalog", "index", repository, "-q"]
        subprocess.run(index, check=True, cwd=work)
        print(f"index of the recipes, not in the budget: {time.perf_counter() - began:.1f} s")
        good = [one_lock(repository, lock, work) for lock in locks]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
