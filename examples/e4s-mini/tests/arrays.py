"""NumPy solves a system it did not make up: the residual is computed from the matrix."""

import numpy as np

N = 500
rows = np.arange(N)
matrix = 1.0 / (1.0 + np.abs(rows[:, None] - rows)) + np.eye(N)
right = matrix @ np.sin(rows)
solution = np.linalg.solve(matrix, right)
residual = np.linalg.norm(right - matrix @ solution) / np.linalg.norm(right)
print(f"solve_residual={residual:.3e}")
