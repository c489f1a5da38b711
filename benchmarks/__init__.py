"""How fast, and how right."""
