"""MPI-IO: what four ranks write through a strided view, two ranks read bit for bit.

The writers deal the file out in small blocks, one after the other (a file view of a vector type,
written collectively, so two-phase I/O has to put it together); the readers are another communicator
and take one contiguous half each. Every word of the file is another number, so a block in a wrong
place, and not only a damaged one, is a mismatch. Bits are compared; there is no tolerance.
"""

import numpy as np
from mpi4py import MPI

BLOCK = 64  # words of 8 bytes
BLOCKS = 4096  # of every writer
READERS = 2
FILE = "shared.bin"


def words(index: np.ndarray) -> np.ndarray:
    """Return a different word for every index: multiplying by an odd number is a bijection."""
    return index.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)


def write(comm: MPI.Comm) -> int:
    """Write the file from all ranks, and return its length in bytes."""
    mine = np.arange(BLOCKS)[:, None] * comm.size + comm.rank
    data = words((mine * BLOCK + np.arange(BLOCK)).ravel())
    view = MPI.UINT64_T.Create_vector(BLOCKS, BLOCK, BLOCK * comm.size).Commit()
    file = MPI.File.Open(comm, FILE, MPI.MODE_CREATE | MPI.MODE_WRONLY)
    file.Set_view(comm.rank * BLOCK * 8, MPI.UINT64_T, view)
    file.Write_all(data)
    file.Sync()
    size = file.Get_size()
    file.Close()
    view.Free()
    return size


def read(comm: MPI.Comm, size: int) -> int:
    """Read the file from these ranks in equal halves, and return how many bytes are wrong."""
    count = size // 8 // comm.size
    found = np.zeros(count, dtype=np.uint64)
    file = MPI.File.Open(comm, FILE, MPI.MODE_RDONLY)
    file.Read_at_all(comm.rank * count * 8, found)
    file.Close()
    expected = words(np.arange(comm.rank * count, (comm.rank + 1) * count))
    return int(np.count_nonzero(found.view(np.uint8) != expected.view(np.uint8)))


def main() -> None:
    comm = MPI.COMM_WORLD
    size = write(comm)
    comm.Barrier()
    reads = comm.rank < READERS
    readers = comm.Split(0 if reads else MPI.UNDEFINED, comm.rank)
    mismatched = comm.reduce(read(readers, size) if reads else 0, op=MPI.SUM, root=0)
    if comm.rank == 0:
        print(f"writers={comm.size}")
        print(f"readers={readers.size}")
        print(f"bytes={size}")
        print(f"mismatched_bytes={mismatched}")


if __name__ == "__main__":
    main()
