"""The questions the service answers over HTTP, one room a subject; none computes anything."""
