"""Do PESO and Spack agree on who may depend on a package? Needs a Spack: PESO_SPACK names it.

    PESO_SPACK=DIR python benchmarks/agree_impact.py REPOSITORY [NAME…]

REPOSITORY is the recipe repository that this Spack uses. For each name (20 of them without any) the
sets of direct and of all possible dependents are compared, virtual packages expanded to their
providers, whatever the conditions. Prints how many agree and which are missing or additional, and
exits with 1 where any is.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.which_spack import spack_command

from peso.services.integration.impact.answer import impact_of
from peso.services.integration.impact.source import AllRecipes

SIDE = Path(__file__).with_name("agree_impact_spack.py")
NAMES = (
    *("zlib", "hdf5", "openmpi", "mpich", "openblas", "cmake", "python", "gcc", "llvm", "cuda"),
    *("hypre", "petsc", "trilinos", "kokkos", "adios2", "py-numpy", "py-mpi4py", "boost"),
    *("sundials", "zfp"),
)


def spack(names: list[str]) -> Any:  # noqa: ANN401 - JSON
    command = spack_command()
    done = subprocess.run(
        [command, "python", str(SIDE)],
        input=json.dumps(names),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def main() -> int:
    repository, *names = sys.argv[1:]
    asked = names or list(NAMES)
    theirs = spack(asked)
    wrong = agreed = 0
    with tempfile.TemporaryDirectory() as cache:
        recipes = AllRecipes.open(repository, cache=Path(cache))
        graph = recipes.graph()
        for name in asked:
            found = impact_of(name, graph, recipes)
            for what, mine in (
                ("direct", {one.name for one in found.recipes if one.direct}),
                ("all", {one.name for one in found.recipes}),
            ):
                said = set(theirs[name][what]) - {name}
                missing, additional = sorted(said - mine), sorted(mine - said)
                agreed += len(said & mine)
                wrong += len(missing) + len(additional)
                print(
                    f"{name:<12} {what:<7} agree {len(said & mine):>5}  "
                    f"missing {len(missing):>3} {missing[:5]}  "
                    f"additional {len(additional):>3} {additional[:5]}"
                )
    print(f"{agreed} agree, {wrong} do not")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
