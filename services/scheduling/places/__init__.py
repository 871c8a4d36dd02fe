"""Places: who takes part, who waits for a place, and in which order."""
