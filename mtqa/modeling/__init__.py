"""The modeling room; see ARCHITECTURE in README."""
