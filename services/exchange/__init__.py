"""exchange: teachers and principals who work at another school for a time."""
