"""The reporting room; see ARCHITECTURE in README."""
