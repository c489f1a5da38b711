"""The manual: what the product does, in sentences and small tables that a pharmacist can read."""
