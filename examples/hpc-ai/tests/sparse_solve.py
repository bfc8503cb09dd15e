"""A sparse solve: the Poisson equation on the unit square, with a manufactured solution.

-laplace(u) = f with u = sin(pi x) sin(pi y), the five-point stencil on n x n inner points, factored
by SuperLU. Three things are asserted, and they fail for different reasons:

- the residual |b - Au| / |b|: a direct solver is backward stable, so it is a few hundred roundings
  (h**-2 * 2e-16 is 4e-12 for the finest grid); 1e-10 leaves room for another BLAS, not for a fault;
- the order in which the error falls as h is halved: 2 for this stencil, 1.8 for the coarse grids;
- the error itself: pi**2 h**2 / 12 to leading order, 5.0e-5 on the finest grid.
"""

from itertools import pairwise

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import spsolve

GRIDS = (32, 64, 128)  # intervals per side


def solve(intervals: int) -> tuple[float, float]:
    """Return the relative residual and the largest error on a grid."""
    h = 1.0 / intervals
    x = np.arange(1, intervals) * h
    exact = np.outer(np.sin(np.pi * x), np.sin(np.pi * x)).ravel()
    second = sp.diags_array([-1.0, 2.0, -1.0], offsets=[-1, 0, 1], shape=(len(x), len(x))) / h**2
    one = sp.eye_array(len(x))
    matrix = (sp.kron(second, one) + sp.kron(one, second)).tocsc()
    right = 2.0 * np.pi**2 * exact
    found = spsolve(matrix, right)
    residual = np.linalg.norm(right - matrix @ found) / np.linalg.norm(right)
    return float(residual), float(np.abs(found - exact).max())


def main() -> None:
    results = [solve(intervals) for intervals in GRIDS]
    errors = [error for _, error in results]
    orders = [np.log2(coarse / fine) for coarse, fine in pairwise(errors)]
    print(f"unknowns={(GRIDS[-1] - 1) ** 2}")
    print(f"residual={results[-1][0]}")
    print(f"max_error={errors[-1]}")
    print(f"order={np.min(orders)}")


if __name__ == "__main__":
    main()
