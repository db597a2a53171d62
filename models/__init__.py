"""Training recipes of the models that mtqa ships, one folder per model; run from a clone, never installed."""
