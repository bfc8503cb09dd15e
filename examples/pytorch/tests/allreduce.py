"""Two processes sum with Gloo over loopback, as data-parallel training does.

The tensors hold whole numbers far below 2**53, so the sum over processes is exact and the right
error is 0. The gradient of a sum of squares over two halves of the data is the gradient over all of
it, in whole numbers again. The meeting point is a file, and the interface is named: nothing is
looked up, nothing leaves the machine.
"""

import os
import tempfile
from pathlib import Path

import torch
import torch.distributed as dist
import torch.multiprocessing as mp

PROCESSES = 2
LENGTH = 1 << 16


def work(rank: int, folder: str) -> None:
    """Sum with the others; the first process prints the figures."""
    os.environ["GLOO_SOCKET_IFNAME"] = "lo"
    meeting = f"file://{folder}/meeting"
    dist.init_process_group("gloo", init_method=meeting, rank=rank, world_size=PROCESSES)
    numbers = torch.arange(LENGTH, dtype=torch.float64) * (rank + 1)
    dist.all_reduce(numbers)
    expected = torch.arange(LENGTH, dtype=torch.float64) * (PROCESSES * (PROCESSES + 1) // 2)

    points = torch.arange(12, dtype=torch.float64).reshape(6, 2)
    weights = torch.tensor([3.0, -2.0], dtype=torch.float64, requires_grad=True)
    ((points[rank::PROCESSES] @ weights) ** 2).sum().backward()
    gradient = weights.grad
    dist.all_reduce(gradient)
    whole = 2 * points.T @ (points @ weights.detach())
    if rank == 0:
        print(f"processes={dist.get_world_size()}")
        print(f"sum_error={(numbers - expected).abs().max().item()}")
        print(f"gradient_error={(gradient - whole).abs().max().item()}")
    dist.destroy_process_group()


def main() -> None:
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        mp.spawn(work, args=(folder,), nprocs=PROCESSES)


if __name__ == "__main__":
    main()
