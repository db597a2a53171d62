"""The annotating room; see ARCHITECTURE in README."""
