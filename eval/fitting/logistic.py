"""Logistic regression by Newton's method, with a ridge penalty: small enough to need no library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray


def fit(
    rows: Sequence[Mapping[str, float]],
    labels: Sequence[float],
    *,
    weights: Sequence[float] | None = None,
    ridge: float = 1.0,
) -> tuple[float, dict[str, float]]:
    """Intercept and weight per feature that maximise the penalised likelihood. The intercept is not penalised."""
    names = list(rows[0])
    features = np.array([[1.0, *(row[name] for name in names)] for row in rows])  # (rows, features + 1)
    target = np.asarray(labels, dtype=float)
    weight = np.ones(len(target)) if weights is None else np.asarray(weights, dtype=float)
    penalty = ridge * np.eye(features.shape[1])
    penalty[0, 0] = 1e-6
    beta = np.zeros(features.shape[1])
    for _ in range(100):
        probability = sigmoid(features @ beta)
        gradient = features.T @ (weight * (target - probability)) - penalty @ beta
        curvature = (features * (weight * probability * (1 - probability))[:, None]).T @ features + penalty
        step = np.linalg.solve(curvature, gradient)
        beta += step
        if np.abs(step).max() < 1e-8:
            break
    return float(beta[0]), {name: float(value) for name, value in zip(names, beta[1:], strict=True)}


def sigmoid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 / (1 + exp(-x)), without overflow."""
    result: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-np.clip(values, -60, 60)))
    return result
