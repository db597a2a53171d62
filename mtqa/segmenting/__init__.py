"""The segmenting room; see ARCHITECTURE in README."""
