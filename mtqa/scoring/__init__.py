"""The scoring room; see ARCHITECTURE in README."""
