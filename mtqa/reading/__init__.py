"""The reading room; see ARCHITECTURE in README."""
