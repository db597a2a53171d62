"""Training of the estimator that reads a source and its translation together (card.md)."""
