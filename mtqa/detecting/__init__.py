"""The detecting room; see ARCHITECTURE in README."""
