"""Materials: what a session gives out to read before it, or to keep after it."""
