"""How fast specs and versions are read, compared and printed.

Processor time of this process, the best of several rounds, each text read anew. Given a folder of
recipes, also the mean over every distinct real spec. Budget: 30 microseconds for a typical spec
(exit status 1: missed).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.spec_questions import read_recipes

from peso.products.spec.faults import SpecError
from peso.products.spec.parse import parse_spec
from peso.products.spec.satisfies import satisfies
from peso.products.spec.text import format_spec
from peso.products.spec.versions import parse_version

TYPICAL = ("+mpi", "@1.2:", "hdf5@1.10:+mpi~cxx", "^openmpi@4:", "%gcc@12", "target=x86_64:")
LONG = "hdf5@1.10:1.12+mpi~cxx api=v18 cflags='-O2 -g' ^openmpi@4: %c,cxx=gcc@12"
BUDGET = 30.0


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("recipes", type=Path, nargs="?", help="a folder of recipes")
    folder = parser.parse_args().recipes
    taken = [timed(f"read {text}", lambda text=text: parse_spec(text)) for text in TYPICAL]  # type: ignore[misc]
    spec, asked = parse_spec(LONG), parse_spec("hdf5@1.10+mpi ^openmpi %gcc")
    timed(f"read {LONG}", lambda: parse_spec(LONG))
    timed("print it", lambda: format_spec(spec))
    timed("satisfies", lambda: satisfies(spec, asked))
    timed("read version 1.10.3-rc1", lambda: parse_version("1.10.3-rc1"))
    mean = sum(taken) / len(taken)
    print(f"typical specs, mean: {mean:.1f} us")
    if folder is not None:
        texts = {text for recipe in read_recipes(folder) for text in recipe.specs}
        before = process_time()
        for text in texts:
            read(text)
        each = (process_time() - before) / len(texts) * 1e6
        print(f"{len(texts)} distinct real specs, mean: {each:.1f} us")
    return int(mean > BUDGET)


def read(text: str) -> None:
    try:
        parse_spec(text)
    except SpecError:
        return


def timed(name: str, work: Callable[[], object], *, rounds: int = 7, times: int = 1000) -> float:
    best = float("inf")
    for _ in range(rounds):
        before = process_time()
        for _ in range(times):
            work()
        best = min(best, process_time() - before)
    print(f"{best / times * 1e6:8.1f} us  {name}")
    return best / times * 1e6


if __name__ == "__main__":
    sys.exit(main())
