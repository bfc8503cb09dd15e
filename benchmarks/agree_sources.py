"""Does PESO say of a lock's units what Spack would fetch? Writes a table for each lock.

    PESO_SPACK=DIR python benchmarks/agree_sources.py REPOSITORY LOCK...

Compares for each unit that Spack builds: the digest (or the commit of git) of its archive, its
resources and its patches; its URL; the place in a source mirror; its license. `unknown` is where
PESO says that it does not know. Spack must have REPOSITORY as its `builtin`.

Exit status 1 where a digest, a commit or a license differs.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.which_spack import spack_command

from peso.base.finding import Unknown
from peso.products.engines.native import NativeUnit, SourceFile
from peso.products.engines.spack.distribution import NoDistribution
from peso.products.engines.spack.lockfile import read_lock
from peso.products.engines.spack.recipe_facts import CatalogFacts
from peso.products.engines.spack.source_mirror import wanted_by
from peso.products.recipes.catalog import Catalog

SIDE = Path(__file__).with_name("agree_sources_spack.py")
EXACT = ("digest or commit", "resources", "patches", "license")
WHAT = (*EXACT, "URL", "place in a mirror")
_REPEATS = 5
Answer = tuple[str, str, str]
"""What is compared; agreed, differs or unknown; how they differ."""


def spack_says(lock: Path, folder: Path) -> dict[str, Any]:
    command = spack_command()
    out = folder / "spack.json"
    subprocess.run([command, "python", str(SIDE), str(lock), str(out)], check=True)
    answers: dict[str, Any] = json.loads(out.read_text())
    return answers


def judge(unit: NativeUnit, said: dict[str, Any]) -> Iterator[Answer]:
    label = unit.label
    if "error" in said:
        yield "digest or commit", "unknown", f"{label}: Spack: {said['error']}"
        return
    licenses = said["licenses"]
    if isinstance(unit.license, Unknown):
        yield "license", "differs" if licenses else "unknown", f"{label}: {unit.license.unknown}"
    else:
        same = licenses == [unit.license]
        yield "license", *_same(same, f"{label}: {licenses}; {unit.license}")
    if isinstance(unit.sources, Unknown):
        yield "digest or commit", "unknown", f"{label}: {unit.sources.unknown}"
        return
    if said["main"]["kind"] == "BundleFetchStrategy":
        yield "digest or commit", *_same(unit.sources == (), label)
        return
    yield from _main(unit, unit.sources[0], said["main"])
    for what, kind in (("resources", "resource"), ("patches", "patch")):
        ours = sorted((one.url, one.sha256) for one in unit.sources if one.kind == kind)
        theirs = sorted((one["url"], one["digest"]) for one in said[what])
        if ours or theirs:
            yield what, *_same(ours == theirs, f"{label}: {theirs}; {ours}")


def _main(unit: NativeUnit, ours: SourceFile, said: dict[str, Any]) -> Iterator[Answer]:
    label = unit.label
    if ours.kind == "git":
        agreed = ours.url == said["url"] and ours.other.endswith(f":{said['reference']}")
        yield "digest or commit", *_same(agreed, f"{label}: {said}; {ours}")
        return
    digest = ours.sha256 or ours.other.partition(":")[2]
    yield "digest or commit", *_same(digest == said["digest"], f"{label}: {said['digest']}")
    answer = f"{label}: {said['url']}; {ours.url or 'not known'}"
    yield (
        "URL",
        "unknown" if not ours.url else "agreed" if ours.url == said["url"] else "differs",
        answer,
    )
    places = wanted_by([unit])[0].paths(("tar.gz", "tar.xz", "tar.bz2", "zip"))
    yield (
        "place in a mirror",
        *_same(said["place"] in places, f"{label}: {said['place']}; {places}"),
    )


def _same(agreed: bool, how: str) -> tuple[str, str]:  # noqa: FBT001 - the answer itself
    return "agreed" if agreed else "differs", how


def table(name: str, answers: list[Answer]) -> Iterator[str]:
    counts = Counter((what, verdict) for what, verdict, _ in answers)
    yield f"| {name} | agreed | differs | unknown |"
    yield "|---|---|---|---|"
    for what in WHAT:
        numbers = " | ".join(str(counts[what, one]) for one in ("agreed", "differs", "unknown"))
        yield f"| {what} | {numbers} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repository", type=Path)
    parser.add_argument("locks", type=Path, nargs="+")
    asked = parser.parse_args()
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        catalog = Catalog.open(asked.repository, cache=Path(folder))
        catalog.refresh()
        for lock in asked.locks:
            data, took = lock.read_bytes(), []
            for _ in range(_REPEATS):
                began = time.process_time()
                read = read_lock(
                    data,
                    where=str(lock),
                    recipes=CatalogFacts(catalog),
                    packages=NoDistribution("not asked"),
                )
                took.append(time.process_time() - began)
            said = spack_says(lock, Path(folder))
            built = [one for one in read.units if one.hash in said]
            answers = [answer for one in built for answer in judge(one, said[one.hash])]
            print(*table(lock.name, answers), "", sep="\n")
            print(f"{len(read.units)} units in {min(took):.2f} s of processor time", "", sep="\n")
            for what, verdict, how in answers:
                if verdict == "differs":
                    print(f"- {what}: {how}")
                    wrong += what in EXACT
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
