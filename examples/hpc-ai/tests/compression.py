"""Lossy compression keeps its promise: zfp's error is within tolerance; reversible is exact.

Fixed-accuracy mode promises max|x - x'| <= tolerance for finite values, so the bound is 1 and not
a little more. The field is smooth with small noise, as simulation output is; a ratio above 2 says
that something was compressed and the bound was not met by storing everything. In reversible mode
the bytes, and not only the values, must be the same: -0.0 is not 0.0.
"""

import numpy as np
import zfpy

POINTS = 64
TOLERANCES = (1e-2, 1e-5, 1e-8)


def field() -> np.ndarray:
    """Return a smooth field in three dimensions with noise of 1e-6 and a few negative zeros."""
    x = np.linspace(0.0, 2.0 * np.pi, POINTS)
    smooth = np.sin(x)[:, None, None] * np.cos(2 * x)[None, :, None] * np.exp(-x)[None, None, :]
    noisy = smooth + 1e-6 * np.random.default_rng(2026).standard_normal(smooth.shape)
    noisy[0, 0, :4] = -0.0
    return noisy


def main() -> None:
    data = field()
    worst, ratios = 0.0, []
    for tolerance in TOLERANCES:
        packed = zfpy.compress_numpy(data, tolerance=tolerance)
        error = np.abs(zfpy.decompress_numpy(packed) - data).max()
        worst = np.maximum(worst, error / tolerance)
        ratios.append(data.nbytes / len(packed))
    kept = zfpy.decompress_numpy(zfpy.compress_numpy(data))
    print(f"max_error_over_tolerance={worst}")
    print(f"ratio={np.min(ratios)}")
    print(f"best_ratio={np.max(ratios)}")
    print(f"reversible_mismatches={np.count_nonzero(kept.view(np.uint8) != data.view(np.uint8))}")


if __name__ == "__main__":
    main()
