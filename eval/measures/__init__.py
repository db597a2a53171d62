"""How predictions are compared with labels."""
