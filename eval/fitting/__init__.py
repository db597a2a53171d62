"""Fitting the numbers of mtqa/scoring/calibration.json on training data."""
