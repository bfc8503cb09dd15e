"""ADIOS2: every rank writes a BP5 file of its own in steps, and another rank reads it back.

The adios2 wheel is a serial build: no file is shared by ranks, and parallel BP is not tested. BP
stores float64 as it is, so the values must be equal to the last bit, in every step.
"""

import adios2
import numpy as np
from mpi4py import MPI

SHAPE = (128, 64)
STEPS = 3


def field(rank: int, step: int) -> np.ndarray:
    """Return the values of a rank in a step."""
    return np.random.default_rng([rank, step]).standard_normal(SHAPE)


def write(rank: int) -> None:
    with adios2.Stream(f"rank-{rank}.bp", "w") as stream:
        for step in stream.steps(STEPS):
            here = field(rank, step.current_step())
            step.write("field", here, SHAPE, (0, 0), SHAPE)


def read(rank: int) -> tuple[int, int]:
    """Return how many steps the file of a rank has, and how many values in them are wrong."""
    steps = mismatches = 0
    with adios2.Stream(f"rank-{rank}.bp", "r") as stream:
        for step in stream.steps():
            expected = field(rank, step.current_step())
            mismatches += int(np.count_nonzero(step.read("field") != expected))
            steps += 1
    return steps, mismatches


def main() -> None:
    comm = MPI.COMM_WORLD
    write(comm.rank)
    comm.Barrier()
    steps, mismatches = read((comm.rank + 1) % comm.size)
    steps = comm.reduce(steps, op=MPI.SUM, root=0)
    mismatches = comm.reduce(mismatches, op=MPI.SUM, root=0)
    if comm.rank == 0:
        print(f"steps={steps}")
        print(f"mismatches={mismatches}")
        print(f"parallel_build={int(adios2.is_built_with_mpi)}")


if __name__ == "__main__":
    main()
