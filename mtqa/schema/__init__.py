"""The schema room; see ARCHITECTURE in README."""
