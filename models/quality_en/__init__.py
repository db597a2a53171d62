"""The quality estimator for English: how it is trained."""
