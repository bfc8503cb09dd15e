"""A model is fitted and scored, twice the same, and once against algebra.

The data are generated from a seed, two well separated classes: a forest that learns reaches about
0.98 on points it has not seen, one that learned nothing 0.5, so 0.9 tells them apart. Two fits with
one seed must agree in every probability to the last bit. Ridge regression has a closed form; the
normal equations with a condition number of about 10 lose one digit of 16, and 1e-8 is far above
that and far below any mistake in the penalty or the intercept.
"""

import numpy as np
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split

SEED = 2026
ALPHA = 0.5


def forest(train: np.ndarray, classes: np.ndarray) -> RandomForestClassifier:
    """Return a fitted forest; the same one for the same data."""
    model = RandomForestClassifier(n_estimators=50, random_state=SEED, n_jobs=1)
    return model.fit(train, classes)


def ridge_error() -> float:
    """Return the largest difference between fitted and exact coefficients of a ridge regression."""
    rng = np.random.default_rng(SEED)
    points = rng.standard_normal((400, 12))
    values = points @ rng.standard_normal(12) + 0.1 * rng.standard_normal(400)
    fitted = Ridge(alpha=ALPHA, fit_intercept=False).fit(points, values).coef_
    exact = np.linalg.solve(points.T @ points + ALPHA * np.eye(12), points.T @ values)
    return float(np.abs(fitted - exact).max())


def main() -> None:
    points, classes = make_classification(
        n_samples=1500, n_features=12, n_informative=6, class_sep=1.5, random_state=SEED
    )
    train, test, train_classes, test_classes = train_test_split(
        points, classes, test_size=0.3, random_state=SEED
    )
    first, second = (forest(train, train_classes) for _ in range(2))
    difference = np.abs(first.predict_proba(test) - second.predict_proba(test)).max()
    print(f"accuracy={first.score(test, test_classes)}")
    print(f"fit_difference={difference}")
    print(f"ridge_error={ridge_error()}")


if __name__ == "__main__":
    main()
