"""HDF5: every rank writes a file of its own, and another rank reads it back.

The h5py wheel is a serial build: there is no file shared by ranks here, and parallel HDF5 is not
tested. What is tested is that serial HDF5 works under the MPI launcher, with the filters people use
(shuffle, gzip, checksum). All of them are lossless, so the values must be equal to the last bit.
"""

import h5py
import numpy as np
from mpi4py import MPI

SHAPE = (64, 64, 32)


def field(rank: int) -> np.ndarray:
    """Return the values of a rank; the generator is seeded with the rank."""
    return np.random.default_rng(rank).standard_normal(SHAPE)


def main() -> None:
    comm = MPI.COMM_WORLD
    with h5py.File(f"rank-{comm.rank}.h5", "w") as file:
        file.attrs["rank"] = comm.rank
        file.create_dataset(
            "group/field",
            data=field(comm.rank),
            chunks=(16, 16, 16),
            shuffle=True,
            compression="gzip",
            fletcher32=True,
        )
    comm.Barrier()

    other = (comm.rank + 1) % comm.size
    with h5py.File(f"rank-{other}.h5", "r") as file:
        read = int(file.attrs["rank"] == other)
        mismatches = int(np.count_nonzero(file["group/field"][...] != field(other)))

    files = comm.reduce(read, op=MPI.SUM, root=0)
    mismatches = comm.reduce(mismatches, op=MPI.SUM, root=0)
    if comm.rank == 0:
        print(f"files={files}")
        print(f"mismatches={mismatches}")
        print(f"parallel_build={int(h5py.get_config().mpi)}")


if __name__ == "__main__":
    main()
