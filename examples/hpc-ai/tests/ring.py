"""MPI passes messages: a token goes round a ring, and an all-reduce sums over all ranks.

The sums are of whole numbers far below 2**53, so float64 holds them exactly and the only right
error is 0: a tolerance would hide a lost or repeated message. At least two ranks must have met: a
launcher of another MPI starts copies that each believe they are alone. The bandwidth must only be
positive: how fast a shared machine is today is no property of the release.
"""

import numpy as np
from mpi4py import MPI

ENTRIES = 1 << 20  # 8 MiB: above every eager limit, so the rendezvous path is taken
ROUNDS = 4


def main() -> None:
    comm = MPI.COMM_WORLD
    rank, size = comm.rank, comm.size
    expected = size * (size + 1) // 2

    total = comm.allreduce(float(rank + 1), op=MPI.SUM)
    sum_error = abs(total - expected)

    right, left = (rank + 1) % size, (rank - 1) % size
    error = 0.0
    comm.Barrier()
    start = MPI.Wtime()
    for _ in range(ROUNDS):
        token = np.zeros(ENTRIES)
        if rank == 0:
            token += 1.0
            comm.Send(token, dest=right)
            comm.Recv(token, source=left)
            error += float(np.abs(token - expected).sum())  # a sum keeps a NaN; max() may not
        else:
            comm.Recv(token, source=left)
            token += rank + 1
            comm.Send(token, dest=right)
    comm.Barrier()
    seconds = MPI.Wtime() - start

    sum_error = comm.reduce(sum_error, op=MPI.MAX, root=0)
    if rank == 0:
        moved = ROUNDS * size * ENTRIES * 8
        print(f"ranks={size}")
        print(f"sum_error={sum_error}")
        print(f"ring_error={error}")
        print(f"bandwidth_MBps={moved / seconds / 1e6}")


if __name__ == "__main__":
    main()
