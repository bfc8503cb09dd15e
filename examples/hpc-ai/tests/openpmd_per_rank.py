"""openPMD: every rank writes a mesh with its units, and another rank reads it back.

The openpmd-api wheel is a serial build (variant `mpi` off), so every rank has a series of its own.
The values go through ADIOS2 unchanged and must be equal to the last bit; the SI factor and the
dimension say that a reader gets physics back and not only numbers. One file per iteration (`%T`),
as openPMD advises for ADIOS2.
"""

import numpy as np
import openpmd_api as io
from mpi4py import MPI

SHAPE = [96, 80]
VOLT_PER_METER = {
    io.Unit_Dimension.L: 1,
    io.Unit_Dimension.M: 1,
    io.Unit_Dimension.T: -3,
    io.Unit_Dimension.I: -1,
}
UNIT_SI = 9.5e12  # an exact float64, so it must come back exactly


def field(rank: int) -> np.ndarray:
    """Return the values of a rank."""
    return np.random.default_rng(rank).standard_normal(SHAPE)


def write(rank: int) -> None:
    series = io.Series(f"rank-{rank}_%T.bp", io.Access.create)
    mesh = series.iterations[rank].meshes["E"]
    mesh.unit_dimension = VOLT_PER_METER
    mesh.axis_labels = ["y", "x"]
    component = mesh["x"]
    component.unit_SI = UNIT_SI
    component.reset_dataset(io.Dataset(np.dtype("double"), SHAPE))
    component.store_chunk(field(rank))
    series.flush()
    series.close()


def read(rank: int) -> tuple[int, int]:
    """Return how many values are wrong, and how much of what is said of them is."""
    series = io.Series(f"rank-{rank}_%T.bp", io.Access.read_only)
    mesh = series.iterations[rank].meshes["E"]
    component = mesh["x"]
    found = component.load_chunk()
    series.flush()
    said = [*mesh.unit_dimension, component.unit_SI]
    expected = [1.0, 1.0, -3.0, -1.0, 0.0, 0.0, 0.0, UNIT_SI]  # L M T I theta N J, then the factor
    series.close()
    wrong_units = sum(a != b for a, b in zip(said, expected, strict=True))
    return int(np.count_nonzero(found != field(rank))), wrong_units


def main() -> None:
    comm = MPI.COMM_WORLD
    write(comm.rank)
    comm.Barrier()
    mismatches, wrong_units = read((comm.rank + 1) % comm.size)
    mismatches = comm.reduce(mismatches, op=MPI.SUM, root=0)
    wrong_units = comm.reduce(wrong_units, op=MPI.SUM, root=0)
    files = comm.reduce(1, op=MPI.SUM, root=0)
    if comm.rank == 0:
        print(f"files={files}")
        print(f"mismatches={mismatches}")
        print(f"wrong_units={wrong_units}")
        print(f"parallel_build={int(io.variants['mpi'])}")


if __name__ == "__main__":
    main()
