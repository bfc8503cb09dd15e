"""Automatic differentiation against closed forms, in float64.

f(w) = sum(tanh(X w)) has the gradient X' (1 - t**2) and the Hessian X' diag(-2 t (1 - t**2)) X
with t = tanh(X w). Both sides round differently over sums of 50 terms, so they differ by some 1e-15
relative to the largest entry; 1e-13 leaves room for another BLAS. Central differences with a step
of 1e-6 carry an error of about 1e-9 of their own, and know neither side's formula: 1e-7 shows that
both are the derivative of f.
"""

import numpy as np
import torch

SEED = 2026
STEP = 1e-6


def main() -> None:
    rng = np.random.default_rng(SEED)
    points, weights = rng.standard_normal((50, 8)), rng.standard_normal(8)
    x = torch.from_numpy(points)

    def f(w: torch.Tensor) -> torch.Tensor:
        return torch.tanh(x @ w).sum()

    w = torch.from_numpy(weights).requires_grad_()
    (gradient,) = torch.autograd.grad(f(w), w)
    hessian = torch.autograd.functional.hessian(f, w.detach())

    t = np.tanh(points @ weights)
    exact = points.T @ (1 - t**2)
    exact_hessian = points.T @ np.diag(-2 * t * (1 - t**2)) @ points
    steps = STEP * np.eye(8)
    differences = [
        (np.tanh(points @ (weights + s)).sum() - np.tanh(points @ (weights - s)).sum()) / (2 * STEP)
        for s in steps
    ]
    scale, hessian_scale = np.abs(exact).max(), np.abs(exact_hessian).max()
    found = gradient.numpy()
    print(f"gradient_error={np.abs(found - exact).max() / scale}")
    print(f"hessian_error={np.abs(hessian.numpy() - exact_hessian).max() / hessian_scale}")
    print(f"finite_difference_error={np.abs(found - differences).max() / scale}")


if __name__ == "__main__":
    main()
