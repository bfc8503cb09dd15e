"""Does PESO expand Spack environments as Spack does? Needs a Spack: PESO_SPACK names it.

    PESO_SPACK=DIR python benchmarks/agree_environments.py FOLDER…

Every `spack.yaml` under the folders is expanded by both, for the machine that Spack says this is.
Two roots agree where Spack parses both texts to one spec; order and groups count. Prints the number
that agree, are wrong (missing, additional or another spec), and are unknown (PESO says it is not
sure, or Spack refuses the environment and PESO does not).
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from itertools import zip_longest
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.which_spack import spack_command

from peso.products.environments.facts import Facts
from peso.products.environments.read import Reader
from peso.products.environments.record import Environment

SIDE = Path(__file__).with_name("agree_environments_spack.py")


def spack(action: str, given: object) -> Any:  # noqa: ANN401 - JSON
    command = spack_command()
    done = subprocess.run(
        [command, "python", str(SIDE), action],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"Spack failed: {done.stderr[-2000:]}")
    return json.loads(done.stdout)


def by_group(read: Environment) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {group.name: [] for group in read.groups}
    for root in read.roots:
        groups[root.group].append(root.spec)
    return groups


def pairs(ours: dict[str, list[str]], theirs: dict[str, list[str]]) -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = []
    for group in {**theirs, **ours}:
        both = zip_longest(ours.get(group, ()), theirs.get(group, ()), fillvalue="<none>")
        found += ((group, mine, yours) for mine, yours in both)
    return found


def main(folders: list[str]) -> int:
    files = sorted(str(path) for folder in folders for path in Path(folder).rglob("spack.yaml"))
    said = spack("expand", files)
    reader = Reader(Facts(**said["facts"]))
    began = time.perf_counter()
    read = {file: reader.read(Path(file)) for file in files}
    seconds = time.perf_counter() - began
    count: Counter[str] = Counter()
    todo: list[tuple[str, str, str, str]] = []
    for file in files:
        theirs, ours = said["environments"][file], read[file]
        doubtful = [root for root in ours.roots if root.doubts]
        if "error" in theirs:
            faulty = ours.troubles or ours.doubts or ours.legacy
            outcome = "refused by both" if faulty else "unknown"
            count[f"environments: {outcome}"] += 1
            print(f"{outcome}: {file}: {theirs['error'][:200]}")
            continue
        count["environments: expanded by Spack"] += 1
        count["roots: unknown"] += len(doubtful)
        for doubt in ours.doubts:
            print(f"note: {doubt}")
        todo += ((file, *pair) for pair in pairs(by_group(ours), theirs["groups"]))
    answers = spack("compare", [[mine, yours] for _, _, mine, yours in todo])
    for (file, group, mine, yours), same in zip(todo, answers, strict=True):
        count["roots: agreed" if same else "roots: wrong"] += 1
        if not same:
            print(f"wrong: {file} [{group}]\n  PESO:  {mine}\n  Spack: {yours}")
    print(f"{len(files)} files, read by PESO in {seconds:.2f} s")
    for name, number in sorted(count.items()):
        print(f"{name}: {number}")
    return 1 if count["roots: wrong"] or count["roots: unknown"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
